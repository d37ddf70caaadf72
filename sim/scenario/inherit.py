"""Files into one tree: parents first, then the file, then its overlays; then defaults and presets beneath."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.scenario.library import LIBRARY
from sim.scenario.problems import Problem, nearest
from sim.scenario.read import Node, is_passport, read

__all__ = ["merge", "resolve"]

ROOT = LIBRARY / "defaults.yaml"
MOST_PARENTS = 50
NO_PARENT = "nothing"
"""What a file `extends` that stands alone, without even the defaults."""


def resolve(path: Path, problems: list[Problem]) -> Node | None:
    """The whole tree of a scenario file, without `extends`, `overlays`, `defaults` and `presets`."""
    tree = _layers(path.resolve(), path, problems, ())
    if tree is None:
        return None
    entries = dict(tree.entries())
    defaults = entries.pop("defaults", Node({}))
    presets = entries.pop("presets", Node({}))
    tree.value = entries
    _beneath(tree, defaults)
    _preset(tree, presets, problems)
    return tree


def merge(below: Node, above: Node) -> Node:
    """One tree over another: mappings merge, anything else replaces, null takes away what was there."""
    if not _merges(below) or not _merges(above):
        return above
    merged = dict(below.entries())
    for key, node in above.entries().items():
        if key not in merged:
            merged[key] = node
        elif node.value is None:
            merged[key] = Node(None, node.file, node.line, node.column, removed=True)
        else:
            merged[key] = merge(merged[key], node)
    return Node(merged, above.file, above.line, above.column, above.cover or below.cover)


def _merges(node: Node) -> bool:
    return isinstance(node.value, dict) and not is_passport(node)


def _layers(path: Path, named: Path, problems: list[Problem], seen: tuple[Path, ...]) -> Node | None:
    """A file with its parents beneath and its overlays above."""
    tree = read(named, problems)
    if tree is None:
        return None
    entries = dict(tree.entries())
    parent, overlays = entries.pop("extends", None), entries.pop("overlays", None)
    tree.value = entries
    below = _parent(path, parent, problems, (*seen, path))
    if below is None and not _alone(path, parent):
        return None
    tree = merge(below, tree) if below is not None else tree
    for item in _list(overlays, problems):
        above = _follow(path, item, "overlays", problems, (*seen, path), _overlay)
        tree = merge(tree, above) if above is not None else tree
    return tree


def _parent(path: Path, node: Node | None, problems: list[Problem], seen: tuple[Path, ...]) -> Node | None:
    if _alone(path, node):
        return None
    if node is None:
        return _layers(ROOT, ROOT, problems, seen)
    return _follow(path, node, "extends", problems, seen, _layers)


def _alone(path: Path, parent: Node | None) -> bool:
    """Whether a file has no parent by right; otherwise a parent that cannot be read has been reported."""
    return path == ROOT if parent is None else parent.value == NO_PARENT


def _follow(
    path: Path,
    node: Node,
    field: str,
    problems: list[Problem],
    seen: tuple[Path, ...],
    load: Callable[[Path, Path, list[Problem], tuple[Path, ...]], Node | None],
) -> Node | None:
    """The tree of a file that another names."""

    def wrong(got: str, expected: str, hint: str = "") -> None:
        problems.append(Problem(node.file, node.line, field, got, expected, hint))

    if not isinstance(node.value, str) or "\0" in node.value:
        wrong(node.written(), "the path of a scenario file")
        return None
    places = [path.parent / node.value, LIBRARY / node.value]
    try:
        found = next((place for place in places if place.is_file()), None)
    except OSError:
        found = None
    if found is None:
        known = [str(p.relative_to(LIBRARY)) for p in LIBRARY.rglob("*.yaml")]
        known += [p.name for p in path.parent.glob("*.yaml")]
        wrong(node.written(), "a file beside this one, or in the library", nearest(node.value, known))
        return None
    if found.resolve() in seen:
        ring = " -> ".join(p.name for p in (*seen[seen.index(found.resolve()) :], found))
        wrong(f"a circle ({ring})", "parents that end somewhere")
        return None
    if len(seen) >= MOST_PARENTS:
        wrong(f"more than {MOST_PARENTS} files on top of each other", "fewer")
        return None
    return load(found.resolve(), found, problems, seen)


def _overlay(path: Path, named: Path, problems: list[Problem], seen: tuple[Path, ...]) -> Node | None:
    tree = read(named, problems)
    for key in ("extends", "overlays"):
        if tree is not None and key in tree.entries():
            node = tree.entries()[key]
            problems.append(Problem(node.file, node.line, key, f"`{key}` in an overlay", "changes only"))
            tree.value = {k: n for k, n in tree.entries().items() if k != key}
    return tree


def _list(node: Node | None, problems: list[Problem]) -> list[Node]:
    if node is None or node.value is None:
        return []
    if not isinstance(node.value, list):
        problems.append(Problem(node.file, node.line, "overlays", node.written(), "a list of files"))
        return []
    return node.value


def _beneath(tree: Node, defaults: Node) -> None:
    """Puts the defaults of each map under every entry of it; `posts` lie within parties."""
    entries = tree.entries()
    for name, default in defaults.entries().items():
        holders = entries.get("parties", Node({})).entries().values() if name == "posts" else [tree]
        for holder in holders:
            group = holder.entries().get(name)
            if group is not None and isinstance(group.value, dict):
                group.value = {key: merge(default, node) for key, node in group.value.items()}


def _preset(tree: Node, presets: Node, problems: list[Problem]) -> None:
    """Puts the catalogue entry that each programme names under it."""
    programmes = tree.entries().get("programmes")
    if programmes is None or not isinstance(programmes.value, dict):
        return
    for key, node in programmes.value.items():
        name = node.entries().get("preset")
        if name is None or not isinstance(name.value, str):
            continue
        if name.value not in presets.entries():
            known = list(presets.entries())
            problems.append(
                Problem(
                    name.file,
                    name.line,
                    f"programmes.{key}.preset",
                    name.written(),
                    "one of " + ", ".join(known) if known else "no preset: the file has no catalogue",
                    nearest(name.value, known),
                )
            )
            continue
        merged = merge(presets.entries()[name.value], node)
        merged.value = {k: n for k, n in merged.entries().items() if k != "preset"}
        programmes.value[key] = merged
