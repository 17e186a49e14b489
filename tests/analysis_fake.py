"""A city whose share of GDP is a known function of three parameters, for tests of analyses that do runs."""

from __future__ import annotations

import numpy as np
from runs_fake import FakeModel, scenario

FACTORY = "analysis_fake:Known"
X, Y, Z = "collaboration.tau_max", "labour.poaching", "finance.bar"
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
