"""What a city's files may hold: city.yaml and the rows of its tables, key by key with unit and bounds."""

# mypy: disable-error-code="valid-type"

from typing import Annotated, Any, Literal, NotRequired

from pydantic import WrapValidator
from typing_extensions import TypedDict

from cluster_sim.city.paths import NAMES
from cluster_sim.codes import SEGMENTS
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.shapes import closed, field_type


def _key(unit: str, low: float = 0.0, high: float = float("inf"), text: str = "") -> Any:
    return field_type(KeyInfo(unit, None, low, high, text, ""))


def _or_table(value: Any, inner: Any) -> Any:
    """The name of a table stays what it is; anything else is checked here."""
    return value if isinstance(value, str) else inner(value)


Table = WrapValidator(_or_table)
POSITIVE = 1e-9
Text, Month = _key("text"), _key("month name")
Lon, Lat = _key("degree", -180, 180, "longitude"), _key("degree", -85, 85, "latitude")
Km, Floor, Weight = _key("km", POSITIVE), _key("m2", POSITIVE), _key("1", POSITIVE)
NotNegative, Share, Number = _key("1"), _key("share"), _key("1", float("-inf"))
Year, Growth = _key("count", 1900, 2100, "year"), _key("%", -99, 1000, "growth in a year")
Segment = Literal[SEGMENTS]


@closed
class Point(TypedDict):
    """A place on the globe."""

    lon: Lon
    lat: Lat


@closed
class District(Point):
    """A district by its seat, in city.yaml."""

    name: Text


@closed
class University(Point):
    """A university with its share of the students."""

    name: Text
    weight: NotNegative
    district: NotRequired[Text]


@closed
class Park(Point):
    """A park of studios; it is there from the start if `opened` is not given."""

    name: Text
    floor_m2: Floor
    opened: NotRequired[Month]
    hub: NotRequired[_key("count", 0, 1)]
    district: NotRequired[Text]


@closed
class OtherCity(Point):
    """Another city, which competes for demand and people."""

    name: Text
    market: NotNegative
    strength: NotNegative
    wage_index: Weight


@closed
class Hill(Point):
    """A place around which a field falls off."""

    reach_km: Km
    weight: Number


@closed
class Centre(Point):
    """A centre around which offices stand."""

    reach_km: Km
    weight: Weight


@closed
class Disc(Point):
    """A zone."""

    radius_km: Km


@closed
class FloorField(TypedDict):
    """Where floor area lies, and what other tenants take of it."""

    total_m2: Floor
    other_share: Share
    background: NotRequired[NotNegative]
    centres: list[Centre]


@closed
class Amenity(TypedDict):
    """How pleasant a cell is, from 0 to 1."""

    background: Share
    places: NotRequired[list[Hill] | None]


@closed
class Rent(TypedDict):
    """How the first rents fall with distance to the nearest centre."""

    slope_km: Km


@closed
class Frontier(TypedDict):
    """The frontier of AI tools, a logistic: its first month, the month of half, its speed a month."""

    start: Month
    half: Month
    speed: NotNegative


@closed
class Anchor(TypedDict):
    """A large company that is there at the start."""

    name: Text
    segment: Segment
    jobs: _key("count", 1, 1_000_000)
    zone: NotRequired[Text]


@closed
class People(TypedDict):
    """Everybody at the start: residents, those at work in all sectors, and who could come."""

    residents: _key("count", 1, 1e10)
    employed: _key("count", 1, 1e10)
    planned: _key("count", 1, 1e10, "residents that the city's plan has room for")
    elsewhere: _key("count", 1, 1e10, "people outside the city who could move in")


@closed
class Start(TypedDict):
    """The city in January 2017."""

    creative_value_added_2017: _key("million yuan", POSITIVE)
    studios: _key("count", 1, 10_000_000)
    students: _key("count", 0, 100_000_000)
    people: NotRequired[People]
    jobs_estimate: NotRequired[list[_key("count", 1)]]
    anchors: NotRequired[list[Anchor] | None]


@closed
class CityFile(TypedDict):
    """city.yaml; where a table may stand, so may the name of a CSV file beside it."""

    name: Text
    title: NotRequired[Text]
    side: _key("count", 3, 400, "cells along one side")
    cell_km: NotRequired[_key("km", 0.01, 100)]
    centre: Point
    districts: Annotated[list[District], Table]
    geojson: NotRequired[Text]
    sites: NotRequired[Text]
    parks: NotRequired[list[Park] | None]
    universities: NotRequired[list[University] | None]
    outside: Annotated[list[OtherCity], Table]
    home_market: _key("share", POSITIVE, 1, "the city's share of the nation's demand")
    growth: Annotated[dict[str, Growth], Table]
    deflator: NotRequired[Text]
    observed: NotRequired[Text]
    pandemic: NotRequired[Text]
    gdp_2017: NotRequired[_key("million yuan", POSITIVE)]
    rest_wage: NotRequired[_key("thousand yuan/month", POSITIVE)]
    ai: NotRequired[Frontier]
    cutoff: NotRequired[_key("count", 2000, 2100, "last year whose observed value added is taken off GDP")]
    floor: FloorField
    rent: Rent
    amenity: Amenity
    zones: NotRequired[dict[str, Disc] | None]
    start: Start
    parameters: NotRequired[dict[str, Any] | None]


class DistrictRow(TypedDict):
    """A row of the table of districts."""

    name_en: Text
    name_zh: NotRequired[Text]
    seat_lon: Lon
    seat_lat: Lat


class SiteRow(Point):
    """A row of the table of sites: a park needs its floor, a university its weight."""

    name: Text
    kind: Literal["park", "university"]
    district: NotRequired[Text]
    floor_m2: NotRequired[Floor]
    opened: NotRequired[Month]
    hub: NotRequired[_key("count", 0, 1)]
    weight: NotRequired[NotNegative]


class ObservedRow(TypedDict):
    """A row of the observed years."""

    year: Year
    gdp_bn_yuan: _key("billion yuan", POSITIVE)
    creative_bn_yuan: NotRequired[_key("billion yuan")]
    share_pct: NotRequired[_key("%", 0, 100)]
    status: NotRequired[Text]
    source: NotRequired[Text]


class GrowthRow(TypedDict):
    """A row of yearly growth: one outside path in one year."""

    path: Literal[NAMES]
    year: Year
    growth_pct: Growth


class ReferenceRow(TypedDict):
    """A month of the reference path."""

    creative_value_added: NotNegative
    poached_jobs: Number


class PandemicRow(TypedDict("BySegment", dict.fromkeys(SEGMENTS, NotNegative))):    # type: ignore[misc]
    """A year of the pandemic: multipliers of demand or of releases by segment."""

    what: Literal["demand", "release"]
    year: Year
