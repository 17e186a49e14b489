"""Who is in a zone on a coarse map: as many studios as on the full one, each for as long as it stays."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cluster_sim.city import load_city
from cluster_sim.draws import HOME, uniforms
from cluster_sim.initial.city import lay_space
from cluster_sim.month.quarters import studio_zones
from cluster_sim.parameters import defaults
from cluster_sim.records import STUDIO

COUNT = 40_000


def spread(scale: float, seed: int = 1) -> SimpleNamespace:
    """Return a city at a scale whose studios stand where its floor is, with all that `studio_zones` reads."""
    places = load_city("chengdu").resize(scale)
    space = lay_space(places, defaults(), 0)
    rows = np.zeros(COUNT, STUDIO)
    rows["id"], rows["park"] = np.arange(1, COUNT + 1) * 7919, -1
    share = np.cumsum(space.cells["floor"]) / space.cells["floor"].sum()
    rows["cell"] = np.minimum(np.searchsorted(share, uniforms(seed, HOME, rows["id"], 0)), share.size - 1)
    return SimpleNamespace(space=space, places=places, seed=seed, studios=SimpleNamespace(used=rows))


@pytest.mark.parametrize("scale", [1 / 20, 1 / 50, 1 / 100])
def test_as_many_studios_are_treated_at_every_scale(scale):
    whole, small = (spread(size) for size in (1.0, scale))
    for k, zone in enumerate(whole.places.zones):
        shares = [((studio_zones(city) >> np.uint32(k)) & 1).mean() for city in (whole, small)]
        error = np.sqrt(2.0 * shares[0] * (1.0 - shares[0]) / COUNT)
        assert abs(shares[1] - shares[0]) < 4.0 * error, (zone, shares)


def test_on_the_full_map_a_studio_is_where_its_cell_is():
    city = spread(1.0)
    assert np.array_equal(studio_zones(city), city.space.cells["zones"][city.studios.used["cell"]])


def test_an_address_stays_with_the_studio_and_goes_with_its_cell():
    city, other = spread(1 / 20), spread(1 / 20, seed=2)
    zones, studios = studio_zones(city), city.studios.used
    assert np.array_equal(studio_zones(city), zones)
    reverse = SimpleNamespace(**{**vars(city), "studios": SimpleNamespace(used=studios[::-1].copy())})
    assert np.array_equal(studio_zones(reverse), zones[::-1]), "the order of rows does not matter"
    other.studios.used["cell"] = studios["cell"]
    assert (studio_zones(other) != zones).any(), "another seed, other addresses"


def test_tenants_of_a_park_are_where_it_is_and_large_companies_where_their_cell_is_drawn():
    city = spread(1 / 100)
    rows, space = city.studios.used, city.space
    rows["park"][:100] = np.arange(100) % space.parks.size
    rows["anchor"][100:200] = 1
    zones = studio_zones(city)
    assert np.array_equal(zones[:100], space.parks["zones"][rows["park"][:100]])
    assert np.array_equal(zones[100:200], space.cells["zones"][rows["cell"][100:200]])
