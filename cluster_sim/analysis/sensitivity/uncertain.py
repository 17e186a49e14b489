"""The parameters that matter most, where nobody has named any: a first look over all whose value is uncertain.

Every number of the parameter file that was not measured goes to both of its bounds, one at a time, on the same luck;
those that move the output most are studied. One at a time is blind to interactions: it only picks whom to ask.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cluster_sim.analysis.evaluator import Evaluator, seed_means
from cluster_sim.analysis.measures import Measure
from cluster_sim.analysis.sensitivity.question import Question
from cluster_sim.runs.api import scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.sweeps import Point, load_sweep

KNOWN = ("measured",)
"""Statuses of parameters whose value is not in doubt."""
WIDE = 100.0
"""A range whose ends differ by more than this factor is sampled by ratio."""
FIRST_LOOK = "first_look"
"""Folder of the first look's runs beside those of the study."""
TRAJECTORIES, SEEDS, SCALE = 10, 4, "1/100"


def uncertain(scenario: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters of uncertain value as factors of a sweep file: name -> low, high (and log).

    Technical numbers, which only shape a rule, are left out.
    """
    from cluster_sim.parameters import TECHNICAL, specification

    found: dict[str, dict[str, Any]] = {}
    for name, one in specification().items():
        low, high = one.bounds
        if one.role == TECHNICAL or one.status in KNOWN or one.kind == "switch":
            continue
        if not low < high or not np.isfinite([low, high]).all():
            continue
        if one.kind == "count":
            low, high = int(low), int(high)
        found[name] = {"low": low, "high": high} | ({"log": True} if low > 0 and high / low >= WIDE else {})
    return found


def question_of(source: Any, output: Measure, seeds: Any = None, scale: Any = None, until: Any = None,
                trajectories: int | None = None) -> Question:
    """The question about all uncertain parameters of a scenario (a file, a name or a loaded one)."""
    from cluster_sim.runs.plan import month_text, ordinal, scale_of, seed_list

    scenario = scenario_of(source)
    count = TRAJECTORIES if trajectories is None else trajectories
    if count < 2:
        raise InputError("a screening needs at least two trajectories")
    last = int(ordinal(until) or 0) if until is not None else scenario.end
    mapping = {"name": f"Uncertain parameters of {scenario.name}", "design": "morris", "trajectories": count,
               "factors": uncertain(scenario), "seeds": seed_list(SEEDS if seeds is None else seeds),
               "scale": scale_of(SCALE if scale is None else scale), "until": month_text(last)}
    return Question(load_sweep(mapping, scenario), output)


def first_look(question: Question, experiment: Experiment) -> Any:
    """Return one row a factor, the strongest first: the output at both ends of its range less that of the base.

    Columns `factor` (path), `down`, `up`, `effect` (the larger of the two, without its sign). One seed.
    """
    import pandas as pd

    sweep = question.sweep
    places: list[dict[str, Any]] = [{}]
    places += [{factor.path: factor.at(share)} for factor in sweep.factors for share in (0.0, 1.0)]
    evaluator = Evaluator(sweep, experiment, experiment.folder / FIRST_LOOK)
    values = seed_means(evaluator.values([Point(place, sweep.seeds[:1]) for place in places], question.output)[0])
    gains = (values[1:] - values[0]).reshape(-1, 2)
    effect = np.nanmax(np.abs(np.where(np.isfinite(gains), gains, 0.0)), axis=1)
    frame = pd.DataFrame({"factor": [f.path for f in sweep.factors], "down": gains[:, 0], "up": gains[:, 1],
                          "effect": effect})
    return frame.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def leading(question: Question, look: Any, top: int) -> Question:
    """The same question about the `top` factors that a first look (of `first_look`) puts first."""
    if top < 1:
        raise InputError("--top is a number of parameters, at least 1")
    chosen = set(look["factor"].head(top))
    factors = tuple(f for f in question.sweep.factors if f.path in chosen)
    return replace(question, sweep=replace(question.sweep, factors=factors))
