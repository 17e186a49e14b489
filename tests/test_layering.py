"""Imports point upstream only: the contracts of pyproject.toml, checked with import-linter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def printed_by(code: str) -> str:
    """Return what a fresh Python prints for a piece of code."""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_imports_point_upstream_only():
    check = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    result = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]


def test_help_needs_no_heavy_library():
    """What a user waits for at `--help`: no numerical library, no plotting, no data frames."""
    code = ("import sys, cluster_sim.cli.main\n"
            "heavy = {'numpy', 'numba', 'mesa', 'pandas', 'matplotlib', 'pyarrow', 'duckdb', 'scipy', 'pydantic'}\n"
            "print(sorted(heavy & set(sys.modules)))")
    assert printed_by(code) == "[]"


def test_a_worker_needs_no_plots_and_no_database():
    """A sweep's worker imports only what one run needs (Mesa itself brings pandas)."""
    code = ("import sys, cluster_sim.runs.single_run\n"
            "print(sorted({'matplotlib', 'duckdb'} & set(sys.modules)))")
    assert printed_by(code) == "[]"
