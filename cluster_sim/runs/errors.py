"""What can go wrong around a run, apart from the run itself."""

from __future__ import annotations

import errno
from pathlib import Path

FULL_ERRNO = errno.ENOSPC
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
"""No space, no quota left, a file larger than it may be."""


class InputError(ValueError):
    """The user asked for something that cannot be: the text says what and what would do.

    The command line prints it and ends with exit status 2; nothing has been written.
    """


class NoCluster(InputError):
    """The libraries of the extra `cluster` are not installed."""

    def __init__(self, what: str, error: ImportError) -> None:
        super().__init__(f"{what} needs further packages ({error}). Install them: pip install 'cluster_sim[cluster]'")


class StoreFull(OSError):
    """The disk took no more. Finished runs are safe; starting again does the rest."""


def is_full(error: BaseException | None) -> bool:
    """Say whether a full disk is behind an error, also where others were raised on the way."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        if isinstance(error, OSError) and (error.errno in FULL or "No space left" in str(error)):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__
    return False


def full_text(error: BaseException, place: Path) -> str:
    """Return what to say of a full disk: the words of a StoreFull, else those about `place`."""
    return str(error.strerror if isinstance(error, StoreFull) else store_full(place).strerror)


def store_full(place: Path) -> StoreFull:
    """Return the error that says what a full disk means for whoever writes to a folder."""
    return StoreFull(FULL_ERRNO, f"the disk is full at {place}: finished runs are safe; make room and start the same "
                                 "command again")


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; `done` runs of `planned` are in the store."""

    def __init__(self, done: int, planned: int) -> None:
        super().__init__(f"stopped with {done} of {planned} runs done")
        self.done = done
        self.planned = planned


NO_MEMORY = ("MemoryError", "Cannot allocate memory", "cannot allocate memory", "failed to map segment",
             "Unable to allocate")
"""What Python, libraries and the loader of libraries say when there is no memory left."""

MORE_MEMORY = ("Fewer --workers, a smaller --scale or a machine with more memory helps; finished runs are "
               "safe, and the same command goes on")


def out_of_memory(text: str) -> bool:
    """Say whether a traceback tells of too little memory."""
    return any(words in text for words in NO_MEMORY)


class EngineGone(RuntimeError):
    """The cluster that did the runs went away. Finished runs are safe; starting again does the rest."""
