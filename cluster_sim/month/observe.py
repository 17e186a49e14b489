"""Step 12, observe: the month's indicators, and tables of titles, credits and cells.

Columns and units stand in indicators.yaml; money is in million yuan a month at 2017 prices.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import N_SEGMENTS, N_SPECIALISMS, SEGMENTS, SPECIALISMS, STAGES, Life, Stage
from cluster_sim.indicators import INDICATORS
from cluster_sim.jit import kernel
from cluster_sim.policies import instruments
from cluster_sim.policies.payments import dates

MOST_LOAD = 3.0         # technical: load over capacity that counts in the mean use of capacity, so that none rules it
LARGE_TEAM = 30         # technical: partners from which a title's team is listed
MILLION = 1_000_000     # technical: a title's name ends with the last six digits of its identity

STATE = ("creative_value_added", "rest_gdp", "city_gdp", "other_sector_balance", "migrants", "hires", "outsiders",
         "students", "seekers", "places", "students_wish", "proposed", "greenlit", "released", "hits", "entries",
         "exits", "bankruptcies", "moves", "promotions", "listed", "new_listed", "applicants", "rounds", "won_home",
         "won_nation", "won_abroad", "start_sales", "enrolled", "rival_sales", "spent_home", "spent_nation")
_SALES = np.array([L.SALES_HOME, L.SALES_NATION, L.SALES_ABROAD, L.RECEIPTS_NATION, L.RECEIPTS_ABROAD])
_TAXES, _OWNED_ELSEWHERE = np.array(L.TAXES), np.array(L.OWNED_ELSEWHERE)


@kernel
def survey_studios(studios, city, p, totals, value_added, employment, t):
    """Add up what studios look like (exact or integer sums); totals: (15,)."""
    g = city[0]
    young = p[0].finance_age_bound
    totals[:] = 0.0
    value_added[:] = 0.0
    employment[:] = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        segment = s.segment
        value_added[segment] += s.surplus + s.wages + s.taxes - s.subsidies
        if s.alive != Life.ALIVE or s.born > t:
            continue
        employment[segment] += s.staff
        totals[0] += 1.0
        totals[1] += s.staff
        for k in range(N_SPECIALISMS):
            totals[2] += s.vacancies[k]
        totals[3] += math.floor(s.knowhow * 1e6) * s.staff
        totals[4] += math.floor(s.reputation * 1e6)
        totals[5] += math.floor(s.ai * 1e6) * s.staff
        totals[6] += math.floor(s.price / g.outside_price[segment] * 1e6) * s.staff
        totals[7] += math.floor(min(s.load, MOST_LOAD * s.capacity) * 1e3)
        totals[8] += math.floor(s.capacity * 1e3)
        for k in range(N_SPECIALISMS):
            if s.sub[k] >= 0 and s.asked[k] > 0.0:
                totals[9] += math.floor(s.sub_distance[k] * 1e3) * math.floor(s.pending[k] * 1e3 + 1.0)
                totals[10] += math.floor(s.pending[k] * 1e3 + 1.0)
        totals[11] += math.floor(s.rent_per_m2 * 1e3) * max(1, s.staff)
        if t - s.born < young and s.anchor == 0:
            totals[12] += 1.0
            totals[13] += s.staff
        totals[14] += s.links


@kernel
def theil(cells, parks):
    """Return the Theil index of creative employment by cell against floor area (0: spread like floor)."""
    staff, base = np.empty(cells.shape[0]), np.empty(cells.shape[0])
    total = 0.0
    floor = 0.0
    for c in range(cells.shape[0]):
        staff[c] = cells[c].staff
        base[c] = cells[c].floor
    for q in range(parks.shape[0]):
        staff[parks[q].cell] += parks[q].staff
    for c in range(cells.shape[0]):
        total += staff[c]
        floor += base[c]
    index = 0.0
    for c in range(cells.shape[0]):
        if staff[c] > 0.0 and base[c] > 0.0:
            share = staff[c] / total
            index += share * math.log(share / (base[c] / floor))
    return index


def observe(model: Any) -> None:
    """Run step 12."""
    model.kept.observer.observe(model)
    if model.kept.yearbook is not None:
        model.kept.yearbook.add(model)


class Observer:
    """Collects one row of indicators a month, and the ledger's flows."""

    def __init__(self, model: Any) -> None:
        self.table = np.full((model.months, len(INDICATORS)), np.nan)
        self.flows = np.zeros((model.months, len(L.KINDS)))
        self.instruments = tuple(instruments())
        self.outlays = np.zeros((model.months, len(self.instruments)))
        self.totals, self.value_added, self.employment = np.zeros(15), np.zeros(N_SEGMENTS), np.zeros(N_SEGMENTS)
        self.place = {name: k for k, name in enumerate(INDICATORS)}
        self.columns: list[int] = []        # of a row's entries, in their order
        self.by_segment = [[self.place[f"{what}_{name}"] for name in SEGMENTS]
                           for what in ("value_added", "employment")]
        self.calendar = np.arange(model.months) + model.first_month
        self.first_staff = model.space.cells["staff"].copy(), model.space.parks["staff"].copy()

    def observe(self, model: Any) -> None:
        """Write the month's row."""
        flow, s = model.month.flow, model.state
        survey_studios(model.studios.used, model.city_state, model.rules.p, self.totals, self.value_added,
                       self.employment, model.t)
        totals, g = self.totals, model.city_state[0]
        self.flows[model.t] = flow
        paid = {instrument.name: instrument.outlay_of_month for instrument in model.instruments}
        self.outlays[model.t] = [paid.get(name, 0.0) for name in self.instruments]
        staff = max(totals[1], 1.0)
        sales = float(flow[_SALES].sum())
        receipts = float(flow[L.RECEIPTS_NATION] + flow[L.RECEIPTS_ABROAD])
        outlay = float(model.month.outlay.sum())
        projects, cells = model.projects.used, model.space.cells
        stage = projects["stage"]
        making = np.flatnonzero((stage > Stage.FREE.value) & (stage < Stage.RUNNING.value))
        here, elsewhere = projects["partners"][making], projects["outside_partners"][making]
        fresh = np.flatnonzero(projects["started"][making] == model.t)
        repeated = local = outside = 0.0
        if fresh.size:
            repeated = float(projects["ties_repeated"][making[fresh]].sum())
            local, outside = float(here[fresh].sum()), float(elsewhere[fresh].sum())
        row = {
            "creative_value_added": s["creative_value_added"], "city_gdp": s["city_gdp"], "studios": totals[0],
            "employment": totals[1], "students": s["students"], "released": s["released"], "hits": s["hits"],
            "entries": s["entries"], "exits": s["exits"], "bankruptcies": s["bankruptcies"],
            "mean_wage": flow[L.WAGES] / staff / 1e3,
            "mean_rent": totals[11] / 1e3 / staff, "constant_quality_rent": self.rent_at_start_weights(model),
            "local_inputs_share": (float(flow[L.SALES_LOCAL_PARTNER]) + totals[14]) / max(sales, 1.0),
            "collaboration_distance": (totals[9] / 1e3 / totals[10]) if totals[10] > 0 else np.nan,
            "localisation": theil(cells, model.space.parks),
            "top1_share": self.top_share(model),
            "export_share": float(flow[L.SALES_ABROAD] + flow[L.RECEIPTS_ABROAD]) / max(sales, 1.0),
            "public_outlay": outlay / 1e6, "tax_receipts": float(flow[_TAXES].sum()) / 1e6,
            "seekers": s["seekers"], "unemployment": g["unemployment"], "vacancies": totals[2], "hires": s["hires"],
            "hired_from_other_sectors": s["outsiders"], "migrants": s["migrants"], "graduates": model.month.careers[0],
            "spin_offs": model.month.careers[6], "solo_founders": model.month.careers[7], "studios_listed": s["listed"],
            "promotions": s["promotions"], "funding_rounds": s["rounds"], "venture_capital": flow[L.EQUITY] / 1e6,
            "green_lit": s["greenlit"], "in_production": making.size, "project_receipts": receipts / 1e6,
            "hit_receipts": float(model.month.hit_receipts.sum()) / 1e6, "contract_sales": (sales - receipts) / 1e6,
            "home_sales": flow[L.SALES_HOME] / 1e6, "operating_surplus": s["surplus"] / 1e6,
            "wage_bill": (flow[L.WAGES] + flow[L.SOCIAL_CONTRIBUTIONS]) / 1e6,
            "purchased_inputs": L.role_total(flow, "input") / 1e6, "work_in_progress": model.books.wip_stock / 1e6,
            "knowhow": totals[3] / 1e6 / staff, "reputation": totals[4] / 1e6 / max(totals[0], 1.0),
            "commons": g["commons"],
            "buzz": g["buzz_mean"], "ai_adoption": totals[5] / 1e6 / staff, "relative_price": totals[6] / 1e6 / staff,
            "relative_wage": g["relative_wage"], "use_of_capacity": totals[7] / max(totals[8], 1.0),
            "market_share_home": s["won_home"] / max(s["spent_home"], 1.0),
            "market_share_nation": s["won_nation"] / max(s["spent_nation"], 1.0),
            "repeated_ties": repeated / local if local else np.nan,
            "outside_partner_share": outside / (local + outside) if local + outside else np.nan,
            "enrolled": s["enrolled"], "rival_sales": s["rival_sales"] / 1e6,
            "income_owned_elsewhere": float(flow[_OWNED_ELSEWHERE].sum()) / 1e6,
            "rival_jobs": float(model.rivals.state.jobs[1:].sum()), "young_studios": totals[12],
            "loop_gain": model.rivals.gain,
            "young_jobs": totals[13],
            "moves": s["moves"], "mean_size": staff / max(totals[0], 1.0),
            "largest_team": (here + elsewhere).max() if making.size else 0,
            "consumption": float(flow[L.CONSUMPTION_CITY] + flow[L.CONSUMPTION_NATION]) / 1e6,
        }
        if not self.columns:
            self.columns = [self.place[name] for name in row]
        line = self.table[model.t]
        line[self.columns] = list(row.values())
        line[self.by_segment[0]], line[self.by_segment[1]] = self.value_added / 1e6, self.employment
        self.shares(model, line)

    def rent_at_start_weights(self, model: Any) -> float:
        """Return the mean rent of the places where people worked at the start, by how many did (Laspeyres 1871)."""
        cells, parks = self.first_staff
        paid = float(cells @ model.space.cells["rent"]) + float(parks @ model.space.parks["rent"])
        return paid / max(float(cells.sum() + parks.sum()), 1.0)

    def top_share(self, model: Any) -> float:
        """Return the largest title's part of all titles' gross in the month."""
        j = model.projects.used
        running = j["stage"] == Stage.RUNNING
        done = model.kept.ended
        gross = j["gross"][running]
        if done is not None and done["released"].size:
            gross = np.concatenate([gross, done["gross"]])
        total = float(gross.sum())
        return float(gross.max()) / total if total > 0 else np.nan

    def shares(self, model: Any, line: np.ndarray) -> None:
        """Set the shares of GDP over the trailing twelve months; missing before the twelfth."""
        t, place = model.t, self.place
        if t < 11:
            return
        window = slice(t - 11, t + 1)
        value = self.table[window, place["creative_value_added"]]
        gdp = self.table[window, place["city_gdp"]]
        share = line[place["gdp_share"]] = value.sum() / gdp.sum()
        months = self.calendar[window]
        before = months < model.par["accounts.break_year"] * 12
        if before[0]:
            broken = np.where(before, value / model.par["accounts.statistical_break"], value)
            share = broken.sum() / gdp.sum()
        line[place["gdp_share_published"]] = share

    def series(self, model: Any) -> dict[str, np.ndarray]:
        """Return the columns of the months lived."""
        lived = model.t
        return {"month": dates(model.first_month, np.arange(lived))} | {
            name: self.table[:lived, k].copy() for name, k in self.place.items()}

    def ledger(self, model: Any) -> dict[str, np.ndarray]:
        """Return the flows of the months lived by kind, and each instrument's outlay (million yuan)."""
        lived = model.t
        return {"month": self.series(model)["month"]} | {k.name: self.flows[:lived, i] / 1e6
                                                          for i, k in enumerate(L.KINDS)} | {
            f"outlay_{name}": self.outlays[:lived, i] / 1e6 for i, name in enumerate(self.instruments)}


