"""A command on a fake city: what tests of commands that do runs share."""

from __future__ import annotations

import signal

from cluster_sim.cli import main as cli
from cluster_sim.runs import execution

WITH_MODEL = """
import sys
import fake_command
fake_command.use({factory!r})
from cluster_sim.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""A program that is the command line with another model; to be formatted with its factory."""


def use(factory, monkeypatch=None, **changed):
    """Let whatever does runs do them of another model; `changed` replaces options of `execute`, such as workers."""
    real = execution.execute

    def execute(plan, folder, workers=None, progress=None, **options):
        return real(plan, folder, **{"workers": workers, "progress": progress} | options | changed
                    | {"factory": factory})

    if monkeypatch is None:
        execution.execute = execute
    else:
        monkeypatch.setattr(execution, "execute", execute)


def install(monkeypatch, place, load, model):
    """Let commands in this process load scenarios by `load` and do runs of `model` here; return the place."""
    monkeypatch.chdir(place)
    monkeypatch.setattr("cluster_sim.scenario.load_scenario", load)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    use(model, monkeypatch, workers=0)
    return place


def call(capsys, *words):
    """Run a command line and return its exit status, standard output and standard error."""
    status = cli.main(list(words))
    captured = capsys.readouterr()
    return status, captured.out, captured.err
