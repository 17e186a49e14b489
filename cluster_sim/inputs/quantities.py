"""Numbers with units in words, shares, months and scales, read from scenario files.

A bare number is in the unit that its key declares (money: million yuan). A unit in words is
converted: `15 million yuan`, `5.0 billion yuan`, `20%`, `2 years`, `24 million yuan a year`.
Conversions are exact in decimals before the result becomes a float.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from cluster_sim.inputs.errors import Fault, ScenarioError, nearest

FIRST_YEAR, LAST_YEAR = 1990, 2100
LAST_MONTH = 2055 * 12 + 11
"""Last month of the outside paths (city/paths.py)."""
TOO_LATE = "no run goes beyond 2055-12: markets, wages and prices are not known later"
MOST_SEEDS = 1_000_000

_MONEY = {
    "yuan": Decimal("0.000001"),
    "thousand yuan": Decimal("0.001"),
    "million yuan": Decimal(1),
    "billion yuan": Decimal(1000),
}
_MONTHS = {"month": Decimal(1), "months": Decimal(1), "year": Decimal(12), "years": Decimal(12)}
_LENGTHS = {"km": Decimal(1), "m": Decimal("0.001")}
_AREAS = {"m2": Decimal(1), "square metres": Decimal(1), "ha": Decimal(10000)}
_AREAS |= {"km2": Decimal(1000000)}
_SHARES = {"%": Decimal("0.01"), "percent": Decimal("0.01")}
_PERIODS = {"month": Decimal(1), "year": Decimal(12)}

_AMOUNT = re.compile(r"(?P<number>[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d+)?)\s*(?P<unit>.*)\Z", re.DOTALL)
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_YEAR = re.compile(r"\d{4}\Z")
_LOOSE_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?\Z")


class QuantityError(ValueError):
    """A value that cannot be read; `start` and `width` say which part of its text is at fault."""

    def __init__(self, message: str, hint: str = "", start: int = 0, width: int = 0):
        super().__init__(message)
        self.message, self.hint, self.start, self.width = message, hint, start, width


def units_for(unit: str) -> dict[str, Decimal]:
    """The units that may be written where `unit` is declared, each with its factor into `unit`."""
    base, _, period = unit.partition("/")
    if period in _PERIODS:
        tables = {"1": {**_SHARES, "1": Decimal(1)}, **{name: _MONEY for name in _MONEY}}
        table = tables.get(base, {base: Decimal(1)})
        own = table.get(base, Decimal(1))
        found = {
            f"{word}/{each}": factor / own * _PERIODS[period] / length
            for word, factor in table.items()
            for each, length in _PERIODS.items()
        }
        return {**found, **_SHARES} if base == "1" else found
    if unit in _MONEY:
        return {word: factor / _MONEY[unit] for word, factor in _MONEY.items()}
    if unit in ("month", "months"):
        return dict(_MONTHS)
    if unit == "year":
        return {word: factor / 12 for word, factor in _MONTHS.items()}
    if unit in _LENGTHS:
        return dict(_LENGTHS)
    if unit in _AREAS:
        return dict(_AREAS)
    if unit in ("share", "1"):
        return dict(_SHARES)
    return {} if unit == "count" else {unit: Decimal(1)}


def is_money(unit: str) -> bool:
    """Whether amounts in `unit` are money, so that prices matter."""
    return "yuan" in unit


def number(value: object, unit: str) -> float:
    """`value` (a number, or a number with a unit in words) in `unit`; QuantityError otherwise.

    >>> number("15 million yuan", "yuan"), number("20%", "share"), number("2 years", "month")
    (15000000.0, 0.2, 24.0)
    """
    if isinstance(value, bool) or value is None:
        raise QuantityError(f"expected {expected(unit)}, found {shown(value)}")
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        raise QuantityError(f"expected {expected(unit)}, found a {_kind(value)}")
    text = value.strip()
    match = _AMOUNT.match(text)
    digits = match.group("number") if match else ""
    if match is None or not any(c.isdigit() for c in re.split("[eE]", digits)[0]):
        raise QuantityError(f"expected {expected(unit)}, found '{text[:40]}'")
    written = match.group("unit").strip()
    factors = units_for(unit)
    factor = Decimal(1)
    if written:
        found = _normal(written)
        if found not in factors:
            raise _unknown_unit(written, found, unit, factors, match.start("unit"))
        factor = factors[found]
    try:
        return float(Decimal(digits.replace(",", "")) * factor)
    except ArithmeticError:
        raise QuantityError("the number is too large") from None


def _normal(unit: str) -> str:
    """A unit in words in the form of the tables: `Million Yuan a Year` is `million yuan/year`."""
    text = " ".join(unit.split()).lower()
    text = re.sub(r"\s*(?:/| per | each | an? |^per |^a )\s*(month|year)\Z", r"/\1", text)
    text = re.sub(r"\b(cny|rmb)\b", "yuan", text)
    return f"1{text}" if text.startswith("/") else text


def _unknown_unit(written: str, found: str, unit: str, factors: dict[str, Decimal], start: int) -> QuantityError:
    if found.replace(" ", "") == unit.replace(" ", ""):
        factors = {unit: Decimal(1)}
    close = nearest(found.replace("_", " "), list(factors)) or nearest(found, list(factors))
    hint = f"did you mean '{close}'?" if close else ""
    known = ", ".join(factors) if factors else "none, it is a plain number"
    return QuantityError(f"unknown unit '{written[:40]}'", f"{hint}   (units: {known})".strip(), start, len(written))


def expected(unit: str) -> str:
    """What to write where `unit` is declared, for messages."""
    if is_money(unit):
        return f"an amount such as 15 or 15 million yuan (a plain number is in {unit})"
    if unit in ("share", "1"):
        return "a number such as 0.2"
    if unit == "count":
        return "a whole number"
    return f"a number in {unit}"


def in_bounds(value: float, low: float, high: float, unit: str) -> float:
    """`value` if it is finite (or an allowed infinity) and within bounds; QuantityError if not."""
    if math.isnan(value) or (math.isinf(value) and value not in (low, high)):
        raise QuantityError("the number is too large")
    if not low <= value <= high:
        hint = f"expected {bounds_text(low, high, unit)}"
        if unit == "share" and 2 <= value <= 100:
            hint += f"   ({value:g}% is written {value / 100:g} or {value:g}%)"
        raise QuantityError(f"{shown(value)} is out of bounds", hint)
    return value


def bounds_text(low: float, high: float, unit: str = "") -> str:
    """Bounds in words, with the unit: `0 to 1`, `at least 0 million yuan`, `any number`."""
    name = "" if unit in ("share", "1", "count", "") else f" {unit}"
    if math.isinf(low) and math.isinf(high):
        return f"any number{name and ' of' + name}"
    if math.isinf(high):
        return f"at least {low:g}{name}"
    if math.isinf(low):
        return f"at most {high:g}{name}"
    return f"{low:g} to {high:g}{name}"


def shown(value: object) -> str:
    """A value as a message prints it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{int(value)}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:60]