def titles(model: Any) -> np.ndarray:
    """Return the records of all titles released in the run, in the order of release and identity."""
    running = model.projects.used
    running = running[(running["stage"] == Stage.RUNNING.value) & (running["released"] >= 0)]
    done = np.concatenate([*model.kept.titles, running]) if model.kept.titles else running
    done = done[done["released"] >= 0]
    return done[np.lexsort((done["id"], done["released"]))]


def title_names(model: Any, done: np.ndarray) -> np.ndarray:
    """Return names: that of the event for a replayed hit, else segment and number."""
    known = {e.identity: e.title for e in model.events if hasattr(e, "identity")}
    return np.array([known.get(int(i), f"{SEGMENTS[s]} {int(i) % MILLION:06d}")
                     for i, s in zip(done["id"], done["segment"], strict=True)], dtype=object)


def projects_table(model: Any) -> dict[str, np.ndarray]:
    """Return one row a released title; money in million yuan at 2017 prices."""
    d = titles(model)
    owner_alive = np.zeros(d.size, bool)
    studios = model.studios.rows
    if d.size:
        owner_alive = studios["id"][np.minimum(d["owner"], studios.size - 1)] == d["owner_id"]
    return {"project_id": d["id"], "title": title_names(model, d), "owner_id": d["owner_id"],
            "segment": np.array(SEGMENTS, object)[d["segment"]] if d.size else np.array([], object),
            "month": dates(model.first_month, d["released"]),
            "started": dates(model.first_month, d["started"]),
            "budget": d["budget"] / 1e6, "cost": d["cost"] / 1e6, "gross": d["gross"] / 1e6,
            "gross_abroad": d["gross_abroad"] / 1e6, "receipts": d["receipts"] / 1e6, "coinvested": d["coinvest"],
            "owned_elsewhere": d["owned_elsewhere"], "aid": d["aid_claim"] / 1e6, "quality": d["quality"],
            "tests": d["tests"], "partners": d["partners"],
            "outside_partners": d["outside_partners"], "repeated_ties": d["ties_repeated"],
            "hit": d["hit"] > 0, "flagship": d["flagship"] > 0, "replay": d["replay"] > 0,
            "sequel_of": d["parent"], "owner_alive": owner_alive,
            "stage": np.array(STAGES, object)[d["stage"]] if d.size else np.array([], object)}


