"""Reading: YAML 1.2 with lines and columns, and writing what was read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sim.model.outcomes import OUTCOMES
from sim.scenario import load
from sim.scenario.inherit import merge
from sim.scenario.read import COVER, Node, read
from sim.scenario.resolved import as_yaml
from sim.scenario.training import Training

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
KEYS = WORDS.filter(lambda key: key not in (*COVER, "<<"))
TREES = st.recursive(
    WORDS.filter(bool),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def node(data: object) -> Node:
    if isinstance(data, dict):
        return Node({key: node(item) for key, item in data.items()})
    return Node([node(item) for item in data]) if isinstance(data, list) else Node(str(data))


def data(tree: Node) -> object:
    if isinstance(tree.value, dict):
        return {key: data(item) for key, item in tree.value.items()}
    return [data(item) for item in tree.value] if isinstance(tree.value, list) else tree.value


def parsed(text: str) -> Node:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(text.encode())
        problems: list[object] = []
        tree = read(path, problems)  # type: ignore[arg-type]
        assert tree is not None and problems == [], problems
        return tree


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=3))
def test_what_is_written_is_read_as_it_was(tree: dict[str, object]) -> None:
    tree.pop("sources", None)
    assert not tree or data(parsed(as_yaml(node(tree), set(), {}, alone=False))) == tree


def test_lines_and_columns_are_those_of_the_keys() -> None:
    tree = parsed("a: 1\nb:\n  c:\n    - x\n    - y\n")
    b = tree.entries()["b"]
    c = b.entries()["c"]
    assert (tree.entries()["a"].line, b.line, b.column, c.line, c.column) == (1, 2, 1, 3, 3)
    assert isinstance(c.value, list)
    assert [(item.line, item.column) for item in c.value] == [(4, 7), (5, 7)]


def test_yaml_one_point_two() -> None:
    text = "a: no\nb: 010\nc: 1989-01-15\nd: ~\ne: 'null'\nf: &x {g: 1:30}\nh: *x\n"
    assert data(parsed(text)) == {
        "a": "no",
        "b": "010",
        "c": "1989-01-15",
        "d": None,
        "e": "null",
        "f": {"g": "1:30"},
        "h": {"g": "1:30"},
    }


def test_merging() -> None:
    below = node({"a": {"x": "1", "y": "2"}, "p": {"value": "1", "low": "0"}, "l": ["1", "2"], "gone": "1"})
    above = Node({"a": node({"y": "3"}), "p": node({"value": "5"}), "l": node(["9"]), "gone": Node(None)})
    merged = merge(below, above)
    assert data(merged) == {"a": {"x": "1", "y": "3"}, "p": {"value": "5"}, "l": ["9"], "gone": None}
    assert merged.entries()["gone"].removed
    assert data(below)["gone"] == "1"  # type: ignore[index]


EXAMPLE = """
question: Train Ghana's obstetricians abroad, or at home with partners?
extends: bases/ghana_1989.yaml        # posts, two schools (Accra, Kumasi), US partner, ministry, donor
reviewed_by: {accra_school: not asked, kumasi_school: not asked, ministry: not asked}
start: 1989-01
years: 21
decision:
  asked_by: ministry
  aims: {ministry: {metric: ghana.obgyn.public_practice, at: 2010-01, better: more}}
  must_not: [{metric: ghana.obgyn.public_practice, below: 80% of start, in_more_than: 10% of runs}]
people:
  medical_officer:
    leave_country: {gone: 50%, after: 4.5 years, low: 4.0 years, high: 5.3 years, source: dovlo1999, grade: B}
    leave_to_specialise: {value: 95%, low: 25%, high: 99%, source: clinton2010, grade: C,
      why: share of leaving that a place at home removes. 19 of 20 residents said so}
programmes:
  overseas_residency:
    preset: training_abroad
    places_per_year: 4
    return_home: {count: 3, of: 30, source: klufio2003, grade: B}
  home_residency:
    preset: training_at_home
    sites: [accra_school, kumasi_school]
    places_per_year: 4                # first year; grows as graduates become supervisors
    training_years: 5
    months_abroad: 3
    months_in_district: 6
    service_by_residents: {value: 50%, low: 30%, high: 70%, grade: D, why: guess; ask both heads}
    degree_usable_abroad: {value: 10%, low: 2%, high: 30%, grade: D, why: regional fellowship}
futures:
  as_it_happened: {}
  doors_open_abroad: {shocks: [{kind: destination_recruits, from: 1998-01, leaving: x2, for: 5 years}]}
  hiring_freeze: {shocks: [{kind: posts_not_funded, from: 1996-01, for: 3 years}]}
plans:                                # "no_partnership" is always run as well
  send_abroad: {start: [overseas_residency]}
  train_home: {start: [home_residency]}
  train_home_bonded: {start: [home_residency], bond: {years: 3, served: {value: 71%, low: 60%, high: 80%,
    source: barnighausen2009, grade: B}}}
"""


def test_a_scenario_reads_as_a_planner_would_write_it(tmp_path: Path) -> None:
    """The format's own example, but for money and contingency, which are mechanisms of their own."""
    (tmp_path / "x.yaml").write_text(EXAMPLE)
    loaded = load(tmp_path / "x.yaml", metrics=OUTCOMES)
    assert loaded.warnings == []
    home = loaded.scenario.programmes["home_residency"]
    assert isinstance(home, Training)
    assert (home.months_abroad, home.months_in_district) == (0.25, 0.5)
    assert loaded.plans == ["no_partnership", "send_abroad", "train_home", "train_home_bonded"]
