"""The runs of a plan share their pasts, in one process or several, and leave the same bytes as each by itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import permutations

import pytest

from cluster_sim import load_scenario
from cluster_sim.branching import Snapshot
from cluster_sim.runs import branches, execution
from cluster_sim.runs.branches import Snapshots, branched
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import Plan
from cluster_sim.runs.run_list import Group, RunList
from cluster_sim.runs.single_run import simulate
from cluster_sim.scenario.past import changes

SHORT = {"start.rest_months": "0", "end": "2022-12"}
RATES = {"from 2019": ("2019-01", "10%"), "from 2021-06": ("2021-06", "20%"), "from 2022": ("2022-01", "30%"),
         "from 2021-09": ("2021-09", "25%"), "from the start": ("2017-01", "5%")}


@cache
def scenarios():
    """Return the baseline and others with a wage subsidy from some month on."""
    base = load_scenario("baseline", SHORT)
    return base, *(replace(load_scenario("baseline", {**SHORT, f"policies.wage_subsidy.{month}.rate": rate}), name=name)
                   for name, (month, rate) in RATES.items())


def planned(seeds=(1, 2)) -> Plan:
    """Return a plan of all of them."""
    groups = [Group(each.digest(), tuple(seeds), each) for each in scenarios()]
    runs = RunList(groups, lambda group: (group.values, (("which", group.values.name),)), "chengdu", 1 / 400,
                   scenarios()[0].end, code_version())
    return Plan("branches", runs)


def test_runs_follow_the_one_from_which_they_part():
    given = list(branched(planned().runs))
    assert sorted(spec.run_id for spec in given) == sorted(planned().runs.ids())
    assert [spec.run_id for spec in given] != list(planned().runs.ids())
    first = [spec for spec in given if spec.seed == 1]
    assert given == first + [spec for spec in given if spec.seed == 2], "one seed after the other"
    pasts = {spec.scenario.name: [past.month for past in spec.pasts] for spec in first}
    assert pasts == {"Baseline": [24, 48, 60], "from 2019": [24], "from 2022": [24, 48, 60],
                     "from 2021-06": [24, 48], "from 2021-09": [24, 48], "from the start": []}
    keys = {spec.scenario.name: dict((past.month, past.key) for past in spec.pasts) for spec in first}
    assert keys["Baseline"][60] == keys["from 2022"][60] and keys["Baseline"][24] == keys["from 2019"][24]
    others = {past.key for spec in given if spec.seed == 2 for past in spec.pasts}
    assert not others & {past.key for spec in first for past in spec.pasts}, "another seed, another past"


def test_only_the_first_of_those_that_share_a_past_lives_it(monkeypatch):
    lived, began = [], []
    go_on = Snapshot.go_on
    monkeypatch.setattr(Snapshot, "go_on", lambda self, setup: began.append(self.t) or go_on(self, setup))
    snapshots = Snapshots()
    for spec in branched(planned((1,)).runs):
        simulate(spec, lived.append, snapshots=snapshots)
    assert sorted(began) == [24, 48, 48, 60] and len(lived) == 6 * 72 - sum(began)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_store_holds_the_same_bytes_as_without_branches(tmp_path, monkeypatch, workers):
    execution.execute(planned(), tmp_path / "with", workers)
    monkeypatch.setattr(execution, "branched", iter)
    execution.execute(planned(), tmp_path / "without", 0)
    here, there = (parts(tmp_path / name) for name in ("with", "without"))
    assert here.keys() == there.keys() and len(here) >= 5
    assert [name for name in here if here[name] != there[name]] == []


def parts(folder):
    """Return the bytes of a store's tables, without the seconds that its runs took."""
    import pyarrow.parquet as pq

    found = {}
    for path in sorted(folder.rglob("*.parquet")):
        table = pq.read_table(path)
        table = table.drop_columns([name for name in table.column_names if "seconds" in name or name == "finished"])
        found[str(path.relative_to(folder))] = table.replace_schema_metadata(None).to_pydict().__repr__()
    return found


def test_memory_has_a_bound(monkeypatch):
    specs = list(branched(planned((1,)).runs))
    whole = Snapshots()
    most = 0
    for spec in specs:
        simulate(spec, snapshots=whole)
        most = max(most, whole.bytes())
    size = max(each.size for each in whole.held.values()) if whole.held else most // 2
    small = Snapshots(int(1.5 * size))
    for spec in specs:
        found, plain = simulate(spec, snapshots=small), simulate(replace(spec, pasts=()))
        assert small.bytes() <= small.most and found.series["employment"].tobytes() == plain.series[
            "employment"].tobytes()
    assert most > small.most, "the bound was never felt"
    simulate(replace(specs[0], pasts=()), snapshots=whole)
    assert not whole.held, "who shares nothing needs no snapshots"


def test_months_that_all_runs_between_share():
    assert branches._least([0, 108, 84, 96]) == [set(), {108}, {84}, {84, 96}]
    for order in permutations((0, 12, 24, 36)):
        for place, found in enumerate(branches._least(order)):
            least = {min(order[first:place + 1]) for first in range(place + 1)} - {0}
            assert found == least


def test_scenarios_are_looked_at_once_and_nobody_is_lost(monkeypatch):
    asked = []
    monkeypatch.setattr(branches, "changes", lambda setup: asked.append(setup) or changes(setup))
    monkeypatch.setattr(branches, "WINDOW", 5)
    given = list(branched(planned().runs))
    assert len(given) == 12 and len(asked) < 12
    assert {spec.run_id for spec in given} == set(planned().runs.ids())
