"""What a report says, as numbers: summary.json."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from analysis.account import Account
from analysis.careers import Careers
from analysis.table import sampled
from analysis.years import Payroll

__all__ = ["summary", "write_summary"]


def write_summary(found: Account) -> None:
    """Write summary.json."""
    found.study.store.write_text("summary.json", json.dumps(summary(found), ensure_ascii=False))


def summary(found: Account) -> dict[str, Any]:
    """What the report says, as numbers; an outcome that is undefined in all runs is null."""
    study = found.study
    content = {
        "question": study.manifest["scenario"]["question"],
        "spread": "luck and parameters" if sampled(study) else "luck",
        "runs": study.manifest["runs"],
        "withheld": study.manifest["scenario"].get("withheld", 0),
        "aims": {aim.party: asdict(aim) for aim in found.aims},
        "answers": [asdict(answer) for answer in found.answers],
        "disagreements": [
            {field: value for field, value in asdict(one).items() if field != "row"}
            | {"metric": one.row.definition.name}
            for one in found.disagreements
        ],
        "futures": {table.future: asdict(table) for table in found.tables},
        "must_not": [asdict(limit) for limit in found.limits],
        "ratios": [asdict(row) for row in found.ratios],
        "endings": [asdict(fate) for fate in found.endings],
        "payroll": [_payroll(payroll) for payroll in found.payrolls],
        "published": [asdict(figure) for figure in found.figures],
        "recommendations": [asdict(one) for one in found.advice],
        "how_sure": [asdict(one) for one in found.sure],
        "robustness": [asdict(one) for one in found.robustness],
        "must_not_by_state": [asdict(one) for one in found.safety.held],
        "dominated": [asdict(one) for one in found.dominated],
        "agreements": [asdict(one) for one in found.agreements],
        "stopping": study.manifest.get("stopping"),
        "look": asdict(found.look),
        "incidence": [asdict(one) for one in found.failures],
        "longer": [asdict(one) for one in found.longer],
        **_careers(found.careers),
        "failures": [[cell.future, cell.plan, cause, count] for (cell, cause), count in study.causes().items()],
    }
    cleaned: dict[str, Any] = _finite(content)
    return cleaned


def _careers(told: Careers | None) -> dict[str, Any]:
    """What became of people, without the lives of single ones; nothing where no people are stored."""
    if told is None:
        return {}
    return {
        "retention": [asdict(one) for one in told.retention],
        "years_in_practice": [asdict(one) for one in told.years],
        "same_people": {
            "future": told.future,
            "blocks": told.blocks,
            "preferred": told.preferred,
            "differ_in_one_thing": told.action,
            "matrices": [asdict(one) for one in (*told.matrices, *told.cadres)],
        },
    }


def _payroll(payroll: Payroll) -> dict[str, Any]:
    """A payroll by year, without the single runs."""
    spreads = {
        future: {plan: [asdict(year) for year in years] for plan, years in by_plan.items()}
        for future, by_plan in payroll.spreads.items()
    }
    return {"party": payroll.party, "unit": payroll.unit, "years": payroll.years, "spreads": spreads}


def _finite(value: Any) -> Any:
    """The same to nine digits, with null for numbers that JSON doesn't have."""
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    return value
