"""Numbers out as a spreadsheet and back as an overlay: a partner can check them without a text editor."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sim.scenario.answer import Answer, find
from sim.scenario.inherit import merge
from sim.scenario.loaded import Loaded, load
from sim.scenario.passports import Passport
from sim.scenario.problems import Problem, ScenarioError, nearest, shown
from sim.scenario.read import Node, shown_path
from sim.scenario.resolved import as_yaml

__all__ = ["COLUMNS", "apply", "sheet"]

COLUMNS = ("path", "value", "low", "high", "unit", "source", "grade", "why", "dist", "group", "private")
"""One row a number. `path` names it and is not to be edited; the units are those of the planner's words."""
EDITABLE = tuple(name for name in COLUMNS if name not in ("path", "unit"))
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Row = dict[str, str]


def sheet(path: str, out: str | Path) -> Answer:
    """Writes every number of a scenario as a row of a spreadsheet (.xlsx or .csv).

    Raises:
        ScenarioError: the scenario is wrong, or the spreadsheet cannot be written.
    """
    rows = _rows(load(find(path)))
    out = Path(out)
    try:
        (_write_xlsx if _is_xlsx(out) else _write_csv)(out, rows)
    except OSError as error:
        raise _wrong(out, 1, "", shown(str(error), quoted=False), "a file that can be written") from None
    return Answer(f"{len(rows)} numbers are in {shown_path(out)}", {"file": str(out), "rows": len(rows)})


def apply(table: str | Path, path: str, out: str | Path) -> Answer:
    """Writes an overlay with the rows of a spreadsheet that differ from the scenario; nothing else.

    Raises:
        ScenarioError: the scenario or the spreadsheet is wrong; nothing is written then.
    """
    loaded, table, out = load(find(path)), Path(table), Path(out)
    known = {row["path"]: row for row in _rows(loaded)}
    changed: dict[str, Row] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for line, row in _read(table):
        if row["path"] not in known:
            close = nearest(row["path"], known)
            problems.append(_problem(table, line, "path", shown(row["path"]), "a number of the scenario", close))
        elif any(_clean(row[key]) != _clean(known[row["path"]][key]) for key in EDITABLE):
            changed[row["path"]] = row
            lines[row["path"]] = line
    if problems:
        raise ScenarioError(problems)
    overlay = _overlay(loaded, changed, shown_path(table))
    text = f"# Changes of {shown_path(table)} to {shown_path(loaded.path)}.\n" + overlay
    try:
        _try(loaded, text)
    except ScenarioError as error:
        raise ScenarioError(_by_row(error.problems, table, lines)) from None
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _wrong(out, 1, "", shown(str(error), quoted=False), "a file that can be written") from None
    return Answer(
        f"{len(changed)} of {len(known)} numbers have changed; {shown_path(out)} goes under `overlays:`",
        {"file": str(out), "changed": sorted(changed)},
    )


