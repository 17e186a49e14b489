"""A city whose share of GDP is a known function of three parameters, for tests of analyses that do runs."""

from __future__ import annotations

import numpy as np
from runs_fake import FakeModel, scenario

FACTORY = "analysis_fake:Known"
X, Y, Z = "collaboration.tau_max", "labour.raise", "finance.bar"
"""Parameters that stand for the inputs of the known functions."""


def base(**parameters):
    """A scenario of two years with every parameter that the functions read."""
    return scenario(**{X: 0.5, Y: 0.5, Z: 0.5, "noise": 0.0, "luck": 0.0} | parameters)


def ishigami(x, y, z):
    """Ishigami & Homma (1990) with a = 7 and b = 0.1, for inputs from -pi to pi."""
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


class Known(FakeModel):
    """`gdp_share` is x + 2 y (z does nothing), with `luck` times a standard normal of the seed."""

    def value(self, x, y, z):
        return x + 2 * y

    def series(self):
        p = self.scenario.parameters
        columns = super().series()
        draw = np.random.default_rng(self.seed).normal()
        share = np.full(self.t, self.value(p[X], p[Y], p[Z]) + p.get("luck", 0.0) * draw)
        return columns | {"gdp_share": share, "gdp_share_published": share, "mean_rent": share + 1}


class Ishigami(Known):
    """The Ishigami function of three parameters on the unit interval."""

    def value(self, x, y, z):
        return ishigami(*(np.pi * (2 * np.array([x, y, z]) - 1)))


class Trade(Known):
    """x raises the share and costs 10 x^2, y costs 5 y and does nothing; `break_above` breaks runs with more of x."""

    def series(self):
        p = self.scenario.parameters
        if p[X] > p.get("break_above", 9):
            raise ValueError("too much of x")
        outlay = np.full(self.t, (10 * p[X] ** 2 + 5 * p[Y]) / 12)
        return super().series() | {"public_outlay": outlay}

    def value(self, x, y, z):
        return x


class Lucky(Trade):
    """Nothing has an effect; every mix draws a luck of its own on every seed."""

    def value(self, x, y, z):
        return np.random.default_rng([self.seed, int(1e6 * x), int(1e6 * y)]).normal()
