"""Talking to a Dask cluster: finding the scheduler, calls on one worker, who is there."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import uuid
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import EngineGone, InputError

INSTALL = "pip install 'cluster_sim[cluster]'"
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
"""Seconds that the scheduler, or a worker with a finished result, may take to answer."""


def require() -> None:
    """Raise InputError if the libraries of the extra `cluster` are not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise InputError(f"the Dask engine needs further packages ({error}). Install them: {INSTALL}") from error


def address_of(scheduler: str) -> str:
    """Return the address of a scheduler that is given by it, or by the JSON file that it writes."""
    if not scheduler.endswith(".json"):
        return scheduler
    try:
        return str(json.loads(Path(scheduler).read_text("utf-8"))["address"])
    except FileNotFoundError:
        raise InputError(f"there is no scheduler file {scheduler}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{scheduler} is no scheduler file of Dask: {error}") from error


def same_dask(address: str) -> None:
    """Make sure that a scheduler answers, and that it is of our version of Dask: another may hang. InputError."""
    import distributed
    from distributed.core import rpc

    async def ask() -> str:
        security = distributed.Security().get_connection_args("client")
        async with rpc(address, timeout=CONNECT_SECONDS, connection_args=security) as there:
            return str((await there.versions(packages=[]))["packages"]["distributed"])

    try:
        with ThreadPoolExecutor(1) as other_thread:  # a notebook's own thread has an event loop already
            there = other_thread.submit(lambda: asyncio.run(ask())).result()
    except (OSError, TimeoutError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"no Dask scheduler answers at {address} ({_first_line(error)})") from error
    if there != distributed.__version__:
        raise InputError(f"the Dask scheduler at {address} runs distributed {there}, here {distributed.__version__}: "
                         "scheduler, workers and this program need the same version")


def connect(target: Any) -> Any:
    """Connect to a scheduler by its address, or to a cluster started here."""
    import distributed

    _hush()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions are compared here, and said in one message
            return distributed.Client(target, timeout=CONNECT_SECONDS, set_as_default=False, name="cluster_sim")
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise InputError(f"the Dask scheduler at {target} cannot be used ({_first_line(error)})") from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _hush() -> None:
    """Leave messages to us: Dask's own log would write over the progress line."""
    ours = ("distributed", "dask_jobqueue", "asyncio", "tornado")
    for name, found in logging.root.manager.loggerDict.items():
        if name.split(".")[0] in ours and isinstance(found, logging.Logger):
            found.setLevel(logging.CRITICAL)


def send(client: Any, address: str, call: Any) -> Any:
    """Have a call made on one worker and on no other; return its future."""
    return client.submit(pickle.loads, call.packed(), key=f"cluster_sim-{uuid.uuid4().hex}", workers=[address],
                         allow_other_workers=False, pure=False)


def ask(client: Any, address: str, question: Any) -> Any:
    """Ask a worker whether it can take part; return the future of its `Answer`."""
    from cluster_sim.runs.dask_worker import Call, answer

    return send(client, address, Call(answer, question))


def present(client: Any) -> set[str]:
    """Return the addresses of the workers. EngineGone if the scheduler does not answer."""
    if client.status == "running":
        with suppress(OSError, TimeoutError):
            return set(client.sync(client.scheduler.ncores, callback_timeout=ANSWER_SECONDS))
    raise EngineGone("the Dask scheduler does not answer any more")
