"""Who owns what is made here: receipts are produced where a work is made and follow its owners from there."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, build

from cluster_sim import load_scenario
from cluster_sim.cli import main as command_line
from cluster_sim.ledger import KINDS, OWNED_ELSEWHERE

HIT = {"kind": "hit", "month": JANUARY_2017 + 9, "title": "H", "gross": 9000.0, "segment": "film", "budget": 300.0}
BESIDE = ("coinvestment", "coinvestment_city", "coinvestors_share", "coinvestors_share_city", "points_outside",
          "income_owned_elsewhere", "owned_elsewhere")
"""What may differ between two runs that differ in where co-investors live."""


def lived(share: float | None, **par: float):
    """Return a run of two years with a hit of which owners elsewhere hold a part, and what the hit itself earned."""
    model = build(24, events=[HIT | {"owned_elsewhere": share}], par=par).run()
    titles = model.projects_table()
    row = int(np.flatnonzero(titles["title"] == "H")[0])
    return model, {name: column[row] for name, column in titles.items()}


def test_receipts_of_a_hit_follow_its_owners():
    model, hit = lived(0.6)
    assert hit["owned_elsewhere"] == pytest.approx(0.6) and hit["coinvested"] >= 0.6
    paid = model.ledger_table()
    assert paid["coinvestors_share"].sum() >= 0.6 * hit["receipts"] - 1e-5
    others, _ = lived(0.6, **{"greenlight.coinvestors_elsewhere": 0.0})
    only = others.ledger_table()["coinvestors_share"].sum()      # no other title has owners elsewhere
    assert only == pytest.approx(0.6 * hit["receipts"], abs=1e-4)
    assert others.ledger_table()["coinvestment"].sum() == pytest.approx(0.6 * hit["cost"], rel=1e-5)


def test_where_owners_live_moves_income_and_not_production():
    """The studio pays its co-investors either way: nothing that is made here changes, only who has the income."""
    here, there = (lived(None, **{"greenlight.coinvestors_elsewhere": part})[0] for part in (0.0, 1.0))
    tables = [model.series() | model.ledger_table() for model in (here, there)]
    for name, column in tables[0].items():
        if name not in BESIDE and column.dtype != object:
            assert np.array_equal(column, tables[1][name], equal_nan=True), name
    assert tables[0]["coinvestors_share"].sum() == 0 < tables[0]["coinvestors_share_city"].sum()
    assert tables[1]["coinvestors_share_city"].sum() == 0
    assert tables[1]["coinvestors_share"].sum() == pytest.approx(tables[0]["coinvestors_share_city"].sum())
    assert tables[1]["income_owned_elsewhere"].sum() > tables[0]["income_owned_elsewhere"].sum()


def test_the_column_is_what_the_ledger_pays_to_owners_elsewhere():
    model, _ = lived(0.5)
    ledger, names = model.ledger_table(), [KINDS[kind].name for kind in OWNED_ELSEWHERE]
    assert {KINDS[kind].payee for kind in OWNED_ELSEWHERE} == {"rest_of_nation", "outside_partners"}
    assert model.series()["income_owned_elsewhere"] == pytest.approx(sum(ledger[name] for name in names))


def test_owners_elsewhere_finance_at_least_what_they_own():
    """Where the maker could pay nearly all by itself, owners elsewhere carry their part of the cost all the same."""
    cheap = HIT | {"budget": 0.1, "owned_elsewhere": 0.9}
    titles = build(24, events=[cheap]).run().projects_table()
    row = titles["title"] == "H"
    assert titles["coinvested"][row] == pytest.approx(0.9) == titles["owned_elsewhere"][row]


def test_the_scenario_states_the_owners_of_its_hits(tmp_path, capsys):
    events = {event["title"]: event for event in load_scenario("baseline").events}
    assert events["Ne Zha 2"]["owned_elsewhere"] == pytest.approx(0.53)
    set_to = load_scenario("baseline", set={"events.Ne Zha 2.owned_elsewhere": "40%"})
    assert {e["title"]: e for e in set_to.events}["Ne Zha 2"]["owned_elsewhere"] == pytest.approx(0.4)
    file = tmp_path / "mine.yaml"
    file.write_text("name: Mine\nextends: baseline\nevents:\n  - {hit: Ne Zha 2, owned_elsewere: 40%}\n")
    assert command_line.main(["run", str(file), "--until", "2017-03"]) == 2
    assert "owned_elsewhere" in capsys.readouterr().err
    file.write_text("name: Mine\nextends: baseline\nevents:\n  - {hit: Ne Zha 2, owned_elsewhere: 1.2}\n")
    assert command_line.main(["run", str(file), "--until", "2017-03"]) == 2
    assert "mine.yaml:4" in capsys.readouterr().err
