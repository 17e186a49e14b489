"""The city's tables and scratch buffers: how a scenario becomes arrays that kernels can run over."""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.agents.table import Table
from cluster_sim.city import load_city
from cluster_sim.codes import N_SEGMENTS, N_SPECIALISMS, SEGMENTS, SPECIALISMS, HitState, Life, Stage
from cluster_sim.month.collaboration import PARK_KM
from cluster_sim.month.events import Hit
from cluster_sim.records import CELL, CITY, CREDIT, FUND, HOT, PARK, PAYROLL, PROJECT, STAKE, STUDIO, TALENT, TIE

BASE_MONTH = 2017 * 12      # month whose outside values a frozen scenario repeats, unless it names another
LARGE_TEAM = 30     # titles with more partners keep their credits in the archive


class Buffers(dict):
    """Scratch arrays by name that grow and are used again."""

    def get_array(self, name: str, size: int, dtype: Any, zeroed: bool = True) -> np.ndarray:
        """Return a scratch array of at least ``size`` entries, cut to size."""
        have = self.get(name)
        if have is None or have.size < size or have.dtype != dtype:
            have = self[name] = np.zeros(max(16, int(size * 1.3)), dtype)
        view = have[: max(size, 1)]
        if zeroed:
            view.view(np.uint8).fill(0)
        return view


