"""Figures of value and flips, as SVG text: readable in black and white and without every colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis.figures import COLOURS, RULE, TEXT, _dress, _figure, _svg
from analysis.say import labelled, words
from analysis.value.choice import Choice
from analysis.value.confirm import Confirmation
from analysis.value.evppi import Value
from analysis.value.factors import Factor
from analysis.value.flip import Z99, Flip, Margin
from analysis.value.say import amount, name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["flip_distances", "value_bars"]

FILLS = {"A": "#ffffff", "B": "#d0d0d0", "C": "#8fb8d6", "D": "#0b5a8c"}
"""The worse the evidence, the darker the bar; hatching tells grades apart without shades."""
HATCHES = {"A": "", "B": "...", "C": "///", "D": ""}
GROUP = "#f2e3b3"
MARKS = {"confirmed": "o", "not confirmed": "X", "not resolved": "d", "": "s"}
"""What runs said of a flip; a square where none were made."""


def value_bars(choice: Choice, values: Sequence[Value], factors: Mapping[str, Factor], most: int = 10) -> str:
    """What knowing each number would be worth: a bar to the policy value, a line to the plug-in, a whisker for 90%.

    Args:
        choice: whose aim it is.
        values: single draws and groups; those that count, largest first, up to `most`, are drawn.
        factors: by draw; what isn't among them is a group.
        most: bars at most.

    An empty text where nothing is worth anything: say so in words instead.
    """
    counted = sorted((value for value in values if value.counts), key=lambda value: -value.high)[:most]
    if not counted:
        return ""
    return _svg(_value_figure(choice, counted, factors))


def _value_figure(choice: Choice, counted: Sequence[Value], factors: Mapping[str, Factor]) -> Figure:
    figure = _figure(8.6, 0.4 * len(counted) + 1.5)
    panel = figure.subplots()
    names = []
    for row, value in enumerate(counted):
        factor = factors.get(value.name)
        grade = factor.grade[:1] if factor else ""
        names.append(f"{name_of(factor)}  {grade}" if factor else value.name)
        panel.barh(
            row, value.low, color=FILLS.get(grade, GROUP), hatch=HATCHES.get(grade, "xx"), edgecolor=TEXT,
            linewidth=0.8, height=0.6,
        )  # fmt: skip
        panel.plot([value.low, value.high], [row, row], color=TEXT, linewidth=1.4, linestyle=(0, (2, 1)))
        panel.plot([value.high], [row], marker="|", markersize=11, color=TEXT)
        ends = max(0.0, value.policy.low), max(0.0, value.policy.high)
        panel.plot(ends, [row + 0.38] * 2, color=COLOURS[2], linewidth=2.2, solid_capstyle="butt")
    panel.set_yticks(range(len(counted)), names)
    panel.invert_yaxis()
    panel.set_xlim(left=0.0)
    panel.set_xlabel(
        f"{labelled(choice.definition.label, choice.definition.unit)}: what knowing it exactly would bring "
        f"{words(choice.party)}",
        fontsize=9, color=TEXT,
    )  # fmt: skip
    _dress(panel, grid="x")
    _value_key(figure, {factors[value.name].grade[:1] for value in counted if value.name in factors})
    return figure


def _value_key(figure: Figure, grades: set[str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Patch | Line2D] = [
        Patch(facecolor=FILLS[grade], hatch=HATCHES[grade], edgecolor=TEXT, label=f"policy value, grade {grade}")
        for grade in sorted(grades & set(FILLS))
    ]
    handles.append(Patch(facecolor=GROUP, hatch="xx", edgecolor=TEXT, label="policy value of several"))
    handles.append(Line2D([], [], color=TEXT, linestyle=(0, (2, 1)), marker="|", markersize=9, label="to the plug-in"))
    handles.append(Line2D([], [], color=COLOURS[2], linewidth=2.2, label="90% for the policy value"))
    figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=8)


def flip_distances(
    found: Margin,
    factors: Mapping[str, Factor],
    confirmed: Mapping[tuple[str, ...], Confirmation] | None = None,
    most: int = 10,
) -> str:
    """How far each number must move from its median, by the percentile of what is thought possible, to flip the advice.

    Args:
        found: the margin.
        factors: by draw.
        confirmed: what runs said, by the draws that a flip moves.
        most: numbers at most.

    An empty text where no single number flips the advice: say so in words instead.
    """
    flips = found.single[:most]
    if not flips:
        return ""
    from scipy.special import ndtr

    figure = _figure(8.6, 0.42 * len(flips) + 1.5)
    panel = figure.subplots()
    panel.axvline(0.0, color=TEXT, linewidth=1.0)
    for row, flip in enumerate(flips):
        said = (confirmed or {}).get(tuple(flip.scores))
        _flip_row(panel, row, flip, factors[next(iter(flip.scores))], said.verdict if said else "")
    panel.set_yticks(range(len(flips)), [name_of(factors[next(iter(flip.scores))]) for flip in flips])
    panel.set_ylim(len(flips) - 0.4, -0.6)
    ticks = np.array([-Z99, -1.2816, -0.6745, 0.0, 0.6745, 1.2816, Z99])
    panel.set_xlim(-Z99 - 0.5, Z99 + 0.5)
    panel.set_xticks(ticks, [f"{100.0 * place:.0f}" for place in ndtr(ticks)])
    panel.set_xlabel("percentile of what is thought possible at which the advice changes", fontsize=9, color=TEXT)
    _dress(panel, grid="x")
    _flip_key(figure, {said.verdict for said in (confirmed or {}).values()} or {""})
    return _svg(figure)


def _flip_row(panel: Axes, row: int, flip: Flip, factor: Factor, verdict: str) -> None:
    score = next(iter(flip.scores.values()))
    side = 1.0 if score >= 0.0 else -1.0
    ends = [side * min(flip.low, Z99), side * min(flip.high, Z99)]
    panel.plot([0.0, score], [row, row], color=RULE, linewidth=5.0, solid_capstyle="butt")
    panel.plot(ends, [row, row], color=COLOURS[1], linewidth=1.4)
    open_mark = verdict in ("not confirmed", "not resolved", "")
    panel.plot(
        [score], [row], marker=MARKS[verdict], markersize=8, markeredgecolor=TEXT, linestyle="none",
        markerfacecolor="white" if open_mark else COLOURS[1],
    )  # fmt: skip
    text = (
        words(flip.rival) if factor.private else f"{amount(factor.at(score), factor.first.unit)}: {words(flip.rival)}"
    )
    panel.annotate(
        text, (score, row), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=8, color=TEXT
    )  # fmt: skip


def _flip_key(figure: Figure, verdicts: set[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], linestyle="none", marker=MARKS[verdict], markersize=7, markeredgecolor=TEXT,
            markerfacecolor=COLOURS[1] if verdict == "confirmed" else "white",
            label=f"{verdict} by runs" if verdict else "fitted, no runs made there",
        )
        for verdict in sorted(verdicts)
    ]  # fmt: skip
    handles.append(Line2D([], [], color=COLOURS[1], linewidth=1.4, label="90% for the flip point"))
    handles.append(Line2D([], [], color=TEXT, linewidth=1.0, label="median"))
    figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False, fontsize=8)
