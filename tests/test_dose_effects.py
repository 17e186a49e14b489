"""The city itself under large doses: a hundred times the ladder and the guidance fund, with falling returns."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster_sim.analysis.dose_curves.study import dose_curves, returns

STUDY = Path(__file__).resolve().parents[1] / "scenarios" / "studies" / "ladder_and_fund.yaml"


@pytest.mark.slow
def test_a_hundred_ladders_and_guidance_funds_add_value_with_falling_returns():
    """Eight pairs at 1/50: value added and jobs leave zero out, and a tenfold dose of ten times does not do tenfold."""
    study = yaml.safe_load(STUDY.read_text(encoding="utf-8"))
    study |= {"doses": [10, 100], "instruments": {"both": study["instruments"]["ladder_and_fund"]}}
    rows = dose_curves(study, seeds=8).rows
    ten, hundred = rows
    assert hundred["value_added_low95"] > 0.0 and hundred["jobs_low95"] > 0.0
    assert hundred["value_per_yuan"] < ten["value_per_yuan"]
    assert returns(rows, "value_added") < 1.0
