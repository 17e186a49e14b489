"""The frozen reference path of a city says what it was made with, and is what the model makes of that today."""

from __future__ import annotations

import csv
from fractions import Fraction

import numpy as np
import pytest
import yaml

import cluster_sim as cs
from cluster_sim.analysis.reference_path import checksum, reference_path
from cluster_sim.city import load_city

MONTHS = 2
CITY = load_city("chengdu").folder
NOTES = yaml.safe_load((CITY / "reference_path.yaml").read_text(encoding="utf-8"))


def rows():
    """Return the stored path by column."""
    with (CITY / "reference_path.csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in table]) for name in table[0]}


def test_the_path_says_what_it_was_made_with():
    """A scenario changed since, or a table changed by hand, makes it stale."""
    scenario = cs.load_scenario(NOTES["scenario"])
    hint = "python -m cluster_sim.analysis.reference_path writes it again"
    assert NOTES["scenario_digest"] == scenario.digest(), hint
    assert NOTES["months"] == len(rows()["month"]) == scenario.months, hint
    assert NOTES["sha256"] == checksum(CITY / "reference_path.csv"), hint
    assert NOTES["code"] and len(NOTES["seeds"]) >= 8 and 0 < Fraction(NOTES["scale"]) <= 1


@pytest.mark.slow
def test_the_path_is_that_of_the_model_of_today():
    """Its first months, at the stated scale and seeds, within the rounding of the table."""
    now = reference_path(NOTES["scenario"], NOTES["seeds"], float(Fraction(NOTES["scale"])), MONTHS)
    for name, stored in rows().items():
        if name != "month":
            np.testing.assert_allclose(now[name], stored[:MONTHS], rtol=0, atol=0.05 + 1e-9, err_msg=name)
