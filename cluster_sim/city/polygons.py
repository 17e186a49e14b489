"""District polygons of a user's own city, from a GeoJSON file."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from cluster_sim.inputs.errors import Faults
from cluster_sim.inputs.files import display, read_text_file

MOST_BYTES, MOST_CORNERS = 20_000_000, 20_000       # technical: of a file that is read
Position = Annotated[list[float], Field(min_length=2, max_length=4)]
Ring = Annotated[list[Position], Field(min_length=3)]


class Polygon(TypedDict):
    """An outline and its holes."""

    type: Literal["Polygon"]
    coordinates: list[Ring]


class MultiPolygon(TypedDict):
    """Several polygons."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[Ring]]


class Feature(TypedDict):
    """A district: its polygon, and properties that hold its `name_zh` or `name`."""

    properties: dict[str, Any]
    geometry: Annotated[Polygon | MultiPolygon, Field(discriminator="type")]


class Collection(TypedDict):
    """A GeoJSON feature collection."""

    features: list[Feature]


def read_polygons(path: Path, faults: Faults) -> list[dict[str, Any]]:
    """The features of a GeoJSON file; what is wrong with it is noted in `faults`, and there are none then."""
    shown = display(path)
    try:
        found = TypeAdapter(Collection).validate_python(json.loads(read_text_file(path, shown, MOST_BYTES)))
    except json.JSONDecodeError as error:
        faults.add("geojson", f"{shown}:{error.lineno}:{error.colno}: not JSON: {error.msg}")
    except RecursionError:
        faults.add("geojson", f"{shown}: nested too deep")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        faults.add("geojson", f"{shown}: {where}: {first['msg']}", "expected a collection of Polygon and MultiPolygon")
    else:
        features: list[dict[str, Any]] = [dict(feature) for feature in found["features"]]
        if sum(_corners(feature["geometry"]["coordinates"]) for feature in features) <= MOST_CORNERS:
            return features
        faults.add("geojson", f"{shown}: more than {MOST_CORNERS:,} corners", "simplify the polygons")
    return []


def _corners(nested: Any) -> int:
    """How many positions a nest of lists holds."""
    return 1 if not isinstance(nested[0], list) else sum(_corners(each) for each in nested if each)
