"""Made-up accounts, panels and lotteries with known effects, for tests of the estimators."""

from __future__ import annotations

import numpy as np
import pandas as pd

FIRST = 2028
YEARS = range(2022, 2033)
ZONE = 2
"""Bit mask of the treated zone."""


def accounts(effect=0.0, entry=0.0, drift=0.0, seeds=4, cells=40, treated=10, noise=0.05, slope=0.0, key=1):
    """Return accounts of cells with four studios each before 2028, and one more from then on.

    effect: log points by which incumbents of treated cells make more from 2028; entry: output of the new studio of
    a treated cell over the cell's usual output, in excess of 0.1 elsewhere; drift: further growth a year of treated
    cells all along; slope: further growth a year from 2029.
    """
    draws = np.random.default_rng(key)
    lines = []
    for seed in range(1, seeds + 1):
        common = draws.normal(0, 0.1, len(YEARS)).cumsum()
        for cell in range(cells):
            zone = cell < treated
            size = np.exp(draws.normal(4.5, 0.8))
            for k, year in enumerate(YEARS):
                after = year >= FIRST
                growth = common[k] + zone * (drift * k + after * (effect + slope * (year - FIRST)))
                base = size * np.exp(growth + noise * draws.normal())
                for number in range(4):
                    lines.append((seed, year, seed * 100_000 + cell * 10 + number, cell, zone, base / 4, size / 4))
                if after:
                    new = size * np.exp(common[k] + zone * drift * k) * (0.1 + zone * entry)
                    lines.append((seed, year, seed * 100_000 + cell * 10 + 9, cell, zone, new, size / 8))
    frame = pd.DataFrame(lines, columns=["seed", "year", "studio_id", "cell", "zone", "output", "workers"])
    frame["zones"] = np.where(frame.pop("zone"), ZONE, 1).astype(np.uint32)
    return frame.assign(staff_months=12 * frame.pop("workers"), months=12, park=-1, segment="film")


def firms(small=0.0, large=0.0, seeds=4, count=120, noise=0.05, drift=0.0, key=3, luck=5):
    """Return accounts of studios of two segments and two sizes; eligible are those of `film`.

    small, large: log points by which eligible studios of that size employ more from 2028; drift: growth a year of
    eligible studios all along. `luck` draws the noise, the same in runs that are paired.
    """
    draws, shocks = np.random.default_rng(key), np.random.default_rng(luck)
    lines = []
    for seed in range(1, seeds + 1):
        for number in range(count):
            film, big = number % 2 == 0, number % 4 < 2
            size = (100 if big else 10) * np.exp(draws.normal(0, 0.2))
            for k, year in enumerate(YEARS):
                gain = film * (drift * k + (year >= FIRST) * (large if big else small))
                workers = size * np.exp(gain + noise * shocks.normal())
                lines.append((seed, year, number, "film" if film else "games", 12 * workers, 2.0 * workers))
    frame = pd.DataFrame(lines, columns=["seed", "year", "studio_id", "segment", "staff_months", "output"])
    return frame.assign(months=12)


def places(elasticity=0.06, rent=0.25, endogenous=0.0, seeds=2, cells=60, each=6, key=7):
    """Return accounts whose value added a worker follows density, and whose rent does.

    endogenous: how strongly a cell's luck in productivity draws density after 2017 (what the instrument cures).
    """
    draws = np.random.default_rng(key)
    lines = []
    for seed in range(1, seeds + 1):
        base = draws.normal(0, 1, cells)
        lucky = draws.normal(0, 0.1, cells)
        for cell in range(cells):
            for year in range(2017, 2024):
                density = base[cell] + (year > 2017) * endogenous * lucky[cell] + 0.05 * (year - 2017)
                for number in range(each):
                    worker = np.exp(elasticity * density + lucky[cell] + draws.normal(0, 0.1))
                    paid = 0.04 * np.exp(rent * density + draws.normal(0, 0.02))
                    lines.append((seed, year, cell * 100 + number, cell, "film" if number % 2 else "games",
                                  np.exp(density), 24.0 * worker, 24.0 * worker, 24.0 * paid))
    frame = pd.DataFrame(lines, columns=["seed", "year", "studio_id", "cell", "segment", "density", "value_added",
                                         "capacity", "rent"])
    return frame.assign(staff_months=24.0, months=12, park=-1)


def lottery(made_won=0.5, made_lost=0.4, share=0.5, count=4000, strata=4, spread=0.0, key=11):
    """Return proposals of which all but a tenth applied; `spread`: studios differ in how often they make things."""
    draws = np.random.default_rng(key)
    studio = draws.integers(0, count // 10, count)
    taste = np.exp(spread * draws.normal(size=count // 10))[studio]
    applied = draws.random(count) < 0.9
    seed = draws.integers(1, strata + 1, count)
    won = applied & (draws.random(count) < share)
    base = np.where(won, made_won, made_lost) * np.minimum(taste / taste.mean(), 1 / max(made_won, made_lost))
    return pd.DataFrame({"project_id": np.arange(count), "seed": seed, "studio": studio, "applied": applied,
                         "won": won, "made": draws.random(count) < base, "cost": np.exp(draws.normal(1, 1, count)),
                         "staff": draws.integers(1, 80, count)})
