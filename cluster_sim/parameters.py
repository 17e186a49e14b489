"""Every number of the model, read from the one annotated file `parameters.yaml`.

The file groups parameters; each states its value, unit, bounds, symbol, status, source and a line
of text. A parameter of the group `segments` gives one value for each segment and is overridden as
`segments.markup.film`. From this file the documentation, the JSON schema of scenarios, the command
`explain` and the records that the kernels read are made.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.codes import SEGMENTS

if TYPE_CHECKING:
    import numpy as np

FILE = Path(__file__).with_name("parameters.yaml")

STATUSES = ("measured", "literature", "assumed", "calibrated")
_FIELDS = ("value", "unit", "bounds", "symbol", "status", "source", "text")
_OPTIONAL = ("plausible", "beyond", "role")
TECHNICAL = "technical"
"""Role of a number that shapes a rule and has no source yet: one may set it, a look over all parameters does not."""
_BY_SEGMENT = "segments"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model: `name` is its dotted path, `bounds` are inclusive."""

    name: str
    value: float
    unit: str
    bounds: tuple[float, float]
    symbol: str
    status: str
    source: str
    text: str
    plausible: tuple[float, float] | None = None
    """What the source supports (the prior), None where nothing is known; the bounds are only what is valid."""
    beyond: str = ""
    """Why the value lies outside what is plausible; empty where it does not."""
    role: str = ""
    """`technical` for a number that shapes a rule and has no source yet; else empty."""
    kind: str = "number"
    """`number`, `count` (a whole number) or `switch` (0 or 1)."""

    def admits(self, value: float) -> bool:
        """Whether `value` is finite, inside the bounds and of the right kind."""
        low, high = self.bounds
        whole = self.kind == "number" or float(value).is_integer()
        return math.isfinite(value) and low <= value <= high and whole


@functools.cache
def specification() -> dict[str, Parameter]:
    """Every parameter by its dotted name, in the order of the file."""
    return read_specification(FILE.read_text(encoding="utf-8"))


def defaults() -> dict[str, float]:
    """The value of every parameter as the file gives it, in the order of the file."""
    return {name: parameter.value for name, parameter in specification().items()}


def read_specification(text: str) -> dict[str, Parameter]:
    """Parse an annotated parameter file; ValueError names every entry that is not well formed."""
    tree = _tree(text)
    found: dict[str, Parameter] = {}
    faults: list[str] = []
    for group, entries in tree.items():
        for short, entry in (entries or {}).items():
            name = f"{group}.{short}"
            problem = _malformed(group, entry)
            if problem:
                faults.append(f"{name}: {problem}")
                continue
            values = entry["value"]
            if group == _BY_SEGMENT:
                for segment in SEGMENTS:
                    found[f"{name}.{segment}"] = _parameter(
                        f"{name}.{segment}", values[segment], entry
                    )
            else:
                found[name] = _parameter(name, values, entry)
    for parameter in found.values():
        if not parameter.admits(parameter.value):
            faults.append(f"{parameter.name}: {parameter.value} is outside {parameter.bounds}")
    if faults:
        raise ValueError("parameters.yaml: " + "; ".join(faults))
    return found


def _tree(text: str) -> dict[str, Any]:
    """The YAML of a parameter file, read with the garbage collector at rest.

    Thousands of small objects are made; beside large libraries a collection in between costs six
    times the reading itself.
    """
    import gc

    import yaml

    running = gc.isenabled()
    gc.disable()
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    finally:
        if running:
            gc.enable()


