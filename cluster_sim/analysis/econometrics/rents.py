"""Rent gradient toward clusters: rents rise with the firms nearby, and so take a part of what nearness gives.

Published design. Arzaghi & Henderson (2008, Networking off Madison Avenue, Review of Economic Studies): among
advertising agencies in Manhattan, benefits from neighbours within half a kilometre are large, and landlords take
a part of them: log rent rises with the number of agencies near, conditional on the location.

Here, a place p (a cell outside its parks, or the parks of a cell) in run s and year t:

    log(rent / workers)[p] = b * log density[c,t] + year effect[s,t] (+ place effect[s,p]) + e

Studios rent the same floor for each worker, so rent per worker moves as rent per m2. Errors are clustered by cell.
Without place effects b holds what the map gives to its middle; with them, only what density's change brings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics.estimate import Estimate, published
from cluster_sim.analysis.econometrics.regression import regress
from cluster_sim.runs.errors import InputError

SOURCE = "Arzaghi & Henderson 2008: rents take part of the benefit"


def places(accounts: Any) -> Any:
    """Return one row a seed, year and place: log rent a worker and year, log density, `cell`, `place`."""
    rows = accounts[(accounts["staff_months"] > 0) & (accounts["rent"] > 0) & (accounts["density"] > 0)]
    rows = rows.assign(inside=rows["park"] >= 0)
    found = rows.groupby(["seed", "year", "cell", "inside"], as_index=False).agg(
        rent=("rent", "sum"), staff_months=("staff_months", "sum"), density=("density", "mean"))
    if not len(found):
        raise InputError("no studio pays rent: nothing to compare")
    return found.assign(log_rent=np.log(12 * found["rent"] / found["staff_months"]),
                        log_density=np.log(found["density"]),
                        place=(found["seed"].astype(np.int64) * 1_000_000 + found["cell"]) * 2 + found["inside"])


def rent_gradient(accounts: Any, place_effects: bool = False) -> Estimate:
    """Estimate the elasticity of rents with respect to density.

    Estimating equation, sample and clustering: this file's docstring. Published: positive.
    """
    import pandas as pd

    found = places(accounts)
    effects = {"year": found["seed"].astype(np.int64) * 10_000 + found["year"]}
    if place_effects:
        effects["place"] = found["place"]
        found = found[found.groupby("place")["year"].transform("size") > 1]
    fit = regress(found["log_rent"], found[["log_density"]], pd.DataFrame(effects).loc[found.index], found["cell"])
    name, title = ("rents.within", "Rent gradient to density, same place") if place_effects else (
        "rents", "Rent gradient to density")
    return fit.estimate("log_density", name, title, "1", **published("rent_gradient_to_clusters"))


def share_taken(accounts: Any) -> Estimate:
    """Estimate the part of density's benefit that rents take, in per cent.

    Both in yuan a worker: what rent rises by over what value added rises by, as density rises. This is
    two-stage least squares of rent per worker on value added per worker before rent (value added plus rent:
    rent is an input) with log density as the instrument, segment and year effects, clustered by cell; studios
    with a full year. Published: a part of it, so between 0 and 100%.
    """
    import pandas as pd

    rows = accounts[(accounts["months"] == 12) & (accounts["staff_months"] > 0) & (accounts["density"] > 0)]
    if not len(rows):
        raise InputError("no full year of accounts: let runs end later")
    rent = rows["rent"] / rows["staff_months"]
    benefit = (rows["value_added"] + rows["rent"]) / rows["staff_months"]
    effects = pd.DataFrame({"segment": rows["segment"].astype(str),
                            "year": rows["seed"].astype(np.int64) * 10_000 + rows["year"]})
    fit = regress(100.0 * rent, pd.DataFrame({"benefit": benefit}), effects, rows["cell"],
                  instruments=pd.DataFrame({"log_density": np.log(rows["density"])}))
    return fit.estimate("benefit", "rents.taken", "Part of density's benefit that rent takes", "%",
                        published_low=0.0, published_high=100.0, source=SOURCE)
