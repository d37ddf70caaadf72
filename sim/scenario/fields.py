"""What each field of a schema class accepts, read off its annotation: the schema is the only manual."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import JsonValue
from pydantic_core import PydanticUndefined

from sim.scenario.block import Block, Refers, Unit

__all__ = ["Accepts", "Field", "accepts", "fields_of"]


@dataclass(frozen=True, slots=True)
class Accepts:
    """What may stand in one place of a file.

    Attributes:
        form: number, flag, whole, text, words, block, choice (of blocks), map, list or any.
        unit: of a number.
        words: the texts allowed, where only some are.
        refers: what a text must name.
        blocks: the class of a block, or the classes to choose from.
        tag: the key that tells those classes apart.
        inner: what a map's or list's entries accept.
        keys: what a map's keys must name.
        optional: whether null may stand here.
    """

    form: Literal["number", "flag", "whole", "text", "words", "block", "choice", "map", "list", "any"]
    unit: Unit = field(default_factory=lambda: Unit("number"))
    words: tuple[str, ...] = ()
    refers: str = ""
    blocks: tuple[type[Block], ...] = ()
    tag: str = ""
    inner: Accepts | None = None
    keys: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a schema class.

    Attributes:
        key: its key in a file.
        attribute: its name in Python.
        accepts: what may stand there.
        required: whether a file must give it.
        doc: its docstring.
        default: what holds when a file does not give it.
    """

    key: str
    attribute: str
    accepts: Accepts
    required: bool
    doc: str
    default: Any


@cache
def fields_of(block: type[Block]) -> dict[str, Field]:
    """The fields of a schema class, by their key in a file."""
    hints = get_type_hints(block, include_extras=True)
    found: dict[str, Field] = {}
    for name, info in block.model_fields.items():
        key = info.alias or name
        default = info.get_default(call_default_factory=False)
        default = None if default is PydanticUndefined else default
        doc = " ".join((info.description or "").split())
        found[key] = Field(key, name, accepts(hints[name]), info.is_required(), doc, default)
    return found


def accepts(annotation: Any) -> Accepts:
    """What an annotation accepts."""
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation is JsonValue:
        return Accepts("any")
    if origin is Annotated:
        return _annotated(args[0], args[1:])
    if origin in (Union, types.UnionType):
        return _union(args)
    if origin is dict:
        return Accepts("map", inner=accepts(args[1]), keys=accepts(args[0]).refers)
    if origin is list:
        return Accepts("list", inner=accepts(args[0]))
    if origin is Literal:
        return Accepts("words", words=args)
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return Accepts("block", blocks=(annotation,))
    forms: dict[Any, Accepts] = {bool: Accepts("flag"), int: Accepts("whole"), str: Accepts("text")}
    return forms[annotation]


def _annotated(inner: Any, notes: tuple[Any, ...]) -> Accepts:
    # The note nearest to the field comes last: a unit given there replaces its alias's own.
    units = [note for note in notes if isinstance(note, Unit)]
    if units:
        return Accepts("number", unit=units[-1])
    refers = [note.to for note in notes if isinstance(note, Refers)]
    if refers:
        return Accepts("text", refers=refers[-1])
    return accepts(inner)


def _union(args: tuple[Any, ...]) -> Accepts:
    kinds = [arg for arg in args if arg is not type(None)]
    if len(kinds) == 1:
        inner = accepts(kinds[0])
        return Accepts(
            inner.form,
            inner.unit,
            inner.words,
            inner.refers,
            inner.blocks,
            inner.tag,
            inner.inner,
            inner.keys,
            optional=len(kinds) < len(args),
        )
    tag = next(key for key in ("kind", "do") if key in kinds[0].model_fields)
    return Accepts("choice", blocks=tuple(kinds), tag=tag, optional=len(kinds) < len(args))
