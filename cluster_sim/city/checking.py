"""What a city file may hold: every fault of city.yaml at once, each with file, line, key and what was expected."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cluster_sim.codes import SEGMENTS

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MOST_ZONES = 32                     # zones are bits of one 32-bit number


class CityError(ValueError):
    """A city's files cannot be used; each line names file, line, key and what was expected."""


@dataclass(frozen=True)
class Rule:
    """One key: what it holds (number, whole, month, text, names) and its bounds; a number unless said."""

    kind: str = "number"
    low: float = -math.inf
    high: float = math.inf
    needed: bool = True


ANY, POSITIVE, SHARE = Rule(), Rule(low=1e-12), Rule(low=0.0, high=1.0)
TEXT, MONTHS = Rule("text"), Rule("month")
LON, LAT = Rule(low=-180.0, high=180.0), Rule(low=-85.0, high=85.0)
# '*' stands for each item of a list or each name of a mapping; keys that are not here are not read.
RULES: dict[str, Rule] = {
    "name": TEXT, "side": Rule("whole", 3, 400), "cell_km": Rule(low=0.01, high=100.0, needed=False),
    "centre.lon": LON, "centre.lat": LAT,
    "districts.*.name": TEXT, "districts.*.lon": LON, "districts.*.lat": LAT,
    "parks.*.name": TEXT, "parks.*.lon": LON, "parks.*.lat": LAT, "parks.*.floor_m2": POSITIVE,
    "parks.*.opened": Rule("month", needed=False),
    "universities.*.name": TEXT, "universities.*.lon": LON, "universities.*.lat": LAT,
    "universities.*.weight": Rule(low=0.0),
    "outside.*.name": TEXT, "outside.*.lon": LON, "outside.*.lat": LAT, "outside.*.market": Rule(low=0.0),
    "outside.*.strength": Rule(low=0.0), "outside.*.wage_index": POSITIVE,
    "home_market": Rule(low=1e-9, high=1.0), "gdp_2017": Rule(low=1e-9, needed=False),
    "rest_wage": Rule(low=1e-9, needed=False), "cutoff": Rule("whole", 2000, 2100, needed=False),
    "growth.*": Rule(low=-99.0, high=1000.0),
    "ai.start": MONTHS, "ai.half": MONTHS, "ai.speed": Rule(low=0.0),
    "floor.total_m2": POSITIVE, "floor.other_share": SHARE, "floor.background": Rule(low=0.0, needed=False),
    "floor.centres.*.lon": LON, "floor.centres.*.lat": LAT, "floor.centres.*.reach_km": POSITIVE,
    "floor.centres.*.weight": POSITIVE, "rent.slope_km": POSITIVE, "amenity.background": SHARE,
    "amenity.places.*.lon": LON, "amenity.places.*.lat": LAT, "amenity.places.*.reach_km": POSITIVE,
    "amenity.places.*.weight": ANY,
    "zones.*.lon": LON, "zones.*.lat": LAT, "zones.*.radius_km": POSITIVE,
    "start.creative_value_added_2017": POSITIVE, "start.studios": Rule("whole", 1), "start.students": Rule("whole", 0),
    "start.anchors.*.name": TEXT, "start.anchors.*.jobs": POSITIVE, "start.anchors.*.segment": TEXT,
}
NEEDED = ("name", "side", "centre", "districts", "outside", "home_market", "growth", "floor", "rent", "amenity",
          "start")
KEYS = tuple(dict.fromkeys([r.split(".")[0] for r in RULES] + ["title", "geojson", "sites", "deflator", "observed",
                                                               "pandemic", "parameters"]))
WORDS = {"number": "a number", "whole": "a whole number", "month": "a month such as 2017-01", "text": "a text"}


