"""Designs: which points they hold, whose luck a point has, and how they grow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.study.design import EDGE, Design
from sim.study.plan import TWICE, Block, CellKey, StudyPlan

GROUPS = (("a",), ("b", "c"), ("d",))


def points(design: Design) -> list[dict[str, float]]:
    return [design.uniforms(point) for point in range(design.total)]


def plan(design: Design | None = None, replications: int = 40, twice: bool = False) -> StudyPlan:
    cells = (CellKey("baseline", "none"),)
    return StudyPlan("s", "h", "m", 1, cells, ("c",), replications, twice=twice, design=design)


def test_a_sobol_row_swaps_one_group_at_a_time() -> None:
    found = points(Design("sobol", GROUPS, 4, seed=3))
    for row in range(4):
        a, b, *mixed = found[5 * row : 5 * row + 5]
        for group, point in zip(GROUPS, mixed, strict=True):
            assert {draw for draw in a if point[draw] != a[draw]} == set(group)
            assert all(point[draw] == b[draw] for draw in group)


def test_pairs_swap_two_groups() -> None:
    design = Design("sobol_pairs", GROUPS, 2, seed=3)
    assert design.row_length == 2 + 3 + 3
    a, _, *mixed = points(design)[:8]
    changed = [{draw for draw in a if point[draw] != a[draw]} for point in mixed]
    assert changed[3:] == [{"a", "b", "c"}, {"a", "d"}, {"b", "c", "d"}]


def test_others_vary_and_are_never_taken_alone() -> None:
    design = Design("sobol_pairs", (("a",), ("b",)), 2, seed=3, others=("c", "d"))
    a, b, *mixed = points(design)[: design.row_length]
    assert a["c"] != b["c"] and len(mixed) == 3
    assert all(point["c"] == a["c"] and point["d"] == a["d"] for point in mixed)


def test_a_morris_trajectory_moves_one_group_a_step_within_its_edges() -> None:
    found = points(Design("morris", GROUPS, 6, seed=3))
    for start in range(0, len(found), 4):
        steps = zip(found[start : start + 3], found[start + 1 : start + 4], strict=True)
        moved = [frozenset(draw for draw in one if one[draw] != other[draw]) for one, other in steps]
        assert set(moved) == set(map(frozenset, GROUPS))
    values = {value for point in found for value in point.values()}
    assert min(values) >= EDGE - 1e-12 and max(values) <= 1.0 - EDGE + 1e-12


@pytest.mark.parametrize("kind", ["sobol", "sobol_pairs", "morris"])
def test_a_design_grows_without_moving_its_points(kind: str) -> None:
    small = Design(kind, GROUPS, 5, seed=3)  # type: ignore[arg-type]
    large = replace(small, size=11)
    assert points(large)[: small.total] == points(small) and large.identity == small.identity
    assert {small.luck_row(point) for point in range(small.row_length)} == {0}
    assert small.luck_row(small.row_length) == 1


def test_rows_fill_the_space_evenly() -> None:
    design = Design("sobol", tuple((name,) for name in "abcdef"), 256, seed=5)
    a = np.array([list(design.uniforms(row * design.row_length).values()) for row in range(256)])
    assert np.abs(a.mean(axis=0) - 0.5).max() < 0.01 and a.min() > 0.0 and a.max() < 1.0


def test_a_design_survives_its_manifest() -> None:
    design = Design("explicit", (("a",), ("b",)), 2, lucks=3, points=((0.1, 0.2), (0.3, 0.4)))
    assert StudyPlan.from_json(plan(design, 6).as_json()).design == design
    assert design.uniforms(1) == {"a": 0.3, "b": 0.4} and design.luck_row(1) == 0
    assert replace(design, points=((0.1, 0.2), (0.3, 0.5))).identity != design.identity


def test_blocks_of_a_design_are_its_points_and_their_lucks() -> None:
    study = plan(Design("sobol", GROUPS, 4, lucks=2), 40)
    assert study.block(7) == Block(3, 1) and study.index(Block(3, 1)) == 7
    assert study.luck_row(study.block(11)) == 1 and study.index(Block(20, 0)) == -1
    assert all(len(chunk.blocks) % 2 == 0 for chunk in study.chunks())


def test_one_row_in_five_gets_a_second_luck() -> None:
    study = plan(replications=50, twice=True)
    assert study.second == 10 and study.total == 60
    assert study.block(TWICE + 4) == Block(4, 1) and study.index(Block(4, 1)) == TWICE + 4
    assert study.index(Block(10, 1)) == -1
    assert sum(len(chunk.blocks) for chunk in study.chunks()) == 60
    assert len({study.run_id(study.cells[0], study.block(index)) for index in (4, TWICE + 4)}) == 2
