"""What can be explained: parameters, instruments and their keys, columns, events, segments."""

from __future__ import annotations

import difflib
import math
import re
from typing import Any

from cluster_sim import parameters
from cluster_sim.indicators import columns
from cluster_sim.inputs.errors import nearest
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.program import program
from cluster_sim.inputs.quantities import bounds_text, shown
from cluster_sim.scenario import registry
from cluster_sim.scenario.outside import KEYS as OUTSIDE
from cluster_sim.scenario.titles import TITLES

SEGMENT_TEXTS = {
    "film": "Film and animation: few large works, gross revenue with a heavy tail, many partners.",
    "games": "Games and interactive works.",
    "audio_video": "Internet audio-video and music.",
    "design": "Design and advertising: mostly contract work.",
    "scifi": "Sci-fi and immersive works: VR, holography, AIGC.",
    "other": (
        "Other creative activity: manufacture and trade of cultural goods, heritage, fairs, fashion. "
        "It has studios, workers and contract work but no projects of its own."
    ),
}
TERMS = {
    "pilot zone": "A part of the city with places to test works with users; instrument pilot_zones.",
    "ladder": (
        "The list of promising studios with four tiers: nestling, chick, grower, unicorn. The city's "
        "own names are eyas (seed), gazelle, unicorn, leader. Instrument ladder_grants."
    ),
    "super-individual": "One founder who does the work of a small studio with AI tools and computing.",
    "scale": (
        "1 is the whole city, 1/20 a twentieth of its people, studios, money and market on a smaller "
        "map of the same density."
    ),
    "prices": (
        "Money in scenario files is nominal of its month, unless `prices: 2017` stands beside it; in "
        "the model and its results all money is in constant 2017 prices of one GDP deflator."
    ),
    "carry-over": (
        "A key that a dated entry does not name keeps the value of the entry before it; `none` sets "
        "it back to its default."
    ),
    "extends": (
        "A scenario starts from another one and changes it: entries of an instrument are merged by "
        "`from`, events by title, parameters by name; `policies: none`, `hub: none`, `events: none` "
        "and `- remove: TITLE` take away."
    ),
}

Topic = dict[str, Any]


def listing(what: str) -> list[Topic]:
    """Everything of one kind with a line on each."""
    if what == "instruments":
        return [
            {"name": name, "text": f"{each.title}. {each.text}", "keys": list(registry.keys_of(each))}
            for name, each in sorted(registry.instruments().items())
        ]
    if what == "parameters":
        return [
            {
                "name": name,
                "value": each.value,
                "unit": each.unit,
                "status": each.status,
                "text": f"{each.value:g} {'' if each.unit == '1' else each.unit}".strip()
                + f"  {each.text.rstrip('.')} ({each.status})",
            }
            for name, each in parameters.specification().items()
        ]
    if what == "columns":
        return [
            {"name": name, "unit": each.unit, "text": f"[{each.unit}] {each.text}"} for name, each in columns().items()
        ]
    if what == "events":
        from cluster_sim.scenario.events import EVENTS, TEXTS

        return [{"name": kind, "text": TEXTS[kind], "keys": list(EVENTS[kind])} for kind in EVENTS]
    if what == "segments":
        return [{"name": name, "text": text} for name, text in SEGMENT_TEXTS.items()]
    return [{"name": name, "text": _city_title(name)} for name in registry.city_names()]


def topics_of(name: str) -> list[Topic]:
    """Everything that `name` means; empty if nothing does.

    A name may be a full path (`policies.hub.teams`), or as much of its end as is distinct.
    """
    name = name.strip().removeprefix("parameters.")
    path = name.removeprefix("policies.").removeprefix("events.")
    found = [*_instrument_topics(path), *_event_topics(path), *_outside_topics(name), *_parameter_topics(name),
             *_column_topics(name)]
    if name in TITLES:
        unit, text = TITLES[name]
        found.append({"kind": "column of projects", "name": name, "text": text, "unit": unit})
    if name in registry.city_names():
        found.append(_city_topic(name))
    if name in SEGMENT_TEXTS:
        found.append({"kind": "segment", "name": name, "text": SEGMENT_TEXTS[name]})
    for term, text in TERMS.items():
        if name.lower().replace("_", " ") in (term, f"{term}s"):
            found.append({"kind": "term", "name": term, "text": text})
    return found or _by_last_part(name)


