"""Facts of firms, partners and rents, measured on runs: `python tests/facts.py --seeds 4 --scale 1/50 [key=value ...]`.

Prints the mean over the seeds and its standard error of: closures, bankruptcies among them and entry (per cent of
studios a year, 2018 to 2024), the tail exponent of studio sizes, repeated ties, partners' work, rents and the share.
"""

from __future__ import annotations

import argparse
from fractions import Fraction

import numpy as np

from cluster_sim import load_scenario
from cluster_sim.codes import Life
from cluster_sim.model import ClusterModel

LARGEST = 0.1           # of studios, that count as the tail
AFTER = slice(12, 96)   # months of 2018 to 2024


def tail_exponent(sizes: np.ndarray) -> float:
    """Return Hill's (1975) exponent of the largest tenth of sizes, ten studios at least."""
    falling = np.sort(sizes)[::-1].astype(float)
    count = max(10, int(LARGEST * falling.size))
    return float(1.0 / np.mean(np.log(falling[:count] / falling[count])))


def facts(setting: list[str], seed: int, scale: float, coordination: float = 1.0) -> dict[str, float]:
    """Run the baseline with some settings, and return the facts by name.

    coordination: factor on its price from the first month on; the state of rest that a run starts from is the same.
    """
    model = ClusterModel(load_scenario("baseline", setting), seed=seed, scale=scale)
    model.rules.p["collaboration_c0"] *= coordination
    tails = []
    while not model.finished:
        model.step()
        if model.t in range(48, 97, 12):
            s = model.studios.used
            tails.append(tail_exponent(s["staff"][(s["alive"] == Life.ALIVE) & (s["staff"] > 0)]))
    series, ledger = model.series(), model.ledger_table()
    a_year = 1200.0 / series["studios"][AFTER].sum()
    contracts = sum(ledger[f"sales_{client}"] for client in ("home", "nation", "abroad"))
    rents = {name: series[name][-12:].mean() / series[name][:12].mean() - 1.0
             for name in ("mean_rent", "constant_quality_rent")}
    return {"closures": series["exits"][AFTER].sum() * a_year, "entry": series["entries"][AFTER].sum() * a_year,
            "bankruptcies": series["bankruptcies"][AFTER].sum() * a_year, "tail exponent": float(np.mean(tails)),
            "repeated ties": float(np.nanmean(series["repeated_ties"][24:])),
            "partners' work here, % of contracts": 100.0 * (ledger["sales_local_partner"] / contracts)[AFTER].mean(),
            "with inputs bought here, % of sales": 100.0 * series["local_inputs_share"][AFTER].mean(),
            "rent paid, change to the last year": rents["mean_rent"],
            "rent at constant quality, the same": rents["constant_quality_rent"],
            "share of GDP 2017, %": 100.0 * series["gdp_share_published"][11],
            "share of GDP 2024, %": 100.0 * series["gdp_share_published"][95],
            "share of GDP in the last year, %": 100.0 * series["gdp_share_published"][-1]}


def main() -> None:
    """Print the facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--scale", type=Fraction, default=Fraction(1, 50))
    parser.add_argument("--coordination", type=float, default=1.0, help="factor on its price from the first month on")
    parser.add_argument("setting", nargs="*", help="as with --set of the run command")
    args = parser.parse_args()
    found = [facts(args.setting, seed, float(args.scale), args.coordination) for seed in range(1, args.seeds + 1)]
    for name in found[0]:
        values = np.array([one[name] for one in found])
        error = values.std(ddof=1) / values.size**0.5 if values.size > 1 else float("nan")
        print(f"{name:40s} {values.mean():10.3f} ({error:.3f})")


if __name__ == "__main__":
    main()