def _malformed(group: str, entry: Any) -> str:
    """What is wrong with the shape of one entry of the file; empty if nothing is."""
    if not isinstance(entry, dict):
        return "is not a mapping"
    missing = [field for field in _FIELDS if field not in entry]
    extra = [field for field in entry if field not in (*_FIELDS, *_OPTIONAL)]
    if missing or extra:
        return f"missing {missing}, unknown {extra}"
    if entry["status"] not in STATUSES:
        return f"status is not one of {STATUSES}"
    if entry.get("role", TECHNICAL) != TECHNICAL:
        return f"role is not '{TECHNICAL}'"
    bounds = entry["bounds"]
    if not (isinstance(bounds, list) and len(bounds) == 2 and bounds[0] <= bounds[1]):
        return "bounds are not [low, high]"
    value = entry["value"]
    values = list(value.values()) if group == _BY_SEGMENT and isinstance(value, dict) else [value]
    if group == _BY_SEGMENT and (not isinstance(value, dict) or set(value) != set(SEGMENTS)):
        return f"does not give exactly one value for each of {SEGMENTS}"
    if not all(isinstance(v, int | float) for v in values):
        return "value is not a number (YAML 1.1 wants 1.0e-3, not 1e-3)"
    return implausible(entry, values)


def implausible(entry: Mapping[str, Any], values: Iterable[float]) -> str:
    """Say how an entry's values, bounds and plausible range do not go together; empty if they do.

    A value may lie outside the plausible range only where `beyond` says why.
    """
    plausible, (low, high) = entry.get("plausible"), entry["bounds"]
    if plausible is None:
        return "says why it is beyond what is plausible, and not what is" if entry.get("beyond") else ""
    if not (isinstance(plausible, list) and len(plausible) == 2 and low <= plausible[0] <= plausible[1] <= high):
        return f"plausible is not [low, high] within the bounds {low} to {high}"
    outside = [value for value in values if not plausible[0] <= value <= plausible[1]]
    if outside and not entry.get("beyond"):
        return f"{outside[0]} is not plausible ({plausible[0]} to {plausible[1]}), and `beyond` does not say why"
    return "says why it is beyond what is plausible, and is not" if entry.get("beyond") and not outside else ""


def _parameter(name: str, value: float, entry: Mapping[str, Any]) -> Parameter:
    kind = "switch" if isinstance(value, bool) else "number"
    if isinstance(value, int) and not isinstance(value, bool) and entry["unit"] == "count":
        kind = "count"
    low, high = entry["bounds"]
    plausible = entry.get("plausible")
    return Parameter(
        name=name,
        value=float(value),
        unit=str(entry["unit"]),
        bounds=(float(low), float(high)),
        symbol=str(entry["symbol"]),
        status=str(entry["status"]),
        source=str(entry["source"]),
        text=str(entry["text"]),
        plausible=(float(plausible[0]), float(plausible[1])) if plausible else None,
        beyond=str(entry.get("beyond", "")),
        role=str(entry.get("role", "")),
        kind=kind,
    )


@functools.cache
def _layout() -> tuple[np.dtype, np.dtype]:
    """The types of the two records, made once: Numba knows a type again by its identity, much faster."""
    import numpy as np

    scalar = [name.replace(".", "_") for name in specification() if not _segmented(name)]
    segments = dict.fromkeys(name.split(".")[1] for name in specification() if _segmented(name))
    return (np.dtype([(field, "f8") for field in scalar], align=True),
            np.dtype([(field, "f8") for field in segments], align=True))


def records(values: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Two aligned NumPy records for the kernels: `p` of shape (1,) and `seg` with one row a segment.

    `p` has one float64 field for each scalar parameter (`collaboration.tau_max` is the field
    `collaboration_tau_max`), `seg` one for each parameter by segment (`segments.markup.film` is
    row 0 of the field `markup`), both in the order of the file. `values` must be complete;
    KeyError names the parameter that is missing.
    """
    import numpy as np

    scalar, by_segment = _layout()
    p, seg = np.zeros(1, scalar), np.zeros(len(SEGMENTS), by_segment)
    p[0] = tuple(values[name] for name in specification() if not _segmented(name))
    for field in by_segment.names or ():
        seg[field] = [values[f"{_BY_SEGMENT}.{field}.{segment}"] for segment in SEGMENTS]
    return p, seg


def _segmented(name: str) -> bool:
    return name.startswith(_BY_SEGMENT + ".")
