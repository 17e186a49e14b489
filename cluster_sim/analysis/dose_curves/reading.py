"""Reading a dose study: instruments with their amounts and aims, the doses, and the plain uses of the same money.

The study becomes a sweep of one factor at a time whose options are doses, so that its runs can be gone on with, shared
out and made again like those of any sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.analysis.study_files import COLUMN
from cluster_sim.inputs.errors import did_you_mean, listing
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import QuantityError, month_name, number, shown
from cluster_sim.inputs.shapes import Written, field_type, mapping
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES
from cluster_sim.scenario import registry
from cluster_sim.scenario.sweep_files import SweepReader, open_reader
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.types import Scenario

DOSES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
COST_OF_FUNDS = (1.0, 1.5)
ZERO = "0"
"""Label of the point at which an instrument's amounts are nothing."""


def _numbers(low: float, what: str) -> Any:
    """The type of a list of different numbers above (or at) a least one, the smallest first."""
    def read(value: Any, names: Any) -> tuple[float, ...]:
        given = value if isinstance(value, list) else [value]
        if not given or any(isinstance(each, bool) or not isinstance(each, int | float) for each in given):
            raise QuantityError(f"expected a list of {what}, found {shown(value)}", "such as [1, 10, 100]")
        if min(given) < low or low == 0 and min(given) == 0:
            bound = f"above {low:g}" if low == 0 else f"at least {low:g}"
            raise QuantityError(f"{min(given):g} is too small: {what} are {bound}")
        twice = next((each for place, each in enumerate(given) if each in given[:place]), None)
        if twice is not None:
            raise QuantityError(f"{twice:g} stands there twice: {what} differ")
        return tuple(sorted(float(each) for each in given))

    return Annotated[tuple[float, ...], Written(read)]


TEXT = field_type(KeyInfo("text", status=""))
ALSO = {
    "instruments": dict[str, Any], "comparators": dict[str, Any], "doses": _numbers(0, "doses"),
    "from": field_type(KeyInfo("month name", text="month from which the doses hold", status="")),
    "cost_of_funds": _numbers(1, "marginal costs of public funds")}
"""Keys of the file beside those of a sweep."""
CURVE = mapping("curve", {"instrument": TEXT, "title": TEXT, "aim": COLUMN, "amounts": dict[str, Any],
                          "with": dict[str, Any]})


@dataclass(frozen=True)
class Curve:
    """One instrument at several doses: the points of the sweep by dose, 0 among them, and the column it aims at."""

    label: str
    instrument: str
    title: str
    aim: Measure
    comparator: bool
    points: Mapping[float, int]


@dataclass(frozen=True)
class DoseSpec:
    """What is asked, checked and complete. Years are those in which the doses hold."""

    sweep: Sweep
    curves: tuple[Curve, ...]
    years: str
    cost_of_funds: tuple[float, ...]

    @property
    def comparators(self) -> tuple[Curve, ...]:
        """The plain uses of the same money."""
        return tuple(curve for curve in self.curves if curve.comparator)


