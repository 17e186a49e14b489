"""What can go wrong around a run, apart from the run itself."""

from __future__ import annotations

import errno

FULL_ERRNO = errno.ENOSPC


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