def read_yaml(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the values of a city.yaml and the line of each dotted path; a key given twice is a fault."""
    lines: dict[str, int] = {}
    faults: list[str] = []

    def walk(node: yaml.Node, path: str) -> None:
        lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                below = f"{path}.{key.value}" if path else str(key.value)
                if key.value in seen:
                    faults.append(f"{file}:{key.start_mark.line + 1}: {below}: this key is given twice")
                seen.add(key.value)
                walk(value, below)
                lines[below] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for k, value in enumerate(node.value):
                walk(value, f"{path}.{k}")

    text = file.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=LOADER)
        values = yaml.load(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else str(file)
        raise CityError(f"{where}: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(values, dict):
        raise CityError(f"{file}:1: expected keys and values")
    walk(root, "")
    if faults:
        raise CityError("\n".join(faults))
    return values, lines


def check(values: dict[str, Any], lines: dict[str, int], file: Path, paths: tuple[str, ...]) -> None:
    """Raise `CityError` with every fault of a city.yaml; ``paths`` are the names that `growth` may hold."""
    faults: list[tuple[int, str]] = []

    def fault(path: str, text: str) -> None:
        line = lines.get(path) or lines.get(path.rpartition(".")[0]) or 1
        faults.append((line, f"{file}:{line}: {path}: {text}"))

    for key in NEEDED:
        if key not in values:
            fault(key, f"this key is missing (needed: {', '.join(NEEDED)})")
    for key in values:
        if key not in KEYS:
            near = difflib.get_close_matches(str(key), KEYS, 1)
            fault(str(key), f"unknown key; did you mean '{near[0]}'?" if near else f"unknown key; known: "
                  f"{', '.join(KEYS)}")
    for pattern, rule in RULES.items():
        for path, present, value in _matches(values, pattern.split("."), ""):
            problem = _problem(present, value, rule)
            if problem:
                fault(path, problem)
    growth = values.get("growth")
    for name in growth if isinstance(growth, dict) else ():
        if name not in paths and name not in ("market", "release"):
            fault(f"growth.{name}", f"unknown path (known: market, release, {', '.join(paths)})")
    zones = values.get("zones") or {}
    if len(zones) > MOST_ZONES:
        fault("zones", f"at most {MOST_ZONES} zones, not {len(zones)}")
    start = values.get("start")
    for k, anchor in enumerate((start.get("anchors") or []) if isinstance(start, dict) else []):
        if anchor.get("segment") not in SEGMENTS:
            fault(f"start.anchors.{k}.segment", f"expected one of {', '.join(SEGMENTS)}, not {anchor.get('segment')!r}")
        if anchor.get("zone") is not None and anchor["zone"] not in zones:
            fault(f"start.anchors.{k}.zone", f"no zone {anchor['zone']!r} (zones: {', '.join(zones) or 'none'})")
    if "observed" not in values and "gdp_2017" not in values:
        fault("gdp_2017", "this key is missing: a city without observed years needs its GDP of 2017 (million yuan)")
    if faults:
        raise CityError("\n".join(text for _, text in sorted(dict.fromkeys(faults))))


def _matches(value: Any, rest: list[str], path: str) -> Iterator[tuple[str, bool, Any]]:
    """Yield (path, present, value) of every place that a pattern means; parts that are file names are left out."""
    if not rest:
        yield path, True, value
        return
    head, below = rest[0], rest[1:]
    if head == "*":
        items = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
        for key, item in items:
            yield from _matches(item, below, f"{path}.{key}")
    elif isinstance(value, dict):
        here = f"{path}.{head}" if path else head
        if head in value and (value[head] is not None or not below):
            yield from _matches(value[head], below, here)
        elif not below and path:
            yield here, False, None
    elif below or not isinstance(value, (str, list)):
        yield path, True, {} if value is None else value


def _problem(present: bool, value: Any, rule: Rule) -> str | None:
    """Return what is wrong with one value, or None."""
    if not present:
        return f"this key is missing (expected {WORDS[rule.kind]})" if rule.needed else None
    if rule.kind == "text":
        return None if isinstance(value, (str, int, float)) else f"expected {WORDS['text']}, not {value!r}"
    if rule.kind == "month":
        return None if MONTH.fullmatch(str(value)) else f"expected {WORDS['month']}, not {value!r}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        return f"expected {WORDS[rule.kind]}, not {value!r}"
    if isinstance(value, bool) or not math.isfinite(number) or (rule.kind == "whole" and number != int(number)):
        return f"expected {WORDS[rule.kind]}, not {value!r}"
    if not rule.low <= number <= rule.high:
        return f"{value} is out of bounds ({rule.low:g} to {rule.high:g})"
    return None
