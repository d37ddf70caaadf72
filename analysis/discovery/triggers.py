"""A signpost as a plan's trigger: its YAML, and a scenario in which a copy of the plan acts on it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.discovery.landmark import Sign
from sim.scenario import Loaded
from sim.scenario.read import Node
from sim.scenario.resolved import as_yaml
from sim.study.api import load

__all__ = ["Trigger", "write_overlay"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A reported outcome past a level sets off an action, in the grammar of contingency actions.

    It watches every quarterly report, not only that of the landmark at which it was found: what it buys is told by
    running it.
    """

    metric: str
    below: bool
    level: float
    """In the outcome's unit."""
    lasts: str = "3 months"
    """For how long it must have been so: `6 months` asks for two reports in a row."""

    @classmethod
    def of(cls, sign: Sign, level: float, lasts: str = "3 months") -> Trigger:
        """The trigger of a signpost and its threshold."""
        return cls(sign.name, sign.below, level, lasts)

    def when(self) -> dict[str, str]:
        """What stands under `when`."""
        return {"metric": self.metric, "below" if self.below else "above": f"{self.level:.4g}", "for": self.lasts}

    def yaml(self) -> str:
        """The line that a planner may copy into a plan's `contingency`."""
        return "when: {" + ", ".join(f"{key}: {value}" for key, value in self.when().items()) + "}"


def write_overlay(
    loaded: Loaded, plan: str, trigger: Trigger, action: Mapping[str, Any], out: Path, name: str | None = None
) -> str:
    """Writes a scenario in which a copy of a plan takes an action when the trigger is set off.

    Args:
        loaded: the scenario, read from a file that stays where it is: the new one extends it.
        plan: one of its plans, `none` for what is signed.
        trigger: what sets the action off.
        action: the action's terms without `when`, as a file has them: `{"do": "retention_allowance", "size":
            "15% of pay", "by": "ministry", "at_most": "3 years"}`.
        out: the file to write; nothing is written unless it can be loaded.
        name: of the new plan; the old one's with `_watched`, unless given.

    Returns:
        The new plan's name, to be run as a plan beside the old one.

    Raises:
        KeyError: there is no such plan.
        ValueError: the scenario has a plan of the new name already.
        ScenarioError: the trigger or the action is wrong.
    """
    plan = loaded.canonical_plan(plan)
    name = f"{plan}_watched" if name is None else name
    plans = loaded.tree.entries().get("plans", Node({})).entries()
    if name in plans:
        raise ValueError(f"the scenario has a plan {name} already; give the new one another name")
    entries = dict(plans.get(plan, Node({})).entries())
    if plan == "no_partnership":
        entries["start"] = Node([])
    before = entries.get("contingency", Node([])).value
    entries["contingency"] = Node(
        [*(before if isinstance(before, list) else []), _node({"when": trigger.when(), **action})]
    )
    entries["title"] = Node(f"{_title(plans, plan)}, watched")
    body = as_yaml(Node({"plans": Node({name: Node(entries)})}), set(), {}, alone=False)
    folder = out.resolve().parent
    text = f"extends: {os.path.relpath(loaded.path.resolve(), folder)}\n{body}"
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".yaml", encoding="utf-8", delete=False) as file:
        file.write(text)
    try:
        for future in (found := load(file.name)).futures:
            found.case(future, name)
        os.replace(file.name, out)
    finally:
        Path(file.name).unlink(missing_ok=True)
    return name


def _title(plans: Mapping[str, Node], plan: str) -> str:
    title = plans[plan].entries().get("title") if plan in plans else None
    return title.value if title is not None and isinstance(title.value, str) else plan.replace("_", " ")


def _node(value: Any) -> Node:
    """A mapping, a list or a scalar as a file's tree has it."""
    if isinstance(value, Mapping):
        return Node({str(key): _node(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return Node([_node(inner) for inner in value])
    return Node(str(value))
