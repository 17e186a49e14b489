"""Numbers with units, months and scales."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_sim.inputs.quantities import QuantityError, bounds_text, in_bounds, number
from cluster_sim.scenario import ScenarioError, month_name, parse_month, parse_scale


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("15 million yuan", "million yuan", 15.0),
        ("5.0 billion yuan", "million yuan", 5000.0),
        ("3 billion yuan", "million yuan", 3000.0),
        ("15.4 billion yuan", "million yuan", 15400.0),
        ("500 thousand yuan", "million yuan", 0.5),
        ("2,500,000 yuan", "million yuan", 2.5),
        ("15 Million RMB", "million yuan", 15.0),
        (12, "million yuan", 12.0),
        ("24 million yuan a year", "million yuan/month", 2.0),
        ("2 million yuan/month", "million yuan/month", 2.0),
        ("2 million yuan per month", "million yuan/year", 24.0),
        ("6000 yuan a month", "thousand yuan/month", 6.0),
        ("20%", "share", 0.2),
        ("0.2", "share", 0.2),
        ("12% a year", "1/month", 0.01),
        ("2 years", "month", 24.0),
        ("500 m", "km", 0.5),
        ("1 ha", "m2", 10000.0),
        ("1e3", "million yuan", 1000.0),
    ],
)
def test_units_in_words(text, unit, value):
    assert number(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("15 milion yuan", "million yuan", "unknown unit 'milion yuan'"),
        ("15 million dollars", "million yuan", "unknown unit 'million dollars'"),
        ("15 km", "million yuan", "unknown unit 'km'"),
        ("15 million yuan", "share", "unknown unit"),
        ("2 million yuan", "million yuan/month", "unknown unit"),
        ("no", "million yuan", "expected an amount"),
        ("million yuan", "million yuan", "expected an amount"),
        (True, "share", "found true"),
        (None, "share", "found nothing"),
        ([1], "share", "found a list"),
        ("5 teams", "count", "unknown unit 'teams'"),
    ],
)
def test_what_is_not_a_quantity(text, unit, says):
    with pytest.raises(QuantityError) as caught:
        number(text, unit)
    assert says in caught.value.message


def test_nearest_unit_is_named():
    with pytest.raises(QuantityError) as caught:
        number("15 milion yuan", "million yuan")
    assert "did you mean 'million yuan'?" in caught.value.hint
    assert (caught.value.start, caught.value.width) == (3, 11)


def test_bounds():
    assert in_bounds(math.inf, 0, math.inf, "million yuan") == math.inf
    for value in (math.inf, math.nan, -0.1, 1.2):
        with pytest.raises(QuantityError):
            in_bounds(value, 0, 1, "share")
    with pytest.raises(QuantityError) as caught:
        in_bounds(20.0, 0, 1, "share")
    assert "0.2" in caught.value.hint
    assert bounds_text(0, 1, "share") == "0 to 1"
    assert bounds_text(0, math.inf, "million yuan") == "at least 0 million yuan"


@given(st.decimals(0, 10**6, places=3, allow_nan=False))
def test_every_unit_of_money_says_the_same(amount):
    assert number(f"{amount} billion yuan", "million yuan") == float(amount * 1000)
    assert number(f"{amount * 1000000} yuan", "million yuan") == float(amount)


@given(st.text(max_size=30), st.sampled_from(["share", "million yuan", "count", "km", "1/month"]))
def test_any_text_is_a_number_or_refused(text, unit):
    try:
        assert isinstance(number(text, unit), float)
    except QuantityError as error:
        assert error.message


@given(st.integers(1990 * 12, 2100 * 12 + 11))
def test_months_there_and_back(ordinal):
    assert parse_month(month_name(ordinal)) == ordinal


@pytest.mark.parametrize("text", ["2019-13", "2019-00", "2019-7", "2019", "July 2019", "1066-10", "", 2019])
def test_what_is_not_a_month(text):
    with pytest.raises(QuantityError):
        parse_month(text)


@pytest.mark.parametrize(
    ("text", "value"), [("1/20", 0.05), ("1", 1.0), (1, 1.0), ("5%", 0.05), (0.05, 0.05), ("1 / 20", None)]
)
def test_scales(text, value):
    if value is None:
        with pytest.raises(ScenarioError):
            parse_scale(text)
    else:
        assert parse_scale(text) == value


@pytest.mark.parametrize("text", ["0", "-1", "1/0", "twenty", "", "nan", "inf", "11", "1/20/3"])
def test_what_is_not_a_scale(text):
    with pytest.raises(ScenarioError) as caught:
        parse_scale(text)
    assert "scale" in str(caught.value) and caught.value.exit_status == 2
