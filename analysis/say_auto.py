"""How a study decided its number of blocks, what it may claim, and which intervals it has, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import say
from analysis.account import Account
from sim.study.selection import CLAIM
from sim.study.stopping import CAP

__all__ = ["say_claims", "say_few_differ", "say_look", "say_stopping"]


def say_stopping(found: Account) -> list[str]:
    """How many blocks, and which comparison needed them; nothing where a user chose their number."""
    record: Mapping[str, Any] | None = found.study.manifest.get("stopping")
    if record is None:
        return []
    if record["blocks"] is None:
        return ["The pilot was not finished, so the number of blocks is not decided; --resume goes on with it."]
    names = found.study.manifest["scenario"]["names"]
    driver, blocks = record["driver"], record["blocks"]
    pair = (
        f"{say.words(driver['plan'])} against {say.words(driver['against'])} for {say.entity(driver['party'], names)} "
        f"({say.words(driver['future'])})"
    )
    said = [f"{blocks:,} blocks, decided by the decision's own needs: {pair} asks for the most."]
    if record["capped"]:
        cause = "the time given" if record["capped"] == "time" else f"the cap of {CAP:,} blocks"
        wanted = "more than can be told" if record["wanted"] is None else f"{record['wanted']:,}"
        said = [f"Stopped by {cause} at {blocks:,} blocks: {pair} would need {wanted}."]
    beyond = found.study.plan.replications - blocks
    if beyond > 0 and found.look.kind == "fixed":
        said.append(f"Another {beyond:,} blocks were run to select a plan, and count for nothing else.")
    return said


def say_look(found: Account) -> str:
    """That intervals are a confidence sequence; nothing where they are those of a number of blocks fixed before."""
    if found.look.kind == "fixed":
        return ""
    return (
        "The study was looked at before or after its planned number of blocks: intervals for means are those of an "
        "asymptotic confidence sequence, wider than others, which hold at every look together."
    )


def say_few_differ(found: Account) -> list[str]:
    """Pairs of plans of which few blocks differ, or none."""
    lines: list[str] = (found.study.manifest.get("stopping") or {}).get("few_differ", [])
    return [say.words(line) for line in lines]


def say_claims(found: Account) -> list[str]:
    """Which plan was selected for each party and future, and all that this says; futures with the same together."""
    names = found.study.manifest["scenario"]["names"]
    where: dict[str, list[str]] = {}
    for one in (found.study.manifest.get("stopping") or {}).get("selection", []):
        left = " or ".join(map(say.words, one["survivors"]))
        chosen = f"selected: {say.words(one['chosen'])}" if one["chosen"] else f"no plan selected yet; left are {left}"
        where.setdefault(f"{say.entity(one['party'], names)}: {chosen}", []).append(one["future"])
    said = [f"{text} ({say.futures(held, found.study.futures)})" for text, held in where.items()]
    some = any(one["chosen"] for one in (found.study.manifest.get("stopping") or {}).get("selection", []))
    return [*said, f"What a selection claims: {CLAIM}."] if some else said
