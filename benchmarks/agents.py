"""Mesa: doctors and visitors are agents in an AgentSet, and the model's step is a month."""

from __future__ import annotations

import mesa

from benchmarks.case import Case, Founder
from benchmarks.doctor import Doctor, Traveller
from benchmarks.monthly import MonthlyHospital

__all__ = ["DoctorAgent", "HospitalModel", "run_mesa"]


class DoctorAgent(Doctor, mesa.Agent):  # type: ignore[misc]
    """A doctor as an agent."""

    def __init__(self, model: HospitalModel, cadre: int, born: float, ends: float, frailty: float, usable: int) -> None:
        mesa.Agent.__init__(self, model)
        Doctor.__init__(self, cadre, born, ends, frailty, usable)

    def step(self) -> None:
        """A month."""
        self.model.live(self)


class VisitorAgent(Traveller, mesa.Agent):  # type: ignore[misc]
    """A visitor from outside as an agent."""

    def __init__(self, model: HospitalModel) -> None:
        mesa.Agent.__init__(self, model)
        Traveller.__init__(self)

    def step(self) -> None:
        """A month."""
        self.model.visit(self)


class HospitalModel(MonthlyHospital, mesa.Model):  # type: ignore[misc]
    """The hospital as a model."""

    def __init__(self, case: Case, founders: list[Founder], seed: int) -> None:
        mesa.Model.__init__(self, seed=seed)
        MonthlyHospital.__init__(self, case, founders, seed)

    def make(self, cadre: int, born: float, ends: float, frailty: float, usable: int) -> Doctor:
        """An agent, registered with the model."""
        return DoctorAgent(self, cadre, born, ends, frailty, usable)

    def stop(self, doctor: Doctor) -> None:
        """Retirement or death takes the agent out of the model."""
        MonthlyHospital.stop(self, doctor)
        doctor.remove()  # type: ignore[attr-defined]

    def make_visitor(self) -> Traveller:
        """An agent, registered with the model."""
        return VisitorAgent(self)

    def departed(self, visitor: Traveller) -> None:
        """Visitors who have gone are taken out of the model."""
        MonthlyHospital.departed(self, visitor)
        visitor.remove()  # type: ignore[attr-defined]

    def step(self) -> None:
        """A month: everybody once, in random order, then the hospital."""
        self.open_month(self.month + 1)
        self.agents.shuffle_do("step")
        self.close_month()


def run_mesa(case: Case, founders: list[Founder], seed: int) -> dict[str, float]:
    """One run."""
    model = HospitalModel(case, founders, seed)
    for _ in range(case.months):
        model.step()
    return model.outcomes()
