"""An agent-based economy of a creative cluster: scenarios, runs and the experiments built on them.

Everything public is reached from here and loaded when first used, so importing the package costs
almost nothing:

    import cluster_sim as cs
    r = cs.run("scenarios/baseline.yaml", scale="1/50", seed=3)
    r.indicators.tail()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_PUBLIC = {
    "ClusterModel": "cluster_sim.model",
    "DaskEngine": "cluster_sim.runs.dask_engine",
    "load_scenario": "cluster_sim.scenario",
    "run": "cluster_sim.runs.api",
    "ensemble": "cluster_sim.runs.api",
    "audit": "cluster_sim.analysis.public_money.audit",
    "compare": "cluster_sim.analysis.compare",
    "attribute": "cluster_sim.analysis.attribution.attribute",
    "engine": "cluster_sim.analysis.hit_dependence.answer",
    "econometrics": "cluster_sim.analysis.econometrics.study",
    "discover": "cluster_sim.analysis.discovery.study",
    "load_sweep": "cluster_sim.runs.sweeps",
    "open": "cluster_sim.runs.read",
    "reproduce": "cluster_sim.runs.reproduce",
    "search": "cluster_sim.analysis.search.study",
    "sensitivity": "cluster_sim.analysis.sensitivity.study",
    "sweep": "cluster_sim.runs.sweeps",
}

__all__ = [
    "ClusterModel", "DaskEngine", "attribute", "audit", "compare", "discover", "econometrics", "engine", "ensemble",
    "load_scenario", "load_sweep", "open", "reproduce", "run", "search", "sensitivity", "sweep"]

if TYPE_CHECKING:
    from cluster_sim.analysis.attribution.attribute import attribute
    from cluster_sim.analysis.compare import compare
    from cluster_sim.analysis.discovery.study import discover
    from cluster_sim.analysis.econometrics.study import econometrics
    from cluster_sim.analysis.hit_dependence.answer import engine
    from cluster_sim.analysis.public_money.audit import audit
    from cluster_sim.analysis.search.study import search
    from cluster_sim.analysis.sensitivity.study import sensitivity
    from cluster_sim.model import ClusterModel
    from cluster_sim.runs.api import ensemble, run
    from cluster_sim.runs.dask_engine import DaskEngine
    from cluster_sim.runs.read import open
    from cluster_sim.runs.reproduce import reproduce
    from cluster_sim.runs.sweeps import load_sweep, sweep
    from cluster_sim.scenario import load_scenario


def __getattr__(name: str) -> Any:
    """Load a public name from its module the first time somebody asks for it (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
