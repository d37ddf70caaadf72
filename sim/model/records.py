"""How a block of a scenario file is written into the record of its numbers."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel

__all__ = ["blank", "write"]


def write(record: Any, block: BaseModel | None) -> None:
    """Write the numbers of a schema block into its record; what is not given is NaN."""
    if block is None:
        blank(record)
        return
    for name in record.dtype.names:
        value = getattr(block, name)
        if isinstance(value, BaseModel) or record.dtype[name].names:
            write(record[name], value)
        else:
            record[name] = math.nan if value is None else value


def blank(record: Any) -> None:
    """Mark every number of a record as not given."""
    for name in record.dtype.names:
        if record.dtype[name].names:
            blank(record[name])
        else:
            record[name] = math.nan
