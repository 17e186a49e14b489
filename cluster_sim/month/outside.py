"""What comes in from outside at the beginning of a month: wages, tools, markets and pandemics elsewhere."""

from __future__ import annotations

from cluster_sim.month import prices


def bring_in(model) -> None:
    """Bring the outside paths of this month into the state of the city."""
    g, t, out, par = model.city_state[0], model.t, model.outside, model.par
    segments = model.rules.segments
    g["outside_wage"], g["rest_wage"], g["ai"] = out["outside_wage"][t], out["rest_wage"][t], out["ai"][t]
    gain = par["ai.gain"] * par["ai.outside_gain"] * out["ai"][max(0, t - int(par["ai.outside_lag"]))]
    # rivals in other cities work more densely as the nation's market grows, by the same elasticity
    growth = float((out["market"][t] * (segments["start_share"] / segments["start_share"].sum())).sum())
    g["outside_growth"] = growth
    g["outside_cost"] = out["outside_wage"][t] / (1.0 + gain) / growth ** par["production.gamma"]
    g["floor_growth"], g["other_growth"] = out["floor_growth"][t], out["other_growth"][t]
    g["floor_stock"] += g["floor_growth"]
    prices.follow_outside(model)
    g["release_market"] = model.markets.titles * out["release"][t]
    g["release_shock"] = out["pandemic_release"][t]
