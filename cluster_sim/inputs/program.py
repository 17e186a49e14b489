"""How the command line is called here, for messages that name a command."""

from __future__ import annotations

import os
import shlex
import sys


def program() -> str:
    """Return what begins a command: `python run_sim.py` in a clone, `cluster-sim` where the package is installed."""
    folder, name = os.path.split(sys.argv[0] or "")
    if name == "run_sim.py":
        return f"python {shlex.quote(sys.argv[0])}"
    if name == "__main__.py" and os.path.basename(folder) == "cluster_sim":
        return "python -m cluster_sim"
    return name.removesuffix(".exe") if name.startswith("cluster-sim") else "python run_sim.py"
