"""Figures of a sensitivity study: each draws what it was given, and says what it withholds."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

from analysis.figures_sensitivity import convergence_lines, morris_plane, sobol_bars, tornado, variance_split
from analysis.sensitivity.chance import Split
from analysis.sensitivity.estimates import Estimate
from analysis.sensitivity.gates import Convergence
from analysis.sensitivity.morris import Screening
from analysis.sensitivity.sobol import Indices, Pairs
from analysis.sensitivity.swings import Swing

NAMES = ("pay gap", "cost of $5", "learning")
KNOWN, WIDE = Estimate(0.4, 0.35, 0.45), Estimate(0.4, 0.1, 0.7)


def texts(svg: str) -> list[str]:
    """Every text of a figure; the figure must be well-formed."""
    return [
        "".join(node.itertext()).strip() for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("text")
    ]


def test_bars_withhold_what_is_known_too_roughly() -> None:
    found = Indices(NAMES, KNOWN, KNOWN, (KNOWN, WIDE, KNOWN), (KNOWN, WIDE, WIDE), 64, 4)
    shown = texts(sobol_bars(found))
    assert set(NAMES) <= set(shown)
    assert shown.count("not resolved") == 3


def test_pairs_are_numbers_on_shades() -> None:
    found = Indices(NAMES, KNOWN, KNOWN, (KNOWN,) * 3, (KNOWN,) * 3, 64, 4)
    couples = (NAMES[:2], (NAMES[0], NAMES[2]), NAMES[1:])
    pairs = Pairs(tuple((one, other) for one, other in couples), (KNOWN,) * 3, (KNOWN, WIDE, KNOWN), 64)
    shown = texts(sobol_bars(found, pairs))
    assert shown.count("0.40") == 2
    assert shown.count("±0.05") == 2


def test_a_tornado_counts_what_it_leaves_out() -> None:
    shown = texts(tornado([Swing(f"factor {place}", KNOWN, WIDE) for place in range(18)], 0.4, "people at home"))
    assert "and 3 factors that matter less" in shown
    assert "factor 14" in shown
    assert "factor 15" not in shown


def test_morris_tells_chance_from_effects() -> None:
    found = Screening(NAMES, (KNOWN,) * 3, (KNOWN,) * 3, (KNOWN,) * 3, None, None, (True, False, False), 10, 2)
    shown = texts(morris_plane(found, "people"))
    assert {"more than chance", "not told from chance", *NAMES} <= set(shown)


def test_convergence_draws_what_there_is() -> None:
    nothing = Estimate(math.nan, -math.inf, math.inf)
    found = Convergence(NAMES, (8, 16), ((None, nothing, KNOWN), (KNOWN, nothing, WIDE)))
    shown = texts(convergence_lines(found, "ST"))
    assert {"8", "16", "pay gap", "learning"} <= set(shown)
    assert "cost of $5" not in shown


def test_the_split_names_its_cells() -> None:
    cell = Split(KNOWN, KNOWN, Estimate(0.5, 0.4, 0.6), False, 200, 400, 0)
    assert "at home, crisis" in texts(variance_split({"at home, crisis": cell}))
