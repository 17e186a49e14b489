"""The guides to an instrument, a segment and an indicator, followed in a copy of the tree: what they say is enough.

All three at once, since every copy compiles its kernels anew.  The guide to a city is followed in `test_docs.py`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FILES = ("cluster_sim", "scenarios", "docs", "tests", "results/README.md", "run_sim.py", "pyproject.toml",
         "README.md", "mkdocs.yml")
pytestmark = pytest.mark.slow


def blocks(guide: str, language: str) -> list[str]:
    """Return the fenced blocks of a language in a guide of docs/."""
    text = (ROOT / "docs" / f"{guide}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def run(tree: Path, *command: str) -> str:
    """Run a command in the copy with only the copy importable; return what it prints."""
    environment = os.environ | {"PYTHONPATH": str(tree), "MPLBACKEND": "Agg"}
    done = subprocess.run([sys.executable, *command], cwd=tree, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def replace(file: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} has {text.count(old)} times {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def add_segment(tree: Path) -> None:
    """Follow docs/adding_a_segment.md."""
    members, program = blocks("adding_a_segment", "python")
    numbers, own_cost, indicators = blocks("adding_a_segment", "yaml")
    replace(tree / "cluster_sim" / "codes.py", "    OTHER = 5\n", members)
    values = yaml.safe_load(numbers) | yaml.safe_load(own_cost)
    for file in ("parameters.yaml", "nation/parameters.yaml"):
        path = tree / "cluster_sim" / file
        text = path.read_text(encoding="utf-8")
        for name, value in values.items():
            text = re.sub(rf"(\n  {name}:\n    value: {{film:[^}}]*), other:", rf"\g<1>, toys: {value}, other:", text)
        path.write_text(text, encoding="utf-8")
    (tree / "cities.py").write_text(program, encoding="utf-8")
    run(tree, "cities.py")
    first, second = re.split(r"(?m)^(?=employment_toys)", indicators)
    listed = tree / "cluster_sim" / "indicators.yaml"
    replace(listed, "value_added_other:", first + "value_added_other:")
    replace(listed, "employment_other:", second + "employment_other:")


def add_indicator(tree: Path) -> None:
    """Follow docs/adding_an_indicator.md."""
    (entry,), (line,) = blocks("adding_an_indicator", "yaml"), blocks("adding_an_indicator", "python")
    replace(tree / "cluster_sim" / "indicators.yaml", "\nmoves:", f"\n{entry}moves:")
    replace(tree / "cluster_sim" / "month" / "observe.py", '            "moves": s', f'{line}            "moves": s')


def add_instrument(tree: Path) -> None:
    """Follow docs/adding_a_policy.md."""
    code, amount = blocks("adding_a_policy", "python")
    _, curve = blocks("adding_a_policy", "yaml")
    (tree / "cluster_sim" / "policies" / "start_grant.py").write_text(code, encoding="utf-8")
    replace(tree / "tests" / "instruments.py", '    "talent_subsidies": {', f'{amount}    "talent_subsidies": {{')
    study = tree / "scenarios" / "studies" / "dose_curves.yaml"
    replace(study, "\n  talent_subsidies:", f"\n{curve}  talent_subsidies:")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree in which somebody has followed the three guides, up to their commands."""
    copy = tmp_path_factory.mktemp("tree")
    for name in FILES:
        source, target = ROOT / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    add_segment(copy)
    add_indicator(copy)
    add_instrument(copy)
    for line in blocks("adding_a_policy", "sh")[0].splitlines()[:2]:
        run(copy, *shlex.split(line)[1:])
    return copy


def test_tables_and_schema_know_what_was_added(tree):
    odd, columns = ((tree / name).read_text(encoding="utf-8") for name in ("docs/odd.md", "results/README.md"))
    schema = (tree / "scenarios" / "schema.json").read_text(encoding="utf-8")
    assert "`start_grant.amount`" in odd and "scifi, toys, other" in odd
    assert all(f"`{name}`" in columns for name in ("largest_employer", "value_added_toys", "employment_toys"))
    assert '"start_grant"' in schema and '"toys"' in schema
    assert run(tree, "docs/generate.py", "--check") == ""


LOOK = """
import numpy as np
from cluster_sim import ClusterModel
from cluster_sim.codes import SEGMENTS, Segment

model = ClusterModel("baseline", seed=1, scale="1/50", until="2019-12").run()
series, titles = model.series(), model.projects_table()
staff = model.studios.used["staff"]
assert SEGMENTS[-2:] == ("toys", "other")
assert (series["employment_toys"] > 0).all() and series["value_added_toys"].sum() > 0
seg, mean = model.rules.segments[Segment.TOYS], model.city_state["mean_return"][0, Segment.TOYS]
assert 0.97 < mean * seg["producer_share"] / (1 + seg["marketing"]) < 1.04, "toys do not pay, or too well"
assert (titles["segment"] == "toys").sum() > 0, "no toys released"
assert np.allclose(sum(series[f"employment_{name}"] for name in SEGMENTS), series["employment"])
assert np.isclose(series["largest_employer"][-1], 100 * staff.max() / series["employment"][-1])
print("toys", int(series["employment_toys"][-1]), "of", int(series["employment"][-1]))
"""


def test_the_city_lives_with_a_seventh_segment_and_the_new_column(tree):
    """Three years in the whole chain, from rest on: the ledgers stop a run whose accounts do not agree."""
    (tree / "look.py").write_text(LOOK, encoding="utf-8")
    assert run(tree, "look.py").startswith("toys ")


@pytest.mark.parametrize("guide", ["adding_a_segment", "adding_an_indicator"])
def test_the_commands_of_the_guides_run(tree, guide, tmp_path):
    for line in blocks(guide, "sh")[0].splitlines():
        words = [str(tmp_path / "mine") if word == "mine" else word for word in shlex.split(line)[1:]]
        said = run(tree, *words)
        if "explain" in words:
            assert "largest studio" in said and "%" in said


def test_the_instrument_holds_what_holds_for_all(tree):
    """The tests that the guide names, those that speak of the new instrument or of all."""
    command = shlex.split(blocks("adding_a_policy", "sh")[0].splitlines()[2])
    assert command[:3] == ["python", "-m", "pytest"] and all((ROOT / name).is_file() for name in command[3:])
    chosen = "start_grant or every_instrument or ten_times or schema_is_current or shipped_study"
    said = run(tree, *command[1:], "-k", chosen)
    assert re.search(r"\b(1[0-9]|[2-9][0-9]) passed", said), said
