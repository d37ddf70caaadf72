"""Arrow columns from numbers and texts, and back, straight from their buffers.

Arrow's own conversions load pandas at the first call, a third of a second that a single run would wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["number_column", "numbers", "repeated_text_column", "text_column", "word_column"]


def number_column(values: Any) -> pa.Array:
    """A column of 64-bit numbers, whole or not; NaN stays NaN."""
    array = np.ascontiguousarray(values)
    kind = pa.int64() if array.dtype.kind == "i" else pa.float64()
    array = array.astype(np.int64 if array.dtype.kind == "i" else np.float64, copy=False)
    return pa.Array.from_buffers(kind, len(array), [None, pa.py_buffer(array)])


def text_column(values: Sequence[str | None]) -> pa.Array:
    """A column of texts; None is null."""
    encoded = [(value or "").encode("utf-8") for value in values]
    ends = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(value) for value in encoded], out=ends[1:])
    known = np.packbits(np.array([value is not None for value in values], bool), bitorder="little")
    data = pa.py_buffer(b"".join(encoded))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), data, pa.py_buffer(known))


def word_column(codes: NDArray[np.int64], words: Sequence[str]) -> pa.Array:
    """A column of words, each given by its place among them; null where that is negative."""
    known = np.packbits(codes >= 0, bitorder="little")
    places = pa.py_buffer(np.maximum(codes, 0).astype(np.int32))
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [pa.py_buffer(known), places])
    return pa.DictionaryArray.from_arrays(indices, text_column(words))


def repeated_text_column(values: Sequence[str], times: int) -> pa.Array:
    """A column that repeats each text so many times."""
    return word_column(np.repeat(np.arange(len(values)), times), values)


def numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    """A column of a table, without nulls, as numbers."""
    kind = np.int64 if pa.types.is_integer(table[name].type) else np.float64
    chunks = [
        np.frombuffer(chunk.buffers()[1], kind, len(chunk), chunk.offset * 8).astype(np.float64)
        for chunk in table[name].chunks
        if len(chunk)
    ]
    return np.concatenate(chunks) if chunks else np.empty(0)
