"""Figures of scenario discovery and signposts, as SVG text: readable in black and white and without every colour."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from analysis.discovery.boxes import Box
from analysis.discovery.landmark import Foretold
from analysis.figures import COLOURS, DASHES, RULE, TEXT, _dress, _figure, _svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["box_bars", "roc", "trade_off"]

GREY, BLUE, ORANGE = COLOURS[:3]
MARKS = "oosD^vP"
"""A mark for each number of factors that a box bounds."""
SMALL, LABEL = 8.0, 9.0


def trade_off(box: Box) -> str:
    """Coverage against density of every box on the way: a mark tells how many factors it bounds, its size how many
    histories it holds. With the box that was chosen, its density on histories not used, and what is attainable."""
    figure = _figure(7.6, 4.4)
    panel = figure.subplots()
    panel.plot([s.coverage for s in box.steps], [s.density for s in box.steps], color=RULE, linewidth=1.0, zorder=1)
    for count in sorted({step.restricted for step in box.steps}):
        steps = [step for step in box.steps if step.restricted == count]
        panel.scatter(
            [s.coverage for s in steps], [s.density for s in steps], s=[15.0 + 70.0 * s.mass for s in steps],
            marker=MARKS[min(count, len(MARKS) - 1)], facecolor="white" if count % 2 else BLUE, edgecolor=BLUE,
            linewidth=1.1, label=f"{count} bounded" if count else "all histories", zorder=2,
        )  # fmt: skip
    panel.scatter(
        [box.coverage], [box.density], s=130, marker="*", facecolor=ORANGE, edgecolor=TEXT, linewidth=0.8,
        label="chosen", zorder=4,
    )  # fmt: skip
    density, low, high = box.held
    if np.isfinite(density):
        panel.errorbar(
            [box.held_coverage], [density], yerr=[[density - low], [high - density]], fmt="x", color=TEXT, capsize=3,
            linewidth=1.2, label="on histories not used (90%)", zorder=3,
        )  # fmt: skip
    panel.axhline(box.base, color=GREY, linestyle=":", linewidth=1.2, label="overall")
    panel.axhline(box.attainable, color=GREY, linestyle="--", linewidth=1.2, label="attainable, at the chosen size")
    panel.set(xlim=(0.0, 1.03), ylim=(0.0, 1.03))
    _axes(panel, "coverage: share of all failures in the box", "density: share of the box that fails")
    figure.legend(loc="outside right upper", frameon=False, fontsize=SMALL)
    return _svg(figure)


def box_bars(box: Box) -> str:
    """The bounds of a box: a row a factor, from its least to its greatest sampled value, the part in the box filled.

    Bounds are written with their units, and beside them how often resamples bound the factor.
    """
    rows = box.restrictions
    figure = _figure(7.6, 0.62 * max(1, len(rows)) + 0.9)
    panel = figure.subplots()
    for place, one in enumerate(rows):
        least, greatest = one.span
        wide = greatest - least
        low = 0.0 if one.low is None else (one.low - least) / wide
        high = 1.0 if one.high is None else (one.high - least) / wide
        panel.barh(place, 1.0, height=0.42, facecolor="white", edgecolor=GREY, linewidth=0.9)
        panel.barh(place, high - low, left=low, height=0.42, color=BLUE, edgecolor=TEXT, hatch="///", linewidth=0.9)
        for across, value in ((low, one.low), (high, one.high)):
            if value is not None:
                panel.text(across, place - 0.28, one.factor.amount(value), ha="center", va="bottom", fontsize=SMALL)
        for across, value, side in ((0.0, least, "right"), (1.0, greatest, "left")):
            text = f" {one.factor.amount(value)} "
            panel.text(across, place, text, ha=side, va="center", fontsize=SMALL, color=GREY)
    names = [
        "\n".join(textwrap.wrap(one.factor.words, 34)) + f"\nbounded in {100.0 * one.stability:.0f}% of resamples"
        for one in rows
    ]
    panel.set_yticks(range(len(rows)), names)
    panel.set(xlim=(-0.2, 1.25), ylim=(len(rows) - 0.5, -0.6), xticks=[])
    if not rows:
        panel.text(0.5, -0.1, "no bound tells failures apart", ha="center", fontsize=LABEL, color=TEXT)
    _dress(panel, grid="x")
    panel.spines["bottom"].set_visible(False)
    return _svg(figure)


def roc(found: Foretold, label: str) -> str:
    """Hits against false alarms on histories not used, and the threshold that was chosen, with its intervals.

    Args:
        found: what a landmark tells.
        label: what is watched, and when.
    """
    figure = _figure(5.2, 4.6)
    panel = figure.subplots()
    panel.plot([0, 1], [0, 1], color=GREY, linestyle=DASHES[6], linewidth=1.2, label="chance")
    area = found.held
    told = f"{label}\nAUC {area.value:.2f} ({area.low:.2f}–{area.high:.2f})"
    panel.plot(*found.curve, color=BLUE, linewidth=1.8, drawstyle="steps-post", label=told)
    (false, false_low, false_high), (miss, miss_low, miss_high) = found.false_alarms, found.misses
    panel.errorbar(
        [false], [1.0 - miss], xerr=[[false - false_low], [false_high - false]],
        yerr=[[miss_high - miss], [miss - miss_low]], fmt="D", color=ORANGE, markeredgecolor=TEXT, ecolor=TEXT,
        capsize=3, linewidth=1.1, label="threshold, on histories not used (90%)",
    )  # fmt: skip
    panel.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.03))
    _axes(panel, "false alarms: share of histories that do not fail", "hits: share of failures foretold")
    figure.legend(loc="outside upper left", frameon=False, fontsize=SMALL)
    return _svg(figure)


def _axes(panel: Axes, across: str, up: str) -> None:
    """Titles and shares of both axes."""
    from matplotlib.ticker import PercentFormatter

    panel.set_xlabel(across, fontsize=LABEL, color=TEXT)
    panel.set_ylabel(up, fontsize=LABEL, color=TEXT)
    panel.xaxis.set_major_formatter(PercentFormatter(1.0))
    panel.yaxis.set_major_formatter(PercentFormatter(1.0))
    _dress(panel, grid="both")
