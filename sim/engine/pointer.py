"""A world as one pointer, for compiled rules.

The pointer leads to a header of (address, rows) pairs, one a table. Reading `w.people` in a rule loads one pair and
yields a plain array over that memory, without an owner, so no reference is ever counted; the header never changes,
and the compiler is told so. Python keeps the memory alive.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array

__all__ = ["WorldPointer", "WorldType"]


class WorldType(types.Type):
    """The compiled type of a world with these tables.

    Args:
        dtypes: the record layout of each table, in the order of the header.
        single: the tables that are one record, read as `w.run.now`, not as `w.run[0].now`.
    """

    def __init__(self, dtypes: dict[str, np.dtype[Any]], single: frozenset[str]) -> None:
        self.order = list(dtypes)
        self.fields: dict[str, Any] = {}
        for name, dtype in dtypes.items():
            scalar = numba.from_dtype(dtype)
            self.fields[name] = scalar if name in single else types.Array(scalar, 1, "C")
        layout = repr([(name, dtype.descr, name in single) for name, dtype in dtypes.items()])
        # The name becomes a part of every symbol that handles a world, so it is kept short.
        super().__init__(name=f"World{hashlib.sha256(layout.encode()).hexdigest()[:12]}")


class WorldPointer:
    """What Python hands to entries: the address of a world's header, and its type."""

    __slots__ = ("address", "header", "numba_type")

    def __init__(self, numba_type: WorldType, tables: dict[str, Any]) -> None:
        pairs = [(tables[name].ctypes.data, len(tables[name])) for name in numba_type.order]
        self.header = np.array(pairs, dtype=np.int64).ravel()
        self.address = int(self.header.ctypes.data)
        self.numba_type = numba_type


register_model(WorldType)(models.OpaqueModel)


@typeof_impl.register(WorldPointer)  # type: ignore[untyped-decorator]
def _type_of_pointer(pointer: WorldPointer, _context: Any) -> WorldType:
    return pointer.numba_type


@unbox(WorldType)  # type: ignore[untyped-decorator]
def _unbox(_typ: WorldType, obj: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(obj, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@infer_getattr
class WorldTables(AttributeTemplate):  # type: ignore[misc]
    """The type of `w.name`."""

    key = WorldType

    def generic_resolve(self, typ: WorldType, name: str) -> Any:
        return typ.fields.get(name)


@lower_getattr_generic(WorldType)  # type: ignore[untyped-decorator]
def _read_table(context: Any, builder: Any, typ: WorldType, value: Any, name: str) -> Any:
    header = builder.bitcast(value, ir.IntType(64).as_pointer())
    place = 2 * typ.order.index(name)

    def constant_load(index: int) -> Any:
        load = builder.load(builder.gep(header, [ir.Constant(ir.IntType(64), index)]))
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        return load

    kind = typ.fields[name]
    address = constant_load(place)
    if not isinstance(kind, types.Array):
        return builder.inttoptr(address, context.get_value_type(kind))
    array = make_array(kind)(context, builder)
    size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    data = builder.inttoptr(address, context.get_data_type(kind.dtype).as_pointer())
    populate_array(array, data=data, shape=[constant_load(place + 1)], strides=[size], itemsize=size, meminfo=None)
    return array._getvalue()