def credits_table(model: Any) -> dict[str, np.ndarray]:
    """Return the partners of the largest teams: one row a credit, local studios and other cities."""
    live = model.credits.used
    j = model.projects.used
    teams = np.where(j["stage"] > Stage.FREE.value, j["partners"] + j["outside_partners"], 0)
    large = np.zeros(0, np.int64)
    if teams.size:
        large = j["id"][(teams >= LARGE_TEAM) | ((teams == teams.max()) & (teams > 0))]
    live = live[(live["alive"] == Life.ALIVE.value) & np.isin(live["project_id"], large)]
    c = np.concatenate([*model.kept.credits, live]) if model.kept.credits else live
    c = c[np.lexsort((c["specialism"], c["outside"], c["partner_id"], c["project_id"]))]
    names = model.city.outside_names
    side = model.side
    rows = np.maximum(c["partner"], 0)
    cell = model.studios.rows["cell"][rows]
    here = (c["partner"] >= 0) & (model.studios.rows["id"][rows] == c["partner_id"])

    known = titles(model)
    title = dict(zip(known["id"].tolist(), title_names(model, known).tolist(), strict=True))
    city = np.array([names[o] if o >= 0 else "" for o in c["outside"]], object)
    return {"project_id": c["project_id"],
            "title": np.array([title.get(int(i), "in production") for i in c["project_id"]], object),
            "partner_id": c["partner_id"], "outside": c["outside"], "city": city,
            "specialism": np.array(SPECIALISMS, object)[c["specialism"]] if c.size else np.array([], object),
            "effort": c["effort"], "distance_km": c["distance"], "repeated": c["repeated"] > 0,
            "x": np.where(here, cell % side, -1), "y": np.where(here, cell // side, -1)}


def city_map(model: Any) -> dict[str, Any]:
    """Return the cells: coordinates, workers (parks included), studios, rent, district, zones."""
    cells, parks = model.space.cells, model.space.parks
    n = model.side * model.side
    employment = cells["staff"].copy()
    np.add.at(employment, parks["cell"], parks["staff"])
    return {"side": model.side, "cell_km": float(model.places.cell_km), "x": np.arange(n) % model.side,
            "y": np.arange(n) // model.side, "employment": employment, "studios": cells["studios"].copy(),
            "rent": cells["rent"].copy(), "floor": cells["capacity"].copy(),
            "amenity": cells["amenity"].copy(), "district": cells["district"].copy(),
            "zones": cells["zones"].copy(), "zone_names": tuple(model.places.zone_index),
            "districts": tuple(model.city.districts), "park_x": parks["cell"] % model.side,
            "park_y": parks["cell"] // model.side, "park_names": tuple(model.city.park_names),
            "park_staff": parks["staff"].copy()}
