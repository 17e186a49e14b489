"""Locks between processes on one store: ranges of a file, freed by the system when a process dies."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no fcntl: two writers may then do a run twice, with the same result
    fcntl = None  # type: ignore[assignment]

NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
"""What a network file system without locks answers: likewise."""


def alive(pid: int) -> bool:
    """Say whether a process of this machine is running."""
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class RangeLock:
    """One byte of the lock file stands for one run (or for the right to write parts).

    Locks belong to the process: a worker keeps its own `RangeLock` and takes one run at a time.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.path = path
        self.works = fcntl is not None
        """Whether the last lock taken was a real one: some file systems have none."""

    def note(self, text: str) -> None:
        """Write into the lock file. OSError if it does not fit."""
        if os.write(self._handle, data := text.encode()) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def in_place(self) -> bool:
        """Say whether the file opened is still the one of that name: its folder may have been moved away."""
        try:
            return os.path.samestat(os.fstat(self._handle), os.stat(self.path))
        except OSError:
            return False

    def close(self) -> None:
        """Give up all locks."""
        os.close(self._handle)

    @staticmethod
    def byte_of(run_id: str) -> int:
        """Return the byte that stands for a run, from the first fifteen digits of its name."""
        return int(run_id[:15], 16)

    def take(self, byte: int) -> bool:
        """Try to take a lock; False if another process holds it."""
        if fcntl is None:
            return True
        try:
            fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except OSError as error:
            self.works = error.errno not in NO_LOCKS
            return not self.works
        return True

    def free(self, byte: int) -> None:
        """Give up a lock."""
        if fcntl is not None:
            with suppress(OSError):
                fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, byte)

    def share(self, byte: int) -> None:
        """Hold a lock that any number of processes may hold at once."""
        self._wait(fcntl.LOCK_SH if fcntl else 0, byte)

    def _wait(self, kind: int, byte: int) -> None:
        if fcntl is not None:
            try:
                fcntl.lockf(self._handle, kind, 1, byte)
            except OSError as error:
                if error.errno not in NO_LOCKS:
                    raise

    @contextmanager
    def hold(self, byte: int) -> Iterator[None]:
        """Wait for a lock and keep it within the block."""
        self._wait(fcntl.LOCK_EX if fcntl else 0, byte)
        try:
            yield
        finally:
            self.free(byte)
