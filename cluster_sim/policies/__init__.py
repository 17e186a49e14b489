"""Policy instruments: one file each; a new file in this folder is found by itself.

``instruments()`` imports every module of the package once and returns the classes by name.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from cluster_sim.policies.base import Instrument, Key, registered
from cluster_sim.policies.payments import Payments

__all__ = ["Instrument", "Key", "Payments", "instruments"]


def instruments() -> dict[str, type[Instrument]]:
    """Return every instrument class by its name, in alphabetical order."""
    _import_all()
    return dict(sorted(registered().items()))


@functools.cache
def _import_all() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
