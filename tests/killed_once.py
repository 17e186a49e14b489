"""The city, but the first worker that comes to the third month is killed: for tests of commands under mishap."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from runs_fake import once

from cluster_sim.model import ClusterModel

PREFIX = "In_"


class KilledOnce(ClusterModel):
    """Kills its process (SIGKILL) in the third month of the first run that comes so far."""

    folder = ""
    """Where the one death is noted."""

    def step(self):
        super().step()
        if self.t == 3 and once(self.folder, "killed"):
            os.kill(os.getpid(), signal.SIGKILL)


def factory(folder: Path) -> str:
    """Return the name of the model whose death is noted in a folder; any process can load it by that name."""
    return f"killed_once:{PREFIX}{str(folder).encode().hex()}"


def __getattr__(name: str) -> type:
    if not name.startswith(PREFIX):
        raise AttributeError(name)
    return type(name, (KilledOnce,), {"folder": bytes.fromhex(name.removeprefix(PREFIX)).decode()})
