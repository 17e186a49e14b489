"""The shapes of the parts of a scenario as pydantic models, made from what instruments declare.

Each field parses its own unit, checks its bounds and describes itself in the JSON schema, so that
reading, checking and the schema come from one declaration.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from cluster_sim.codes import SEGMENTS
from cluster_sim.scenario import quantities, registry
from cluster_sim.scenario.errors import Faults, Mark, did_you_mean, listing, nearest
from cluster_sim.scenario.quantities import QuantityError
from cluster_sim.scenario.registry import KeyInfo
from cluster_sim.scenario.yaml_reader import Node

MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"
NONE = "none"
"""The word that takes an inherited part away or sets a key back to its default."""

ELSEWHERE = "elsewhere"
"""The word for another city without saying which."""

RESET = object()
"""What a key is read as that says `none`: its default."""


@dataclass(frozen=True)
class Names:
    """The city's names that values may use; None where the city could not be read."""

    zones: tuple[str, ...] | None = None
    others: tuple[str, ...] | None = None
    """Other cities."""


class ItemError(QuantityError):
    """A value of a list that cannot be read; `item` is its index."""

    def __init__(self, message: str, hint: str, item: int):
        super().__init__(message, hint)
        self.item = item


def parser(info: KeyInfo) -> Callable[[Any, Names], Any]:
    """A function that reads a value of this key; it raises QuantityError."""
    unit = info.unit
    if unit == "bool":
        return lambda value, names: read_bool(value)
    if unit == "text":
        return lambda value, names: read_text(value)
    if unit == "month name":
        return lambda value, names: quantities.parse_month(value)
    if unit == "segment":
        return lambda value, names: read_name(value, SEGMENTS, "segment")
    if unit == "zone":
        return lambda value, names: read_name(value, names.zones, "zone")
    if unit == "other city":
        return lambda value, names: read_city(value, names.others)
    if unit == "identity":
        return lambda value, names: read_identity(value)
    if unit == "list of zones":
        return lambda value, names: read_list(value, names.zones, "zone")
    if unit == "list of segments":
        return lambda value, names: read_list(value, SEGMENTS, "segment")
    if info.whole:
        return lambda value, names: read_count(value, info)
    low, high = info.low, info.high
    if unit == "share":
        low, high = max(low, 0.0), min(high, 1.0)
    return lambda value, names: quantities.in_bounds(
        quantities.number(value, unit), low, high, unit
    )


def read_bool(value: Any) -> bool:
    """true, false, yes, no, on or off."""
    words = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise QuantityError(f"expected yes or no, found {quantities.shown(value)}")


def read_text(value: Any) -> str:
    """Any words or number, as text on one or more lines."""
    if isinstance(value, list | dict):
        raise QuantityError("expected a text")
    return " ".join(str("" if value is None else value).split())


def read_name(value: Any, known: tuple[str, ...] | None, what: str) -> str:
    """One of the known names."""
    if not isinstance(value, str):
        raise QuantityError(f"expected a {what}, found {quantities.shown(value)}")
    if known is not None and value not in known:
        hint = did_you_mean(value, known, f"one of: {listing(known)}")
        raise QuantityError(f"unknown {what} '{value[:40]}'", hint)
    return value


def read_city(value: Any, others: tuple[str, ...] | None) -> str:
    """`elsewhere` or the name of another city."""
    return read_name(value, others if others is None else (ELSEWHERE, *others), "city")


def read_identity(value: Any) -> str:
    """The identity of a title: a whole number of up to 19 digits, kept as text."""
    text = str(value).strip()
    if isinstance(value, bool | list | dict) or not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise QuantityError(f"expected the identity of a title, found {quantities.shown(value)}", "a project_id")
    return text


def read_list(value: Any, known: tuple[str, ...] | None, what: str) -> list[str]:
    """A list of known names, each once, in the order in which they are known."""
    if value == "all" and known is not None:
        return list(known)
    if not isinstance(value, list):
        raise QuantityError(f"expected a list of {what}s", f"such as [{listing(known or (), 2)}]")
    for index, item in enumerate(value):
        try:
            read_name(item, known, what)
        except QuantityError as error:
            raise ItemError(error.message, error.hint, index) from None
        if item in value[:index]:
            raise ItemError(f"the {what} '{item}' is named twice", "", index)
    return list(value) if known is None else [name for name in known if name in value]


def read_count(value: Any, info: KeyInfo) -> int:
    """A whole number within bounds."""
    found = quantities.number(value, "count")
    if not math.isfinite(found) or not found.is_integer():
        raise QuantityError(f"expected a whole number, found {quantities.shown(found)}")
    return int(quantities.in_bounds(found, info.low, info.high, info.unit))


def field_type(info: KeyInfo, reset: bool = True) -> Any:
    """The pydantic type of a key: its parser and its JSON schema."""
    read = parser(info)

    def validate(value: Any, context: ValidationInfo) -> Any:
        if reset and (value is None or value == NONE):
            return RESET
        try:
            return read(value, context.context or Names())
        except QuantityError as error:
            fault: dict[str, Any] = {"message": error.message, "hint": error.hint, "start": error.start}
            fault |= {"width": error.width, "item": getattr(error, "item", -1)}
            raise PydanticCustomError("quantity", "{message}", fault) from None

    return Annotated[Any, PlainValidator(validate), WithJsonSchema(json_schema(info, reset))]