def read(source: str | Path | Mapping[str, Any]) -> DoseSpec:
    """Read a dose study from a file, or from a mapping with the keys of one; ScenarioError holds all its faults."""
    base = source.get("base") if isinstance(source, Mapping) else None
    reader = open_reader(source, base if isinstance(base, Scenario) else None, (*TABLES, *EXTRA_TABLES), ALSO)
    for key in ("factors", "design"):
        if key in reader.root.value:
            reader.faults.add(key, "means nothing here: the doses of each instrument are the design", "",
                              reader.root.key_mark(key))
    given = reader.given
    doses, since = given.get("doses", DOSES), given.get("from", reader.base.start if reader.base else 0)
    found = [each for comparator in (False, True) for each in _curves(reader, comparator)]
    if not found and not reader.faults.found:
        hint = "such as instruments: {guidance_fund: {aim: venture_capital, amounts: {size: 3 billion yuan}}}"
        reader.faults.add("instruments", "expected at least one instrument with its amounts", hint, reader.root.mark)
    if not found:
        reader.faults.stop()
    nodes = {label: _options(reader, label, node, doses, month_name(since)) for label, node, *_ in found}
    reader.root.value["factors"] = Node(nodes, reader.root.mark, {label: node.mark for label, node, *_ in found})
    given |= {"design": "oat"}
    reader.stands_in = True
    sweep = reader.sweep()
    first, last = -(-since // 12), (sweep.until + 1) // 12 - 1
    if first > last:
        reader.faults.add("from", f"no whole year lies between {month_name(since)} and {month_name(sweep.until)}", "",
                          reader.mark("from"))
        reader.faults.stop()
    years, curves, place = f"{first}-{last}", [], 1
    for (label, _, curve, comparator), factor in zip(found, sweep.factors, strict=True):
        points = {float(name): place + k for k, name in enumerate(factor.labels)}
        place += len(factor.labels)
        name = curve.get("instrument", label)
        curves.append(Curve(label, name, curve.get("title", registry.instruments()[name].title),
                            measure(curve.get("aim", "creative_value_added"), years), comparator,
                            points if 0.0 in points else {0.0: 0, **points}))
    return DoseSpec(sweep, tuple(curves), years, given.get("cost_of_funds", COST_OF_FUNDS))


def _curves(reader: SweepReader, comparator: bool) -> list[tuple[str, Node, dict[str, Any], bool]]:
    """The curves of one key of the file: label, node, well-formed keys, and whether they are comparators."""
    key, known = "comparators" if comparator else "instruments", registry.instruments()
    node, found = reader.root.value.get(key), []
    if node is None or node.kind != "mapping":
        return []
    for label, child in node.value.items():
        curve = validate(CURVE, child, f"{key}.{label}", reader.faults)
        name = curve.get("instrument", label)
        if child.kind != "mapping" or not curve:
            continue
        if name not in known:
            hint = did_you_mean(name, list(known), f"instruments: {listing(list(known), 30)}")
            mark = child.value["instrument"].mark if "instrument" in curve else node.key_mark(label)
            reader.faults.add(f"{key}.{label}", f"unknown instrument '{name}'", hint, mark)
        elif known[name].comparator and not comparator:
            what = f"'{name}' is a plain use of money that instruments are held against"
            reader.faults.add(f"{key}.{label}", what, "write it under comparators", node.key_mark(label))
        elif "amounts" not in curve:
            reader.faults.add(f"{key}.{label}", "the key 'amounts' is missing",
                              "what the doses multiply, such as amounts: {budget: 100 million yuan}", child.mark)
        else:
            found.append((label, child, curve, comparator))
    return found


def _options(reader: SweepReader, label: str, node: Node, doses: tuple[float, ...], since: str) -> Node:
    """A factor whose options are the doses of one instrument, or of several, within the bounds of their keys.

    Without them in the base, nothing of them is the base itself.
    """
    name = node.value["instrument"].plain() if "instrument" in node.value else label
    amounts: dict[str, tuple[float, KeyInfo, Node]] = {}
    there = False
    for written, child in node.value["amounts"].value.items():
        owner, key = _owner(name, written)
        keys = registry.keys_of(registry.instruments()[owner]) if owner in registry.instruments() else {}
        info = keys.get(key)
        try:
            if info is None or not info.amount:
                hint = did_you_mean(key, list(keys), f"keys: {listing(list(keys), 30)}")
                raise QuantityError(f"'{key}' is no amount of {owner}", hint)
            amounts[f"policies.{owner}.{since}.{key}"] = number(child.plain(), info.unit), info, child
        except QuantityError as error:
            reader.faults.add(f"{label}.amounts.{written}", error.message, error.hint, child.mark)
        there |= reader.base is not None and owner in reader.base.policies
    fixed, options = {}, {}
    for written, child in node.value["with"].value.items() if "with" in node.value else ():
        owner, key = _owner(name, written)
        fixed[f"policies.{owner}.{since}.{key}"] = child
    for dose in ((0.0,) if there else ()) + doses:
        values = {path: Node(_dosed(amount, dose, info), child.mark) for path, (amount, info, child) in amounts.items()}
        values |= fixed
        options[f"{dose:g}"] = Node(values, node.mark, {path: each.mark for path, each in values.items()})
    return Node({"options": Node(options, node.mark)}, node.mark)


def _owner(name: str, written: str) -> tuple[str, str]:
    """Return instrument and key of an amount: `size`, or `guidance_fund.size` for one of another instrument."""
    owner, dot, key = written.rpartition(".")
    return (owner, key) if dot else (name, written)


def _dosed(amount: float, dose: float, info: KeyInfo) -> float | int:
    """An amount times a dose, as far as the bounds of its key allow; a count is rounded."""
    low, high = info.bounds
    value = min(max(amount * dose, low), high)
    return round(value) if info.whole else value
