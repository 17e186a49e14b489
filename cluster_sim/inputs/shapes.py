"""What keys of files may hold, as pydantic types: a `KeyInfo` becomes a type with its bounds, a file a `TypedDict`.

A value may be written in words (`15 million yuan`, `yes`, 2019-07); `Written` turns those into the plain value that
pydantic then checks, and adds them to the JSON schema.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, with_config
from pydantic_core import core_schema
from typing_extensions import TypedDict

from cluster_sim.codes import SEGMENTS
from cluster_sim.inputs.errors import did_you_mean, listing
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import (
    FIRST_YEAR,
    LAST_MONTH,
    QuantityError,
    number,
    parse_last_month,
    parse_month,
    shown,
)
from cluster_sim.inputs.slugs import read_slug

NONE = "none"
"""The word that takes an inherited part away or sets a key back to its default."""
ELSEWHERE = "elsewhere"
"""The word for another city without saying which."""
RESET = object()
"""What a key is read as that says `none`: its default."""
MONTH = {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}
YEAR = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_MONTH // 12}
AMOUNT = {"type": "string", "pattern": r"^[-+]?[0-9.,]+(e[-+]?[0-9]+)? *\D.*$"}

closed = with_config(ConfigDict(extra="forbid", strict=True))
"""For a `TypedDict` of a file: no other keys, and no number where a text is wanted."""


@dataclass(frozen=True)
class Names:
    """The city's names that values may use; None where the city could not be read."""

    zones: tuple[str, ...] | None = None
    others: tuple[str, ...] | None = None
    """Other cities."""


class ItemError(QuantityError):
    """A value of a list that cannot be; `item` is its index."""

    def __init__(self, message: str, item: int):
        super().__init__(message)
        self.item = item


@dataclass(frozen=True)
class Written:
    """A reader of the ways in which a value may be written; `forms` are those that the plain type does not say.

    With `resets` the word `none` is one of them and is read as RESET.
    """

    read: Callable[[Any, Names], Any] = lambda value, names: value
    forms: tuple[dict[str, Any], ...] = ()
    plain: bool = True
    """Whether a file may also hold the plain value (a month it may not: there it is a whole number)."""
    resets: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        def check(value: Any, inner: Any, info: Any) -> Any:
            if self.resets and (value is None or value == NONE):
                return RESET
            return inner(self.read(value, info.context or Names()))

        return core_schema.with_info_wrap_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        forms = [*([handler(schema["schema"])] if self.plain else ()), *self.forms]
        forms += [{"enum": [NONE, None]}] if self.resets else []
        forms = [each for form in forms for each in form.get("anyOf", [form])]
        return forms[0] if len(forms) == 1 else {"anyOf": forms}


def shape(title: str, keys: Mapping[str, KeyInfo], resets: bool = True, parts: Iterable[str] = ()) -> Any:
    """The shape of a mapping whose keys are `keys`, none of them required, no others allowed.

    What stands under the keys `parts` is read elsewhere; with `resets` a key may say `none`.
    """
    types = {name: field_type(info, resets) for name, info in keys.items()} | dict.fromkeys(parts, Any)
    return mapping(title, types)


def mapping(title: str, types: Mapping[str, Any]) -> Any:
    """The shape of a mapping whose keys have these types, none of them required, no others allowed."""
    return closed(TypedDict(title, dict(types), total=False))  # type: ignore[operator]


def field_type(info: KeyInfo, resets: bool = False) -> Any:
    """The pydantic type of a key, with its bounds, its description and the ways in which it may be written."""
    text = info.describe() + (f"; default {shown(info.default)}" if info.default is not None else "")
    text += f" ({info.status})" if info.status else ""
    plain = _plain_type(info)
    return Annotated[plain, Written(resets=True), Field(description=text), info] if resets else \
        Annotated[plain, Field(description=text), info]


