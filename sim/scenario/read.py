"""Text of a file into a tree that remembers its lines. Nothing in a file is trusted, and nothing in it runs.

YAML 1.2: `no` is text, a duplicate key is an error. The tree is built from the parser's events with a stack
of our own, so that thousands of nested levels end in a message and not in the interpreter's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from sim.scenario.library import LIBRARY
from sim.scenario.problems import Problem, nearest, shown

__all__ = ["COVER", "PASSPORT_KEYS", "Cover", "Node", "is_passport", "read", "shown_path"]

LONGEST_PATH = 4096
MOST_BYTES = 2_000_000
MOST_LEVELS = 60
MOST_NODES = 100_000
COVER = ("source", "grade", "why")
NULLS = ("", "~", "null", "Null", "NULL")
CORE_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map"))


@dataclass(frozen=True, slots=True)
class Cover:
    """The source that stands beside numbers and holds for all of them in that part of that file."""

    source: str = ""
    grade: str = ""
    why: str = ""


@dataclass(slots=True, eq=False)
class Node:
    """One value of a file, and where it stands.

    Attributes:
        value: text as written, None for YAML's null, or what a mapping or a list holds.
        file: the file, as messages name it.
        line: its line, from 1; of the key, in a mapping.
        column: its column, from 1.
        cover: the source that its part of the file gives to plain numbers.
        size: how many values it stands for, aliases written out.
        height: how many levels it has, aliases written out.
        removed: whether it is null and takes away what stood below it.
    """

    value: str | dict[str, Node] | list[Node] | None
    file: str = ""
    line: int = 0
    column: int = 0
    cover: Cover | None = None
    size: int = 1
    height: int = 1
    removed: bool = False

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    def entries(self) -> dict[str, Node]:
        """What a mapping holds; nothing for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def written(self) -> str:
        """The value in a few words, for messages."""
        if isinstance(self.value, dict):
            return "a mapping" if self.value else "an empty mapping"
        if isinstance(self.value, list):
            return "a list"
        return "nothing" if self.value is None else shown(self.value)


class ReadError(Exception):
    """A file that cannot be read on; carries what was got and what was expected."""

    def __init__(self, line: int, got: str, expected: str, field: str = "") -> None:
        super().__init__(got)
        self.line, self.got, self.expected, self.field = line, got, expected, field


def shown_path(path: Path) -> str:
    """A path as its user would write it: from the working directory where that is shorter."""
    relative = os.path.relpath(path)
    return shown(relative if not relative.startswith("..") else str(path), quoted=False, longest=LONGEST_PATH)


