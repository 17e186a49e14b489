"""Property tests draw the same examples every time, so that a verdict can be repeated.

`HYPOTHESIS_PROFILE=explore` draws others each time: for who looks for faults.
"""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a shell: the commands that tests interrupt would inherit deafness to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A Dask cluster of two workers."""
    pytest.importorskip("distributed")
    from dask_cluster import DaskCluster

    found = DaskCluster(tmp_path_factory.mktemp("dask"))
    yield found
    found.close()
