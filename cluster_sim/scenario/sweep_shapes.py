"""What a sweep file may hold; a study adds keys of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from cluster_sim.inputs.errors import ScenarioError
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import MOST_SEEDS, QuantityError, parse_scale, shown
from cluster_sim.inputs.shapes import ItemError, Written, field_type, mapping

LARGEST_SEED = 2**63 - 1


def whole(low: float, high: float = float("inf"), text: str = "") -> Any:
    """The type of a whole number."""
    return field_type(KeyInfo("count", None, low, high, text, ""))


def read_seeds(value: Any, names: Any = None) -> tuple[int, ...]:
    """Seeds: the numbers themselves, or N for 1 to N."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_SEEDS:
        return tuple(range(1, value + 1))
    if not isinstance(value, list):
        what = f"expected a whole number of seeds, at least 1 and at most {MOST_SEEDS:,}, found {shown(value)}"
        raise QuantityError(what, "or a list of seeds, such as [11, 12]")
    if not value:
        raise QuantityError("at least one seed is needed")
    seen: set[int] = set()
    for place, each in enumerate(value):
        if isinstance(each, bool) or not isinstance(each, int) or not 0 <= each <= LARGEST_SEED:
            raise ItemError(f"a seed is a whole number from 0 to 2^63 - 1, found {shown(each)}", place)
        if each in seen:
            raise ItemError(f"the seed {each} is named twice", place)
        seen.add(each)
    return tuple(value)


def read_scale(value: Any, names: Any = None) -> float:
    """A share of the city: above 0 and at most 1."""
    try:
        scale = parse_scale(value)
    except ScenarioError:
        scale = 0.0
    if not 0 < scale <= 1 or isinstance(value, bool | list | dict):
        raise QuantityError(f"{shown(value)} is not a share of the city", "write 1/20, 0.05 or 1")
    return scale


def read_names(value: Any, names: Any = None) -> list[Any]:
    """A list of names; a single one may stand alone."""
    return value if isinstance(value, list) else [value]


TEXT = field_type(KeyInfo("text", status=""))
SEEDS = Annotated[Any, Written(read_seeds)]
NAMES = Annotated[list[str], Written(read_names)]
DESIGNS = ("grid", "list", "oat", "lhs", "sobol", "saltelli", "morris")
KEYS = {
    "name": TEXT, "rationale": TEXT, "base": TEXT, "design": Literal[DESIGNS], "factors": dict[str, Any],
    "seeds": SEEDS, "scale": Annotated[float, Written(read_scale)],
    "until": field_type(KeyInfo("last month", text="last month of the runs, or its year", status="")), "outputs": NAMES,
    "samples": whole(1), "trajectories": whole(2), "levels": whole(2, 10_000),
    "second_order": field_type(KeyInfo("bool", status="")), "sample_seed": whole(0, 2**32 - 1)}
FACTOR = mapping("factor", {
    "low": Any, "high": Any, "values": list[Any], "options": dict[str, Any], "column": TEXT,
    "log": field_type(KeyInfo("bool", status="")), "levels": whole(2, 10_000)})


def sweep_shape(also: Mapping[str, Any]) -> Any:
    """The shape of a sweep file in which another command reads the keys `also`."""
    return mapping("sweep", {**KEYS, **also})
