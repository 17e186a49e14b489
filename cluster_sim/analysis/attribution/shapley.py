"""The Shapley value of a game: what each player adds, averaged over the orders in which they may come in.

A game gives every coalition of players a value. Players enter one after another; each is credited with what the
value gains at its entry; the average over all orders is the Shapley value (Shapley 1953). It is the one division of
the whole that adds up, treats equals alike, and gives nothing to a player that changes nothing. As a way to divide
the effect of policies or of causes of inequality: Shorrocks (2013). With few players all coalitions are valued and
the average is exact; with more, orders are drawn in pairs, one the reverse of the other (Castro, Gomez & Tejada
2009; reversed pairs: Mitchell, Cooper, Frank & Holmes 2022).

Here a game has luck: its values differ by seed. Every seed has orders of its own, so that each run of the model
tells of a new order and of new luck at once; few orders for each of many seeds is the better use of a number of runs
(Song, Nelson & Staum 2016). Estimates of different seeds are then independent, and their spread holds both errors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

Coalition = frozenset[str]
Value = Callable[[Coalition], np.ndarray]
"""The value of a coalition: an array of any shape, the same for all (one game for each of its entries)."""

EXACT_UP_TO = 4
"""Players up to which all coalitions (16) are valued without asking: hardly more than a few orders need."""


def order(players: Iterable[str], seed: int, number: int) -> tuple[str, ...]:
    """Return an order of players: the `number`-th (0, 1, ...) of a seed; odd ones reverse the one before.

    Keyed by seed, number and player: the same on every machine, and a player more leaves the others in their order.
    """
    def key(player: str) -> bytes:
        return hashlib.sha256(f"{seed}|{number // 2}|{player}".encode()).digest()

    found = sorted(players, key=lambda player: (key(player), player), reverse=bool(number % 2))
    return tuple(found)


def entered(sequence: Sequence[str]) -> list[Coalition]:
    """Return the coalitions that an order passes through, from nobody to everybody."""
    return [frozenset(sequence[:size]) for size in range(len(sequence) + 1)]


def all_coalitions(players: Sequence[str]) -> list[Coalition]:
    """Return every coalition, the smaller first."""
    return [frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)]


@dataclass(frozen=True)
class Design:
    """Which coalitions are valued for each seed: those of `orders` orders and of leaving one out, or all (0)."""

    players: tuple[str, ...]
    orders: int

    @property
    def exact(self) -> bool:
        """Whether every coalition is valued, so that only luck leaves an error."""
        return self.orders == 0

    def sequences(self, seed: int) -> list[tuple[str, ...]]:
        """Return the orders of a seed."""
        return [order(self.players, seed, number) for number in range(self.orders)]

    def coalitions(self, seed: int) -> list[Coalition]:
        """Return the coalitions of a seed, each once: everybody first, then nobody, then the others."""
        everybody = frozenset(self.players)
        found = [everybody, frozenset(), *(everybody - {one} for one in self.players)]
        if self.exact:
            found += all_coalitions(self.players)
        for sequence in self.sequences(seed):
            found += entered(sequence)
        return list(dict.fromkeys(found))

    def parts(self, seed: int, value: Value) -> np.ndarray:
        """Return estimates of the Shapley values from the runs of a seed: pairs of orders x players x values.

        Each pair adds up to the whole by itself. An exact value stands as a single pair.
        """
        if self.exact:
            return shapley(self.players, value)[None]
        each = np.stack([marginals(self.players, sequence, value) for sequence in self.sequences(seed)])
        return each.reshape(len(each) // 2, 2, *each.shape[1:]).mean(axis=1)


def marginals(players: Sequence[str], sequence: Sequence[str], value: Value) -> np.ndarray:
    """Return what each player adds when it enters in this order: players (in their own order) x values."""
    steps = [value(coalition) for coalition in entered(sequence)]
    gains = {player: steps[place + 1] - steps[place] for place, player in enumerate(sequence)}
    return np.stack([gains[player] for player in players])


def shapley(players: Sequence[str], value: Value) -> np.ndarray:
    """Return the Shapley value of every player, from all coalitions: players x values.

    phi_i = sum over coalitions S without i of |S|! (n - |S| - 1)! / n! times (v(S and i) - v(S)).
    """
    n, found = len(players), []
    for player in players:
        rest = [other for other in players if other != player]
        found.append(sum(factorial(len(s)) * factorial(n - len(s) - 1) / factorial(n) * (value(s | {player}) - value(s))
                         for s in all_coalitions(rest)))
    return np.stack(found)


def without_one(players: Sequence[str], value: Value) -> np.ndarray:
    """Return what the whole loses when one player is left out: players x values. These do not add up."""
    everybody = frozenset(players)
    return np.stack([value(everybody) - value(everybody - {player}) for player in players])
