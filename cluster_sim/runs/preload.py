"""What the server that forks the workers imports once, so that a worker starts in milliseconds.

Only imports: compiling is left to the first worker, which announces it. What cannot be imported is left out
here, so that the worker which needs it can say why.
"""

from __future__ import annotations

import importlib
from contextlib import suppress

for _name in ("numpy", "pyarrow.parquet", "cluster_sim.runs.store", "cluster_sim.runs.worker",
              "cluster_sim.model"):
    with suppress(Exception):
        importlib.import_module(_name)
