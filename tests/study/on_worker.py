"""Loaded by a Dask worker before it begins: the fake model stands in for the real one there too."""

from __future__ import annotations

from typing import Any

import pytest

from sim.study import cells
from tests.study import fake
from tests.study.stand_in import stand_in

stand_in(pytest.MonkeyPatch())
loaded: Any = fake.FakeLoaded()
cells.adopt(loaded)
