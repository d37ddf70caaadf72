"""What the planner's numbers become: the conditional rates behind the marginal ones, in words for `show`."""

from __future__ import annotations

import math
from typing import Any

from sim.engine.tables import NONE
from sim.model.simulate import Worker, build
from sim.scenario import Loaded

__all__ = ["conversions"]


def conversions(loaded: Loaded) -> dict[str, str]:
    """The model's own rates beside the numbers of a scenario, by the path of the number.

    They are those of the case without partnership, at central values, at the start.
    """
    worker = Worker(build(loaded.case("baseline", "no_partnership"), 0))
    worker.prepare(0, "central")
    found: dict[str, str] = {}
    for i, cadre in enumerate(worker.cell.blueprint.cadres):
        row = worker.memory.tables["cadres"][i]
        found |= {f"people.{cadre}.{name}": text for name, text in of_cadre(loaded, cadre, row).items()}
    for name, training in worker.cell.blueprint.trainings.items():
        stay = training.months_abroad if training.place == "home" else training.training_years
        path = f"programmes.{name}.return_home"
        if training.settle_grace >= stay:
            found[path] = f"not used: a stay of {stay:g} years ends within its grace, and nobody settles"
        else:
            rate = -math.log(max(training.return_home, 1e-9)) / (stay - training.settle_grace)
            found[path] = f"settling at {rate:.3g} per person-year, from {training.settle_grace:g} years into the stay"
    return found


def of_cadre(loaded: Loaded, cadre: str, row: Any) -> dict[str, str]:
    """The rates of one cadre. Frailty 1 is the mean newcomer; those who stay longer have less of it."""
    careers = loaded.scenario.people[cadre]

    def at_one(rate: str) -> str:
        return f"{float(row[rate]):.4g} per person-year at frailty 1"

    texts = {"leave_post": at_one("post")}
    if careers.leave_country is not None:
        texts["leave_country"] = f"{at_one('leave')}, both motives, applications included that come to nothing"
        texts["leave_to_specialise"] = f"to specialise {at_one('specialise')}; to work {at_one('work')}"
    elif careers.trained_from is not None:
        texts["trained_from"] = f"leaving to work as {careers.trained_from}: {at_one('work')}"
        if row["becomes"] != NONE:
            texts["leave_to_specialise"] = f"to specialise as {careers.trained_from}: {at_one('specialise')}"
    stay = careers.specialise_abroad
    rate = -math.log(max(stay.return_home, 1e-9)) / stay.years
    texts["specialise_abroad.return_home"] = f"settling at {rate:.3g} per person-year of the stay"
    return texts
