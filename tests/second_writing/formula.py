"""The long run worked out by hand, from the text's own formula."""

from __future__ import annotations


def denominator(theta: float, sigma: float, kappa: float, gamma: float, eps: float) -> float:
    """Return B = 1 + gamma - theta + (sigma + 1) kappa (eps - gamma); the city runs away where it is not positive.

    Jobs N, wage N^eps, productivity N^gamma, price (wage / productivity)^kappa, expenditure N^theta price^-sigma, and
    work done N^(1 + gamma) = expenditure / price: collect the logs of N.
    """
    return 1.0 + gamma - theta + (sigma + 1.0) * kappa * (eps - gamma)


def gain_of_cost(cut: float, theta: float, sigma: float, kappa: float, gamma: float, eps: float) -> float:
    """Return the log change of jobs in the long run when own cost falls by the log `cut`."""
    return cut * (sigma + 1.0) * kappa / denominator(theta, sigma, kappa, gamma, eps)
