"""Examples in docstrings, executed; what is public and quick to show has one."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cluster_sim

PACKAGE = Path(cluster_sim.__file__).parent
MODULES = sorted(".".join(("cluster_sim", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
                 for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))
LONG = {"DaskEngine", "attribute", "audit", "discover", "econometrics", "engine", "search", "sensitivity"}
"""Public names whose smallest sensible run is no example: the table of the README shows each."""


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    module = import_module(name)
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    for example in finder.find(module):
        runner.run(example, out=said.append)
    assert runner.tries > 0 and runner.failures == 0, "".join(said)


@pytest.mark.parametrize("name", sorted(set(cluster_sim.__all__) - LONG))
def test_what_is_public_has_an_example(name):
    assert ">>> " in (getattr(cluster_sim, name).__doc__ or "")
