"""One life of a command: in a process forked from this one, whole or until it is killed."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHANGES = {"os.rename": 2, "os.remove": 1, "os.mkdir": 1, "os.rmdir": 1, "os.truncate": 1, "os.link": 2}
"""Audit events that change a folder, and how many of their arguments are paths; besides `open` for writing."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Life:
    """How a command ended: exit status (None: killed), seconds, operations on files, what it said."""

    status: int | None
    seconds: float
    operations: int
    said: str


def load() -> None:
    """Load what commands need, and the compiled months of a year, so that a fork begins with its work."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.use("Agg")
    exact = Figure.savefig
    Figure.savefig = lambda self, *words, **more: exact(self, *words, **more | {"dpi": 30})
    import cluster_sim
    import cluster_sim.analysis.econometrics.study
    import cluster_sim.plots
    import cluster_sim.runs.read
    from cluster_sim.cli import attribute, audit, compare, discover, hit_dependence, main, search, sensitivity, sweep

    assert all((attribute, audit, compare, discover, hit_dependence, main, search, sensitivity, sweep))
    model = cluster_sim.ClusterModel(cluster_sim.load_scenario("history"), seed=1, scale=1 / 200)
    for _ in range(13):
        model.step()


def live(words: Sequence[str], folder: Path, seconds: float = 0.0, operation: int = 0) -> Life:
    """Do a command in a folder; kill its process group after so many seconds, or at an operation (0: never)."""
    ended, noted = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.close(ended)
        _be(words, folder, operation, noted)
    os.close(noted)
    clock = threading.Timer(seconds, _kill, [child])
    if seconds:
        clock.start()
    with os.fdopen(ended, "rb") as pipe:
        last = pipe.read()
    clock.cancel()
    _, how = os.waitpid(child, 0)
    _kill(child)
    words_of = (folder / "said").read_text("utf-8", "replace") if (folder / "said").is_file() else ""
    status = None if os.WIFSIGNALED(how) else os.WEXITSTATUS(how)
    return Life(status, time.monotonic() - began, json.loads(last) if last and status is not None else 0, words_of)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _be(words: Sequence[str], folder: Path, operation: int, noted: int) -> None:
    """Be the command: never returns."""
    status = 99
    try:
        os.setsid()
        os.set_inheritable(noted, False)
        os.chdir(folder)
        said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        for stream in (1, 2):
            os.dup2(said, stream)
        count = _watch(folder / "out", operation)
        from cluster_sim.cli.main import main

        status = main(list(words))
        sys.stdout.flush()
        os.write(noted, json.dumps(count[0]).encode())
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _watch(below: Path, last: int) -> list[int]:
    """Count this process's operations on files below a folder, and die at one of them; return the running count."""
    count, mine, root = [0], os.getpid(), str(below)

    def seen(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            paths = args[:1] if isinstance(args[2], int) and args[2] & WRITING else ()
        else:
            paths = args[:CHANGES.get(event, 0)]
        if not any(isinstance(path, str | os.PathLike) and os.path.abspath(path).startswith(root) for path in paths):
            return
        if os.getpid() != mine:
            return
        count[0] += 1
        if count[0] == last:
            if event == "open":
                os.open(args[0], args[2], 0o644)            # type: ignore[arg-type]
            _kill(0)
            time.sleep(60.0)

    sys.addaudithook(seen)
    return count
