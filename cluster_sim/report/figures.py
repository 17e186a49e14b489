"""The figures of a run or a set of runs: one door to all of them."""

from __future__ import annotations

from cluster_sim.report.attribution import attribution
from cluster_sim.report.city_map import city_map
from cluster_sim.report.effects import effects
from cluster_sim.report.fan_chart import fan_chart
from cluster_sim.report.film_network import film_network
from cluster_sim.report.indicators import indicators
from cluster_sim.report.style import save

__all__ = ["attribution", "city_map", "effects", "fan_chart", "film_network", "indicators", "save"]
