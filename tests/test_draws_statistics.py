"""A quick look at the keyed random numbers along every order the model reads them in.

The thorough battery is benchmarks/random_suite.py (results in docs/random_numbers.md).  Nothing here is left
to chance: the keys are fixed, so a test passes always or never.
"""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from scipy import stats

from cluster_sim.draws import again, draw, identity, low16, normal, poisson, skew_normal, stream, uniform

N = 1 << 17


@njit
def words_by(axis, n):
    """Return n numbers read along one axis of the key: 0 entity, 1 month, 2 seed, 3 purpose, 4 `again`."""
    out = np.empty(n, np.uint64)
    for i in range(n):
        if axis == 0:
            out[i] = draw(stream(5, 7, 12), i)
        elif axis == 1:
            out[i] = draw(stream(5, 7, i), 99)
        elif axis == 2:
            out[i] = draw(stream(i, 7, 12), 99)
        elif axis == 3:
            out[i] = draw(stream(5, i % 40 + 1, 12), i // 40)
        else:
            out[i] = again(draw(stream(5, 7, 12), i))
    return out


@njit
def sample(kind, n):
    """Return n numbers of one of the distributions (0 uniform, 1 normal, 2 low16, 3 Poisson 4, 4 skew-normal 5)."""
    out = np.empty(n)
    base = stream(11, 3, 40)
    for i in range(n):
        h = draw(base, i)
        if kind == 0:
            out[i] = uniform(h)
        elif kind == 1:
            out[i] = normal(h)
        elif kind == 2:
            out[i] = low16(h)
        elif kind == 3:
            out[i] = poisson(h, 4.0)
        else:
            out[i] = skew_normal(h, 5.0)
    return out


@njit
def identities(n):
    """Return the identities of n newcomers: a hundred of each parent."""
    out = np.empty(n, np.int64)
    for i in range(n):
        out[i] = identity(1, i // 100, i % 100)
    return out


AXES = pytest.mark.parametrize("axis", range(5), ids=["entity", "month", "seed", "purpose", "again"])


@AXES
def test_bytes_are_equally_frequent(axis):
    for shift in (0, 8, 24, 40, 56):
        byte = (words_by(axis, N) >> np.uint64(shift)) & np.uint64(255)
        assert stats.chisquare(np.bincount(byte.astype(np.int64), minlength=256)).pvalue > 1e-4


@AXES
def test_every_bit_is_fair(axis):
    words = words_by(axis, N)
    ones = np.array([((words >> np.uint64(b)) & np.uint64(1)).sum() for b in range(64)], dtype=float)
    z = (ones - N / 2) / np.sqrt(N / 4)
    assert np.abs(z).max() < 4.5


@AXES
def test_neighbours_along_an_axis_are_uncorrelated(axis):
    u = words_by(axis, N) / 2.0**64
    for lag in (1, 2, 7, 12, 40, 216):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) * np.sqrt(N) < 4.5


@AXES
def test_pairs_fill_the_square(axis):
    u = words_by(axis, N) / 2.0**64
    cell = (u[0::2] * 32).astype(int) * 32 + (u[1::2] * 32).astype(int)
    assert stats.chisquare(np.bincount(cell, minlength=1024)).pvalue > 1e-4


@AXES
def test_no_two_keys_give_the_same_number(axis):
    assert np.unique(words_by(axis, N)).size == N


@njit
def turned(bit, n):
    """Return, for n entities, the bits of their numbers that change with one bit of their identity."""
    base = stream(5, 7, 12)
    out = np.empty(n, np.uint64)
    for e in range(n):
        out[e] = draw(base, e) ^ draw(base, e ^ (1 << bit))
    return out


@njit
def uniforms(seed, purpose, t, n):
    """Return the uniform numbers of n entities in one stream."""
    base = stream(seed, purpose, t)
    return np.array([uniform(draw(base, e)) for e in range(n)])


def test_one_bit_of_the_entity_turns_half_of_the_number():
    n = 400
    for bit in range(62):
        share = np.bitwise_count(turned(bit, n)).mean() / 64
        assert abs(share - 0.5) < 4.5 * 0.5 / np.sqrt(64 * n), bit


def test_streams_do_not_depend_on_each_other():
    """The same entities under another purpose, month or seed: no correlation between the two rows of numbers."""
    first = uniforms(1, 2, 3, N)
    for other in ((1, 3, 3), (1, 2, 4), (2, 2, 3), (2, 1, 3), (3, 2, 1)):
        second = uniforms(*other, N)
        assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / np.sqrt(N), other


def test_distributions():
    assert stats.kstest(sample(0, N), "uniform").pvalue > 1e-3
    assert stats.kstest(sample(1, N), "norm").pvalue > 1e-3
    assert stats.kstest(sample(2, N), "uniform").pvalue > 1e-3
    counts = np.bincount(sample(3, N).astype(int), minlength=16)[:14]
    expected = stats.poisson.pmf(np.arange(14), 4.0)
    assert stats.chisquare(counts, expected / expected.sum() * counts.sum()).pvalue > 1e-3
    skew = stats.skewnorm(5.0)
    assert stats.kstest(sample(4, N) * skew.std() + skew.mean(), skew.cdf).pvalue > 1e-3


def test_the_tails_of_the_normal_are_there():
    z = np.sort(sample(1, 1 << 20))
    for level in (1e-4, 1e-3, 0.01, 0.99, 0.999, 0.9999):
        rank = int(level * z.size)
        assert z[rank] == pytest.approx(stats.norm.ppf(level), abs=0.12)


def test_identities_are_positive_and_distinct():
    found = identities(N)
    assert (found > 0).all()
    assert np.unique(found).size == N
