"""Figures of a sensitivity study, as SVG text: readable in black and white and without every colour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis.figures import COLOURS, DASHES, RULE, TEXT, _dress, _figure, _svg
from analysis.sensitivity.chance import Split
from analysis.sensitivity.estimates import Estimate
from analysis.sensitivity.gates import Convergence
from analysis.sensitivity.morris import Screening
from analysis.sensitivity.sobol import Indices, Pairs
from analysis.sensitivity.swings import Swing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["convergence_lines", "morris_plane", "sobol_bars", "tornado", "variance_split"]

MOST = 15
"""Factors in one figure; the rest matter less and are counted in a line below it."""

NAMED, UNNAMED = 10, 0.1
"""Effects with a name in a plane of many; those far smaller than the largest lie on top of each other."""

MARKS = ("o", "s", "^", "D", "v", "P", "X")
LIGHT, DARK, ORANGE = "#9cc4d9", "#0b3c5d", "#d55e00"


def tornado(swings: Sequence[Swing], mean: float, label: str) -> str:
    """Mean outcomes where each factor is low and where it is high, with 90% intervals; the widest swing on top.

    Args:
        swings: in the order in which they are drawn.
        mean: the mean outcome of all runs, where bars start.
        label: the outcome with its unit.
    """
    shown = swings[:MOST]
    figure = _figure(8.2, 0.36 * len(shown) + 1.5)
    panel = figure.subplots()
    for row, swing in enumerate(shown):
        for end, shift, colour, hatch in ((swing.low, -0.17, LIGHT, "///"), (swing.high, 0.17, DARK, "")):
            place = row + shift
            panel.barh(place, end.value - mean, left=mean, height=0.34, color=colour, hatch=hatch, edgecolor="white")
            _whisker(panel, end, place)
    panel.axvline(mean, color=TEXT, linewidth=0.8)
    _rows(panel, [swing.name for swing in shown])
    panel.set_xlabel(f"{label} (line: mean of all runs)", fontsize=9, color=TEXT)
    _key(figure, [("factor in its lowest fifth", LIGHT, "///"), ("factor in its highest fifth", DARK, "")])
    return _svg(_more(figure, len(swings) - len(shown)))


def morris_plane(found: Screening, label: str) -> str:
    """µ* across, σ up, a mark a factor with its 90% interval of µ*: filled where the effect is more than chance.

    Args:
        found: the measures.
        label: the outcome with its unit.
    """
    figure = _figure(8.2, 5.4)
    panel = figure.subplots()
    across = np.array([estimate.value for estimate in found.mu_star])
    up = np.array([estimate.value for estimate in found.sigma])
    for place in range(len(found.names)):
        sure = found.beyond_chance is not None and found.beyond_chance[place]
        half = found.mu_star[place]
        panel.plot([half.low, half.high], [up[place]] * 2, color=RULE, linewidth=1.4, zorder=1)
        panel.plot(
            across[place], up[place], MARKS[0] if sure else MARKS[1], markersize=6.5, zorder=2,
            color=DARK if sure else "white", markeredgecolor=DARK,
        )  # fmt: skip
    top = max(float(across.max()), float(up.max())) * 1.08 or 1.0
    panel.plot([0, top], [0, top], linestyle=":", color=TEXT, linewidth=0.9)
    panel.text(top * 0.97, top * 0.97, "σ = µ*", fontsize=8, color=TEXT, ha="right", va="bottom")
    _labels(panel, found.names, across, up, top)
    panel.set_xlim(0, top * 1.15)
    panel.set_ylim(0, top * 1.05)
    panel.set_xlabel(f"µ*: mean size of the effect on {label}", fontsize=9, color=TEXT)
    panel.set_ylabel("σ: how much the effect differs", fontsize=9, color=TEXT)
    _dress(panel, grid="both")
    if found.beyond_chance is not None:
        for sure, text in ((True, "more than chance"), (False, "not told from chance")):
            mark, colour = (MARKS[0], DARK) if sure else (MARKS[1], "white")
            panel.plot([], [], mark, color=colour, markeredgecolor=DARK, label=text)
        figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=8.5)
    return _svg(figure)


def _labels(panel: Axes, names: Sequence[str], across: np.ndarray, up: np.ndarray, top: float) -> None:
    """Names of the largest effects, moved up where two would overlap."""
    taken: list[tuple[float, float]] = []
    for place in np.argsort(-across)[:NAMED]:
        if across[place] < UNNAMED * across.max():
            break
        x, y = float(across[place]) + 0.012 * top, float(up[place]) + 0.012 * top
        while any(abs(x - left) < 0.22 * top and abs(y - low) < 0.032 * top for left, low in taken):
            y += 0.033 * top
        taken.append((x, y))
        panel.text(x, y, names[place], fontsize=8, color=TEXT, va="bottom")


def sobol_bars(found: Indices, pairs: Pairs | None = None) -> str:
    """First-order and total indices with 90% intervals, and how strongly pairs of factors act together.

    An index known no better than ± 0.1 is not drawn, and its place says so.

    Args:
        found: the indices.
        pairs: interactions of the top factors.
    """
    order = found.top(MOST)
    height = max(0.46 * len(order) + 1.5, 3.4 if pairs else 0.0)
    figure = _figure(10.2 if pairs else 8.2, height)
    panels = figure.subplots(1, 2, width_ratios=[1.25, 1.0], squeeze=False)[0] if pairs else [figure.subplots()]
    for row, place in enumerate(order):
        kinds = ((found.first[place], -0.19, DARK, ""), (found.total[place], 0.19, LIGHT, "///"))
        for estimate, shift, colour, hatch in kinds:
            if found.shown(estimate):
                panels[0].barh(
                    row + shift, max(0.0, estimate.value), height=0.36, color=colour, hatch=hatch, edgecolor="white"
                )
                _whisker(panels[0], estimate, row + shift)
            else:
                panels[0].text(0.01, row + shift, "not resolved", fontsize=7, color=TEXT, va="center")
    panels[0].axvline(0, color=TEXT, linewidth=0.8)
    _rows(panels[0], [found.names[place] for place in order])
    panels[0].set_xlabel("share of the variance of the expected outcome", fontsize=9, color=TEXT)
    _key(figure, [("S: the factor alone", DARK, ""), ("ST: with all its interactions", LIGHT, "///")])
    if pairs:
        _heat(panels[1], pairs)
    return _svg(_more(figure, len(found.names) - len(order)))


def _heat(panel: Axes, pairs: Pairs) -> None:
    """Shared indices, a cell a pair, each with its number; darker is stronger."""
    names = list(dict.fromkeys(name for pair in pairs.names for name in pair))
    grid = np.full((len(names), len(names)), np.nan)
    for (one, other), estimate in zip(pairs.names, pairs.shared, strict=True):
        row, column = names.index(other), names.index(one)
        known = estimate.within(0.1)
        grid[row, column] = max(0.0, estimate.value) if known else np.nan
        half = f"{round(estimate.value, 2) + 0.0:.2f}\n±{estimate.half:.2f}" if known else "not\nresolved"
        ink = "white" if known and estimate.value > 0.18 else TEXT
        panel.text(column + 0.5, row - 0.5, half, ha="center", va="center", fontsize=7.5, color=ink)
    panel.pcolormesh(grid[1:, :-1], cmap="Greys", vmin=0.0, vmax=0.3, edgecolors=RULE, linewidth=0.5)
    panel.invert_yaxis()
    panel.set_xticks(np.arange(len(names) - 1) + 0.5, names[:-1], fontsize=8, rotation=30, ha="right")
    panel.set_yticks(np.arange(len(names) - 1) + 0.5, names[1:], fontsize=8)
    panel.tick_params(length=0, colors=TEXT)
    for side in ("top", "right", "left", "bottom"):
        panel.spines[side].set_visible(False)
    panel.set_title("ST that two factors have in common", fontsize=9, loc="left", color=TEXT)


def convergence_lines(found: Convergence, label: str, limit: float = 0.1) -> str:
    """Estimates against sample size with 90% intervals, a line a factor, the largest seven.

    Args:
        found: estimates on nested parts of the sample.
        label: what is estimated.
        limit: the half-width at which an index is printed.
    """
    last = [estimate.value if estimate else -math.inf for estimate in found.estimates[-1]]
    order = sorted(range(len(last)), key=lambda place: -last[place])[: len(MARKS)]
    figure = _figure(8.2, 4.4)
    panel = figure.subplots()
    for rank, place in enumerate(order):
        line = [estimates[place] for estimates in found.estimates]
        points = [
            (size * (1.0 + 0.035 * (rank - 3)), estimate)
            for size, estimate in zip(found.rows, line, strict=True)
            if estimate is not None and math.isfinite(estimate.half)
        ]
        if not points:
            continue
        sizes, values = [size for size, _ in points], [estimate.value for _, estimate in points]
        colour = COLOURS[rank % len(COLOURS)]
        panel.vlines(sizes, [e.low for _, e in points], [e.high for _, e in points], color=colour, linewidth=1.1)
        panel.plot(
            sizes, values, color=colour, linestyle=DASHES[rank % len(DASHES)], marker=MARKS[rank], markersize=5,
            linewidth=1.4, label=found.names[place],
        )  # fmt: skip
    panel.set_xscale("log", base=2)
    panel.set_xticks(found.rows, [f"{size:,}" for size in found.rows])
    panel.minorticks_off()
    panel.set_xlabel(f"rows of the design; an index is printed at ±{limit:g}", fontsize=9, color=TEXT)
    panel.set_ylabel(label, fontsize=9, color=TEXT)
    _dress(panel)
    figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=8.5, handlelength=3)
    return _svg(figure)


def variance_split(parts: Mapping[str, Split]) -> str:
    """Chance and parameters as shares of the variance, a bar a cell, with the 90% interval of where they meet.

    Args:
        parts: by the cell's words, its split.
    """
    figure = _figure(8.2, 0.42 * len(parts) + 1.4)
    panel = figure.subplots()
    for row, part in enumerate(parts.values()):
        known = part.share.value
        panel.barh(row, known, height=0.62, color=DARK, edgecolor="white")
        panel.barh(row, 1.0 - known, left=known, height=0.62, color=LIGHT, hatch="///", edgecolor="white")
        panel.plot([part.share.low, part.share.high], [row, row], color="white", linewidth=4.2, zorder=3)
        panel.plot(
            [part.share.low, part.share.high],
            [row, row],
            color=ORANGE,
            linewidth=2.0,
            marker="|",
            markersize=9,
            zorder=4,
        )
    _rows(panel, list(parts))
    panel.set_xlim(0, 1)
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    panel.set_xlabel("share of the variance of single runs (line: 90% interval)", fontsize=9, color=TEXT)
    _key(figure, [("what is not known: parameters", DARK, ""), ("chance", LIGHT, "///")])
    return _svg(figure)


def _whisker(panel: Axes, estimate: Estimate, row: float) -> None:
    """A 90% interval, with a white edge so that it shows on any bar."""
    for colour, width in (("white", 3.0), (TEXT, 1.1)):
        panel.plot([estimate.low, estimate.high], [row, row], color=colour, linewidth=width, solid_capstyle="butt")


def _rows(panel: Axes, names: Sequence[str]) -> None:
    """A name a row, from the top, and the house's thin rules."""
    panel.set_yticks(range(len(names)), list(names), fontsize=9)
    panel.set_ylim(len(names) - 0.5, -0.5)
    _dress(panel, grid="x")


def _key(figure: Figure, parts: Sequence[tuple[str, str, str]]) -> None:
    """What shades and hatches mean, above the figure."""
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=text) for text, colour, hatch in parts]
    figure.legend(handles=handles, loc="outside upper left", ncols=len(parts), frameon=False, fontsize=8.5)


def _more(figure: Figure, hidden: int) -> Figure:
    """Say how many factors are not drawn."""
    if hidden > 0:
        figure.supxlabel(f"and {hidden} factors that matter less", fontsize=8, color=TEXT, x=0.01, ha="left")
    return figure
