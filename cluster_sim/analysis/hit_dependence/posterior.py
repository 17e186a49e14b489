"""The verdict as a probability: how many of the cities that fit what is known are engines, and how many lucky.

Each draw of the posterior is a city with numbers of its own.  What it owes to hits is measured on its own luck, freed
of that luck (`luck.py`), and classed; the probability of a class is the weight of the draws in it.  A class is the
verdict if the 95% interval of its probability (Wilson 1927, with the effective number of draws) lies above two
thirds; else the data cannot tell.  Draws that are worth fewer than five equal ones have no probabilities at all: they
are luck at about one point of the posterior.  The classes, with growth above the nation's over all years (`nation.py`):

grows with the nation     that growth is below 5% of value added: there is nothing to rest on hits
lucky hit                 the largest hit carries at least half of it
leans on one hit          the largest hit carries at least a tenth
engine that runs on hits  all hits together carry at least a quarter
engine                    none of these
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cluster_sim.analysis.hit_dependence.luck import Known, without_luck
from cluster_sim.analysis.hit_dependence.nation import GROWN
from cluster_sim.analysis.hit_dependence.verdict import HALF, KEPT, MANY, ONE_TITLE, WORDS
from cluster_sim.analysis.posterior.draws import FEW

CLASSES = ("grows with the nation", "lucky hit", "leans on one hit", "engine that runs on hits", "engine")
CANNOT_TELL = "the data cannot tell"
LEVEL = 2 / 3
TRIALS = 400
Z95 = 1.959963984540054


def classify(above: np.ndarray, one: np.ndarray, every: np.ndarray) -> np.ndarray:
    """Return the number of each city's class in `CLASSES`.

    above: growth above the nation's as a part of value added; one, every: what of it (in the same unit) is lost
    without the largest hit and without all hits.
    """
    grown = above >= GROWN
    safe = np.where(grown, above, 1.0)
    lost, many = one / safe, every / safe
    return np.select([~grown, lost >= HALF, lost >= ONE_TITLE, many >= MANY], [0, 1, 2, 3], 4)


def probabilities(above: Known, one: Known, every: Known, worlds: np.ndarray) -> np.ndarray:
    """Return the probability of each class; worlds: (draws,) the weight of each draw.

    What is not known of a draw's figures (normal, each apart) is drawn `TRIALS` times, with the same numbers always.
    """
    noise = np.random.default_rng(20170101).standard_normal((3, len(worlds), TRIALS))
    figures = (each.mean[:, None] + each.sd[:, None] * z for each, z in zip((above, one, every), noise, strict=True))
    found = classify(*figures)
    return np.array([((found == k).mean(1) * worlds).sum() for k in range(len(CLASSES))]) / worlds.sum()


def wilson(part: float, number: float) -> tuple[float, float]:
    """Return the 95% interval of a probability that was found in so many draws (Wilson 1927)."""
    scale = 1 + Z95**2 / number
    middle = (part + Z95**2 / (2 * number)) / scale
    half = Z95 * np.sqrt(part * (1 - part) / number + Z95**2 / (4 * number**2)) / scale
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def judge(values: Mapping[str, np.ndarray], draw: np.ndarray, effective: float, least: float | None) -> dict[str, Any]:
    """Return the verdict over a posterior with its probabilities, which are empty below `FEW` effective draws.

    values: `above`, `largest`, `half`, `all`, each (worlds,); draw: (worlds,) the draw that each world is of;
    effective: effective number of draws behind the file; least: what the pipeline keeps without the largest hit, at
    least nine tenths of every flow for a verdict of an engine.
    """
    known = {name: without_luck(each, draw) for name, each in values.items()}
    worlds = np.bincount(draw).astype(float)
    number = min(effective, float(worlds.sum() ** 2 / (worlds**2).sum()))
    about = {"effective_draws": number, "draws": len(worlds), "worlds": len(draw), "least_kept_ratio": least,
             "level": LEVEL, "lost": lost(known, worlds), "luck": {name: each.luck for name, each in known.items()}}
    if number < FEW:
        return {"verdict": CANNOT_TELL, "likeliest": None, "probabilities": {}, **about}
    chance = probabilities(known["above"], known["largest"], known["all"], worlds)
    found = {name: dict(zip(("p", "low95", "high95"), (float(p), *wilson(float(p), number)), strict=True))
             for name, p in zip(CLASSES, chance, strict=True)}
    best = max(found, key=lambda name: found[name]["p"])
    thin = best == "engine" and (least is None or least < KEPT)
    word = CANNOT_TELL if found[best]["low95"] < LEVEL or thin else best
    return {"verdict": word, "likeliest": best, "probabilities": found, **about}


def lost(known: Mapping[str, Known], worlds: np.ndarray) -> dict[str, dict[str, float]]:
    """Return growth above the nation's and what of value added is lost without hits: mean and 90% of the draws."""
    found = {}
    for name, each in known.items():
        order = np.argsort(each.mean)
        place = (np.cumsum(worlds[order]) - worlds[order] / 2) / worlds.sum()
        low, high = (float(np.interp(q, place, each.mean[order])) for q in (0.05, 0.95))
        found[name] = {"mean": float((each.mean * worlds).sum() / worlds.sum()), "low90": low, "high90": high}
    return found


def line(found: Mapping[str, Any], title: str, first: int, last: int) -> str:
    """Return the verdict over a posterior in words."""
    said = {**WORDS, "grows with the nation": "Neither: it grows with the nation",
            CANNOT_TELL: "The data cannot tell"}[found["verdict"]]
    chances = ", ".join(f"{name} {cell['p']:.0%} ({cell['low95']:.0%} to {cell['high95']:.0%})"
                        for name, cell in sorted(found["probabilities"].items(), key=lambda each: -each[1]["p"])
                        if cell["p"] >= 0.005)
    if not chances:
        chances = "no class has a probability, for so few draws are luck at about one point of the posterior"
    above, one, half, every = (found["lost"][name] for name in ("above", "largest", "half", "all"))
    luck = ", luck taken out" if found["luck"]["above"] is not None else ""
    over = f"{found['draws']} draws" if found["draws"] > 1 else "one draw"
    return (f"{said}. Over {over} of the posterior (as good as {found['effective_draws']:.1f} equal ones), from "
            f"{first} to {last}: {chances}. Summed over all years after {first}{luck}, growth above the nation's is "
            f"{_per_cent(above)} of the value added of these years (the table has that of the last year alone, with "
            f"the luck of the runs in it); without {title} value added loses {_per_cent(one)}, with half of the hits "
            f"{_per_cent(half)}, without any hit {_per_cent(every)} (mean; 90% of draws).")


def few(draws: int, effective: float) -> str:
    """Say what too few effective draws are worth."""
    return (f"{'one draw' if draws == 1 else f'{draws} draws'} worth {effective:.1f} equal ones: intervals are luck at "
            "about one point of the posterior")


def _per_cent(cell: Mapping[str, float]) -> str:
    low, mean, high = (f"{100 * cell[key]:.1f}".replace("-0.0", "0.0") for key in ("low90", "mean", "high90"))
    return f"{mean}% ({low} to {high})"