def _try(loaded: Loaded, overlay: str) -> None:
    """Loads the scenario with the overlay on top, so that only what can be loaded is written."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "base.yaml").write_text(loaded.resolved_yaml(), encoding="utf-8")
        (folder / "changes.yaml").write_text(overlay, encoding="utf-8")
        (folder / "whole.yaml").write_text("extends: base.yaml\noverlays: [changes.yaml]\n", encoding="utf-8")
        load(folder / "whole.yaml")


def _by_row(problems: Iterable[Problem], table: Path, lines: dict[str, int]) -> list[Problem]:
    """Problems of the overlay as problems of the rows that it was made from."""
    found = []
    for one in problems:
        line = next((n for path, n in lines.items() if f"{one.field}.".startswith(f"{path}.")), 1)
        found.append(replace(one, file=shown_path(table), line=line))
    return [one for one in found if one.severity == "error"]


def _rows(loaded: Loaded) -> list[Row]:
    return [_row(one) for one in loaded.passports.values()]


def _row(one: Passport) -> Row:
    usual = one.kind in ("none", "logit-normal", "log-normal", "normal")
    return {
        "path": one.path,
        "value": one.text,
        "low": one.low_text,
        "high": one.high_text,
        "unit": one.unit,
        "source": one.source,
        "grade": one.grade,
        "why": one.why,
        "dist": "" if usual and not one.dist_given else one.kind,
        "group": one.group,
        "private": "true" if one.private else "",
    }


def _overlay(loaded: Loaded, changed: dict[str, Row], name: str) -> str:
    """The changed rows as a tree; a list that holds one of them stands whole, as lists replace each other."""
    tree = Node({})
    for path, row in changed.items():
        steps = _steps(loaded.tree, path)
        tree = merge(tree, _nest(tree, loaded.tree, steps, _passport(row, name)))
    return as_yaml(tree, set(), {}, alone=False) if changed else "{}\n"


def _steps(tree: Node, path: str) -> list[str]:
    """The keys on the way to a number; those of a future's or plan's changes have dots in them."""
    steps: list[str] = []
    rest, node = path, tree
    while rest:
        items = node.value if isinstance(node.value, list) else []
        keys = node.entries() or {str(i): item for i, item in enumerate(items)}
        key = next((k for k in keys if rest == k or rest.startswith(f"{k}.")), rest)
        steps.append(key)
        rest = rest[len(key) + 1 :]
        node = keys.get(key, Node(None))
    return steps


def _nest(own: Node | None, whole: Node, steps: list[str], leaf: Node) -> Node:
    """A leaf under its keys; a list on the way is copied from this overlay, or else from the whole."""
    if not steps:
        return leaf
    key, rest = steps[0], steps[1:]
    if isinstance(whole.value, list):
        items = list(own.value if own is not None and isinstance(own.value, list) else whole.value)
        items[int(key)] = merge(items[int(key)], _nest(items[int(key)], whole.value[int(key)], rest, leaf))
        return Node(items)
    inner = own.entries().get(key) if own is not None else None
    return Node({key: _nest(inner, whole.entries().get(key, Node({})), rest, leaf)})


def _passport(row: Row, name: str) -> Node:
    """A row as a planner would write it."""
    value = _clean(row["value"])
    entries: dict[str, Node] = {}
    counted = re.fullmatch(r"(\S+) of (\S+)(?: after (.+))?", value)
    gone = re.fullmatch(r"(.+) after (.+)", value)
    if row["dist"] == "choice":
        entries["choice"] = Node([Node(option.strip()) for option in value.split(",")])
    elif counted and re.fullmatch(r"[0-9.]+", counted[1]):
        entries |= {"count": Node(counted[1]), "of": Node(counted[2])}
        entries |= {"after": Node(counted[3])} if counted[3] else {}
    elif gone:
        entries |= {"gone": Node(gone[1]), "after": Node(gone[2])}
    else:
        entries["value"] = Node(value)
    plain = {key: _clean(row[key]) for key in ("low", "high", "source", "grade", "why", "group", "private")}
    if row["dist"] not in ("", "beta", "choice"):
        plain["dist"] = row["dist"]
    plain["why"] = "" if plain["why"] == "stated by the author" else plain["why"]
    if not (plain["source"] or plain["why"]):
        plain["why"] = f"stated in {name}"
    return Node(entries | {key: Node(text) for key, text in plain.items() if text})


def _clean(text: str) -> str:
    """A cell without the sign that keeps a spreadsheet from taking it for a formula."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def _is_xlsx(path: Path) -> bool:
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise _wrong(path, 1, "", f"the ending {shown(path.suffix)}", "a file that ends in .xlsx or .csv")
    return path.suffix.lower() == ".xlsx"


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"'{text}" if text.startswith(FORMULA) else text for k, text in row.items()})


def _write_xlsx(path: Path, rows: Iterable[Row]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    page = book.worksheets[0]
    page.title = "numbers"
    page.append(list(COLUMNS))
    for row in rows:
        page.append([row[name] for name in COLUMNS])
    for cells in page.iter_rows():
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
            if isinstance(cell.value, str) and cell.value.startswith(FORMULA):
                cell.quotePrefix = True
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "B2"
    for letter, width in zip("ABCDEFGHIJK", (52, 20, 14, 14, 12, 18, 8, 60, 12, 22, 8), strict=True):
        page.column_dimensions[letter].width = width
    book.save(path)


def _read(path: Path) -> list[tuple[int, Row]]:
    """The rows of a spreadsheet with their line numbers."""
    try:
        lines = _xlsx_lines(path) if _is_xlsx(path) else _csv_lines(path)
    except FileNotFoundError:
        raise _wrong(path, 1, "", "no such file", "a spreadsheet") from None
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise _wrong(path, 1, "", shown(str(error), quoted=False), "a spreadsheet") from None
    head = lines[0] if lines else []
    if missing := [name for name in COLUMNS if name not in head]:
        raise _wrong(path, 1, "", "no column " + ", ".join(missing), "the columns that `sheet` writes")
    rows = [dict(zip(head, [*line, *[""] * len(head)], strict=False)) for line in lines[1:]]
    return [(number, row) for number, row in enumerate(rows, 2) if any(row.values())]


def _csv_lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _xlsx_lines(path: Path) -> list[list[str]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        page = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    except BadZipFile as error:
        raise ValueError(str(error)) from None
    return [[_cell(value) for value in line] for line in page.iter_rows(values_only=True)]


def _cell(value: object) -> str:
    """A cell's value as text; spreadsheets turn some texts into numbers and dates when they are edited."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d")
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _problem(path: Path, line: int, field: str, got: str, expected: str, hint: str = "") -> Problem:
    return Problem(shown_path(path), line, field, got, expected, hint)


def _wrong(path: Path, line: int, field: str, got: str, expected: str) -> ScenarioError:
    return ScenarioError([_problem(path, line, field, got, expected)])
