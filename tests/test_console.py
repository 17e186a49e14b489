"""No console loses a result to a letter that it cannot write: the real command line on GBK, CP936 and ASCII."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = """
name: Café à Chéngdū 成都 🎬
extends: baseline
"""


def say(encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line on a console of this encoding."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run([sys.executable, str(ROOT / "run_sim.py"), *words], capture_output=True, env=environment)


@pytest.mark.parametrize("encoding", ["gbk", "cp936", "ascii", "cp1252"])
@pytest.mark.parametrize("words", [["explain", "mean_rent"], ["list", "parameters"], ["list", "instruments"],
                                   ["explain", "collaboration.tau_max"], ["--help"]], ids="-".join)
def test_text_is_written(encoding, words):
    done = say(encoding, *words)
    assert done.returncode == 0 and done.stdout, done.stderr
    assert b"UnicodeEncodeError" not in done.stderr
    done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_name_in_any_script(tmp_path, encoding):
    """A run that says its name: plain letters for people, escapes for programs."""
    (tmp_path / "there.yaml").write_text(SCENARIO, encoding="utf-8")
    small = ["--scale", "1/200", "--until", "2017-02", "--seeds", "1", "--no-figures"]
    out = str(tmp_path / "out")
    done = say(encoding, "run", str(tmp_path / "there.yaml"), *small, "--out", out)
    assert done.returncode == 0, done.stderr
    assert ("Cafe" if encoding == "ascii" else "Caf") in done.stdout.decode(encoding)
    again = say(encoding, "run", str(tmp_path / "there.yaml"), *small, "--out", out, "--json")
    assert json.loads(again.stdout.decode(encoding))["scenario"] == "Café à Chéngdū 成都 🎬", again.stderr


def test_a_mistake_is_worded(tmp_path):
    (tmp_path / "wrong.yaml").write_text("name: Café\nextends: baseline\nnäme: é\n", encoding="utf-8")
    done = say("ascii", "run", str(tmp_path / "wrong.yaml"))
    assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert b"name" in done.stderr


def test_plain_letters():
    from cluster_sim.cli import console

    text = "yuan per m² a month, 5–10 × é … −1 成"
    assert text.encode("ascii", "plain_letters") == b"yuan per m2 a month, 5-10 x e ... -1 ?"
    assert json.loads('"' + "é🎬".encode("ascii", "json_escapes").decode() + '"') == "é🎬"
    with pytest.raises(UnicodeDecodeError):
        console.plainer(UnicodeDecodeError("ascii", b"\xff", 0, 1, "no"))
