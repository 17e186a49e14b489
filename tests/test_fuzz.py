"""A thousand broken files of every kind are answered in words; `python -m tests.fuzz` reads more."""

from __future__ import annotations

import os
import random
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from tests.fuzz import cases
from tests.fuzz.cases import KINDS, place_of, write_case
from tests.fuzz.hunt import Found, hunt, names
from tests.fuzz.mutations import WAYS


def test_a_case_is_the_same_whenever_it_is_made(tmp_path):
    written = []
    for part in ("a", "b"):
        (tmp_path / part).mkdir()
        write_case("city-1-3", tmp_path / part)
        written.append({p.name: p.read_bytes() for p in (tmp_path / part).rglob("*") if p.is_file()})
    assert written[0] == written[1]


@pytest.mark.parametrize("way", sorted(set(WAYS), key=lambda way: way.__name__))
@pytest.mark.parametrize("data", [b"", b"a", b"name: A\nfactors: {x: {low: 0, high: 1}}\n- b\n"])
def test_every_way_takes_any_text(way, data):
    for seed in range(20):
        assert isinstance(way(data, random.Random(seed)), bytes)


@pytest.mark.parametrize(("said", "placed"), [
    ("a/b.yaml:3:1: no\n    3 | x\n        ^\n1 fault. Nothing was run.", True), ("--set:1:7: no", True),
    ("a/b.yaml:3:1: no\n    3 | x\n2 faults. Nothing was run.", False), ("a/b.yaml: no", False), ("", False),
    ("    3 | see b.yaml:3:1: no", False)])
def test_a_refusal_has_a_place_for_every_fault(said, placed):
    assert cases.has_places(said) == placed


@pytest.mark.parametrize(("answer", "outcome"), [
    ((0, "table"), "read"), ((2, "a.yaml:1:1: no"), "refused"), ((2, "a.yaml: no"), "nowhere"), ((1, ""), "status"),
    ((3, "a.yaml:1:1: no"), "status")])
def test_a_verdict_is_of_status_and_place(monkeypatch, answer, outcome):
    monkeypatch.setattr(cases, "read_case", lambda *case: answer)
    assert cases.verdict("set-1-1")[0] == outcome


@pytest.mark.parametrize("command", ["run", "sweep", *cases.STUDIES.values()])
def test_a_whole_file_is_read_up_to_the_first_run(tmp_path, command):
    kind = {"run": "scenario", "sweep": "sweep"}.get(command, "study")
    (source,) = [path for path in cases.samples(kind) if kind != "study" or cases.study_command(path) == command][:1]
    assert cases.read_case(command, source, tmp_path / "out")[0] == 0 and not (tmp_path / "out").exists()


def test_what_is_found_is_counted_by_place():
    found = Found()
    found.add("set-1-1", "refused", "--set:1:1: unknown")
    found.add("set-1-2", "traceback", "KeyError at a.py:3")
    found.add("set-1-3", "traceback", "KeyError at a.py:3")
    assert found.lines() == ["1 refused, 2 traceback", "     2  traceback: KeyError at a.py:3   (set-1-2, set-1-3)"]


def test_a_place_is_the_innermost_line_of_the_project():
    from cluster_sim.cli.main import main

    with pytest.raises(TypeError) as caught:
        main(5)
    assert place_of(caught.value).startswith("TypeError at cluster_sim/cli/main.py:")


@pytest.mark.slow
def test_a_thousand_files_of_all_kinds():
    found = hunt(names(1000, 1, KINDS), os.cpu_count() or 1)
    assert not found.bad, "\n".join(found.lines())
