"""A lottery among applicants for a production subsidy: which projects would have happened anyway?

Published designs. Workman (2021, on the lottery by which California allotted its film tax credit): among eligible
applicants, winners and losers differ by luck alone, so that the difference in what they make is the subsidy's
effect. Bartik (2018, "But For" Percentages for Economic Development Incentives): across studies, incentives tip
between 2 and 25% of the decisions that they pay for; the accepted range here is 5 to 50% of projects.

Here, a proposal j that applied and is eligible, in stratum s (a run and, if drawn apart, a year):

    P(made[j]) = exp(a * won[j] + stratum effect[s]),    share that would not have happened = 1 - exp(-a)

a Poisson regression of a yes or no, with errors that allow for it (Zou 2004, A Modified Poisson Regression Approach),
clustered by studio where the frame names it: 1 - P(made | lost) / P(made | won). All winners are in the sample, made
or not: who leaves out the projects that were not made measures nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics.estimate import Estimate, published
from cluster_sim.analysis.econometrics.regression import MISSING, interval, regress
from cluster_sim.runs.errors import InputError

COLUMNS = ("project_id", "applied", "won", "made", "cost", "staff")


def applicants(proposals: Any) -> Any:
    """Return the proposals that applied, one row each; InputError if the frame cannot serve as a lottery."""
    missing = [name for name in COLUMNS if name not in proposals]
    if missing:
        raise InputError(f"the proposals lack the column '{missing[0]}'")
    rows = proposals[proposals["applied"].astype(bool)]
    rows = rows.assign(won=rows["won"].astype(bool), made=rows["made"].astype(bool))
    if rows["won"].all() or not rows["won"].any():
        raise InputError("a lottery needs winners and losers among the applicants")
    for side, text in ((rows["won"], "winner"), (~rows["won"], "loser")):
        if not rows.loc[side, "made"].any():
            raise InputError(f"no {text} made a project: the share that would not have happened has no estimate")
    return rows


def additional_share(proposals: Any, strata: list[str] | None = None, cluster: str | None = None,
                     name: str = "lottery", title: str = "Subsidised projects that would not have happened"
                     ) -> Estimate:
    """Estimate the share of subsidised projects that would not have happened without the subsidy, in per cent.

    proposals: one row a proposal with `project_id`, `applied`, `won`, `made` (yes or no), `cost` (million yuan),
    `staff` (people of its studio). strata: columns within which the lottery was drawn (such as seed and year);
    cluster: a column of groups with dependent luck (the studio), each row its own if None. Estimating equation:
    this file's docstring.
    """
    import pandas as pd

    library = _statsmodels()
    rows = applicants(proposals)
    right = pd.DataFrame({"won": rows["won"].astype(float)})
    if strata:
        stratum = rows.groupby(strata, observed=True).ngroup()
        both_sides = rows["won"].groupby(stratum).transform("nunique") == 2
        known = rows["made"].groupby(stratum).transform("any") & both_sides
        rows, right, stratum = rows[known], right[known], stratum[known]
        dummies = pd.get_dummies(stratum, prefix="stratum", dtype=float)
        right = pd.concat([right, dummies], axis=1)
    else:
        right["constant"] = 1.0
    groups = np.arange(len(rows)) if cluster is None else rows.groupby(cluster, observed=True).ngroup().to_numpy()
    model = library.GLM(rows["made"].astype(float).to_numpy(), right.to_numpy(),
                        family=library.families.Poisson())
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    a, se, clusters = float(fit.params[0]), float(fit.bse[0]), len(np.unique(groups))
    log = interval(a, se, clusters - 1, name=name, title=title, unit="%", n=len(rows), clusters=clusters)
    low, high = (float(100 * -np.expm1(-edge)) for edge in (log.low95, log.high95))
    return replace(log, value=float(100 * -np.expm1(-a)), se=float(100 * np.exp(-a) * se), low95=low, high95=high,
                   **published("subsidy_additional_pct"))


def balance(proposals: Any) -> list[Estimate]:
    """Compare what winners and losers were before the draw: log cost and log staff, in per cent.

    In a lottery both differences are zero but for luck; robust errors.
    """
    import pandas as pd

    rows = applicants(proposals)
    found = []
    for column in ("cost", "staff"):
        known = rows[rows[column] > 0]
        x = pd.DataFrame({"won": known["won"].astype(float)})
        one = pd.DataFrame({"all": np.zeros(len(known), np.int64)})
        fit = regress(np.log(known[column]), x, one, np.arange(len(known)))
        found.append(fit.estimate("won", f"lottery.balance.{column}", f"Lottery: {column} of winners less losers",
                                  "%", percent=True, published_low=0.0, published_high=0.0,
                                  source="balance of a fair draw"))
    return found


def _statsmodels() -> Any:
    """Return statsmodels' API; InputError if it is not installed."""
    try:
        import statsmodels.api
    except ImportError as error:
        raise InputError(MISSING.format("statsmodels")) from error
    return statsmodels.api