def read(path: Path, problems: list[Problem]) -> Node | None:
    """The tree of one file; None, and at least one problem, if there is none."""
    name = shown_path(path)
    try:
        tree = _Builder(name, problems).build(_events(_text(path)))
        if not isinstance(tree.value, dict):
            raise ReadError(1, tree.written(), "a mapping of keys to values")
    except ReadError as wrong:
        problems.append(Problem(name, wrong.line, wrong.field, wrong.got, wrong.expected))
        return None
    _take_covers(tree, None, problems)
    return tree


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise ReadError(1, "a folder", "a YAML file")
        if path.exists() and not path.is_file():
            raise ReadError(1, "a device or a pipe", "a YAML file")
        if path.stat().st_size > MOST_BYTES:
            raise ReadError(1, f"{path.stat().st_size} bytes", f"a file of at most {MOST_BYTES} bytes")
        data = path.read_bytes()
    except FileNotFoundError:
        beside = [str(p) for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        close = nearest(str(path), [*beside, *(p.stem for p in LIBRARY.glob("*.yaml"))])
        raise ReadError(1, "no such file", "a scenario file" + (f", did you mean {close}?" if close else "")) from None
    except (OSError, ValueError) as error:
        raise ReadError(1, f"a file that cannot be read ({shown(str(error), quoted=False)})", "a YAML file") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ReadError(1, "text in UTF-16", "UTF-8; save the file again in that encoding")
    if b"\0" in data:
        raise ReadError(data[: data.index(b"\0")].count(b"\n") + 1, "a binary file", "text in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ReadError(line, f"a byte that is not UTF-8 (0x{data[error.start]:02x})", "text in UTF-8") from None


def _events(text: str) -> Iterator[Event]:
    """The parser's events; its complaints become ours."""
    yaml = YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        lines = text.splitlines()
        if 0 < line <= len(lines) and "\t" in lines[line - 1]:
            raise ReadError(line, "a tab", "spaces; YAML does not indent with tabs") from None
        what = shown(" ".join(filter(None, (error.context, error.problem))), quoted=False)
        raise ReadError(line, f"text that is not YAML ({what})", "YAML 1.2") from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text[:position].count("\n") + 1 if isinstance(position, int) else 1
        raise ReadError(line, "a character that YAML does not allow", "printable text in UTF-8") from None
    except (ValueError, IndexError, KeyError, AssertionError, AttributeError, RecursionError) as error:
        # The parser is not ours: whatever it stumbles on is still the file's fault, and said so.
        raise ReadError(1, f"text that is not YAML ({type(error).__name__})", "YAML 1.2") from None


class _Builder:
    """Events into nodes, with a stack in place of recursion."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.anchors: dict[str, Node] = {}
        self.open: list[tuple[Node, str]] = []
        self.keys: list[tuple[str, int, int] | None] = []
        self.root: Node | None = None

    def build(self, events: Iterator[Event]) -> Node:
        documents = 0
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ReadError(line, "a second document", "one document a file; remove the `---`")
            elif isinstance(event, CollectionEndEvent):
                self.close()
            elif isinstance(event, NodeEvent):
                self.node(event, line, event.start_mark.column + 1 if event.start_mark else 1)
        if self.root is None or self.root.value is None:
            raise ReadError(1, "an empty file", "a mapping of keys to values")
        return self.root

    def node(self, event: NodeEvent, line: int, column: int) -> None:
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise ReadError(line, f"the alias {shown('*' + event.anchor)}", "an anchor that is complete before it")
            self.add(self.anchors[event.anchor], line, column)
            return
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) not in CORE_TAGS and str(tag) != "!":
            raise ReadError(line, f"the tag {shown(str(tag))}", "no tag; a scenario file never runs code")
        node = Node(None, self.file, line, column)
        if isinstance(event, ScalarEvent):
            plain = event.style in (None, "")
            node.value = None if plain and event.value in NULLS else _whole_characters(event.value, line)
            if event.anchor:
                self.anchors[event.anchor] = node
            self.add(node, line, column)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            if len(self.open) >= MOST_LEVELS:
                raise ReadError(line, f"more than {MOST_LEVELS} levels", "a file that is nested less deeply")
            node.value = {} if isinstance(event, MappingStartEvent) else []
            self.open.append((node, event.anchor or ""))
            self.keys.append(None)

    def close(self) -> None:
        node, anchor = self.open.pop()
        self.keys.pop()
        _rejoin(node)
        if anchor:
            self.anchors[anchor] = node
        self.add(node, node.line, node.column)

    def add(self, node: Node, line: int, column: int) -> None:
        """Puts a finished value where the innermost open mapping or list wants it."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1][0]
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        if parent.size > MOST_NODES:
            raise ReadError(line, f"more than {MOST_NODES} values, aliases written out", "a smaller file")
        if parent.height > MOST_LEVELS:
            raise ReadError(line, f"more than {MOST_LEVELS} levels, aliases written out", "a file nested less deeply")
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif isinstance(parent.value, dict):
            key = self.keys[-1]
            if key is None:
                self.keys[-1] = self.key(node, line, column)
            else:
                self.entry(parent.value, key, node)
                self.keys[-1] = None

    def key(self, node: Node, line: int, column: int) -> tuple[str, int, int]:
        if not isinstance(node.value, str):
            raise ReadError(line, f"{node.written()} as a key", "text as a key")
        if node.value == "<<":
            raise ReadError(line, "the merge key `<<`", "`extends` or `overlays`; YAML 1.2 has no merge key")
        return node.value, line, column

    def entry(self, into: dict[str, Node], key: tuple[str, int, int], node: Node) -> None:
        name, line, column = key
        if name in into:
            first = into[name].line
            self.problems.append(
                Problem(self.file, line, name, "the key a second time", f"it once (it stands on line {first})")
            )
            return
        # A copy of the outer shell: one aliased value may stand under several keys.
        into[name] = Node(node.value, node.file, line, column)


def _whole_characters(text: str, line: int) -> str:
    """Joins pairs of escaped surrogates, as JSON writes them, into the characters they stand for."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ReadError(line, "half a character (a lone surrogate)", "whole characters") from None


def _rejoin(node: Node) -> None:
    """Joins a number's reason again that a comma has split: in `{value: 5, why: few, and old}` all of it is the why."""
    entries = node.entries()
    if PASSPORT_HEADS.isdisjoint(entries) or not isinstance(entries.get("why", node).value, str):
        return
    after = list(entries)[list(entries).index("why") + 1 :]
    parts = list(takewhile(lambda key: key not in PASSPORT_KEYS and entries[key].value is None, after))
    why = entries["why"]
    why.value = ", ".join([str(why.value), *parts])
    node.value = {key: item for key, item in entries.items() if key not in parts}


def _take_covers(node: Node, outer: Cover | None, problems: list[Problem]) -> None:
    """Hands `source`, `grade` and `why` beside numbers down to them, and takes the keys out of the tree."""
    node.cover = outer
    if isinstance(node.value, list):
        node.value = [Node(item.value, item.file, item.line, item.column) for item in node.value]
        for item in node.value:
            _take_covers(item, outer, problems)
    elif isinstance(node.value, dict):
        if not is_passport(node):
            own = {key: item for key, item in node.value.items() if key in COVER}
            node.value = {key: item for key, item in node.value.items() if key not in COVER}
            node.cover = _cover(own, problems) if own else outer
        node.value = {key: Node(item.value, item.file, item.line, item.column) for key, item in node.value.items()}
        for item in node.value.values():
            _take_covers(item, node.cover, problems)


def _cover(own: dict[str, Node], problems: list[Problem]) -> Cover:
    texts: dict[str, str] = {}
    for key, item in own.items():
        if isinstance(item.value, str):
            texts[key] = item.value
        else:
            problems.append(Problem(item.file, item.line, key, item.written(), "text"))
    return Cover(**texts)


PASSPORT_HEADS = frozenset(("value", "gone", "count", "choice", "low", "high"))
PASSPORT_KEYS = PASSPORT_HEADS | frozenset(("after", "of", "dist", "unit", "private", "group", *COVER))


def is_passport(node: Node) -> bool:
    """Whether a mapping is one number with what is known about it, and not a part of a scenario."""
    entries = node.entries()
    return (
        entries.keys() <= PASSPORT_KEYS
        and not PASSPORT_HEADS.isdisjoint(entries)
        and not any(isinstance(item.value, dict) for item in entries.values())
    )
