"""Scratch arrays that are used again month after month."""

from __future__ import annotations

from typing import Any

import numpy as np


class Buffers(dict):
    """Scratch arrays by name; they grow when they must."""

    def get_array(self, name: str, size: int, dtype: Any = np.int64, zeroed: bool = True) -> np.ndarray:
        """Return a scratch array of at least one entry, cut to ``size``; of zeros unless the caller fills it."""
        size = int(size)
        have = self.get(name)
        if have is None or have.size < size or have.dtype != dtype:
            have = self[name] = np.zeros(max(16, int(size * 1.3)), dtype)
        view = have[: max(size, 1)]
        if zeroed:
            np.ndarray(view.nbytes, np.uint8, view).fill(0)
        return view
