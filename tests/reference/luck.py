"""Where chance comes from: the model's keyed draws for the tests, ordinary dice for the benchmark."""

from __future__ import annotations

import random

import numpy as np

from cluster_sim import draws


def signed(value: int) -> int:
    """Return a whole number as it wraps in 64 signed bits."""
    return (int(value) + 2**63) % 2**64 - 2**63


class KeyedDraw:
    """64 random bits of one entity for one purpose in one month, read as the kernels read them."""

    def __init__(self, word: int) -> None:
        self.word = np.uint64(word)

    def field(self, n: int) -> float:
        """Return the n-th of four short numbers in (0, 1)."""
        return draws.low16(self.word >> np.uint64(16 * n))

    def uniform(self) -> float:
        """Return one number in (0, 1) of full length."""
        return draws.uniform(self.word)

    def normal(self) -> float:
        """Return a standard normal number."""
        return draws.quantile(draws.uniform(self.word))

    def skew_normal(self, alpha: float) -> float:
        """Return a skew-normal number of mean 0 and standard deviation 1."""
        return draws.skew_normal(self.word, alpha)

    def again(self) -> KeyedDraw:
        """Return the next word of the same entity."""
        return KeyedDraw(draws.again(self.word))

    def other(self, bits: int) -> KeyedDraw:
        """Return the word for a side question of the same entity."""
        return KeyedDraw(draws.again(self.word ^ np.uint64(bits)))


class KeyedLuck:
    """The model's own luck: the same key gives the same draw."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def draw(self, purpose: int, entity: int, t: int) -> KeyedDraw:
        """Return the draw of an entity."""
        return KeyedDraw(draws.draw(np.uint64(draws.stream(self.seed, purpose, t)), signed(entity)))


class Dice:
    """Ordinary pseudo-random numbers behind the same interface: what a Mesa model would use."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.uniform = self.random.random

    def draw(self, purpose: int, entity: int, t: int) -> Dice:
        """Return the dice; they know no keys."""
        return self

    def field(self, n: int) -> float:
        """Return a number in (0, 1)."""
        return self.uniform()

    def normal(self) -> float:
        """Return a standard normal number."""
        return self.random.gauss(0.0, 1.0)

    def skew_normal(self, alpha: float) -> float:
        """Return a skew-normal number of mean 0 and standard deviation 1."""
        delta = alpha / (1.0 + alpha * alpha) ** 0.5
        z = delta * abs(self.normal()) + (1.0 - delta * delta) ** 0.5 * self.normal()
        mean = delta * 0.7978845608028654
        return (z - mean) / (1.0 - mean * mean) ** 0.5

    def again(self) -> Dice:
        """Return the dice."""
        return self

    def other(self, bits: int) -> Dice:
        """Return the dice."""
        return self
