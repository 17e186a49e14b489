"""The runs that the designs need: one scenario without the treatments, and one with each of them.

`none` is the scenario without zones and production subsidy; `zones` has the zones from a month on, `placebo`
zones with every amount at zero, `subsidy` the production subsidy from the same month, `lottery` the same for a
share of the applicants, drawn by lot. Everything else of the scenario stays, but for the hits of history within
the window: a film that a scenario gives to a zone is no luck of the zone's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cluster_sim.analysis.econometrics.panel import Window, zone_mask
from cluster_sim.runs.errors import InputError

SUBSIDY = "production_subsidy"
ZONES = ("pilot_zones", "workspace", "zone_venture_fund")
"""What makes a zone unless said otherwise: the zones of the published studies are bundles of such instruments."""
WINNERS = 0.5
"""Share of applicants that win in the lottery."""
TABLES = ("series", "projects", "accounts", "payments", "applications")


@dataclass(frozen=True)
class Design:
    """What is compared: the variants by name, the window, the treated zones, the eligible segments."""

    variants: dict[str, Any]
    window: Window
    zone_names: tuple[str, ...]
    zones: int
    segments: tuple[str, ...]

    @property
    def until(self) -> int:
        """Ordinal of the last month that a run must reach."""
        return self.window.years[-1] * 12 + 11


def design(scenario: Any, month: int, instruments: Sequence[str] | None = None,
           winners: float = WINNERS, before: int = 6, after: int = 5) -> Design:
    """Return the variants of a scenario (a `Scenario`) for a treatment in a month (an ordinal).

    instruments: those that make the zone, each with a key `zones`; those of `ZONES` that the scenario has,
    unless named. InputError if the years before do not lie in the scenario, if a named instrument is not in it
    or has no zones. Without a production subsidy the variants of it are left out.
    """
    window = Window.around(month, before, after)
    if window.years[0] < -(-scenario.start // 12):
        raise InputError(f"the designs compare with the {before} years before; {scenario.name} begins in "
                         f"{scenario.start // 12}, so take {-(-scenario.start // 12) + before}-01 or later")
    if not 0 < winners < 1:
        raise InputError("the share of winners lies between 0 and 1")
    named, instruments = instruments is not None, ZONES if instruments is None else instruments
    last = {name: scenario.policies[name][-1] for name in (*instruments, SUBSIDY) if scenario.policies.get(name)}
    _check(instruments, last, scenario.name if named else "")
    treated = [name for name in instruments if name in last]
    first_month, last_month = window.years[0] * 12, window.years[-1] * 12 + 11
    events = [e for e in scenario.events if not (e["kind"] == "hit" and first_month <= e["month"] <= last_month)]
    rest = {name: entries for name, entries in scenario.policies.items() if name not in (*instruments, SUBSIDY)}

    def variant(slug: str, **more: dict[str, Any]) -> Any:
        entries = {name: [entry | {"from": month}] for name, entry in more.items()}
        return replace(scenario, policies=rest | entries, events=events, slug=slug,
                       name=f"{scenario.name}, {slug}", rationale=f"{slug}: a variant for econometrics")

    variants = {"none": variant("none")}
    if treated:
        variants["zones"] = variant("zones", **{name: last[name] for name in treated})
        variants["placebo"] = variant("placebo", **{name: zeroed(name, last[name]) for name in treated})
    if SUBSIDY in last:
        variants["subsidy"] = variant("subsidy", **{SUBSIDY: last[SUBSIDY]})
        variants["lottery"] = variant("lottery", **{SUBSIDY: last[SUBSIDY] | {"lottery": winners}})
    names = sorted({zone for name in treated for zone in last[name]["zones"]})
    return Design(variants, window, tuple(names), _mask(scenario, names) if names else 0,
                  tuple(last.get(SUBSIDY, {}).get("segments", ())))


def _check(instruments: Sequence[str], last: dict[str, Any], strict: str) -> None:
    """Refuse instruments without zones, and those that the scenario named by `strict` lacks."""
    from cluster_sim.policies import instruments as known

    with_zones = [name for name, kind in known().items() if "zones" in kind.keys]
    for name in instruments:
        if name not in with_zones:
            raise InputError(f"'{name}' is no instrument of zones; there are {', '.join(with_zones)}")
        if strict and name not in last:
            raise InputError(f"{strict} has no {name}; give it dated entries to study it")
        if name in last and not last[name]["zones"]:
            raise InputError(f"'{name}' names no zones: it serves the whole city, and nothing is left to compare with")


def zeroed(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an instrument's entry with all its numbers at zero, as far as their bounds allow."""
    from cluster_sim.policies import instruments

    keys = instruments()[name].keys
    numbers = {key: 0.0 for key, value in entry.items()
               if key in keys and keys[key].low == 0 and isinstance(value, int | float) and not isinstance(value, bool)}
    return entry | numbers | {"budget": 0.0}


def _mask(scenario: Any, names: list[str]) -> int:
    from cluster_sim.city import load_city

    return zone_mask(names, load_city(scenario.city).zones)
