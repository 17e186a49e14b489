"""Outside conditions of a scenario: whether they stand still, and how their paths differ from the city's files.

    outside:
      market: {from: 2026-01, factor: 1.2, growth: 0.5%}
      ai: {half: 2027-01}

Paths are merged key by key along `extends`; `none` takes one away, or sets one key of it back to its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from cluster_sim.inputs.errors import Faults, did_you_mean, listing
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import month_name
from cluster_sim.inputs.shapes import NONE, RESET, field_type, mapping, shape
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario.overrides import Override

FREEZE = KeyInfo("bool", False, text="whether the outside conditions of January 2017 are kept for ever", status="")
LEVEL = {
    "from": KeyInfo("month name", text="first month of the change; the first of the run if not given", status=""),
    "factor": KeyInfo("1", 1.0, 0.01, 1000.0, "level from then on over the city's own path", status=""),
    "growth": KeyInfo("1/year", 0.0, -0.5, 0.5, "further growth a year from then on, in percentage points", status=""),
}
"""Keys of a path that is a level."""
PATHS: dict[str, dict[str, KeyInfo]] = {
    "market": LEVEL,
    "foreign": LEVEL,
    "rest_gdp": LEVEL,
    "outside_wage": LEVEL,
    "ai": {"half": KeyInfo("month name", text="month in which AI tools can do half of what they ever will", status="")},
}
TEXTS = {
    "market": "What the nation spends on creative work and titles: the same change for all cities.",
    "foreign": "What clients abroad spend on creative work: the same change for all cities.",
    "rest_gdp": "GDP of the city outside the creative sector.",
    "outside_wage": "Creative wages in the other cities, which the prices of what is bought there follow.",
    "ai": "The frontier of AI tools, the same for all cities: a logistic whose speed stands in the city's file.",
}
KEYS = {"freeze": FREEZE} | {f"{path}.{key}": info for path, keys in PATHS.items() for key, info in keys.items()}
"""Every outside condition by its dotted name."""
FLAGS = mapping("outside", {"freeze": field_type(FREEZE, True)} | {
    path: Annotated[Any, KeyInfo("text", text=text)] for path, text in TEXTS.items()})
SHAPES = {path: shape(f"outside {path}", keys) for path, keys in PATHS.items()}


class OutsideConditions:
    """Reads the outside conditions of a chain of files; `found` holds only what they change, and `freeze`.

    latest: month beyond which a change would come too late for the run, None if that is no fault.
    """

    def __init__(self, faults: Faults, start: int) -> None:
        self.faults, self.start = faults, start
        self.found: dict[str, Any] = {"freeze": False}

    def read(self, node: Node, latest: int | None = None) -> None:
        """Apply what one file, or one setting, says."""
        given = validate(FLAGS, node, "outside", self.faults)
        if "freeze" in given:
            self.found["freeze"] = False if given["freeze"] is RESET else given["freeze"]
        for path in PATHS:
            if path in given:
                self._path(path, node.value[path], latest)

    def _path(self, path: str, node: Node, latest: int | None) -> None:
        """Apply what is said of one path."""
        if node.value in (None, NONE):
            self.found.pop(path, None)
            return
        if node.kind != "mapping":
            keys = PATHS[path]
            hint = "such as {half: 2027-01}" if path == "ai" else "such as {from: 2026-01, factor: 1.2}"
            self.faults.add(f"outside.{path}", f"expected a mapping of {listing(list(keys))}", hint, node.mark)
            return
        given = validate(SHAPES[path], node, f"outside.{path}", self.faults)
        if latest is not None and isinstance(given.get("from"), int) and given["from"] > latest:
            what = f"{month_name(given['from'])} is after the end of the scenario, {month_name(latest)}"
            self.faults.add(f"outside.{path}.from", what, "", node.value["from"].mark)
        held = {**self.found.get(path, {}), **given}
        held = {key: held[key] for key in PATHS[path] if key in held and held[key] is not RESET}
        self.found.pop(path, None)
        if held:
            self.found[path] = held

    def set(self, one: Override, latest: int | None = None) -> None:
        """Apply `outside.freeze=yes`, `outside.PATH.KEY=value` or `outside.PATH=none`."""
        node = one.node
        for part in range(len(one.parts) - 1, 0, -1):
            node = Node({one.parts[part]: node}, one.mark(part - 1), {one.parts[part]: one.mark(part)})
        self.read(node, latest)

    def check(self, city: Any) -> None:
        """Note a fault where the city cannot follow the conditions: half of AI tools in a city that has none."""
        if "ai" in self.found and city is not None and not getattr(city, "source", {}).get("ai"):
            self.faults.add("outside.ai", f"the city '{city.title}' has no AI tools, so they have no half",
                            "give ai: {start, half, speed} in its city.yaml")

    def complete(self) -> dict[str, Any]:
        """The conditions with every key of each path that is changed, in a stable order; no path that changes nothing.

        A scenario that changes no path holds `freeze` alone.
        """
        whole: dict[str, Any] = {"freeze": self.found["freeze"]}
        for path, keys in PATHS.items():
            held = self.found.get(path)
            if not held:
                continue
            if path == "ai":
                whole[path] = dict(held)
            elif held.get("factor", 1.0) != 1.0 or held.get("growth", 0.0) != 0.0:
                begin = {"from": self.start}
                whole[path] = {key: held.get(key, begin.get(key, info.default)) for key, info in keys.items()}
        return whole


def info_of(parts: list[str]) -> KeyInfo | None:
    """What may stand at a path below `outside`: one of `KEYS`, or `none` for a whole path; None if there is no such."""
    if len(parts) == 1 and parts[0] in PATHS:
        return KeyInfo("text", text="only none can be set here")
    return KEYS.get(".".join(parts))


def hint_of(name: str) -> str:
    """The nearest outside condition to a name, or all of them."""
    return did_you_mean(name, list(KEYS), f"outside conditions: {listing(list(KEYS), 20)}")


def copy_of(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions that share nothing with those given."""
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in conditions.items()}
