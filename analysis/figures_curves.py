"""Figures of curves, as SVG text: how partnerships end, and how long people stay."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis import say
from analysis.failures import Incidence
from analysis.figures import COLOURS, DASHES, RULE, TEXT, _dress, _figure, _svg
from analysis.retention import Retention
from analysis.survival import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["incidence_chart", "retention_chart"]

BAD = (
    ("#8c2d04", ""), ("#d55e00", "///"), ("#f0a37a", ""), ("#7a1f5c", "..."), ("#cc79a7", ""), ("#4d4d4d", "xx"),
    ("#8c8c8c", "\\\\\\"), ("#e3c565", "---"),
)  # fmt: skip
"""A shade and a hatch for each failure, dark beside light."""

GOOD = {"goals_met": ("#3b7ea1", "..."), "handed_over": ("#cfe3ee", ""), "expired": ("#e8e8e8", "---")}
"""What is no failure: blue for success, pale grey for a term that is over."""

DRAWN = 0.002
"""A cause of fewer histories than this could not be seen."""


def incidence_chart(found: Sequence[Incidence], titles: Mapping[str, str]) -> str:
    """Stacked cumulative incidence of endings by cause: a panel a plan.

    Args:
        found: of one partnership in one future, one a plan.
        titles: plans, with the titles of their panels.
    """
    figure, axes = _panels(len(found))
    drawn = _styles(found)
    for panel, one in zip(axes, found, strict=True):
        curves = {cause.cause: cause.curve for cause in one.causes}
        years = np.array(one.failed.years)
        below: Floats = np.zeros(years.size)
        for cause, (shade, hatch, _) in drawn.items():
            if cause not in curves:
                continue
            above: Floats = below + np.array(curves[cause].value)
            panel.fill_between(
                years, below, above, step="post", facecolor=shade, hatch=hatch, edgecolor="white", linewidth=0.6
            )
            panel.step(years, above, where="post", color=TEXT, linewidth=0.5)
            below = above
        panel.set_xlim(0.0, max(one.horizon for one in found))
        _percent_axis(panel)
        panel.set_title(say.safe(titles.get(one.plan, one.plan)), fontsize=10, loc="left", color=TEXT)
    figure.supxlabel("years since the first programme started", fontsize=9, color=TEXT)
    figure.supylabel("share of simulated histories that have ended", fontsize=9, color=TEXT)
    _legend(figure, drawn)
    return _svg(figure)


def retention_chart(found: Sequence[Retention], titles: Mapping[str, str], label: str) -> str:
    """Kaplan-Meier curves with their 90% bands: a panel a group, a line a plan.

    Args:
        found: of one level in one future; groups in the order of their panels.
        titles: plans, with their names in the legend.
        label: the axis title.
    """
    groups = list(dict.fromkeys(one.group for one in found))
    figure, axes = _panels(len(groups))
    lowest = 1.0
    for panel, group in zip(axes, groups, strict=True):
        for one in found:
            if one.group != group:
                continue
            place = list(titles).index(one.plan) if one.plan in titles else 0
            colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
            curve, name = one.kept, say.safe(titles.get(one.plan, one.plan))
            panel.fill_between(curve.years, curve.low, curve.high, step="post", color=colour, alpha=0.13, linewidth=0)
            panel.step(curve.years, curve.value, where="post", color=colour, ls=dash, linewidth=1.7, label=name)
            lowest = min(lowest, *curve.value, *(low for low in curve.low if math.isfinite(low)))
        panel.set_title(_first(group.label), fontsize=10, loc="left", color=TEXT)
        panel.set_xlim(left=0.0)
        _percent_axis(panel)
    for panel in axes:
        panel.set_ylim(max(0.0, math.floor(lowest * 10.0 - 0.5) / 10.0), 1.005)
    figure.supxlabel("years since qualifying, or since the start", fontsize=9, color=TEXT)
    figure.supylabel(label, fontsize=9, color=TEXT)
    lines = {name: line for panel in axes for line, name in zip(*panel.get_legend_handles_labels(), strict=True)}
    figure.legend(
        list(lines.values()), list(lines), loc="outside upper left", ncols=3, frameon=False, fontsize=8.5,
        handlelength=3.0,
    )  # fmt: skip
    return _svg(figure)


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels, at most three abreast."""
    columns = 2 if count in (2, 4) else min(3, count)
    rows = math.ceil(count / columns)
    figure = _figure(5.6 if columns == 1 else 9.6, 2.6 * rows + 0.9)
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel().tolist()
    for spare in axes[count:]:
        spare.set_visible(False)
    return figure, axes[:count]


def _percent_axis(panel: Axes) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    panel.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    panel.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    panel.set_ylim(0.0, 1.0)
    _dress(panel)
    panel.spines["left"].set_visible(True)
    panel.spines["left"].set_color(RULE)


def _styles(found: Sequence[Incidence]) -> dict[str, tuple[str, str, str]]:
    """Shade, hatch and words of every cause that can be seen, the same in every panel; the most frequent first."""
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    for one in found:
        for cause in one.causes:
            labels[cause.cause] = cause.label
            counts[cause.cause] = counts.get(cause.cause, 0) + cause.count
    runs = sum(one.runs for one in found)
    seen = [cause for cause in sorted(labels, key=lambda name: -counts[name]) if counts[cause] > DRAWN * runs]
    bad = [cause for cause in seen if cause not in GOOD]
    styles = {cause: BAD[place % len(BAD)] for place, cause in enumerate(bad)} | GOOD
    return {cause: (*styles[cause], say.safe(labels[cause])) for cause in [*bad, *(c for c in GOOD if c in seen)]}


def _legend(figure: Figure, drawn: Mapping[str, tuple[str, str, str]]) -> None:
    from matplotlib.patches import Patch

    patches = [
        Patch(facecolor=shade, hatch=hatch, edgecolor="white" if hatch else TEXT, linewidth=0.5, label=label)
        for shade, hatch, label in drawn.values()
    ]
    patches.append(Patch(facecolor="white", edgecolor=TEXT, linewidth=0.5, label="still running"))
    figure.legend(handles=patches, loc="outside upper left", ncols=5, frameon=False, fontsize=8.5, handlelength=1.6)


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
