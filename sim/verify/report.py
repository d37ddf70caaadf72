"""What `verify` prints: each check, what it guards, what was found, and how the planted bugs fared."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from sim.verify.harness import CHECKS, PLANTED, Finding, run_check

__all__ = ["UnknownCheckError", "verify"]

SHOWN = 12


class UnknownCheckError(Exception):
    """No check has that name."""


def verify(
    names: Sequence[str], *, planted: bool, seed: int, effort: float, say: Callable[[str], None]
) -> dict[str, Any]:
    """Run checks and say what they find.

    Args:
        names: the checks; all of them when empty.
        planted: bend the rule that each check guards by 5%, and expect the check to fail.
        seed: the seed of the histories.
        effort: the part of its histories that each check plays.
        say: receives each line as soon as it is known.

    Returns:
        `passed`, and for each check its findings.

    Raises:
        UnknownCheckError: a name is not a check's.
    """
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        near = difflib.get_close_matches(unknown[0], CHECKS, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(CHECKS)}"
        raise UnknownCheckError(f"no check is called {unknown[0]!r}{hint}")
    found: dict[str, Any] = {}
    all_well = True
    for name in names or list(CHECKS):
        began = time.perf_counter()
        findings = run_check(name, bend=PLANTED if planted else 1.0, seed=seed, effort=effort)
        passed = all(f.passed for f in findings)
        well = passed != planted
        all_well &= well
        found[name] = {"passed": passed, "as_expected": well, "findings": [asdict(f) for f in findings]}
        say(headline(name, findings, planted, well, time.perf_counter() - began))
        for line in details(findings, planted, well):
            say(line)
    return {"passed": all_well, "planted": planted, "seed": seed, "effort": effort, "checks": found}


def headline(name: str, findings: list[Finding], planted: bool, well: bool, seconds: float) -> str:
    """One line a check."""
    failed = sum(not f.passed for f in findings)
    if planted:
        verdict = f"caught in {failed} of {len(findings)} quantities" if well else "NOT CAUGHT"
        return f"{name}: planted bug in {CHECKS[name].guards}: {verdict} ({seconds:.1f} s)"
    verdict = "passed" if well else f"FAILED in {failed} of {len(findings)}"
    return f"{name}: {CHECKS[name].summary} {verdict} ({seconds:.1f} s)"


def details(findings: list[Finding], planted: bool, well: bool) -> list[str]:
    """The quantities worth a line: all of a short list, the failures of a long one."""
    shown = findings if len(findings) <= SHOWN else [f for f in findings if not f.passed][:SHOWN]
    if planted and well:
        shown = []
    return [f"    {'ok  ' if f.passed else 'FAIL'} {line(f)}" for f in shown]


def line(f: Finding) -> str:
    """One quantity against theory."""
    text = f"{f.quantity}: {f.estimate:.5g} ± {f.half_width:.2g}, theory {f.expected:.5g}"
    return f"{text}, p = {f.p:.2g}" if f.p is not None else f"{text}, within {f.margin:.2g} wanted"