def _plain_type(info: KeyInfo) -> Any:
    """The type of a key's value by its unit."""
    unit = info.unit
    if unit == "bool":
        return Annotated[bool, Written(lambda value, names: read_bool(value), ({"enum": ["yes", "no", "on", "off"]},))]
    if unit == "text":
        return Annotated[str, Written(lambda value, names: read_text(value))]
    if unit == "slug":
        return Annotated[str, Written(lambda value, names: read_slug(value))]
    if unit == "month name":
        return Annotated[int, Written(lambda value, names: parse_month(value), (MONTH,), plain=False)]
    if unit == "last month":
        return Annotated[int, Written(lambda value, names: parse_last_month(value), (MONTH, YEAR), plain=False)]
    if unit == "identity":
        return Annotated[str, Written(lambda value, names: read_identity(value), IDENTITY, plain=False)]
    if unit in KINDS:
        return Annotated[str, Written(lambda value, names: read_name(value, unit, names), *_enumerated(unit))]
    if unit.startswith("list of"):
        return _list_type(unit.removeprefix("list of ").removesuffix("s"))
    low, high = (None if math.isinf(bound) else bound for bound in info.bounds)
    bounds = Field(ge=low, le=high)
    if info.whole:
        return Annotated[int, bounds, Written(lambda value, names: read_count(value))]
    return Annotated[float, bounds, Written(lambda value, names: number(value, unit), (AMOUNT,))]


def _list_type(what: str) -> Any:
    """A list of names, each once, in the order in which they are known; `all` for all of them."""
    item = Annotated[str, Written(lambda value, names: read_name(value, what, names), *_enumerated(what))]

    def read(value: Any, names: Names) -> Any:
        known = KINDS[what](names)
        if value == "all" and known is not None:
            return list(known)
        if not isinstance(value, list):
            raise QuantityError(f"expected a list of {what}s", f"such as [{listing(known or (), 2)}]")
        return value

    def order(value: list[str], info: Any) -> list[str]:
        for index, name in enumerate(value):
            if name in value[:index]:
                raise ItemError(f"the {what} '{name}' is named twice", index)
        known = KINDS[what](info.context or Names())
        return value if known is None else [name for name in known if name in value]

    names_in = {"enum": list(SEGMENTS)} if what == "segment" else {"type": "string"}
    forms = ({"type": "array", "items": names_in, "uniqueItems": True}, {"const": "all"})
    return Annotated[list[item], AfterValidator(order), Written(read, forms, plain=False)]


KINDS: dict[str, Callable[[Names], tuple[str, ...] | None]] = {
    "segment": lambda names: SEGMENTS,
    "zone": lambda names: names.zones,
    "other city": lambda names: names.others if names.others is None else (ELSEWHERE, *names.others),
}
"""Units whose values are names, each with the names that are known."""
IDENTITY = ({"type": "string", "pattern": "^[0-9]{1,19}$"}, {"type": "integer", "minimum": 0})


def _enumerated(unit: str) -> tuple[Any, ...]:
    """The JSON schema of a name: the names themselves where they do not depend on the city."""
    return (({"enum": list(SEGMENTS)},), False) if unit == "segment" else ()


def read_bool(value: Any) -> bool:
    """true, false, yes, no, on or off."""
    words = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise QuantityError(f"expected yes or no, found {shown(value)}")


def read_text(value: Any) -> str:
    """Any words or number, as text on one line."""
    if isinstance(value, list | dict):
        raise QuantityError("expected a text")
    return " ".join(str("" if value is None else value).split())


def read_name(value: Any, unit: str, names: Names) -> str:
    """One of the names that are known for this unit."""
    known, what = KINDS[unit](names), unit.removeprefix("other ")
    if not isinstance(value, str):
        raise QuantityError(f"expected a {what}, found {shown(value)}")
    if known is not None and value not in known:
        hint = did_you_mean(value, known, f"one of: {listing(known)}")
        raise QuantityError(f"unknown {what} '{value[:40]}'", hint)
    return value


def read_identity(value: Any) -> str:
    """The identity of a title: a whole number of up to 19 digits, kept as text."""
    text = str(value).strip()
    if isinstance(value, bool | list | dict) or not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise QuantityError(f"expected the identity of a title, found {shown(value)}", "a project_id")
    return text


def read_count(value: Any) -> int:
    """A whole number."""
    found = number(value, "count")
    if not found.is_integer():
        raise QuantityError(f"expected a whole number, found {shown(found)}")
    return int(found)