def _by_last_part(name: str) -> list[Topic]:
    """Keys of instruments and parameters whose last part is `name`."""
    found: list[Topic] = []
    for instrument in registry.instruments():
        found += _instrument_topics(f"{instrument}.{name}")
    for each in parameters.specification():
        if each.endswith(f".{name}"):
            found += _parameter_topics(each)
    return found


def overview() -> Topic:
    """What to ask for."""
    text = (
        f"{len(parameters.specification())} parameters, {len(registry.instruments())} instruments, "
        f"{len(columns())} columns of the monthly series, those of projects, events, segments, cities and some "
        f"terms can be explained: {program()} explain production_subsidy"
    )
    return {"kind": "overview", "name": "explain", "text": text, "terms": list(TERMS)}


def nearest_names(name: str, most: int = 3) -> list[str]:
    """Known names close to `name`, the closest first."""
    known = [*registry.instruments(), *columns(), *SEGMENT_TEXTS, *TERMS, *registry.city_names(), *TITLES,
             *parameters.specification()]
    known += [f"outside.{key}" for key in OUTSIDE]
    known += [f"{i}.{key}" for i, c in registry.instruments().items() for key in registry.keys_of(c)]
    found: list[str] = []
    while len(found) < most:
        close = nearest(name, [each for each in known if each not in found])
        if not close:
            break
        found.append(close)
    by_word: dict[str, list[str]] = {}
    for each in known:
        for word in re.split(r"[._ ]", each):
            by_word.setdefault(word, []).append(each)
    words = difflib.get_close_matches(name.lower(), list(by_word), 1, 0.75)
    return found or (by_word[words[0]][:most] if words else [])


def _instrument_topics(path: str) -> list[Topic]:
    name, _, key = path.partition(".")
    instrument = registry.instruments().get(name)
    if instrument is None:
        return []
    keys = registry.keys_of(instrument)
    if key:
        return [_key_topic(f"policies.{name}.{key}", keys[key])] if key in keys else []
    payers = ", ".join(f"{level} {share:.0%}" for level, share in instrument.payer.items())
    return [
        {
            "kind": "instrument",
            "name": name,
            "title": instrument.title,
            "text": instrument.text,
            "how": (instrument.__doc__ or "").strip(),
            "paid by": payers,
            "keys": [_key_topic(each, info) for each, info in keys.items()],
            "example": f"policies: {{{name}: [{{from: 2026-01, {_example(keys)}}}]}}",
        }
    ]


def _example(keys: dict[str, KeyInfo]) -> str:
    """One key with a value within its bounds: an amount that is nothing by default, so that it does something."""
    amounts = (pair for pair in keys.items() if pair[1].amount and pair[1].default == 0)
    key, info = next(amounts, next(iter(keys.items())))
    low, high = info.bounds
    if not info.amount or info.default != 0:
        return f"{key}: {example_value(info)}"
    if info.unit == "share":
        return f"{key}: 10%"
    value = shown(float(min(max(low, 10_000 if info.unit == "m2" else 10), high)))
    return f"{key}: {value} {info.unit}" if info.unit in ("million yuan", "m2") else f"{key}: {value}"


def example_value(info: KeyInfo) -> str:
    """A value of a key as a scenario file writes it: its default, or one that is easy to read."""
    if info.default is None:
        return "none"
    if isinstance(info.default, list | tuple):
        return f"[{', '.join(map(str, info.default))}]"
    if isinstance(info.default, bool):
        return "yes" if info.default else "no"
    value = shown(float(info.default)) if isinstance(info.default, int | float) else str(info.default)
    return f"{value} {info.unit}" if info.unit in ("million yuan", "m2") else value


def _key_topic(name: str, info: KeyInfo) -> Topic:
    topic: Topic = {"kind": "key", "name": name, "text": info.text, "unit": info.unit}
    if info.amount:
        low, high = info.bounds
        topic["bounds"] = bounds_text(low, high)
        topic["low"], topic["high"] = low, high if math.isfinite(high) else None
    topic["default"] = info.default
    topic["status"], topic["source"] = info.status, info.source
    return topic


def _event_topics(path: str) -> list[Topic]:
    from cluster_sim.scenario.events import EVENTS, TEXTS

    kind, _, key = path.partition(".")
    if kind not in EVENTS:
        return []
    keys = EVENTS[kind]
    if key:
        return [_key_topic(f"events.{kind}.{key}", keys[key])] if key in keys else []
    topics = [_key_topic(each, info) for each, info in keys.items()]
    return [{"kind": "event", "name": kind, "text": TEXTS[kind], "keys": topics}]


