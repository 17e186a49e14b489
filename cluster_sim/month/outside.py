"""What comes in from outside at the beginning of a month: wages, tools, markets and pandemics elsewhere."""

from __future__ import annotations

from cluster_sim.month import rivals


def bring_in(model) -> None:
    """Bring the outside paths of this month into the state of the city."""
    g, t, out = model.city_state[0], model.t, model.outside
    g["outside_wage"], g["rest_wage"], g["ai"] = out["outside_wage"][t], out["rest_wage"][t], out["ai"][t]
    g["floor_growth"], g["other_growth"] = out["floor_growth"][t], out["other_growth"][t]
    g["floor_stock"] += g["floor_growth"]
    rivals.follow(model)
    g["release_market"] = model.markets.titles * out["release"][t]
    g["release_shock"] = out["pandemic_release"][t]
