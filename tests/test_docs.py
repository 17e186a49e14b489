"""Documentation that can be executed is: the guide to a new instrument, and the generated tables."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "adding_a_policy.md").read_text(encoding="utf-8")

FOLLOW_THE_GUIDE = """
import sys
import cluster_sim.policies
cluster_sim.policies.__path__.append(sys.argv[1])
from cluster_sim import ClusterModel, load_scenario

model = ClusterModel(load_scenario(sys.argv[2]), seed=4, scale=1 / 100)
while model.label() < "2019-01":
    model.step()
(grants,) = (i for i in model.instruments if i.name == "start_grant")
print(0 < grants.outlay <= 2 * grants.get("budget") * 1e6 * model.scale)
"""


def run(*command: str) -> str:
    """Run Python with this source tree importable and return what it prints."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.strip()


def test_following_the_guide_adds_an_instrument(tmp_path):
    code, *_ = re.findall(r"^```python\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
    scenario, *_ = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
    package, scenarios = tmp_path / "more_policies", tmp_path / "scenarios"
    package.mkdir()
    scenarios.mkdir()
    (package / "start_grant.py").write_text(code, encoding="utf-8")
    (scenarios / "baseline.yaml").write_bytes((ROOT / "scenarios" / "baseline.yaml").read_bytes())
    (scenarios / "start_grants.yaml").write_text(scenario, encoding="utf-8")
    assert run("-c", FOLLOW_THE_GUIDE, str(package), str(scenarios / "start_grants.yaml")) == "True"


def test_following_the_guide_adds_a_city(tmp_path):
    """The commands run on a copy as they stand, then with the guide's numbers in the place of the copy's."""
    import yaml

    guide = (ROOT / "docs" / "adding_a_city.md").read_text(encoding="utf-8")
    own, scenario = re.findall(r"^```yaml\n(.*?)^```$", guide, flags=re.MULTILINE | re.DOTALL)
    (shell,) = re.findall(r"^```sh\n(.*?)^```$", guide, flags=re.MULTILINE | re.DOTALL)
    copy, words = (line.split() for line in shell.splitlines())
    assert copy[:2] == ["cp", "-r"] and words[:2] == ["python", "run_sim.py"]
    city = tmp_path / copy[3]
    shutil.copytree(ROOT / copy[2], city)
    file, words = city / "city.yaml", [*words[2:], "--seeds", "1", "--no-figures"]
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text(encoding="utf-8")) | yaml.safe_load(own)), "utf-8")
    (tmp_path / "mine.yaml").write_text(scenario, encoding="utf-8")
    for given in ("my_city", "mine.yaml"):
        command = [sys.executable, str(ROOT / "run_sim.py"), *(given if word == "my_city" else word for word in words)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path,
                              env=os.environ | {"PYTHONPATH": str(ROOT)})
        assert done.returncode == 0 and "2018" in done.stdout, done.stderr


def test_generated_tables_are_current():
    run("docs/generate.py", "--check")


def test_every_row_of_what_can_go_wrong_names_tests_that_there_are():
    """A row names test files, or a module of the tests that is started by hand."""
    rows = [line for line in (ROOT / "docs" / "what_can_go_wrong.md").read_text("utf-8").splitlines()
            if line.startswith("| ")][1:]
    for row in rows:
        held = row.split("|")[3]
        files = re.findall(r"`(tests/\w+\.py)`", held)
        files += [f"tests/{name}/__main__.py" for name in re.findall(r"python -m tests\.(\w+)", held)]
        assert files and all((ROOT / file).is_file() for file in files), row
    assert len(rows) > 20
