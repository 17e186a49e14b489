"""--out on a folder with a user's own files: refused, nothing overwritten; --fresh sets aside only stores."""

from __future__ import annotations

import pytest
from nothing_lost import DISCOVER, SEARCH, SWEEP, TINY, YEAR, command, held, ready, refused

pytestmark = pytest.mark.slow
OWN = {"scenario.yaml": "mine: 1\n", "manifest.json": "{}", "figures/share.png": "a figure", "notes.txt": "notes",
       "effects.csv": "year,effect\n", "front.csv": "mine\n", "boxes.csv": "mine\n", "sweep.yaml": "mine: 2\n"}
FILES = {"sweep": SWEEP, "search": SEARCH, "discover": DISCOVER}


@pytest.fixture
def own(tmp_path):
    """A folder with files of the user."""
    for name, text in OWN.items():
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).write_text(text, encoding="utf-8")
    return tmp_path / "own"


def untouched(own, done):
    """Hold that a command refused the folder and left it as it was."""
    assert held(own) == {name: text.encode() for name, text in sorted(OWN.items())}
    refused(done, "own", "--out")


@pytest.mark.parametrize("fresh", [(), ("--fresh",)], ids=["plain", "fresh"])
def test_run(own, fresh):
    untouched(own, command(own.parent, "run", "baseline", *TINY, "--seeds", "1", "--out", own, *fresh))


def test_compare(own):
    untouched(own, command(own.parent, "compare", "baseline", "no_policy", *YEAR, "--seeds", "2", "--out", own))


@pytest.mark.parametrize("name", sorted(FILES))
def test_commands_that_read_a_file(own, name):
    (own.parent / "file.yaml").write_text(FILES[name], encoding="utf-8")
    untouched(own, command(own.parent, name, "file.yaml", *YEAR, "--seeds", "1", "--out", own))


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    ready(command(tmp_path, "run", "baseline", *TINY, "--seeds", "1", "--out", "empty", "--quiet"))


def test_fresh_sets_a_store_aside_whole(tmp_path):
    words = ("run", "baseline", *TINY, "--seeds", "1", "--out", "store", "--quiet")
    ready(command(tmp_path, *words))
    before = held(tmp_path / "store")
    ready(command(tmp_path, *words, "--fresh"))
    assert held(tmp_path / "store.old-1") == before
