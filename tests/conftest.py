"""Property tests draw the same examples every time, so that a verdict can be repeated.

`HYPOTHESIS_PROFILE=explore` draws others each time: for who looks for faults.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
