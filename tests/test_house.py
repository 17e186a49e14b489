"""The house rules that a reader of one file cannot see: what may stand in tracked files, and what they import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Written so that this file does not hold what it looks for.
FOLDERS = ("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers", "fa" + "rm")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "|".join(FOLDERS) + r")/\w")
INDEX = re.compile("|".join(("index" + "-url", "find" + "-links", "pypi" + r"\.\w+/simple", "trusted" + "-host",
                             "files\\.python" + "hosted")))
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ".cff", ".csv", ".cfg", ".ini", ".ipynb", ".sh", ""}


def tracked() -> list[Path]:
    """Return the files that belong to the project: git's list, or all but hidden folders outside a clone."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode == 0 and listing.stdout:
        names = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        names = [p for p in ROOT.rglob("*") if not any(part.startswith(".") for part in p.relative_to(ROOT).parts)]
    return [p for p in names if p.is_file() and p.suffix in TEXT]


def requirements(*extras: str) -> list[str]:
    """Return what the package and these extras ask for, as written."""
    project = PROJECT["project"]
    return project["dependencies"] + [d for extra in extras for d in project["optional-dependencies"][extra]]


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    """Return 'file:line: text' of every tracked line that a pattern matches."""
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    return found


def test_no_path_of_one_machine():
    assert lines_matching(MACHINE_PATH) == []


def test_no_address_of_a_package_index():
    assert lines_matching(INDEX) == []


def test_every_import_is_declared():
    """A library that the package imports is a dependency or in an extra: nothing comes along by luck."""
    wanted = requirements("app", "cluster", "econometrics", "experiments")
    declared = {re.split(r"[<>=\[ ;]", name)[0].lower().replace("-", "_") for name in wanted}
    alias = {"yaml": "pyyaml", "pydantic_core": "pydantic", "llvmlite": "numba", "dateutil": "pandas"}
    own = {"cluster_sim", "tests", "benchmarks"} | set(sys.stdlib_module_names)
    undeclared = {}
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("cluster_sim", "run_sim.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = ([a.name for a in node.names] if isinstance(node, ast.Import)
                         else [node.module] if isinstance(node, ast.ImportFrom) and not node.level else [])
                for name in names:
                    top = name.split(".")[0]
                    if top not in own and alias.get(top, top).lower() not in declared:
                        undeclared[top] = str(path.relative_to(ROOT))
    assert undeclared == {}


def test_constraints_pin_what_the_project_asks_for():
    wanted = requirements("app", "cluster", "econometrics", "experiments", "test")
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line}
    names = {re.split(r"[<>=\[ ;]", name)[0] for name in wanted}
    assert names <= pinned


@pytest.mark.slow
def test_the_wheel_holds_the_data_files(tmp_path):
    """What is installed without the clone beside it: parameters, cities and scenarios travel along."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, ROOT]
    subprocess.run(command, check=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    folders = (("cluster_sim", "cluster_sim"), ("scenarios", "cluster_sim/scenarios"))
    for path in tracked():
        for source, target in folders:
            if path.suffix in (".yaml", ".csv", ".json", ".geojson") and path.is_relative_to(ROOT / source):
                assert f"{target}/{path.relative_to(ROOT / source).as_posix()}" in names
    assert {"cluster_sim/parameters.yaml", "cluster_sim/scenarios/baseline.yaml"} <= names
