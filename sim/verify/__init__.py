"""Statistical verification: named checks of the model against what must be true of it."""

from __future__ import annotations

from sim.verify import closed_forms as closed_forms
from sim.verify import exchanges as exchanges
from sim.verify import institutions as institutions
from sim.verify import martingales as martingales
from sim.verify import money as money
from sim.verify.harness import CHECKS, Check, Finding, run_check

__all__ = ["CHECKS", "Check", "Finding", "run_check"]
