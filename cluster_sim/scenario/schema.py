"""The JSON schema of scenario files, made from the instruments, events and parameters.

It lies in `scenarios/schema.json`, so that editors complete and check a scenario while it is
written; `python run_sim.py schema` writes it anew.
"""

from __future__ import annotations

import json
from typing import Any

from cluster_sim import parameters
from cluster_sim.parameters import Parameter
from cluster_sim.scenario import registry
from cluster_sim.scenario.events import EVENTS, MODELS, REQUIRED, TEXTS
from cluster_sim.scenario.metadata import HEAD, OUTSIDE_MODEL
from cluster_sim.scenario.validation import NONE, entry_model, json_schema

DRAFT = "http://json-schema.org/draft-07/schema#"
_NONE = {"enum": [NONE, None], "description": "takes away what the extended scenario gives"}
_PRICES = {"enum": [2017, "2017", "nominal"], "description": "prices of the money beside it"}


def scenario_schema() -> dict[str, Any]:
    """The schema as plain values, in a stable order."""
    head = {key: json_schema(info, reset=False) for key, info in HEAD.items()}
    head["prices"] = _PRICES
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
            "outside": _shape(OUTSIDE_MODEL.model_json_schema()),
            "parameters": _parameters(),
        },
    }


def schema_text() -> str:
    """The schema as the text of `scenarios/schema.json`."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _shape(schema: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """pydantic's schema of a model without its titles and defaults, with required keys."""
    properties = {}
    for name, value in schema["properties"].items():
        properties[name] = {k: v for k, v in value.items() if k not in ("title", "default")}
        if name == "prices":
            properties[name] = _PRICES
    shape = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        shape["required"] = list(required)
    return shape


def _policies() -> dict[str, Any]:
    """Every instrument with the shape of its dated entries."""
    properties = {}
    for name, instrument in sorted(registry.instruments().items()):
        entry = _shape(entry_model(instrument).model_json_schema(), ("from",))
        properties[name] = {
            "description": f"{instrument.title}. {instrument.text}",
            "anyOf": [{"type": "array", "items": entry}, _NONE],
        }
    mapping = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": "instruments with their dated entries", "anyOf": [mapping, _NONE]}


def _events() -> dict[str, Any]:
    """Events by kind, or the removal of an inherited one.

    A file that extends another may name an event again to change it, so only its title is required.
    """
    kinds = []
    for kind in EVENTS:
        shape = _shape(MODELS[kind].model_json_schema(), (kind,))
        required = ", ".join(REQUIRED[kind])
        kinds.append({"description": f"{TEXTS[kind]} Needs {required}.", **shape})
    remove = {
        "type": "object",
        "additionalProperties": False,
        "required": ["remove"],
        "properties": {"remove": {"type": "string", "description": "title of an inherited event"}},
    }
    return {
        "description": "things that happen in one month or some",
        "anyOf": [{"type": "array", "items": {"anyOf": [*kinds, remove]}}, _NONE],
    }


def _parameters() -> dict[str, Any]:
    """Every parameter by its dotted name; also nested by group."""
    properties: dict[str, Any] = {
        name: _parameter(each) for name, each in parameters.specification().items()
    }
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
