"""A command on a fake city: what tests of commands that do paired runs share."""

from __future__ import annotations

import signal
from functools import partial

from cluster_sim.cli import main as cli
from cluster_sim.runs import execution


def install(monkeypatch, place, load, model):
    """Let commands in this process load scenarios by `load` and do runs of `model` here; return the place."""
    def here(real, plan, folder, workers=None, progress=None, factory=None, **options):
        return real(plan, folder, 0, progress, model, **options)

    monkeypatch.chdir(place)
    monkeypatch.setattr("cluster_sim.scenario.load_scenario", load)
    monkeypatch.setattr(execution, "execute", partial(here, execution.execute))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return place


def call(capsys, *words):
    """Run a command line and return its exit status, standard output and standard error."""
    status = cli.main(list(words))
    captured = capsys.readouterr()
    return status, captured.out, captured.err