def _kind(value: object) -> str:
    return "mapping" if isinstance(value, dict) else "list"


def parse_month(value: object) -> int:
    """The ordinal (year * 12 + month - 1) of a month such as 2019-07; QuantityError otherwise."""
    text = str(value).strip()
    match = _MONTH.match(text)
    if not match:
        loose = _LOOSE_MONTH.match(text)
        hint = f"a month of that year, {text}-01 to {text}-12" if _YEAR.match(text) else ""
        if loose and 1 <= int(loose.group(2)) <= 12:
            hint = f"write {loose.group(1)}-{int(loose.group(2)):02d}"
        raise QuantityError(f"'{text[:40]}' is not a month: expected a form such as 2019-07", hint)
    year, month = int(match.group(1)), int(match.group(2))
    if not 1 <= month <= 12:
        hint = f"months run from {year}-01 to {year}-12"
        raise QuantityError(f"there is no month {month}", hint, 5, 2)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise QuantityError(f"the year is not between {FIRST_YEAR} and {LAST_YEAR}; {TOO_LATE}", "", 0, 4)
    return year * 12 + month - 1


def parse_last_month(value: object) -> int:
    """The ordinal of the month with which something ends; a year such as 2019 is its December.

    >>> month_name(parse_last_month("2019")), month_name(parse_last_month("2030-06"))
    ('2019-12', '2030-06')
    """
    text = str(value).strip()
    return parse_month(f"{text}-12" if _YEAR.match(text) else text)


def month_name(ordinal: int) -> str:
    """The month of an ordinal as scenario files write it: 2019-07."""
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"


def parse_scale(text: str | float | Fraction) -> float:
    """The scale of a run, from `1/20`, `0.05`, `5%` or a number; ScenarioError otherwise.

    >>> parse_scale("1/20"), parse_scale("5%"), parse_scale(1)
    (0.05, 0.05, 1.0)
    """
    try:
        written = str(text).strip()
        if written.endswith("%"):
            value = float(Fraction(written[:-1].strip()) / 100)
        else:
            value = float(Fraction(written))
    except (ValueError, ZeroDivisionError, OverflowError):
        value = math.nan
    if not 0.0001 <= value <= 10:
        what = f"'{str(text)[:40]}' is not a scale"
        hint = "expected 1, a fraction such as 1/20 or a number from 0.0001 to 10"
        raise ScenarioError([Fault("scale", what, hint)])
    return value
