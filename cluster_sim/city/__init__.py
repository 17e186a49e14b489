"""Cities: lattice, places, outside paths, read from a folder of YAML and CSV; nothing here knows a name."""

from cluster_sim.city.base import CityError
from cluster_sim.city.reading import load_city
from cluster_sim.city.whole import City

__all__ = ["City", "CityError", "load_city"]
