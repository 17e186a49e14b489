"""Places, distances, homes, work and the world outside: how a city at a scale becomes the groups of `state.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import ledger
from cluster_sim.agenda import Agenda
from cluster_sim.agents.table import Table
from cluster_sim.city import City, load_city
from cluster_sim.city.places import Places
from cluster_sim.codes import N_SEGMENTS, N_SPECIALISMS, NEVER, SPECIALISMS
from cluster_sim.initial.outside import BASE_MONTH, outside_paths
from cluster_sim.month.population import CAREERS
from cluster_sim.parameters import records
from cluster_sim.records import CELL, CREDIT, FUND, PARK, PROJECT, STAKE, STUDIO, TALENT, TIE
from cluster_sim.state import CITY, LEVERS, Homes, Labour, Month, OtherCities, Partners, Rules, Space

# Rows that tables are made with; they grow when they are full.
VALUE_EACH, MORE_PEOPLE, PEOPLE_LEAST = 0.2, 1.9, 4000       # technical: million yuan a worker, and spare rows
MORE_STUDIOS, STUDIOS_LEAST = 1.6, 200                       # technical: spare rows
PROJECTS, PROJECTS_LEAST, CREDITS, CREDITS_LEAST, FUNDS = 9000, 100, 60000, 400, 64     # technical: of a whole city


def lay_out(model: Any) -> None:
    """Lay out places, distances, work and the outside world at the model's scale, and empty tables."""
    setup, par, scale = model.setup, model.par, model.scale
    city = model.city = getattr(setup, "city_data", None) or load_city(setup.city)
    model.places = city.resize(scale)
    model.rules = make_rules(par, model.seed)
    # in a frozen world a park opens so many months after the start, whenever the start is
    model.space = lay_space(model.places, par, BASE_MONTH if setup.outside.get("freeze") else setup.start)
    model.homes = lay_homes(model.places, model.space.cells, par)
    model.labour = lay_labour(city, par, model.rules, model.space.distance, scale)
    model.other_cities = lay_other_cities(city, par)
    model.outside = outside_paths(setup, city)
    model.city_state = first_state(par, model.rules, model.labour, model.outside["rest_wage"][0], scale)
    people = city.start["creative_value_added_2017"] / VALUE_EACH * scale
    model.talents = Table(TALENT, int(people * MORE_PEOPLE) + PEOPLE_LEAST, {"employer": -1})
    count = int(city.start["studios"] * scale * MORE_STUDIOS) + STUDIOS_LEAST
    model.studios = Table(STUDIO, count, {"sub": -1, "park": -1, "listed": NEVER})
    model.projects = Table(PROJECT, int(PROJECTS * scale) + PROJECTS_LEAST, {"released": -1})
    model.credits = Table(CREDIT, int(CREDITS * scale) + CREDITS_LEAST)
    model.funds = Table(FUND, FUNDS)
    model.stakes = np.zeros(0, STAKE)
    model.agenda = Agenda()
    model.partners = lay_partners(model.studios.rows.size, model.space)
    model.month = Month(np.zeros(1, LEVERS), np.zeros(len(ledger.KINDS)), np.zeros(len(ledger.LEVELS)),
                        np.zeros(len(CAREERS), np.int64), *np.zeros((4, N_SEGMENTS)))
    model.books = ledger.Books()
    model.set_levers()


def make_rules(par: dict[str, float], seed: int) -> Rules:
    """Return the parameters as records, and the mix of work by segment and specialism."""
    p, segments = records(par)
    mix = np.zeros((N_SEGMENTS, N_SPECIALISMS))
    for k, name in enumerate(SPECIALISMS):
        mix[:, k] = segments[f"mix_{name}"]
    mix /= mix.sum(1, keepdims=True)
    return Rules(p, segments, mix, seed)


def lay_space(places: Places, par: dict[str, float], parks_since: int) -> Space:
    """Lay out cells and parks and tabulate what distance does; a park opens so many months after `parks_since`."""
    side, source = places.side, places.cells
    cells = np.zeros(side * side, CELL)
    cells["district"], cells["zones"] = source["district"], source["zones"]
    cells["floor"] = cells["capacity"] = source["floor_m2"]
    cells["other"], cells["amenity"] = source["other_m2"], source["amenity"]
    cells["rent_index"] = source["rent_index"]
    sites = places.parks
    parks = np.zeros(len(sites), PARK)
    parks["cell"] = sites["y"].astype(int) * side + sites["x"]
    parks["floor"], parks["zones"], parks["hub"] = sites["floor_m2"], sites["zones"], sites["hub"]
    parks["opened"] = np.where(sites["opened"] == 0, -1, sites["opened"] - parks_since)
    distance = np.ascontiguousarray(places.distance_km, float)
    proximity = np.exp(-distance / par["collaboration.lambda_s"])
    d0, beta, top = (par[f"collaboration.{k}"] for k in ("d0", "beta", "tau_max"))
    tau = top * (1.0 - np.exp(-((distance / d0) ** beta)))
    steps = np.abs(np.subtract.outer(np.arange(side), np.arange(side))) * float(places.cell_km)
    smoothing = np.exp(-0.5 * (steps / par["production.density_reach"]) ** 2)
    first = np.searchsorted(places.quarters["cell"], np.arange(cells.size + 1))
    return Space(cells, places.quarters, first, parks, distance, proximity, tau, smoothing, np.zeros(cells.size))


