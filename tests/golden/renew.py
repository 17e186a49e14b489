"""Runs the golden run with today's rules and parameters and writes `town.yaml` anew."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from test_golden import FILE, golden_run, rows_of  # noqa: E402

from cluster_sim.parameters import defaults  # noqa: E402

if __name__ == "__main__":
    content = {"rows": rows_of(golden_run(defaults())), "parameters": defaults()}
    text = "# Written by tests/golden/renew.py; see README.md beside it.\n"
    FILE.write_text(text + yaml.safe_dump(content, sort_keys=False, width=110), encoding="utf-8")
    print(f"{FILE.name}: {len(content['rows'])} rows")
