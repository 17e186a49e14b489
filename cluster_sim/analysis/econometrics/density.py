"""Density regression: by how much does a worker make more where the sector is denser?

Published designs. Combes & Gobillon (2015, The Empirics of Agglomeration Economies, Handbook of Regional and Urban
Economics 5): log wage or value added per worker on log density with sector and year effects, errors clustered by
area; elasticities of a few hundredths. Long lags of density serve as instruments since Ciccone & Hall (1996,
American Economic Review 86), because good places draw workers. Chauvin, Glaeser, Ma & Tobio (2017, What is
different about urbanization in rich and poor countries?, Journal of Urban Economics 98): the same for China.

Here, a studio i of segment k in cell c, run s and year t:

    log(value added / workers)[i] = b * log density[c,t] + segment effect[k] + year effect[s,t] + e

over studios with a full year of accounts from 2018 on and value added above zero; errors clustered by cell over
all runs. Density is the model's own, employment smoothed over distance. The model assumes an elasticity of
technical productivity (`production.gamma`); what is estimated adds skill, know-how, prices and sorting.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics.estimate import Estimate, published
from cluster_sim.analysis.econometrics.regression import Fit, regress
from cluster_sim.runs.errors import InputError

BASE_YEAR = 2017
OUTCOMES = {"value_added": "value added per worker", "capacity": "capacity per worker"}


def sample(accounts: Any, outcome: str) -> Any:
    """Return the rows of the regression with `log_outcome`, `log_density`, `log_base` (missing where unknown).

    accounts: the table of that name (columns seed, year, cell, segment, months, staff_months, density and the
    outcome). `log_base` is log density of the same cell of the same run in the base year, over its studios.
    """
    first = accounts[accounts["year"] == BASE_YEAR]
    base = first.groupby(["seed", "cell"])["density"].mean().rename("base")
    full = (accounts["year"] > BASE_YEAR) & (accounts["months"] == 12) & (accounts["staff_months"] > 0)
    rows = accounts[full & (accounts[outcome] > 0) & (accounts["density"] > 0)].join(base, on=["seed", "cell"])
    if not len(rows):
        raise InputError(f"no full year of accounts after {BASE_YEAR}: let runs end later")
    with np.errstate(divide="ignore"):
        return rows.assign(log_outcome=np.log(rows[outcome] / rows["staff_months"]),
                           log_density=np.log(rows["density"]), log_base=np.log(rows["base"]))


def density_fit(rows: Any, regressor: str = "log_density", instrument: str | None = None) -> Fit:
    """Regress `log_outcome` on a regressor with segment effects and year effects, clustered by cell."""
    import pandas as pd

    effects = pd.DataFrame({"segment": rows["segment"].astype(str),
                            "year": rows["seed"].astype(np.int64) * 10_000 + rows["year"]})
    return regress(rows["log_outcome"], rows[[regressor]], effects, rows["cell"],
                   instruments=None if instrument is None else rows[[instrument]])


def density_elasticity(accounts: Any, outcome: str = "value_added", instrument: bool = False) -> Estimate:
    """Estimate the elasticity of value added (or `capacity`) per worker with respect to density.

    Estimating equation, sample and clustering: this file's docstring. `instrument`: two-stage least squares with
    the cell's density in 2017 (Ciccone & Hall 1996); studios in cells that had none then are left out.
    """
    rows = sample(accounts, outcome)
    if instrument:
        rows = rows[np.isfinite(rows["log_base"])]
    fit = density_fit(rows, instrument="log_base" if instrument else None)
    name = f"density.{outcome}" + (".iv" if instrument else "")
    title = f"Density elasticity of {OUTCOMES[outcome]}" + (", IV" if instrument else "")
    return fit.estimate("log_density", name, title, "1", **published("density_elasticity"))


def first_stage(accounts: Any, outcome: str = "value_added") -> float:
    """Return the F statistic of the instrument: below 10 it is weak (Staiger & Stock 1997)."""
    import pandas as pd

    rows = sample(accounts, outcome)
    rows = rows[np.isfinite(rows["log_base"])]
    effects = pd.DataFrame({"segment": rows["segment"].astype(str),
                            "year": rows["seed"].astype(np.int64) * 10_000 + rows["year"]})
    value, se = regress(rows["log_density"], rows[["log_base"]], effects, rows["cell"]).combine({"log_base": 1.0})
    return float((value / se) ** 2)