def lay_homes(places: Places, cells: np.ndarray, par: dict[str, float]) -> Homes:
    """Return where newcomers live (near work and in good places) and where students do."""
    living = np.floor((cells["floor"] + 1.0) * (par["start.home_amenity"] + cells["amenity"])
                      + par["start.home_floor"])
    u = places.universities
    return Homes(np.arange(living.size, dtype=np.int64), np.cumsum(living),
                 (u["y"].astype(np.int64) * places.side + u["x"]).astype(np.int64),
                 np.cumsum(u["weight"] / u["weight"].sum()))


def lay_labour(city: City, par: dict[str, float], rules: Rules, distance: np.ndarray, scale: float) -> Labour:
    """Return the jobs of the start by segment and specialism, and their wages.

    Jobs are value added of 2017 (published, times the statistical break) over value added per worker.
    """
    seg = rules.segments
    jobs = seg["start_share"] / seg["value_added_per_worker"]
    share = (rules.mix * jobs[:, None]).sum(0) / jobs.sum()
    entrants = np.cumsum(jobs / seg["mean_size"] / (jobs / seg["mean_size"]).sum())
    wages = par["start.wage"] * 1000.0 * np.array([par[f"start.wage_{name}"] for name in SPECIALISMS])
    total = city.start["creative_value_added_2017"] * par["accounts.statistical_break"]
    shares = seg["start_share"] / seg["start_share"].sum()
    graduates = par["population.graduates_stay"] * city.start["students"] * scale / par["education.months"]
    start = par["start.sizing"] * total * shares / seg["value_added_per_worker"] * scale
    return Labour(share, wages, float((wages * share).sum()), start, entrants,
                  np.exp(-par["labour.commute_weight"] * distance), graduates,
                  planned_residents(city, par, start.sum(), scale))


def planned_residents(city: City, par: dict[str, float], jobs: float, scale: float) -> float:
    """Return the residents that the city's plan has room for; where a city says nothing, by the usual ratios."""
    known = city.start.get("people")
    if known is not None:
        return float(known["planned"]) * scale
    employed = jobs * (1.0 + par["population.other_ratio"])
    return employed * (1.0 + par["population.dependants"]) * (1.0 + par["population.room"])


def lay_partners(studios: int, space: Space) -> Partners:
    """Return empty lists of who can be met where, for a table of so many studios."""
    n = space.cells.size
    return Partners(np.zeros(studios, TIE), np.zeros(n + 1, np.int64), np.zeros(studios, np.int64),
                    np.zeros((studios, N_SPECIALISMS)), np.zeros((N_SPECIALISMS, n)),
                    np.zeros((N_SPECIALISMS, max(1, space.parks.size))))


def lay_other_cities(city: City, par: dict[str, float]) -> OtherCities:
    """Return other cities as partners; their weight in a search is solved when markets open."""
    km = city.outside["distance_km"].astype(float)
    weight = np.cumsum(city.outside["strength"] * np.exp(-km / par["collaboration.lambda_outside"]))
    return OtherCities(km, weight, city.outside["wage_index"].astype(float), np.zeros(N_SPECIALISMS))


def first_state(par: dict[str, float], rules: Rules, labour: Labour, rest_wage: float, scale: float) -> np.ndarray:
    """Return the state of the city (CITY, one row) before anybody lives in it."""
    state = np.zeros(1, CITY)
    g = state[0]
    g["scale"], g["outside_wage"], g["outside_cost"], g["outside_growth"] = scale, 1.0, 1.0, 1.0
    g["hit_threshold"] = par["release.hit_threshold"] * 1e6 * scale
    g["fame_threshold"] = par["release.hit_threshold"] * 1e6
    g["relative_wage"], g["unemployment"] = 1.0, par["start.unemployment"]
    g["market_wage"], g["rest_wage"] = labour.wage, rest_wage
    g["still_open"] = 1.0 - par["labour.fill_rate"]
    g["release_shock"] = g["audience"] = g["inflow"] = g["founding"] = g["floor_stock"] = 1.0
    g["release_market"] = rules.segments["release_market"] * 1e6 / 12.0 * scale
    g["stay"] = par["population.graduates_stay"]
    g["found_pull"] = g["prospects"] = g["standing"] = g["living_cost"] = 1.0
    g["proximity_in_park"] = np.exp(-par["collaboration.park_km"] / par["collaboration.lambda_s"])
    g["tau_in_park"] = par["collaboration.tau_max"] * (
        1.0 - np.exp(-((par["collaboration.park_km"] / par["collaboration.d0"]) ** par["collaboration.beta"])))
    g["partner_reach0"] = 1.0
    g["repriced"] = 1.0
    return state
