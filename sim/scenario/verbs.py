"""What the command line does with scenario files; each verb returns its answer as text and as data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.scenario.answer import Answer, find
from sim.scenario.checks_metrics import Measured
from sim.scenario.evidence import registry_problems
from sim.scenario.interview import Ask, interview_answers, starter
from sim.scenario.library import LIBRARY
from sim.scenario.loaded import NO_METRICS, Loaded, load, problems
from sim.scenario.manual import explain_lines
from sim.scenario.passports import Passport
from sim.scenario.problems import Problem, ScenarioError, shown
from sim.scenario.read import Node, read, shown_path
from sim.scenario.resolved import bare_or_quoted
from sim.scenario.schema import json_schema
from sim.scenario.sheets import apply, sheet

__all__ = [
    "Answer",
    "Conversions",
    "apply",
    "explain",
    "find",
    "interview",
    "list_scenarios",
    "new",
    "schema",
    "sheet",
    "show",
    "validate",
]

Conversions = Callable[[Loaded], Mapping[str, str]]
"""What the model makes of a planner's number, in words, by the number's path."""


def list_scenarios() -> Answer:
    """The scenarios of the library, one line each."""
    rows = []
    for path in sorted(LIBRARY.glob("*.yaml")):
        if path.name != "defaults.yaml":
            tree = read(path, [])
            texts = {key: _text(tree, key) for key in ("title", "question")}
            rows.append({"name": path.stem, "file": shown_path(path), **texts})
    wide = max((len(row["name"]) for row in rows), default=0)
    text = "\n".join(f"{row['name']:<{wide}}  {row['title']}" for row in rows)
    return Answer(text, rows)


def _text(tree: Node | None, key: str) -> str:
    value = tree.entries()[key].value if tree is not None and key in tree.entries() else ""
    return shown(value, quoted=False, longest=200) if isinstance(value, str) else ""


def validate(paths: Iterable[str], metrics: Mapping[str, Measured] = NO_METRICS) -> Answer:
    """Every problem of every file, and a line of praise for a file without one."""
    found: list[Problem] = list(registry_problems())
    lines: list[str] = []
    for name in paths:
        own = [one for one in problems(find(name), metrics=metrics) if _concerns(one, find(name))]
        found += own
        if not any(problem.severity == "error" for problem in own):
            lines.append(_praise(load(find(name), metrics=metrics)))
    wrong = any(problem.severity == "error" for problem in found)
    text = "\n".join([*map(str, found), *lines])
    return Answer(text, [problem.as_data() for problem in found], 2 if wrong else 0)


def _concerns(problem: Problem, path: Path) -> bool:
    """Whether the author of a file wants to hear it: what is merely worth knowing of a parent stays there."""
    return problem.severity != "info" or problem.file == shown_path(path)


def _praise(loaded: Loaded) -> str:
    numbers = loaded.passports.values()
    guesses = sum(one.grade == "D" for one in numbers)
    uncertain = sum(one.uncertain for one in numbers)
    return (
        f"{shown_path(loaded.path)}: fine: {len(numbers)} numbers, {uncertain} of them uncertain, "
        f"{guesses} of grade D; {len(loaded.futures)} futures, {len(loaded.plans)} plans"
    )


def show(path: str, origin: bool = False, conversions: Conversions | None = None) -> Answer:
    """The resolved scenario: YAML that stands alone, with what each number comes to behind it.

    Raises:
        ScenarioError: the file is wrong.
    """
    loaded = load(find(path))
    model = dict(conversions(loaded)) if conversions is not None else {}

    def note(key: str, node: Node) -> str:
        one = loaded.passports.get(key)
        said = [_in_model(one)] if one is not None else []
        said += [model[key]] if key in model else []
        said += [node.place] if origin else []
        return "; ".join(said)

    rows = [_row(one, model.get(one.path, "")) for one in loaded.passports.values()]
    return Answer(loaded.resolved_yaml(note), {"hash": loaded.hash, "numbers": rows})


def _in_model(one: Passport) -> str:
    """A number in the model's unit, with its spread."""
    spread = f" (80%: {one.low:.4g} to {one.high:.4g}, {one.kind})" if one.uncertain else ""
    return f"{one.value:.6g} {one.unit}{spread}"


def _row(one: Passport, conversion: str) -> dict[str, Any]:
    keys = ("path", "address", "text", "unit", "value", "low", "high", "kind", "source", "grade", "why")
    more = ("private", "group", "file", "line")
    return {key: getattr(one, key) for key in keys + more} | {"conversion": conversion}


def schema() -> Answer:
    """The JSON Schema of a scenario file."""
    import json

    data = json_schema()
    return Answer(json.dumps(data, indent=2, ensure_ascii=False), data)


def explain(name: str, outcomes: Mapping[str, Mapping[str, object]] | None = None) -> Answer:
    """What a field, an outcome or a source is: definition, unit, how it is written, default, source."""
    lines, data = explain_lines(name, outcomes or {})
    return Answer("\n".join(lines), data, 0 if data.get("found") else 2)


def new(name: str, from_: str | None = None, folder: Path | None = None) -> Answer:
    """Writes a commented scenario file to start from; with `from_`, one that stands on another scenario.

    Raises:
        ScenarioError: there is a file of that name already, or the scenario to start from is wrong.
    """
    path = (folder or Path()) / (name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    return _write(path, starter(path.stem) if from_ is None else _child(path, from_))


def interview(ask: Ask, folder: Path | None = None) -> Answer:
    """Asks a dozen plain questions and writes the scenario that their answers make."""
    name = ask("What should the file be called?", "for example my_partnership").strip() or "my_partnership"
    path = (folder or Path()) / (name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    return _write(path, starter(path.stem, interview_answers(ask)))


def _write(path: Path, text: str) -> Answer:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ScenarioError([Problem(shown_path(path), 1, "", "a file that exists", "a new name")]) from None
    except (OSError, ValueError) as error:
        got = shown(str(error), quoted=False)
        raise ScenarioError([Problem(shown_path(path), 1, "", got, "a file that can be written")]) from None
    command = f"python run_sim.py compare {shown_path(path)}"
    return Answer(f"{shown_path(path)} is written. Try it: {command}", {"file": str(path), "text": text})


def _child(path: Path, from_: str) -> str:
    """A file that extends another, with what it may change as comments."""
    parent = find(from_)
    loaded = load(parent)
    inside = parent.resolve().is_relative_to(LIBRARY)
    named = parent.resolve().relative_to(LIBRARY) if inside else os.path.relpath(parent, path.parent)
    uncertain = [one for one in loaded.passports.values() if one.uncertain and one.path.count(".") == 2]
    lines = [
        f"# A scenario on top of another; `run_sim.py show {shown_path(path)} --origin` prints all of it.",
        f"title: {bare_or_quoted(path.stem)}",
        f"extends: {bare_or_quoted(str(named))}",
        "",
        "# Take the sign away from what you want to change; every other value stays as it is there.",
        f"# years: {loaded.passports['years'].text}",
        "# futures:",
        *(f"#   {_example(one)}" for one in uncertain[:3]),
        "# plans:",
        *(f"#   my_plan: {{start: [{bare_or_quoted(name)}]}}" for name in list(loaded.scenario.programmes)[:1]),
    ]
    return "\n".join(lines) + "\n"


def _example(one: Passport) -> str:
    change = f"{bare_or_quoted(one.path)}: {bare_or_quoted(one.high_text or one.text)}"
    return f"what_if_{one.path.rsplit('.', 1)[1]}: {{{change}}}"
