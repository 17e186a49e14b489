"""Reading one factor of a sweep file: its path against the base, its values against what the path may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cluster_sim import parameters
from cluster_sim.indicators import columns
from cluster_sim.inputs.errors import Faults, Mark, did_you_mean, listing
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import QuantityError, month_name, number, parse_month, shown
from cluster_sim.inputs.shapes import NONE, read_bool
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario import registry
from cluster_sim.scenario.designs import BY_VALUE
from cluster_sim.scenario.factors import Factor, column_name, plain_label
from cluster_sim.scenario.overrides import DUMMY, Override
from cluster_sim.scenario.sweep_shapes import FACTOR
from cluster_sim.scenario.variants import Variants

MOST_VALUES = 1_000
EXAMPLE = "a list of values, {low: 0, high: 1} or {options: {name: value}}"
OWN_COLUMNS = ("run_id", "scenario", "seed", "month", "point", "scale", "start", "until", "digest", "code",
               "status", "seconds")


class FactorReader:
    """Reads factors against one base; remembers the columns that are taken."""

    def __init__(self, variants: Variants, design: str | None, levels: int | None, faults: Faults) -> None:
        self.variants, self.design, self.levels, self.faults = variants, design, levels, faults
        self.taken = [*OWN_COLUMNS, *columns()]

    def read(self, path: str, node: Node, key: Mark) -> Factor | None:
        """One factor, or None and at least one fault."""
        before = len(self.faults.found)
        form = self._form(path, node)
        if form is None:
            return None
        column = self._column(path, form)
        package = "options" in form and any(each.kind == "mapping" for each in form["options"].value.values())
        info = KeyInfo("text") if package else self._info(path, node, key)
        factor = None
        if info is not None:
            kind = "option" if package else kind_of(info)
            if "low" in form or "high" in form:
                factor = self._range(path, form, info, kind, key, column)
            else:
                factor = self._listed(path, form, info, kind, key, column)
        return factor if len(self.faults.found) == before else None

    def _form(self, path: str, node: Node) -> dict[str, Node] | None:
        """A factor's keys; a bare list or value stands for its values."""
        if node.kind != "mapping":
            return {"values": node if node.kind == "list" else Node([node], node.mark)}
        before = len(self.faults.found)
        validate(FACTOR, node, f"factors.{path}", self.faults)
        if len(self.faults.found) > before:
            return None
        ways = [name for name in ("low", "values", "options") if name in node.value]
        if len(ways) != 1 and not ("high" in node.value and not ways):
            self.faults.add(f"factors.{path}", "expected one way to say its values", EXAMPLE, node.mark)
            return None
        found: dict[str, Node] = node.value
        return found

    def _column(self, path: str, form: Mapping[str, Node]) -> str:
        """The factor's column: as the file says, else from the path."""
        node = form.get("column")
        name = column_name(path, self.taken)
        if node is not None:
            name = str(node.plain())
            if not name.isidentifier() or not name.isascii() or name in self.taken:
                what = "is taken" if name in self.taken else "is not a name for a column"
                self.faults.add(f"factors.{path}.column", f"'{name}' {what}", "letters, digits and _", node.mark)
        self.taken.append(name)
        return name

    def _info(self, path: str, node: Node, key: Mark) -> KeyInfo | None:
        """What the path's values are; a fault at the key if there is no such path."""
        info = self.info_of(path)
        if info is not None:
            return info
        parts = path.split(".")
        known = self.variants.draft(Faults()).paths()
        hint = did_you_mean(path, known)
        if parts[0] == "policies" and len(parts) > 1 and parts[1] in registry.instruments():
            keys = registry.keys_of(registry.instruments()[parts[1]])
            hint = did_you_mean(parts[-1], list(keys), f"keys: {listing(list(keys))}")
        elif parts[0] == "events":
            titles = [event["title"] for event in self.variants.base.events]
            hint = hint or (f"events: {listing(titles)}" if titles else "the base has no events")
        if path in ("name", "slug", "city", "start", "end", "extends", "prices"):
            hint = "a factor is a policy, a parameter, an event or an outside condition"
        self.faults.add("factors", f"unknown path '{path}'",
                        hint or "such as policies.production_subsidy.rate, collaboration.tau_max", key)
        return None

    def info_of(self, path: str) -> KeyInfo | None:
        """What may stand at a path: its unit, bounds and default; None if there is no such path."""
        from cluster_sim.scenario import outside
        from cluster_sim.scenario.events import EVENTS

        if path.startswith(DUMMY):
            return KeyInfo("1", 0.5, -1e300, 1e300, "sets nothing: what an analysis says of it is noise")
        parts, base = path.split("."), self.variants.base
        spec = parameters.specification().get(path.removeprefix("parameters."))
        if spec is not None:
            unit = "bool" if spec.kind == "switch" else "count" if spec.kind == "count" else spec.unit
            default: Any = int(spec.value) if spec.kind == "count" else spec.value
            return KeyInfo(unit, default, *spec.bounds, spec.text)
        if parts[0] == "policies":
            if len(parts) < 3:
                known = len(parts) == 1 or parts[1] in registry.instruments()
                return KeyInfo("text", text="only none can be set here") if known else None
            instrument = registry.instruments().get(parts[1])
            if parts[2:] == ["from"]:
                return KeyInfo("month name", text="month in which it begins") if instrument else None
            dated = parts[2][:1].isdigit()
            return registry.keys_of(instrument).get(".".join(parts[3 if dated else 2:])) if instrument else None
        if parts[0] == "events":
            title, key = ".".join(parts[1:-1]), parts[-1]
            for event in base.events:
                if event["title"] == ".".join(parts[1:]):
                    return KeyInfo("text", text="only none can be set here")
                if event["title"] == title and key not in (event["kind"], "prices", "note"):
                    return EVENTS[event["kind"]].get(key)
            return KeyInfo("text", text="only none can be set here") if len(parts) == 1 else None
        return outside.info_of(parts[1:]) if parts[0] == "outside" else None

    # values ---------------------------------------------------------------------------------------------

    def _range(self, path: str, form: Mapping[str, Node], info: KeyInfo, kind: str, key: Mark,
               column: str) -> Factor | None:
        """A factor between two ends."""
        where = f"factors.{path}"
        missing = [end for end in ("low", "high") if end not in form]
        if missing:
            self.faults.add(where, f"the key '{missing[0]}' is missing", EXAMPLE, key)
            return None
        if kind in ("switch", "option"):
            self.faults.add(where, "is not a number or a month: list its values", "such as [a, b]", form["low"].mark)
            return None
        ends = [self._end(path, form[end], info, kind, key) for end in ("low", "high")]
        if None in ends:
            return None
        low, high = float(ends[0] or 0), float(ends[1] or 0)
        log = "log" in form and form["log"].plain() in (True, "yes", "on")
        if low >= high:
            self.faults.add(where, "low must be below high", "", form["high"].mark)
            return None
        if log and (low <= 0 or kind == "month"):
            self.faults.add(f"{where}.log", "a logarithmic range needs numbers above zero", "", form["log"].mark)
            return None
        factor = Factor(path, column, kind, info.unit, (), (), low, high, log)
        levels = form["levels"].plain() if "levels" in form else self.levels
        if self.design not in BY_VALUE:
            if "levels" in form and self.design:
                self.faults.add(f"{where}.levels", f"means nothing in the design '{self.design}'", "",
                                form["levels"].mark)
            return factor
        if levels is None and self.design != "oat":
            self.faults.add(where, f"a {self.design} needs values", "list them, or add levels: 5 beside low and high",
                            form["low"].mark)
            return None
        values = factor.spaced(int(levels or 2))
        return Factor(path, column, kind, info.unit, values, tuple(plain_label(each, kind) for each in values))

    def _end(self, path: str, node: Node, info: KeyInfo, kind: str, key: Mark) -> float | None:
        """One end of a range in the unit of its path (a month as an ordinal)."""
        if node.plain() in (NONE, None):
            self.faults.add(f"factors.{path}", "an end of a range cannot be none", "", node.mark)
            return None
        if not self._fits(path, node, key):
            return None
        value = node.plain()
        if kind == "month":
            return parse_month(value)
        return number(value, "count" if kind == "count" else info.unit)

    def _listed(self, path: str, form: Mapping[str, Node], info: KeyInfo, kind: str, key: Mark,
                column: str) -> Factor | None:
        """A factor with listed values, with or without names."""
        named = "options" in form
        nodes = list(form["options"].value.values()) if named else list(form["values"].value)
        if not 0 < len(nodes) <= MOST_VALUES:
            what = f"has more than {MOST_VALUES:,} values" if nodes else "has no values"
            self.faults.add(f"factors.{path}", what, EXAMPLE, form["options" if named else "values"].mark)
            return None
        for extra in ("log", "levels"):
            if extra in form:
                self.faults.add(f"factors.{path}.{extra}", "belongs to a range from low to high", "", form[extra].mark)
        several = kind == "option"
        if not all([self._fits(path, node, key, several) and self._says_a_value(path, node, info, kind)
                    for node in nodes]):
            return None
        values = tuple(self._value(node, info, kind) for node in nodes)
        labels: tuple[Any, ...] = tuple(self._label(value, kind) for value in values)
        if named:
            kind, labels = "option", tuple(form["options"].value)
        if self.design != "list":
            for place, label in enumerate(labels):
                if label in labels[:place]:
                    self.faults.add(f"factors.{path}", f"the value {label} is given twice", "", nodes[place].mark)
        return Factor(path, column, kind, info.unit, values, labels)

    def _value(self, node: Node, info: KeyInfo, kind: str) -> Any:
        """A value as a scenario file would write it, a number in the unit of its path."""
        value = node.plain()
        if value is None or value == NONE:
            return NONE
        if kind == "number":
            return number(value, info.unit)
        if kind == "count":
            return int(number(value, "count"))
        if kind == "month":
            return month_name(parse_month(value))
        return read_bool(value) if kind == "switch" else value

    def _label(self, value: Any, kind: str) -> Any:
        """What the column shows for a value."""
        return NONE if value == NONE and kind == "switch" else plain_label(value, kind)

    def _says_a_value(self, path: str, node: Node, info: KeyInfo, kind: str) -> bool:
        """Whether a value is one: `none` is, only where it means that there is no limit, or among options."""
        if node.plain() not in (NONE, None) or kind == "option" or info.default is None and kind != "month":
            return True
        default = "" if info.default is None else f": write {shown(info.default)}"
        self.faults.add(f"factors.{path}", f"none only sets the default back{default}", "", node.mark)
        return False

    def _fits(self, path: str, node: Node, key: Mark, several: bool = False) -> bool:
        """Whether the base takes this value at this path; if not, its faults are noted.

        With `several` it may be a mapping of paths to values.
        """
        before = len(self.faults.found)
        if node.kind == "mapping" and not several:
            self.faults.add(f"factors.{path}", "expected a value, found a mapping", EXAMPLE, node.mark)
        elif node.kind == "mapping":
            for inner, child in node.value.items():
                if self._info(inner, child, node.key_mark(inner)) is not None:
                    self._fits(inner, child, node.key_mark(inner))
        elif path.startswith(DUMMY):
            try:
                number(node.plain(), "1")
            except QuantityError as error:
                self.faults.add(f"factors.{path}", error.message, error.hint, node.mark)
        else:
            self.variants.with_overrides([Override(tuple(path.split(".")), node, key)], self.faults)
        return len(self.faults.found) == before


def kind_of(info: KeyInfo) -> str:
    """What a factor over a key is: a number, a count, a month, a switch or a choice among options."""
    if info.unit == "bool":
        return "switch"
    if info.unit == "month name":
        return "month"
    if info.unit in ("text", "segment", "zone") or info.unit.startswith("list of"):
        return "option"
    return "count" if info.whole else "number"
