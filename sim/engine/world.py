"""The compiled world: tables of annotated rows in one block of memory, behind one pointer.

A row is a class with annotated fields; from it come the record layout and the static type. A world is a class
whose annotations name its tables: `Table[Person]` for many rows, a row class for exactly one. Rules receive the
whole world as one pointer, and `w.people[i]` is the row itself, not a copy.

Tables that a run only fills as it goes (people, their slots, the log) are *pools*: their rows are initialised one
by one when they are taken, so putting a world back to its start copies the other tables only.
"""

from __future__ import annotations

import types as pytypes
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from sim.engine.compiled import COMPILED
from sim.engine.pointer import WorldPointer, WorldType

__all__ = ["Layout", "Memory", "Row", "Table", "record_dtype"]

R = TypeVar("R")
ALIGN = 64


class Row:
    """A parent for row classes; the annotations of a subclass are the fields of its record."""


class Table(Generic[R]):
    """Many rows of one class. Only a static type: at run time a table is a NumPy array of records."""

    def __getitem__(self, index: int) -> R:
        raise TypeError("a table is an array at run time")

    def __setitem__(self, index: int, value: R) -> None:
        raise TypeError("a table is an array at run time")

    def __len__(self) -> int:
        raise TypeError("a table is an array at run time")

    def __iter__(self) -> Iterator[R]:
        raise TypeError("a table is an array at run time")


def field_dtype(hint: Any) -> Any:
    """The NumPy type of one annotated field; None for a field that has no place in a record (text, lists)."""
    if get_origin(hint) is Annotated:
        return field_dtype(get_args(hint)[0])
    if get_origin(hint) in (Union, pytypes.UnionType):
        inner = [h for h in get_args(hint) if h is not type(None)]
        return field_dtype(inner[0]) if len(inner) == 1 else None
    if hint in (bool, int):
        return np.dtype(np.int64)
    if hint is float:
        return np.dtype(np.float64)
    if hint is np.uint64:
        return np.dtype(np.uint64)
    if isinstance(hint, type) and (issubclass(hint, Row) or hasattr(hint, "model_fields")):
        return record_dtype(hint)
    return None


def record_dtype(row: type) -> np.dtype[Any]:
    """The record layout of an annotated class.

    Raises:
        TypeError: a field bears the name of a NumPy attribute; interpreted rules would read that instead.
    """
    fields = []
    for name, hint in get_type_hints(row, include_extras=True).items():
        if get_origin(hint) is pytypes.GenericAlias or name.startswith("model_"):
            continue
        dtype = field_dtype(hint)
        if dtype is None:
            continue
        if hasattr(np.recarray, name):
            raise TypeError(f"{row.__name__}.{name}: the name of a NumPy attribute cannot name a field")
        fields.append((name, dtype))
    return np.dtype(fields, align=True)


class Layout:
    """The tables of a world class, and their record layouts.

    Args:
        world: a class whose annotations are tables and one-row records.
    """

    def __init__(self, world: type) -> None:
        self.dtypes: dict[str, np.dtype[Any]] = {}
        self.single: set[str] = set()
        for name, hint in get_type_hints(world).items():
            if get_origin(hint) is Table:
                dtype = field_dtype(get_args(hint)[0])
            else:
                dtype = field_dtype(hint)
                self.single.add(name)
            if dtype is None:
                raise TypeError(f"{world.__name__}.{name}: {hint!r} is neither a table nor a row")
            self.dtypes[name] = dtype
        self.type = WorldType(self.dtypes, frozenset(self.single)) if COMPILED else None

    def memory(self, rows: Mapping[str, int], pools: Collection[str] = ()) -> Memory:
        """Memory for a world with this many rows a table.

        Args:
            rows: the number of rows of each table; one-row records may be left out.
            pools: tables whose rows are initialised when they are taken.
        """
        return Memory(self, {name: rows.get(name, 1) for name in self.dtypes}, pools)


class Memory:
    """One world's memory: a block, its tables, and the pointer for rules.

    Attributes:
        tables: every table as a NumPy array over the block.
        world: what rules receive.
    """

    def __init__(self, layout: Layout, rows: Mapping[str, int], pools: Collection[str]) -> None:
        self.layout, self.rows, self.pools = layout, dict(rows), frozenset(pools)
        order = sorted(layout.dtypes, key=lambda name: name in self.pools)
        place, end = {}, 0
        for name in order:
            place[name] = end
            end += -(-layout.dtypes[name].itemsize * rows[name] // ALIGN) * ALIGN
            if name not in self.pools:
                self.fixed = end
        self.block = np.zeros(end, dtype=np.uint8)
        self.tables: dict[str, Any] = {}
        for name in layout.dtypes:
            dtype = layout.dtypes[name]
            view = self.block[place[name] : place[name] + dtype.itemsize * rows[name]].view(dtype)
            self.tables[name] = view.view(np.recarray) if dtype.names and not COMPILED else view
        self.world: Any = self.pointer()

    def pointer(self) -> Any:
        """The compiled world's pointer, or a plain object with the same names when rules are interpreted."""
        if self.layout.type is not None:
            return WorldPointer(self.layout.type, self.tables)
        rows = {name: t[0] if name in self.layout.single else t for name, t in self.tables.items()}
        return pytypes.SimpleNamespace(**rows)

    def start(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """A copy of everything but the pools: what `reset` puts back."""
        return self.block[: self.fixed].copy()

    def reset(self, start: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
        """Put the world back to a start that this memory, or one of the same shape, gave."""
        self.block[: self.fixed] = start
