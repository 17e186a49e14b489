"""`kill -9` at a few moments of every command that writes; `python -m tests.kill --moments 50` does more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.kill.commands import JOBS  # noqa: E402
from tests.kill.compare import different, hidden, left, torn  # noqa: E402

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="lives are forked")
LONG = {"engine", "econometrics", "report"}
PROGRAM = """
import json, sys
from pathlib import Path
from tests.kill.disturb import Undisturbed, disturb
from tests.kill.life import load
load()
found = []
for name in sys.argv[3:]:
    whole = Undisturbed(name, Path(sys.argv[1]) / name)
    for number in range(int(sys.argv[2])):
        moment = disturb(whole, f"{name}-0-{number}")
        found.append([moment.name, moment.kills, moment.torn, moment.wrong])
print(json.dumps(found))
"""


def moments(folder, number, names):
    """Disturb commands in a process that forks and has never read a table (threads do not survive a fork)."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(folder), str(number), *names], cwd=ROOT,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("names", [sorted(set(JOBS) - LONG), sorted(LONG)], ids=["short", "long"])
def test_the_same_command_goes_on_to_the_same_bytes(tmp_path, names):
    found = moments(tmp_path, 2, names)
    assert [one for one in found if not one[1]] == [] and len(found) == 2 * len(names)
    assert [(name, wrong) for name, _, _, wrong in found if wrong] == []


def test_differences_are_named(tmp_path):
    (tmp_path / "sums").mkdir()
    for name in ("a.csv", "log.txt", "sums/part-1.json"):
        (tmp_path / name).write_text("1\n")
    (tmp_path / "manifest.json").write_text('{"seeds": [1], "seconds": 2}')
    whole = left(tmp_path)
    assert sorted(whole) == ["a.csv", "manifest.json"] and different(whole, whole) == []
    (tmp_path / "manifest.json").write_text('{"seeds": [1], "seconds": 3}')
    assert different(whole, left(tmp_path)) == []
    (tmp_path / "manifest.json").write_text('{"seeds": [2], "seconds": 2}')
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    assert different(whole, left(tmp_path)) == ["a.csv is missing", "b.csv is left over", "manifest.json differs"]


def test_what_is_hidden_is_named_and_not_compared(tmp_path):
    (tmp_path / "runs").mkdir()
    for name in (".lock", "runs/.part-1.parquet.here.77.draft"):
        (tmp_path / name).write_text("1")
    assert left(tmp_path) == {} and hidden(tmp_path) == ["runs/.part-1.parquet.here.77.draft"]


@pytest.mark.parametrize(("name", "text", "whole"), [
    ("a.csv", "1,2\n3", False), ("a.csv", "1,2\n", True), ("a.json", "[1", False), ("a.parquet", "PAR1", False),
    ("log.txt", "", True), ("log.txt", "1", False),
    ("a.png", "", False), (".a.csv.here.77.draft", "1", True)])
def test_files_that_are_not_whole_are_found(tmp_path, name, text, whole):
    (tmp_path / name).write_text(text)
    assert torn(tmp_path) == ([] if whole else [name])
