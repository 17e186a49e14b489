"""A Dask scheduler and workers as processes of their own, on the loopback interface, for tests.

All of them end with the tests, also with tests that are killed, and after two minutes without work.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from runs_fake import FakeModel, once

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]


def wait_for(condition, seconds=40.0, what="waited in vain"):
    """Wait until a condition holds and return what it gave."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.02)
    return found


def die_with_the_tests():
    """Called in a new process: end with the one that started it, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class DaskCluster:
    """`folder` takes logs and Dask's own files; `FAKE_LOG` of the workers is `folder/log`. All find `folders`."""

    def __init__(self, folder, workers=2, folders=()):
        self.folder, self.file, self.log = Path(folder), str(folder / "scheduler.json"), Path(folder) / "log"
        self.processes, self.folders = [], folders
        self.scheduler = self.start(["distributed.cli.dask_scheduler", "--port", "0", "--idle-timeout", "120s",
                                     "--scheduler-file", self.file, *LOCAL])
        self.address = wait_for(lambda: self.read().get("address"), what=self.logs)
        for _ in range(workers):
            self.add_worker()
        if workers:
            self.wait_for_workers(workers)

    def read(self):
        with suppress(OSError, ValueError):
            return json.loads(Path(self.file).read_text())
        return {}

    def start(self, words, **env):
        folders = (env.pop("first", ROOT), ROOT / "tests", *self.folders, os.environ.get("PYTHONPATH", ""))
        path = os.pathsep.join(map(str, folders))
        environment = os.environ | {"PYTHONPATH": path, "FAKE_LOG": str(self.log)} | env
        with open(self.folder / f"process-{len(self.processes)}.log", "w") as out:
            process = subprocess.Popen([sys.executable, "-m", *words], stdout=out, stderr=out, cwd=self.folder,
                                       env=environment, start_new_session=True, preexec_fn=die_with_the_tests)
        self.processes.append(process)
        return process

    def add_worker(self, module="cluster_sim.runs.dask_start", options=(), **env):
        return self.start([module, "--scheduler-file", self.file, "--local-directory", str(self.folder / "local"),
                           "--death-timeout", "60", *LOCAL, *options], **env)

    def client(self):
        import distributed

        return distributed.Client(self.address, set_as_default=False, timeout=10)

    def wait_for_workers(self, number):
        with self.client() as client:
            client.wait_for_workers(number, timeout=60)

    def started(self):
        """Return (seed, pid) of all runs that a fake model has begun."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [tuple(map(int, line.split()[:2])) for line in lines]

    def logs(self):
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("process-*.log")))

    def close(self):
        for process in reversed(self.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


class Full(FakeModel):
    """A model whose results find no room on the disk."""

    def map(self):
        from cluster_sim.runs.errors import StoreFull

        raise StoreFull(errno.ENOSPC, "the disk is full")


class Untrimmed(FakeModel):
    """A model that wants its process as `dask_start` sets it up."""

    def step(self):
        wrong = [name for name in ("MALLOC_TRIM_THRESHOLD_",) if name in os.environ]
        wrong += [name for name in ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS") if os.environ.get(name) != "1"]
        assert not wrong, wrong
        super().step()


class Hangs(FakeModel):
    """A model that hangs for seed 3 the first time."""

    def step(self):
        if self.seed == 3 and self.t == 3 and once(self.scenario.rationale, "hung"):
            time.sleep(60)
        super().step()
