"""Figures of a comparison, as SVG text: readable in black and white and without every colour."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis import say
from sim.study.plan import CellKey

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["fan_chart", "place_bars"]

Floats = NDArray[np.float64]

COLOURS = ("#4d4d4d", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Grey for no partnership, then the colours of Okabe and Ito, which colour-blind readers tell apart."""

DASHES: tuple[Any, ...] = ("--", "-", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), ":")
"""A line style a plan, in the same order."""

HATCHES = ("", "", "///", "", "...", "xx", "\\\\\\", "---", "")
SHADES = ("#0b3c5d", "#3b7ea1", "#9cc4d9", "#e3c565", "#f2e3b3", "#d55e00", "#f0a37a", "#8c8c8c", "#d0d0d0")
"""Blue for people at home, sand for training, orange for people abroad, grey for those who left work."""

TEXT = "#222222"
RULE = "#c8c8c8"


def fan_chart(
    series: Mapping[CellKey, Floats],
    times: Floats,
    start: float,
    titles: Mapping[str, str],
    label: str,
) -> str:
    """Median and middle 80% of runs over time: a panel a future, a line a plan.

    Args:
        series: by cell, a row a run and a column a report time.
        times: report times in years since the start.
        start: calendar year of the start.
        titles: futures to draw, with their titles.
        label: what is drawn, with its unit.
    """
    plans = list(dict.fromkeys(cell.plan for cell in series))
    columns = 2 if len(titles) in (2, 4) else min(3, len(titles))
    rows = math.ceil(len(titles) / columns)
    figure = _figure(7.6 if columns == 1 else 9.6, (3.4 if columns < 3 else 2.9) * rows + 0.5)
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for place, (future, title) in enumerate(titles.items()):
        panel = axes[place // columns][place % columns]
        _fan_panel(panel, future, plans, series, start + times)
        panel.set_title(title, fontsize=10, loc="left", color=TEXT)
    for spare in axes.ravel()[len(titles) :]:
        spare.set_visible(False)
    if all(np.nanmin(rows) >= 0.0 for rows in series.values() if np.isfinite(rows).any()):
        axes[0][0].set_ylim(bottom=0)
    figure.supylabel(label, fontsize=9, color=TEXT)
    lines, names = axes[0][0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper left", ncols=5, frameon=False, fontsize=8.5, handlelength=2.6)
    return _svg(figure)


def _fan_panel(panel: Axes, future: str, plans: Sequence[str], series: Mapping[CellKey, Floats], years: Floats) -> None:
    """One future: bands first, lines over them."""
    from matplotlib.ticker import MaxNLocator

    for place, plan in enumerate(plans):
        rows = series.get(CellKey(future, plan))
        if rows is None or not np.isfinite(rows).any():
            continue
        low, median, high = np.nanquantile(rows[~np.isnan(rows).all(axis=1)], [0.1, 0.5, 0.9], axis=0)
        colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
        panel.fill_between(years, low, high, color=colour, alpha=0.1, linewidth=0)
        panel.plot(years, median, color=colour, linestyle=dash, linewidth=1.8, label=say.words(plan))
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    _dress(panel)


def place_bars(parts: Mapping[str, Mapping[str, float]], label: str) -> str:
    """Where people are: a bar a plan, a piece a place, with its mean number of people where there is room.

    Args:
        parts: by plan, the mean number of people by place, in the order in which they are drawn.
        label: the axis title.
    """
    plans = list(parts)
    places = list(dict.fromkeys(place for found in parts.values() for place in found))
    figure = _figure(9.6, 0.46 * len(plans) + 1.35)
    panel = figure.subplots()
    widest = max(sum(found.values()) for found in parts.values()) or 1.0
    left = np.zeros(len(plans))
    for index, place in enumerate(places):
        widths = np.array([parts[plan].get(place, 0.0) for plan in plans])
        if not widths.any():
            continue  # its shade stays its own, in every figure
        shade = SHADES[index % len(SHADES)]
        panel.barh(
            range(len(plans)), widths, left=left, color=shade, edgecolor="white", linewidth=0.8,
            hatch=HATCHES[index % len(HATCHES)], label=place, height=0.72,
        )  # fmt: skip
        for row, width in enumerate(widths):
            if width > 0.035 * widest:
                _count_inside(panel, left[row] + width / 2, row, width, shade)
        left += widths
    panel.set_yticks(range(len(plans)), [say.words(plan) for plan in plans], fontsize=9)
    panel.invert_yaxis()
    panel.set_xlabel(label, fontsize=9, color=TEXT)
    _dress(panel, grid="x")
    figure.legend(loc="outside upper left", ncols=min(len(places), 5), frameon=False, fontsize=8, handlelength=1.4)
    return _svg(figure)


def _count_inside(panel: Axes, across: float, down: float, count: float, shade: str) -> None:
    """Write a number of people on its piece of a bar, clear of the hatching."""
    ink = "white" if _dark(shade) else TEXT
    text = panel.text(across, down, f"{count:.0f}", ha="center", va="center", fontsize=8, color=ink)
    text.set_bbox({"facecolor": shade, "edgecolor": "none", "pad": 0.8})


def _dark(colour: str) -> bool:
    """Whether white text is read better than black on a colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _figure(width: float, height: float) -> Figure:
    """An empty figure, without any screen."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams.update({"svg.fonttype": "none", "font.family": "sans-serif", "hatch.linewidth": 0.5})
    matplotlib.rcParams["text.parse_math"] = False  # names from files are text, dollars included
    matplotlib.rcParams["svg.hashsalt"] = "run_sim"  # the same figure is the same text
    return Figure(figsize=(width, height), layout="constrained")


def _dress(panel: Axes, grid: str = "y") -> None:
    """Thin rules and no frame."""
    from typing import cast

    panel.grid(axis=cast(Any, grid), color=RULE, linewidth=0.5)
    panel.set_axisbelow(True)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.spines["bottom"].set_color(RULE)
    panel.tick_params(length=0, labelsize=8, colors=TEXT)


def _svg(figure: Figure) -> str:
    """The figure as an SVG element to stand in a page."""
    sink = io.StringIO()
    figure.savefig(sink, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = sink.getvalue()
    return text[text.index("<svg") :]
