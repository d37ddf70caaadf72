"""The manual, written from the schema: the reference pages, and what `explain` says of one name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario.block import Block
from sim.scenario.careers import Gone
from sim.scenario.evidence import registry
from sim.scenario.fields import Accepts, Field, fields_of
from sim.scenario.library import LIBRARY
from sim.scenario.problems import nearest, shown
from sim.scenario.read import Node, read
from sim.scenario.scenario import Scenario
from sim.scenario.values import EXPECTED

__all__ = ["blocks", "explain_lines", "pages", "write_pages"]

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference"
HEAD = "<!-- Written by `python -m sim.scenario.manual`; edit the docstrings, not this page. -->\n"


def blocks() -> dict[type[Block], str]:
    """Every schema class, root first, with the path at which a file first holds it."""
    found: dict[type[Block], str] = {}
    _gather(Accepts("block", blocks=(Scenario,)), "", found)
    return found


def _gather(accepts: Accepts | None, path: str, found: dict[type[Block], str]) -> None:
    if accepts is None:
        return
    if accepts.form in ("map", "list"):
        _gather(accepts.inner, f"{path}.NAME" if accepts.form == "map" else f"{path}[]", found)
    for block in accepts.blocks:
        if block not in found:
            found[block] = path
            for key, one in fields_of(block).items():
                _gather(one.accepts, f"{path}.{key}".lstrip("."), found)


def written(accepts: Accepts) -> str:
    """How a value is written, in a few words."""
    if accepts.form == "number":
        of = f" or `15% of {accepts.unit.of}`" if accepts.unit.of else ""
        months = "; a bare number counts months" if accepts.unit.scale != 1.0 else ""
        return EXPECTED[accepts.unit.name] + of + months
    if accepts.form == "words":
        return "one of " + ", ".join(f"`{word}`" for word in accepts.words)
    if accepts.form == "text" and accepts.refers:
        return "the name of an outcome" if accepts.refers == "metric" else f"a name from `{accepts.refers}`"
    if accepts.form == "block" and accepts.blocks == (Gone,):
        return "`6% a year` or `{gone: 50%, after: 4.5 years}`"
    if accepts.form in ("block", "choice"):
        return " or ".join(f"[{block.__name__}](#{block.__name__.lower()})" for block in accepts.blocks)
    if accepts.inner is not None:
        whole = "names from `" + accepts.keys + "`, each with " if accepts.keys else "names, each with "
        return (whole if accepts.form == "map" else "a list of ") + written(accepts.inner)
    return {"flag": "on or off", "whole": "a whole number"}.get(accepts.form, "text")


def pages() -> dict[str, str]:
    """The reference pages by file name."""
    by_module: dict[str, list[type[Block]]] = {}
    for block in blocks():
        by_module.setdefault(block.__module__.rsplit(".", 1)[1], []).append(block)
    found = {f"{name}.md": _page(name, group) for name, group in by_module.items()}
    found["numbers.md"] = _numbers()
    found["defaults.md"] = _defaults()
    found["sources.md"] = _sources()
    found["README.md"] = _contents(found)
    return found


def write_pages(folder: Path = PAGES) -> None:
    """Writes the reference pages, and removes those that no module stands behind any more."""
    folder.mkdir(parents=True, exist_ok=True)
    current = pages()
    for path in folder.glob("*.md"):
        if path.name not in current:
            path.unlink()
    for name, text in current.items():
        (folder / name).write_text(text, encoding="utf-8")


def _page(name: str, group: list[type[Block]]) -> str:
    module = inspect.getmodule(group[0])
    doc = (module.__doc__ or "").strip() if module else ""
    where = blocks()
    own = {block.__name__ for block in group}
    homes = {block.__name__: block.__module__.rsplit(".", 1)[1] for block in where}
    lines = [HEAD, f"# {name.capitalize()}", "", doc, ""]
    for block in group:
        at = f" (`{where[block]}`)" if where[block] else ""
        lines += [f"## {block.__name__}", "", inspect.cleandoc(block.__doc__ or "") + at, ""]
        lines += ["| field | meaning | written as | default |", "|---|---|---|---|"]
        lines += [_line(block, one) for one in fields_of(block).values() if one.key != "changes"]
        lines.append("")
    text = "\n".join(lines)
    for other, home in homes.items():
        if other not in own:
            text = text.replace(f"(#{other.lower()})", f"({home}.md#{other.lower()})")
    return text


DEFAULTS = {
    "Careers": "defaults.people",
    "SpecialiseAbroad": "defaults.people.specialise_abroad",
    "Posts": "defaults.posts",
    "Stream": "defaults.streams",
    "Training": "presets.training_at_home",
}
"""Where the defaults of a class stand."""


def _line(block: type[Block], one: Field) -> str:
    cells = (f"`{one.key}`", one.doc, written(one.accepts), _default(block, one))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(block: type[Block], one: Field) -> str:
    known = [path for path, _ in _numbers_of(_defaults_tree(), "")]
    if any(f"{path}.".startswith(f"{DEFAULTS.get(block.__name__)}.{one.key}.") for path in known):
        return "[see](defaults.md)"
    if one.required:
        return "needed"
    if isinstance(one.default, bool):
        return "on" if one.default else "off"
    if one.default in (None, "", {}, []):
        return "none"
    return f"`{one.default}`" if isinstance(one.default, str | int | float) else "as below"


def _numbers() -> str:
    lines = [HEAD, "# Numbers", "", "A number is written bare, or as a mapping with what is known of it.", ""]
    lines += ["| unit | written as |", "|---|---|"]
    lines += [f"| {unit} | {how} |" for unit, how in EXPECTED.items()]
    lines += ["", (Path(__file__).parent / "passport.txt").read_text(encoding="utf-8")]
    return "\n".join(lines)


@cache
def _defaults_tree() -> Node:
    return read(LIBRARY / "defaults.yaml", []) or Node({})


def _numbers_of(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """The values of a tree of defaults, by path."""
    for key, item in node.entries().items():
        inner = f"{path}.{key}" if path else key
        nests = any(isinstance(one.value, dict) for one in item.entries().values())
        if item.entries() and (nests or path in ("", "presets", "defaults")):
            yield from _numbers_of(item, inner)
        else:
            yield inner, item


def _defaults() -> str:
    tree = _defaults_tree()
    lines = [HEAD, "# Defaults", "", "Every default of the program, from `scenarios/defaults.yaml`.", ""]
    lines += ["| what | value | low | high | source | grade | why |", "|---|---|---|---|---|---|---|"]
    for path, node in _numbers_of(tree, ""):
        cells = [
            f"`{path}`",
            *(_cell(node, key) for key in ("value", "low", "high", "source", "grade", "why")),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(node: Node, key: str) -> str:
    """One cell of the table of defaults."""
    entries = {k: n.value for k, n in node.entries().items() if isinstance(n.value, str)}
    if key == "value" and "count" in entries:
        return f"{entries['count']} of {entries['of']}"
    if key == "value" and not entries:
        return node.value if isinstance(node.value, str) else "[]"
    text = entries.get(key, "")
    return f"[{text}](sources.md#{text})" if key == "source" and text else text.replace("|", "\\|")


def _sources() -> str:
    lines = [HEAD, "# Sources", "", "The evidence registry, from `scenarios/evidence`.", ""]
    for key, source in sorted(registry().items()):
        lines += [
            f"## {key}",
            "",
            f"{source.citation}",
            "",
            f"{source.status.capitalize()}: {source.seen}",
            "",
        ]
    return "\n".join(lines)


def _contents(found: Mapping[str, str]) -> str:
    lines = [HEAD, "# Reference", "", "What may stand in a scenario file.", ""]
    for name in sorted(found):
        title = next(line for line in found[name].splitlines() if line.startswith("# "))[2:]
        lines.append(f"- [{title}]({name})")
    return "\n".join(lines) + "\n"


def explain_lines(name: str, outcomes: Mapping[str, Mapping[str, object]]) -> tuple[list[str], dict[str, Any]]:
    """What is known of a field, an outcome or a source, as lines and as data."""
    last = name.rsplit(".", 1)[-1]
    lines: list[str] = []
    fields = [_field_data(block, path, last) for block, path in blocks().items() if last in fields_of(block)]
    fields = [one for one in fields if one["path"].split(".")[0] == name.split(".")[0]] or fields
    for one in fields:
        lines += [one["path"], f"  {one['meaning']}", f"  written as {one['written']}", *one["defaults"], ""]
    for key in (key for key in outcomes if key in (name, last)):
        lines += [f"{key} (an outcome)", *(f"  {k}: {v}" for k, v in outcomes[key].items()), ""]
    source = registry().get(name)
    if source is not None:
        lines += [f"{name} (a source)", f"  {source.citation}", f"  {source.status}: {source.seen}", ""]
    if lines:
        return lines[:-1], {
            "found": True,
            "name": name,
            "fields": fields,
            "outcome": dict(outcomes.get(last, {})),
        }
    known = {key for block in blocks() for key in fields_of(block)} | set(outcomes) | set(registry())
    close = nearest(name, known) or nearest(last, known)
    said = f"nothing is called {shown(name)}" + (f"; did you mean {close}?" if close else "")
    return [said], {"found": False, "name": name, "nearest": close.strip("`")}


def _field_data(block: type[Block], path: str, key: str) -> dict[str, Any]:
    one = fields_of(block)[key]
    group = DEFAULTS.get(block.__name__, "").split(".")
    defaults = [
        f"  default {where}: " + ", ".join(f"{k} {n.value}" for k, n in node.entries().items())
        for where, node in _numbers_of(_defaults_tree(), "")
        if where.endswith(f".{key}") and where.split(".")[0] == group[0]
    ]
    return {
        "path": f"{path}.{key}".lstrip("."),
        "meaning": one.doc,
        "written": written(one.accepts).replace("`", ""),
        "defaults": defaults,
    }


if __name__ == "__main__":
    write_pages()