class CityTables:
    """The part of the model that owns its tables (a mixin of `ClusterModel`)."""

    def build_city(self, setup: Any) -> None:
        """Lay out cells, parks, distances and outside paths at the model's scale."""
        m: Any = self
        par = m.par
        m.city = getattr(setup, "city_data", None) or load_city(setup.city)
        places = m.city.resize(m.scale)
        m.places, m.side = places, int(places.side)
        m.zone_index = {name: k for k, name in enumerate(places.zones)}
        self._lay_cells(places)
        self._lay_distances(places, par)
        self._lay_people(places, par)
        self._lay_outside(setup, par)
        estimate = m.city.start["creative_value_added_2017"] / 0.2 * m.scale
        m.talents = Table(TALENT, int(estimate * 1.9) + 4000, {"employer": -1})
        count = int(m.city.start["studios"] * m.scale * 1.6) + 200
        m.studios = Table(STUDIO, count, {"sub": -1, "park": -1, "listed": -100})
        m.projects = Table(PROJECT, int(9000 * m.scale) + 100, {"released": -1})
        m.credits = Table(CREDIT, int(60000 * m.scale) + 400)
        m.funds = Table(FUND, 64)
        m.stakes = np.zeros(0, STAKE)
        m.ties = np.zeros(m.studios.rows.size, TIE)
        m.counts, m.ladder_counts = np.zeros(8, np.int64), np.zeros(3, np.int64)
        m.sought, m.slot_start = np.zeros(N_SPECIALISMS), np.zeros(N_SPECIALISMS + 1, np.int64)
        m.weight_home, m.weight_abroad = np.zeros(N_SEGMENTS), np.zeros(N_SEGMENTS)
        m.crowd, m.hits_by, m.hit_gross_by = np.zeros(N_SEGMENTS), np.zeros(N_SEGMENTS), np.zeros(N_SEGMENTS)
        m.totals = np.zeros(8)
        m.samples = int(par["labour.samples"])
        m.archived = []
        m.archived_credits = []
        m.founders = np.zeros(0, np.int64)
        m._order = None
        m._gone = []
        m.employment, m.wip_stock_change, m.written_off = 0, 0.0, 0.0

    def _lay_cells(self, places: Any) -> None:
        m: Any = self
        n = m.side * m.side
        m.cells = np.zeros(n, CELL)
        source = places.cells
        m.cells["district"], m.cells["zones"] = source["district"], source["zones"]
        m.cells["floor"] = m.cells["capacity"] = source["floor_m2"]
        m.cells["other"], m.cells["amenity"] = source["other_m2"], source["amenity"]
        m.cells["rent_index"] = source["rent_index"]
        m.parks = np.zeros(len(places.parks), PARK)
        parks = places.parks
        m.parks["cell"] = parks["y"].astype(int) * m.side + parks["x"]
        m.parks["floor"], m.parks["zones"], m.parks["hub"] = parks["floor_m2"], parks["zones"], parks["hub"]
        # in a frozen world a park opens so many months after the start, whenever the start is
        origin = BASE_MONTH if m.setup.outside.get("freeze") else m.first_month
        m.parks["opened"] = np.where(parks["opened"] == 0, -1, parks["opened"] - origin)
        hubs = np.flatnonzero(parks["hub"])
        m.hub_cell = int(m.parks["cell"][hubs[0]]) if hubs.size else int(np.argmax(m.cells["floor"]))
        floor = m.cells["floor"]
        m.mean_amenity = float((m.cells["amenity"] * floor).sum() / max(floor.sum(), 1.0))
        m.cell_row, m.cell_buffer = np.zeros(n), np.zeros(n)
        m.cell_start = np.zeros(n + 1, np.int64)
        m.mass, m.park_mass = np.zeros((N_SPECIALISMS, n)), np.zeros((N_SPECIALISMS, max(1, m.parks.size)))

    def _lay_distances(self, places: Any, par: dict[str, float]) -> None:
        m: Any = self
        m.distance = np.ascontiguousarray(places.distance_km, float)
        lam = par["collaboration.lambda_s"]
        m.near, m.same_park = np.exp(-m.distance / lam), float(np.exp(-PARK_KM / lam))
        d0, beta, top = (par[f"collaboration.{k}"] for k in ("d0", "beta", "tau_max"))
        m.tau_table = top * (1.0 - np.exp(-((m.distance / d0) ** beta)))
        m.near_tau = float(top * (1.0 - np.exp(-((PARK_KM / d0) ** beta))))
        m.commute = np.exp(-par["labour.commute_weight"] * m.distance)
        steps = np.abs(np.subtract.outer(np.arange(m.side), np.arange(m.side))) * float(places.cell_km)
        m.band = np.exp(-0.5 * (steps / par["production.density_reach"]) ** 2)
        m.city_state = np.zeros(1, CITY)

    def _lay_people(self, places: Any, par: dict[str, float]) -> None:
        m: Any = self
        m.mix = np.zeros((N_SEGMENTS, N_SPECIALISMS))
        for k, name in enumerate(SPECIALISMS):
            m.mix[:, k] = m.seg[f"mix_{name}"]
        m.mix /= m.mix.sum(1, keepdims=True)
        jobs = m.seg["start_share"] / m.seg["value_added_per_worker"]
        m.specialism_share = (m.mix * jobs[:, None]).sum(0) / jobs.sum()
        m.specialism_weight = np.cumsum(m.specialism_share)
        m.segment_shares = np.cumsum(jobs / m.seg["mean_size"] / (jobs / m.seg["mean_size"]).sum())
        living = np.floor((m.cells["floor"] + 1.0) * (0.5 + m.cells["amenity"]) + 1000.0)
        m.home_cells, m.home_weight = np.arange(living.size, dtype=np.int64), np.cumsum(living)
        u = places.universities
        m.university_cells = (u["y"].astype(np.int64) * m.side + u["x"]).astype(np.int64)
        m.university_weight = np.cumsum(u["weight"] / u["weight"].sum())
        wages = par["start.wage"] * 1000.0 * np.array([par[f"start.wage_{name}"] for name in SPECIALISMS])
        m.city_state["market_wage"][0] = wages
        m.start_wage, m.start_market_wage = float((wages * m.specialism_share).sum()), wages.copy()

    def _lay_outside(self, setup: Any, par: dict[str, float]) -> None:
        m: Any = self
        freeze = setup.outside.get("freeze_at", BASE_MONTH) if setup.outside.get("freeze") else None
        city = m.city
        raw = city.paths(m.first_month, m.months, b=par["accounts.statistical_break"], freeze=freeze)
        out: dict[str, np.ndarray] = dict(raw)
        out["market"] = np.stack([raw[f"market_{s}"] / raw[f"market_{s}"][0] for s in SEGMENTS], 1)
        names = [f"release_{s}" for s in SEGMENTS]
        out["release"] = np.stack([raw[n] / raw[n][0] if n in raw else np.ones(m.months) for n in names], 1)
        out["foreign_market"] = raw["foreign_market"] / raw["foreign_market"][0]
        out["outside_wage"] = raw["outside_wage"] / raw["outside_wage"][0]
        rest = raw["rest_wage"] * 1000.0
        out["rest_wage"] = rest
        out["rest_wage_growth"] = np.concatenate([[0.0], np.diff(np.log(rest))])
        out["pandemic_demand"], out["pandemic_release"] = np.ones((2, m.months, N_SEGMENTS))
        for event in setup.events:
            if event["kind"] == "pandemic":
                hit = city.pandemic(m.first_month, m.months)
                months = np.arange(m.months) + m.first_month
                inside = (months >= event.get("from", 0)) & (months <= event.get("to", 10**6))
                out["pandemic_demand"] = np.where(inside[:, None], hit["demand"], 1.0)
                out["pandemic_release"] = np.where(inside[:, None], hit["release"], 1.0)
        m.outside = out
        m.reference = city.reference(m.first_month, m.months)
        m.city_outside_names = city.outside_names
        km = city.outside["distance_km"].astype(float)
        m.outside_km, m.outside_wage_index = km, city.outside["wage_index"].astype(float)
        m.outside_weight = np.cumsum(city.outside["strength"] * np.exp(-km / par["collaboration.lambda_outside"]))
        g = m.city_state
        g["scale"], g["outside_wage"], g["outside_cost"] = m.scale, 1.0, 1.0
        g["hit_threshold"] = par["release.hit_threshold"] * 1e6 * m.scale
        g["fame_threshold"] = par["release.hit_threshold"] * 1e6
        g["relative_wage"], g["unemployment"] = 1.0, par["start.unemployment"]
        g["tightness"] = par["labour.tightness_norm"]
        g["rest_wage"] = out["rest_wage"][0]
        g["release_shock"] = g["audience"] = 1.0
        g["release_market"] = m.seg["release_market"] * 1e6 / 12.0 * m.scale
        g["stay"], g["leave_pull"], g["found_pull"], g["migrant_pull"] = 0.5, 1.0, 1.0, 1.0
        m.release_market0 = g["release_market"][0].copy()
        m.outside_mass, m.mass_norm, m.outside_growth = np.zeros(N_SPECIALISMS), 1.0, 1.0
        m.segment_weight = m.seg["start_share"] / m.seg["start_share"].sum()

    def read_outside(self) -> None:
        """Bring the outside paths of this month into the state of the city."""
        m: Any = self
        g, t, out = m.city_state[0], m.t, m.outside
        g["outside_wage"], g["rest_wage"], g["ai"] = out["outside_wage"][t], out["rest_wage"][t], out["ai"][t]
        gain = m.par["ai.gain"] * m.par["ai.outside_gain"] * out["ai"][max(0, t - int(m.par["ai.outside_lag"]))]
        # rivals in other cities work more densely as the nation's market grows, by the same elasticity
        m.outside_growth = float((out["market"][t] * m.segment_weight).sum())
        g["outside_cost"] = out["outside_wage"][t] / (1.0 + gain) / m.outside_growth ** m.par["production.gamma"]
        g["release_market"] = m.release_market0 * out["release"][t]
        g["release_shock"] = out["pandemic_release"][t]

    # ---------------------------------------------------------------- rows, orders, buffers
    def buffer(self, name: str, size: int, dtype: Any = np.int64, zeroed: bool = True) -> np.ndarray:
        """Return a scratch array, of zeros unless the caller fills it himself."""
        return self.buffers.get_array(name, int(size), np.dtype(dtype), zeroed)       # type: ignore[attr-defined]

    def studio_order(self) -> np.ndarray:
        """Return the rows of living studios in the order of their identities."""
        m: Any = self
        if m._order is None:
            studios = m.studios.used
            rows = np.flatnonzero(studios["alive"] == Life.ALIVE)
            m._order = rows[np.argsort(studios["id"][rows])]
        return m._order

    def forget_order(self) -> None:
        """Note that studios were born or closed."""
        self._order = None

    def fit_studio_buffers(self) -> None:
        """Make everything that has one entry a studio as long as the table of studios."""
        m: Any = self
        size = m.studios.rows.size
        if m.ties.size < size:
            m.ties = np.concatenate([m.ties, np.zeros(size - m.ties.size, TIE)])
        if getattr(m, "areas", None) is None or m.areas.size < size:
            m.areas, m.reach = np.zeros(size), np.zeros((size, N_SPECIALISMS))
            m.cell_rows = np.zeros(size, np.int64)

    def hot(self) -> np.ndarray:
        """Return the hot columns of all studios, filled for this month."""
        m: Any = self
        from cluster_sim.month.hiring import draw_of

        hot = self.hot_now = m.buffer("hot", m.studios.high, HOT)
        draw_of(m.studios.used, m.city_state, m.p, hot)
        return hot

    def payroll_sums(self) -> np.ndarray:
        """Return a zeroed table of payroll sums, one row a studio."""
        m: Any = self
        m.fit_studio_buffers()
        return m.buffer("payroll", m.studios.high, PAYROLL)

    def replays_due(self) -> list[Hit]:
        """Return the films of history that must be started now."""
        m: Any = self
        return [e for e in m.events if isinstance(e, Hit) and m.t >= 0 and e.due(m.t)]

    # ---------------------------------------------------------------- what ends
    def archive(self, rows: np.ndarray) -> None:
        """Keep the records of titles whose run is over, and the credits of large teams; free the rows."""
        m: Any = self
        if not rows.size:
            return
        rows = rows[np.argsort(m.projects.rows["id"][rows])]
        done = m.projects.copy(rows)
        m.archived.append(done)
        m.ended = done
        credits = m.credits.used
        over = np.flatnonzero(credits["alive"] == Life.ENDED)
        if over.size:
            teams = done["partners"] + done["outside_partners"]
            large = set(done["id"][teams >= LARGE_TEAM].tolist())
            best = int(np.argmax(teams))
            if teams[best] > getattr(m, "_largest_team", 0):
                m._largest_team = int(teams[best])
                large.add(int(done["id"][best]))
            if large:
                kept = over[np.isin(credits["project_id"][over], list(large))]
                m.archived_credits.append(m.credits.copy(kept))
            m.credits.release(over)
        m.projects.release(rows)

    def bury(self, rows: np.ndarray) -> None:
        """Note studios that closed; their rows are freed when the month's books are closed."""
        self._gone.append(rows)          # type: ignore[attr-defined]
        self.forget_order()

    def release_rows(self) -> None:
        """Free the rows of closed studios and of the works that died with them."""
        m: Any = self
        if not m._gone:
            return
        dead = np.flatnonzero(m.projects.used["stage"] == Stage.ABANDONED)
        cut = dead[m.projects.used["released"][dead] >= 0]
        if cut.size:
            works = m.projects.copy(cut)
            works["stage"] = Stage.DONE
            m.archived.insert(0, works)
        over = np.flatnonzero(m.credits.used["alive"] == Life.ENDED)
        m.credits.release(over)
        m.projects.release(dead)
        for rows in m._gone:
            m.studios.release(rows)
            m.studios.rows["sub"][rows] = -1
            m.studios.rows["park"][rows] = -1
            m.ties[rows] = np.zeros((), TIE)
        m._gone = []
        m.forget_order()

    def forget_archive(self) -> None:
        """Drop what was released before the start; it belongs to no month of the run."""
        m: Any = self
        m.archived, m.archived_credits, m._largest_team = [], [], 0
        m.projects.used["hit"] = np.where(m.projects.used["hit"] > 0, HitState.BEFORE_START, HitState.NONE)
        m.hits_by[:] = 0
        m.hit_gross_by[:] = 0
        m.wip_stock_change = 0.0
        m.state["released"] = m.state["hits"] = 0
