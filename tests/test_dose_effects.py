"""The city itself under large doses: a hundred times the ladder and the guidance fund, with falling returns."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster_sim.analysis.dose_curves.study import dose_curves, returns

STUDY = Path(__file__).resolve().parents[1] / "scenarios" / "studies" / "ladder_and_fund.yaml"


@pytest.mark.slow
def test_a_hundred_ladders_and_guidance_funds_reach_value_added_and_jobs_with_falling_returns():
    """Sixteen pairs at 1/100; ten times thirty times as much does not do ten times as much.

    Jobs in young studios wander too much for sixteen pairs to leave zero out at every dose.
    """
    study = yaml.safe_load(STUDY.read_text(encoding="utf-8"))
    study |= {"doses": [30, 100, 300], "instruments": {"both": study["instruments"]["ladder_and_fund"]}}
    rows = dose_curves(study).rows
    thirty, hundred, most = rows
    assert hundred["aim_column"] == "young_jobs" and hundred["aim"] > 0.0
    assert hundred["value_added_low95"] > 0.0 and hundred["jobs_low95"] > 0.0
    assert most["value_per_yuan"] < hundred["value_per_yuan"] < thirty["value_per_yuan"]
    assert returns(rows, "value_added") < 1.0
