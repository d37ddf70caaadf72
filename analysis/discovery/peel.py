"""PRIM of the EMA Workbench, without what is costly here. Import it inside a function: it takes seconds."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of optional parts of the workbench that aren't installed
    from ema_workbench.analysis import prim
    from ema_workbench.analysis.scenario_discovery_util import RuleInductionType

__all__ = ["trajectory"]

Floats = NDArray[np.float64]

SMALL = 1e-12
"""Any failure probability over this is a case of interest; the workbench wants a bound."""


class _Box(prim.PrimBox):  # type: ignore[misc]
    """A box that leaves quasi-p values to the end: the workbench works them out at every step, half of its time."""

    def _calculate_quasi_p(self, i: int, restricted_dims: Any) -> dict[str, list[float]]:
        return {}


def trajectory(x: Floats, y: Floats, least: float, alpha: float = 0.05) -> list[tuple[Floats, Floats]]:
    """The boxes that peeling and pasting pass through, from all rows inwards, as (lower, upper) limits by column.

    Peels and pastes a share `alpha` at a time by the objective "gain in mean over loss of rows", which treats columns
    with few values fairly (J. H. Friedman & N. I. Fisher 1999, Stat. Comput. 9, 123-143; J. H. Kwakkel & M.
    Jaxa-Rozen 2016, Environ. Model. Softw. 79, 311-321). Down to the share `least` of the rows.

    Args:
        x: a row a design row, a column a factor.
        y: failure probabilities.
        least: the smallest share of rows in a box.
        alpha: the share of a box's rows that one step takes away or gives back.
    """
    import pandas as pd

    logging.getLogger("EMA").setLevel(logging.ERROR)
    frame = pd.DataFrame(x, columns=list(range(x.shape[1])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas about what the workbench does
        found = prim.Prim(
            frame, y, SMALL, peel_alpha=alpha, paste_alpha=alpha, mass_min=least, mode=RuleInductionType.REGRESSION
        )
        box = found._paste(found._peel(_Box(found, found.box_init, found.yi_remaining[:])))
    return [(limits.loc[0].to_numpy(np.float64), limits.loc[1].to_numpy(np.float64)) for limits in box.box_lims]
