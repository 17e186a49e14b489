"""The JSON schema of scenario files, made by pydantic from the shapes with which they are read.

It lies in `scenarios/schema.json`, so that editors complete and check a scenario while it is
written; `python run_sim.py schema` writes it anew.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from cluster_sim import parameters
from cluster_sim.inputs.shapes import NONE
from cluster_sim.parameters import Parameter
from cluster_sim.scenario import outside, registry
from cluster_sim.scenario.events import REQUIRED, SHAPES, TEXTS
from cluster_sim.scenario.metadata import PARTS, SHAPE
from cluster_sim.scenario.timeline import entry_shape

DRAFT = "http://json-schema.org/draft-07/schema#"
_NONE = {"enum": [NONE, None], "description": "takes away what the extended scenario gives"}
_PRICES = {"enum": [2017, "2017", "nominal"], "description": "prices of the money beside it"}


def scenario_schema() -> dict[str, Any]:
    """The schema as plain values, in a stable order."""
    head = {key: value for key, value in _mapping(SHAPE)["properties"].items() if key not in PARTS}
    return {
        "$schema": DRAFT,
        "title": "cluster_sim scenario",
        "description": "Dated policies, parameters and events of one run of the city.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **head,
            "policies": _policies(),
            "events": _events(),
            "outside": _outside(),
            "parameters": _parameters(),
        },
    }


def schema_text() -> str:
    """The schema as the text of `scenarios/schema.json`."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _mapping(shape: Any, *required: str) -> dict[str, Any]:
    """pydantic's schema of a shape without its titles, with required keys."""
    schema = TypeAdapter(shape).json_schema()
    properties = {key: {k: v for k, v in value.items() if k != "title"} for key, value in schema["properties"].items()}
    if "prices" in properties:
        properties["prices"] = _PRICES
    found = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**found, "required": list(required)} if required else found


def _policies() -> dict[str, Any]:
    """Every instrument with the shape of its dated entries."""
    properties = {
        name: {
            "description": f"{instrument.title}. {instrument.text}",
            "anyOf": [{"type": "array", "items": _mapping(entry_shape(instrument), "from")}, _NONE],
        }
        for name, instrument in sorted(registry.instruments().items())
    }
    mapping = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": "instruments with their dated entries", "anyOf": [mapping, _NONE]}


def _events() -> dict[str, Any]:
    """Events by kind, or the removal of an inherited one.

    A file that extends another may name an event again to change it, so only its title is required.
    """
    kinds = [
        {"description": f"{TEXTS[kind]} Needs {', '.join(REQUIRED[kind])}.", **_mapping(shape, kind)}
        for kind, shape in SHAPES.items()
    ]
    title = {"type": "string", "description": "title of an inherited event"}
    remove = {"type": "object", "additionalProperties": False, "required": ["remove"], "properties": {"remove": title}}
    return {
        "description": "things that happen in one month or some",
        "anyOf": [{"type": "array", "items": {"anyOf": [*kinds, remove]}}, _NONE],
    }


def _outside() -> dict[str, Any]:
    """Outside conditions: the switch, and each path with its keys."""
    head = _mapping(outside.FLAGS)
    for path, shape in outside.SHAPES.items():
        head["properties"][path] = {"description": outside.TEXTS[path], "anyOf": [_mapping(shape), _NONE]}
    return head


def _parameters() -> dict[str, Any]:
    """Every parameter by its dotted name; also nested by group."""
    properties: dict[str, Any] = {name: _parameter(each) for name, each in parameters.specification().items()}
    for group in dict.fromkeys(name.split(".")[0] for name in parameters.specification()):
        properties[group] = {"type": "object", "description": f"parameters of the group {group}"}
    mapping = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": "values of parameters", "anyOf": [mapping, _NONE]}


def _parameter(each: Parameter) -> dict[str, Any]:
    """The schema of one parameter's value."""
    low, high = each.bounds
    bounds: dict[str, Any] = {"type": "integer" if each.kind == "count" else "number"}
    if low > float("-inf"):
        bounds["minimum"] = low
    if high < float("inf"):
        bounds["maximum"] = high
    words: dict[str, Any] = {"type": "string"}
    if each.kind == "switch":
        bounds, words = {"type": "boolean"}, {"enum": ["yes", "no", "on", "off", NONE]}
    # Values are left out: calibration would make every schema out of date.
    text = f"{each.text.rstrip('.')} [{each.unit}]"
    return {"description": text, "anyOf": [bounds, words]}