def _outside_topics(name: str) -> list[Topic]:
    from cluster_sim.scenario.outside import FREEZE, KEYS, PATHS, TEXTS

    path = name.removeprefix("outside.")
    if name == "outside":
        text = "What the city cannot change: paths of the world outside it, each over that of the city's files."
        return [{"kind": "outside conditions", "name": name, "text": text,
                 "keys": [_key_topic("freeze", FREEZE)] + [
                     {"kind": "key", "name": path, "text": text, "unit": "text"} for path, text in TEXTS.items()]}]
    if name.startswith("outside.") and path in KEYS:
        return [_key_topic(name, KEYS[path])]
    if path in PATHS and (name.startswith("outside.") or path != "ai"):
        return [{"kind": "outside path", "name": f"outside.{path}", "text": TEXTS[path],
                 "keys": [_key_topic(key, info) for key, info in PATHS[path].items()]}]
    return []


def _parameter_topics(name: str) -> list[Topic]:
    found = []
    for each in parameters.specification().values():
        if each.name == name or each.name.startswith(f"{name}."):
            low, high = each.bounds
            found.append(
                {
                    "kind": "parameter",
                    "name": each.name,
                    "text": each.text,
                    "symbol": each.symbol,
                    "unit": each.unit,
                    "default": each.value,
                    "bounds": bounds_text(low, high),
                    **({"plausible": bounds_text(*each.plausible)} if each.plausible else {}),
                    **({"beyond it": each.beyond} if each.beyond else {}),
                    "status": each.status,
                    "source": each.source,
                    "set": f"--set {each.name}={each.value:g}",
                }
            )
    return found


def _column_topics(name: str) -> list[Topic]:
    column = columns().get(name)
    if column is None:
        return []
    note = "depends on the scale of the city: read it at 1" if column.whole_only else ""
    return [
        {
            "kind": "column of series",
            "name": name,
            "text": column.text,
            "unit": column.unit,
            **({"scale": note} if note else {}),
        }
    ]


def _city_topic(name: str) -> Topic:
    """What a city holds: its districts, zones, parks and the years that were observed of it."""
    city = registry.city(name)
    years = sorted(city.observed or {})
    held = [f"Districts: {', '.join(city.districts)}.", f"Zones: {', '.join(city.zones) or 'none'}.",
            f"Parks: {', '.join(city.park_names) or 'none'}.",
            f"Observed years: {years[0]} to {years[-1]}." if years else "Nothing was observed of it.",
            f"Its files: {city.folder}"]
    return {"kind": "city", "name": name, "title": str(city.title), "text": "\n".join(held)}


def _city_title(name: str) -> str:
    try:
        return str(registry.city(name).title)
    except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
        return f"cannot be read: {error}"


def as_text(topic: Topic) -> str:
    """A topic as a paragraph for the terminal."""
    lines = [f"{topic['name']} ({topic['kind']})"]
    for field in ("title", "text", "how"):
        if topic.get(field):
            lines += [f"  {line.strip()}".rstrip() for line in str(topic[field]).splitlines()]
    for field in ("unit", "default", "bounds", "plausible", "beyond it", "symbol", "status", "source", "scale",
                  "paid by", "set"):
        value = topic.get(field)
        if value not in (None, "", "1") or (field == "default" and topic["kind"] == "key"):
            lines.append(f"  {field + ':':<9} {'none' if value is None else _plain(value)}")
    if topic.get("terms"):
        lines.append(f"  terms: {', '.join(topic['terms'])}")
    if topic.get("keys"):
        lines.append("  keys of an entry:")
        width = max(len(each["name"]) for each in topic["keys"])
        lines += [f"    {each['name']:<{width}}  {_key_line(each)}" for each in topic["keys"]]
    if topic.get("example"):
        lines.append(f"  example:  {topic['example']}")
    return "\n".join(lines)


def _key_line(key: Topic) -> str:
    parts = [key["text"].rstrip("."), "" if key["unit"] == "text" else f"[{key['unit']}]"]
    if key.get("bounds") and not key["text"].endswith(key["bounds"]):
        parts.append(key["bounds"])
    if key.get("default") is not None:
        parts.append(f"default {_plain(key['default'])}")
    if key.get("status"):
        parts.append(key["status"])
    return "; ".join(part for part in parts if part)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list | tuple) else str(value)
