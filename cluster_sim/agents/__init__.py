"""Agents of the city: tables of columns, and Mesa agents as views over rows."""

from cluster_sim.agents.fund import Fund
from cluster_sim.agents.government import Government
from cluster_sim.agents.studio import Studio
from cluster_sim.agents.talent import Talent

KINDS = (Studio, Talent, Fund, Government)

__all__ = ["KINDS", "Fund", "Government", "Studio", "Talent"]
