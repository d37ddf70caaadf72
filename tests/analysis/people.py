"""Made-up people of a study, a row a person a run, in the schema of the stored table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.study.plan import CellKey, StudyPlan

__all__ = ["HORIZON", "PLANS", "people", "study_plan"]

HORIZON = 20.0
PLANS = ("no_partnership", "train_home", "send_abroad")
FUTURE = "baseline"
PLACES = ["in_post", "waiting", "elsewhere", "training_home", "abroad", "settled", "retired", "dead"]
CAUSES = ["", "work_abroad", "leave_post", "settle", "retire", "die"]
STAYS = {"no_partnership": 0.3, "train_home": 0.6, "send_abroad": 0.35}


def study_plan(blocks: int, design_point: int | None = None) -> StudyPlan:
    """A plan of one future and all plans."""
    cells = tuple(CellKey(FUTURE, plan) for plan in PLANS)
    return StudyPlan("made_up", "hash", "m1", 7, cells, ("a", "b", "c"), blocks, design_point)


def people(blocks: int, persons: int = 40, second: int = 0, seed: int = 1, shared: float = 0.9) -> pd.DataFrame:
    """People whose luck two plans share in part.

    Args:
        blocks: runs of every plan under replication 0.
        persons: founders and candidates of a run; a quarter as many are outsiders.
        second: blocks that have a second luck, too.
        seed: keys everything.
        shared: the share of people whose luck is the same under every plan.
    """
    luck = np.random.Generator(np.random.PCG64(seed))
    rows: list[pd.DataFrame] = []
    for block in range(blocks):
        for replication in (0, 1) if block < second else (0,):
            common, own = luck.uniform(size=(2, persons)), luck.uniform(size=persons) < shared
            for plan in PLANS:
                draws = np.where(own, common, luck.uniform(size=(2, persons)))
                rows.append(_run(plan, block, replication, draws, luck))
    return pd.concat(rows)  # the index repeats, as where parts are read one after another


def _run(plan: str, block: int, replication: int, draws: Any, luck: np.random.Generator) -> pd.DataFrame:
    persons = draws.shape[1]
    outsiders = persons // 4
    u, v = np.concatenate([draws, luck.uniform(size=(2, outsiders))], axis=1)
    names = np.arange(persons + outsiders) - 20
    names[persons:] += 1000 * (1 + PLANS.index(plan))
    qualified = np.where(np.arange(u.size) % 2 == 0, 4.0 + 8.0 * v, np.nan)
    left = np.fmax(qualified, 0.0) - np.log(u) / (0.12 if plan == "send_abroad" else 0.05)
    return pd.DataFrame(
        {
            "run_id": f"{plan}-{block}-{replication}", "future": FUTURE, "plan": plan, "design_point": block,
            "replication": replication, "person": names.astype(np.int64),
            "cadre": np.where(np.isnan(qualified) & (v < 0.5), "ghana.medical_officer", "ghana.obgyn"),
            "origin": np.where(np.arange(u.size) >= persons, "outsider", np.where(v < 0.6, "founder", "stream")),
            "status": np.where(u < STAYS[plan], "in_post", np.array(PLACES)[(v * 8).astype(int)]),
            "cause": np.array(CAUSES)[(u * 6).astype(int)],
            "programme": np.where(np.isnan(qualified), "", "residency"),
            "trained": np.where(np.isnan(qualified), "", np.where(plan == "train_home", "home", "abroad")),
            "qualified": qualified,
            "left_public": np.where(left < HORIZON, left, np.nan),
            "left_country": np.where(left + 1.0 < HORIZON, left + 1.0, np.nan),
            "left_cause": np.where(left + 1.0 < HORIZON, "work_abroad", ""),
            "ended": np.where(v > 0.8, np.where(12.0 + 8.0 * u > left, 12.0 + 8.0 * u, np.nan), np.nan),
        }
    )  # fmt: skip