def json_schema(info: KeyInfo, reset: bool = True) -> dict[str, Any]:
    """The JSON schema of a key's value."""
    unit = info.unit
    options: list[dict[str, Any]]
    if unit == "bool":
        options = [{"type": "boolean"}, {"enum": ["yes", "no", "on", "off"]}]
    elif unit == "identity":
        options = [{"type": "string", "pattern": "^[0-9]{1,19}$"}, {"type": "integer", "minimum": 0}]
    elif unit in ("text", "zone", "other city"):
        options = [{"type": "string"}]
    elif unit == "month name":
        options = [{"type": "string", "pattern": MONTH_PATTERN}]
    elif unit == "segment":
        options = [{"enum": list(SEGMENTS)}]
    elif unit.startswith("list of"):
        item = {"enum": list(SEGMENTS)} if "segments" in unit else {"type": "string"}
        options = [{"type": "array", "items": item, "uniqueItems": True}, {"const": "all"}]
    else:
        bounds: dict[str, Any] = {"type": "integer" if info.whole else "number"}
        if math.isfinite(info.low):
            bounds["minimum"] = info.low
        high = min(info.high, 1.0) if unit == "share" else info.high
        if math.isfinite(high):
            bounds["maximum"] = high
        options = [bounds]
        if not info.whole:
            options.append({"type": "string", "pattern": r"^[-+]?[0-9.,]+(e[-+]?[0-9]+)? *\D.*$"})
    if reset:
        options.append({"enum": [NONE, None]})
    text = info.describe()
    if info.default is not None:
        text += f"; default {quantities.shown(info.default)}"
    if info.status:
        text += f" ({info.status})"
    schema = options[0] if len(options) == 1 else {"anyOf": options}
    return {"description": text, **schema}


def model_of(title: str, keys: Mapping[str, KeyInfo], reset: bool = True) -> type[BaseModel]:
    """A pydantic model whose fields are `keys`, none of them required, no others allowed."""
    fields: dict[str, Any] = {
        f"key_{index}": (field_type(info, reset), Field(default=None, alias=name))
        for index, (name, info) in enumerate(keys.items())
    }
    config = ConfigDict(extra="forbid", title=title, frozen=True)
    return create_model(title, __config__=config, **fields)


@functools.cache
def entry_keys(instrument: Any) -> dict[str, KeyInfo]:
    """Every key of a dated entry of an instrument."""
    return {
        "from": KeyInfo("month name", text="first month in which the entry is in force", status=""),
        **registry.keys_of(instrument),
        "prices": PRICES,
        "note": NOTE,
    }


@functools.cache
def entry_model(instrument: Any) -> type[BaseModel]:
    """The model of a dated entry of an instrument."""
    return model_of(f"{instrument.name} entry", entry_keys(instrument))


PRICES = KeyInfo("text", text="prices of the money beside it: 2017, or nominal of its month")
NOTE = KeyInfo("text", text="free text: a source, or that a figure is assumed", status="")


def check(
    model: type[BaseModel],
    keys: Mapping[str, KeyInfo],
    node: Node,
    path: str,
    names: Names,
    faults: Faults,
) -> dict[str, Any]:
    """The values that `node` gives, parsed; its faulty keys are noted and left out."""
    given = {key: child.plain() for key, child in node.value.items()}
    aliases = {field.alias: name for name, field in model.model_fields.items()}
    for _ in range(2):
        try:
            parsed = model.model_validate(given, context=names)
        except ValidationError as problems:
            for problem in problems.errors(include_url=False, include_input=False):
                key = str(problem["loc"][0])
                given.pop(key, None)
                _note(problem, key, keys, node, path, faults)
        else:
            return {key: getattr(parsed, aliases[key]) for key in given}
    return {}


def _note(
    problem: Any, key: str, keys: Mapping[str, KeyInfo], node: Node, path: str, faults: Faults
) -> None:
    """Turn one of pydantic's errors into a fault with its place."""
    if problem["type"] == "extra_forbidden":
        faults.add(path, f"unknown key '{key}'", key_hint(key, keys), node.key_mark(key))
        return
    child = node.value[key]
    context = problem.get("ctx", {})
    hint = str(context.get("hint", ""))
    if key in keys and keys[key].text and "expected" in hint:
        hint += f"   ({keys[key].text.rstrip('.')})"
    faults.add(f"{path}.{key}" if path else key, problem["msg"], hint, place(child, context))


def place(node: Node, context: Mapping[str, Any]) -> Mark:
    """The part of `node` that an error points at."""
    item = int(context.get("item", -1))
    if 0 <= item < len(node.value if isinstance(node.value, list) else ()):
        mark: Mark = node.value[item].mark
        return mark
    start, width = int(context.get("start", 0)), int(context.get("width", 0))
    return node.mark.part(start, width) if width and not node.quoted else node.mark


def key_hint(key: str, keys: Mapping[str, KeyInfo]) -> str:
    """The nearest valid key with its unit and bounds, or all keys."""
    close = nearest(key, list(keys))
    if close:
        return f"did you mean '{close}'?   ({keys[close].describe()})"
    return f"keys: {listing(list(keys))}"
