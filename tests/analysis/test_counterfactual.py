"""Status by status under two plans, lives side by side, and the chain behind a parting."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analysis.counterfactual import NOT_THERE, OTHER_CADRE, STATUSES, differences, matrix, sole_difference
from analysis.histories import choose, life, sentences
from analysis.page_curves import matrix_section
from analysis.persons import cast
from analysis.replay import Event, Replay, aligned, chain, part, rows_of
from analysis.say_curves import say_chain, say_gross, say_net, say_parting
from sim.study.plan import Block, CellKey
from tests.analysis.people import PLANS, people, study_plan
from tests.study import fake

BLOCKS, PERSONS = 40, 40


def told(rows: Any, cadre: str | None = None, plan: str = "train_home") -> Any:
    return matrix(cast(rows, study_plan(BLOCKS), "baseline"), "baseline", plan, "no_partnership", cadre)


def means(found: Any) -> Any:
    return np.array([[cell.mean for cell in row] for row in found.counts])


@pytest.mark.parametrize("cadre", [None, "ghana.obgyn", "ghana.medical_officer"])
def test_margins_add_up_to_the_people_of_each_plan(cadre: str | None) -> None:
    rows = people(BLOCKS)
    found, cells = told(rows, cadre), means(told(rows, cadre))
    followed = rows[rows["origin"] != "outsider"]
    if cadre is None:
        assert cells.sum() == pytest.approx(PERSONS)
    for at, status in enumerate(found.statuses):
        for axis, plan in ((0, "train_home"), (1, "no_partnership")):
            if status in (NOT_THERE, OTHER_CADRE):
                continue
            here = followed[followed["plan"] == plan]
            here = here if cadre is None else here[here["cadre"] == cadre]
            mapped = here["status"].replace({"on_exchange": "in_post"})
            if status == "in post":
                assert cells.sum(axis=axis)[at] == pytest.approx((mapped == "in_post").sum() / BLOCKS)
    differ = found.gross.mean + found.only_plan.mean + found.only_against.mean
    assert differ == pytest.approx(cells.sum() - np.trace(cells))


def test_net_is_the_difference_of_margins_whatever_the_coupling() -> None:
    """People are given to other blocks and names under one plan: every margin stays, and with it every net mean."""
    rows = people(BLOCKS)
    found = told(rows)
    mixed = rows.copy()
    ours = (mixed["plan"] == "train_home") & (mixed["origin"] != "outsider")
    names = mixed.loc[ours, "person"].to_numpy().reshape(BLOCKS, PERSONS)
    luck = np.random.Generator(np.random.PCG64(3))
    mixed.loc[ours, "person"] = luck.permuted(names, axis=1).ravel()
    mixed.loc[ours, "design_point"] = (mixed.loc[ours, "design_point"] + 7) % BLOCKS
    other = told(mixed)
    cells = means(found)
    margins = cells.sum(axis=0) - cells.sum(axis=1)
    for at, net in enumerate(found.net):
        assert net.mean.mean == pytest.approx(margins[at], abs=1e-12)
        assert net.mean.mean == pytest.approx(other.net[at].mean.mean, abs=1e-12)
    assert other.gross.mean > found.gross.mean + 3.0


def test_separate_luck_raises_the_gross_and_not_the_net() -> None:
    """The share of shared luck is planted: 90% of people have the same; the gap is tens of standard errors wide."""
    found = told(people(BLOCKS, second=20))
    assert found.gross_independent is not None and found.gross_independent.runs == 20
    assert found.gross_independent.mean > found.gross.mean + 5.0
    alone = told(people(BLOCKS, second=0, shared=0.0))
    shared = told(people(BLOCKS, second=0, shared=1.0))
    assert alone.gross_independent is None
    net = [next(net.mean.mean for net in one.net if net.status == "in post") for one in (alone, shared)]
    assert net[0] == pytest.approx(net[1], abs=2.5)  # 0.3 of 40 people each; five standard errors of their difference
    assert alone.gross.mean > shared.gross.mean + 5.0


def test_who_exists_in_one_world_only_is_counted_as_such() -> None:
    rows = people(BLOCKS)
    missing = (rows["plan"] == "no_partnership") & (rows["person"] == -20)
    found = told(rows[~missing])
    assert (found.only_plan.mean, found.only_against.mean) == (1.0, 0.0)
    assert means(found).sum() == pytest.approx(PERSONS)
    assert "There in one world only: 1 under train home." in say_gross(found)


def test_people_from_outside_are_left_out_and_the_same_plan_differs_in_nothing() -> None:
    rows = people(BLOCKS)
    found = told(rows, plan="no_partnership")
    assert found.gross.mean == 0.0 and found.only_plan.mean == 0.0 and found.moves == ()
    everyone = [net.mean.differ for net in found.net]
    assert everyone == [0] * len(STATUSES)


def test_a_block_that_one_plan_lacks_is_dropped_for_all() -> None:
    rows = people(BLOCKS)
    gone = (rows["plan"] == "send_abroad") & (rows["design_point"] == 3)
    found = cast(rows[~gone], study_plan(BLOCKS), "baseline")
    assert found.blocks.tolist() == [block for block in range(BLOCKS) if block != 3]
    assert differences(found, "baseline", "no_partnership")[0].gross.runs == BLOCKS - 1
    empty = cast(rows[rows["plan"] != "send_abroad"], study_plan(BLOCKS), "baseline")
    assert differences(empty, "baseline", "no_partnership") == []


def test_replications_of_one_design_row_are_blocks_and_the_next_is_a_second_luck() -> None:
    rows = people(BLOCKS)
    rows["replication"], rows["design_point"] = rows["design_point"], 5
    found = matrix(cast(rows, study_plan(BLOCKS, 5), "baseline"), "baseline", "train_home", "no_partnership")
    assert found.gross.mean == told(people(BLOCKS)).gross.mean
    assert found.gross_independent is not None and found.gross_independent.runs == BLOCKS - 1


def test_moves_are_differences_by_cadre_and_cause_and_the_result_is_json() -> None:
    found = told(people(BLOCKS))
    counts = [move.count.mean for move in found.moves]
    assert counts == sorted(counts, reverse=True) and all(count > 0.0 for count in counts)
    assert all(move.plan.status != move.against.status for move in found.moves)
    json.dumps(asdict(found), allow_nan=False)


ACTION = SimpleNamespace(do="allowance", model_dump=lambda: {"do": "allowance", "size": 1})
LARGER = SimpleNamespace(do="allowance", model_dump=lambda: {"do": "allowance", "size": 2})


@pytest.mark.parametrize(
    ("ours", "theirs", "sole"),
    [
        ((["a"], [ACTION]), (["a"], []), "action allowance"),
        ((["a"], []), (["a"], [ACTION]), "action allowance"),
        ((["a"], [LARGER]), (["a"], [ACTION]), "action allowance"),
        ((["a", "b"], [ACTION]), (["a"], []), None),
        ((["a"], []), ([], []), "programme a"),
        ((["a"], []), (["b"], []), None),
        ((["a"], [ACTION]), (["a"], [ACTION]), None),
    ],
)
def test_only_one_differing_action_is_credited(ours: Any, theirs: Any, sole: str | None) -> None:
    plans = {
        name: SimpleNamespace(starts=starts, bond=None, contingency=actions)
        for name, (starts, actions) in {"ours": ours, "theirs": theirs}.items()
    }
    loaded: Any = SimpleNamespace(
        case=lambda plan: plans[plan], canonical_plan=lambda name: name, scenario=SimpleNamespace(plans={})
    )
    assert sole_difference(loaded, "ours", "theirs") == sole


def test_lives_are_chosen_by_rule_in_the_median_block() -> None:
    rows = people(BLOCKS)
    found = cast(rows, study_plan(BLOCKS), "baseline")
    chosen = choose(found, "train_home", "no_partnership")
    assert len(chosen) == 3 and len({one.block for one in chosen}) == 1
    assert chosen == choose(cast(rows, study_plan(BLOCKS), "baseline"), "train_home", "no_partnership")
    for one in chosen:
        ours, theirs = (found.people.loc[[row]].iloc[0] for row in (one.row_plan, one.row_against))
        assert ours["person"] == theirs["person"] == one.person and ours["status"] != theirs["status"]
        assert (ours["plan"], theirs["plan"]) == ("train_home", "no_partnership")
    posts = {
        plan: rows[(rows["plan"] == plan) & (rows["origin"] != "outsider") & (rows["status"] == "in_post")]
        .groupby("design_point").size().reindex(range(BLOCKS), fill_value=0)
        for plan in PLANS
    }  # fmt: skip
    net = posts["train_home"] - posts["no_partnership"]
    assert (net < net[chosen[0].block]).sum() <= BLOCKS / 2 and (net > net[chosen[0].block]).sum() <= BLOCKS / 2


def test_a_life_reads_as_dated_sentences_and_stays_text() -> None:
    row = people(1).iloc[0].copy()
    row["qualified"], row["trained"], row["programme"], row["status"] = 2.0, "home", "day_\x1b[31mschool", "abroad"
    events: list[Event] = [
        (1.0, "finish", "person4", "0"), (2.0, "finish", "person4", "1"),
        (2.0, "work_abroad", "person4", "work_abroad"),
        (3.0, "work_abroad", "person4", "work_abroad"), (3.5, "depart", "person4", "withdrawn"),
        (4.0, "depart", "person4", "work_abroad"), (4.0, "retire", "person5", ""),
    ]  # fmt: skip
    run = Replay("id", CellKey("baseline", "train_home"), Block(0, 0), events, True, {-20: 4})
    text = sentences(life("train_home", run, -20, row, 20.0), 1989.0)
    assert text[0] == "1990-01: fails the examination"
    assert text[1].startswith("1991-01: graduates from day ") and "\x1b" not in text[1]
    assert text[2] == "1991-01: leaves the country at once, to work"
    assert text[3:6] == [
        "1992-01: applies to leave, to work", "1992-07: has thought better of leaving",
        "1993-01: leaves the country, to work",
    ]  # fmt: skip
    assert text[-1].startswith("At the end: working abroad, as ")


def test_numbers_of_people_are_those_of_the_other_run() -> None:
    events: list[Event] = [
        (1.0, "retire", "person0", ""),
        (2.0, "die", "person1", ""),
        (2.0, "fill", "school.post1", ""),
    ]
    found = aligned(events, {70: 0, 80: 1}, {80: 0, 90: 1})
    assert [event[2] for event in found] == ["person0*", "person0", "school.post1"]


def test_the_chain_starts_at_the_parting_and_goes_on_entity_by_entity() -> None:
    shared: Event = (0.5, "retire", "person9", "")
    first: list[Event] = [shared, (1.0, "depart", "person1", "work_abroad"), (1.2, "fill", "school.obgyn.post3", "")]
    second: list[Event] = [shared, (3.0, "retire", "person1", ""), (4.0, "die", "person2", "")]
    found = part(first, second)
    assert found.at == first[1]
    links = chain(found)
    assert [link.entity for link in links] == ["person1", "school.obgyn.post3", "person2"]
    assert [link.since for link in links] == sorted(link.since for link in links)
    assert (links[0].first, links[0].second) == ([first[1]], [second[1]])
    assert say_parting(found, 1989.0) == (
        "They part on 1990-01-01, with an event of the first only: person1 depart (work abroad)."
    )
    lines = say_chain(links, 1989.0, most=2)
    assert lines[1] == "school.obgyn.post3: only in the first: filled by an outsider 1990-03"
    assert lines[2] == "then 1 more: 1 people"
    same = part(first, first)
    assert same.at is None and chain(same) == [] and "the same" in say_parting(same, 1989.0)


def test_rows_of_a_run_are_read_from_the_memory_that_it_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis import replay

    tables = {
        "people": np.array([(2**64 - 5,), (7,), (9,)], [("key", "u8")]),
        "setting": np.array([(2,)], [("people", int)]),
    }
    worker = SimpleNamespace(memory=SimpleNamespace(tables=tables))
    assert replay._people(worker) == {-5: 0, 7: 1}
    assert replay._people(SimpleNamespace()) == {}
    run = Replay("id", CellKey("a", "b"), Block(0, 0), [], True, {1: 2})
    monkeypatch.setattr(replay, "replay", lambda study, name: run)
    assert rows_of(SimpleNamespace(), "id") == {1: 2}  # type: ignore[arg-type]


def test_the_section_of_a_page_holds_text_only() -> None:
    titles = {"plans": {"train_home": fake.HOSTILE + "\x1b[2J"}, "futures": {}, "start": 1989.0}
    study: Any = SimpleNamespace(manifest={"scenario": titles})
    found = told(people(BLOCKS))
    section = matrix_section(study, found)
    assert len(section["rows"]) == len(found.statuses) == len(section["headings"])
    assert sum(cell["diagonal"] for row in section["rows"] for cell in row["cells"]) == len(found.statuses)
    assert "\\u001b" not in json.dumps(section)
    assert any("In post" in line for line in say_net(found, study))
