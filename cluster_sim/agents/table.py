"""A growing table with stable rows: where the agents and records of one kind live."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Life


class Table:
    """A growing table with stable rows.

    ``rows`` is the whole array, ``used`` the part that was ever used; freed rows are kept in a list and
    handed out again.  Which row a newcomer gets never influences results: every rule goes by identity.
    """

    def __init__(self, dtype: np.dtype, capacity: int, empty: dict[str, int] | None = None) -> None:
        self.rows = np.zeros(max(int(capacity), 16), dtype)
        self.high = 0
        self.free: list[int] = []
        self.empty = empty or {}
        self._order: np.ndarray | None = None

    @property
    def used(self) -> np.ndarray:
        """Rows from the first to the last that was ever used, free ones among them."""
        return self.rows[: self.high]

    @property
    def _bytes(self) -> np.ndarray:
        """The rows as bytes; NumPy takes long over a view of a record with many columns."""
        return np.ndarray((self.rows.size, self.rows.itemsize), np.uint8, self.rows)

    def order(self) -> np.ndarray:
        """Return the rows of those who are alive in the order of their identities (of a table with a column alive)."""
        if self._order is None:
            rows = np.flatnonzero(self.used["alive"] == Life.ALIVE.value)
            self._order = rows[np.argsort(self.used["id"][rows])]
        return self._order

    def forget_order(self) -> None:
        """Note that somebody was born or died."""
        self._order = None

    def reserve(self, count: int) -> None:
        """Make room for ``count`` further rows."""
        lacking = self.high + count - len(self.free) - self.rows.size
        if lacking > 0:
            grown = np.zeros(int(self.rows.size * 1.4) + lacking + 16, self.rows.dtype)
            grown[: self.high] = self.rows[: self.high]
            self.rows = grown

    def allocate(self, count: int) -> np.ndarray:
        """Return the indices (int64) of ``count`` fresh rows, zeroed and with the table's empty values."""
        if count == 0:
            return np.empty(0, np.int64)
        self.reserve(count)
        again = min(count, len(self.free))
        taken = self.free[len(self.free) - again:]
        del self.free[len(self.free) - again:]
        fresh = count - again
        index = np.empty(count, np.int64)
        index[:again] = taken
        index[again:] = np.arange(self.high, self.high + fresh)
        self.high += fresh
        self.clear(index[:again])                    # rows that were never used are zero
        for name, value in self.empty.items():
            self.rows[name][index] = value
        return index

    def release(self, index: np.ndarray) -> None:
        """Give rows back; their content is zeroed, so that a stale view can see that its agent is gone."""
        self.clear(index)
        self.free.extend(index.tolist())

    def copy(self, index: np.ndarray) -> np.ndarray:
        """Return copies of rows, all their bytes at once."""
        return self._bytes[index].view(self.rows.dtype).ravel()

    def put(self, index: np.ndarray, records: np.ndarray) -> None:
        """Write records into rows, all their bytes at once."""
        self._bytes[index] = records.view(np.uint8).reshape(-1, self.rows.itemsize)

    def clear(self, index: np.ndarray) -> None:
        """Zero rows, all their bytes at once."""
        self._bytes[index] = 0
