"""The city in its first month: places, studios, people, funds and markets made from a scenario."""

from __future__ import annotations

from cluster_sim.initial.burn_in import burn_in
from cluster_sim.initial.city import lay_out
from cluster_sim.initial.funds import found_funds
from cluster_sim.initial.gaps import open_gaps
from cluster_sim.initial.markets import open_markets, set_prices, set_returns, weigh_other_cities
from cluster_sim.initial.money import equip_studios, open_accounts
from cluster_sim.initial.people import count_everybody, settle_people
from cluster_sim.initial.rest import bring_to_rest
from cluster_sim.initial.studios import found_studios
from cluster_sim.nation import returns


def begin(model) -> None:
    """Make the city of the first month: at rest, or as it is made by hand, and the gaps of its history."""
    lay_out(model)
    if model.par["start.rest_months"]:
        bring_to_rest(model)
    else:
        populate(model)
    # refused where a draw's returns run away: nothing is known of such a city
    model.rivals.gain = float(returns.check(model.rivals.parameters).gain.min())
    open_gaps(model)


def populate(model) -> None:
    """Let studios, people and funds settle in the city, open its markets, and live the years before the start."""
    found_studios(model)
    settle_people(model)
    equip_studios(model)
    found_funds(model)
    set_returns(model)
    set_prices(model)
    count_everybody(model)
    open_markets(model)
    weigh_other_cities(model)
    burn_in(model)
    open_accounts(model)
