"""Holds the nodes of a file against its shape: pydantic finds what is wrong, the nodes say where, this says how."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict

from cluster_sim.inputs.errors import Faults, Mark, did_you_mean, listing, nearest
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import QuantityError, in_bounds, shown
from cluster_sim.inputs.yaml_reader import Node

EXPECTED = {"float": "a number", "int": "a whole number", "string": "a text", "bool": "yes or no", "list": "a list",
            "dict": "a mapping", "typed_dict": "a mapping"}
"""What pydantic's types are called in messages."""


def validate(shape: Any, node: Node, path: str, faults: Faults, names: Any = None,
             others: bool = False) -> dict[str, Any]:
    """The values of a mapping that fit its shape, parsed; its faulty keys are noted and left out.

    `path` is what messages call the mapping; `names` are those that values may use (of the city, say); with
    `others` keys that the shape does not know are left out without a word.
    """
    if node.kind != "mapping":
        faults.add(path, f"expected a mapping of {listing(list(hints_of(shape)))}", "", node.mark)
        return {}
    given = {key: child.plain() for key, child in node.value.items() if not others or key in hints_of(shape)}
    for first in (True, False):
        try:
            found: dict[str, Any] = _adapter(shape).validate_python(given, context=names)
            return found
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                if not problem["loc"]:
                    faults.add(path, "holds signs that are no text", "", node.mark)
                    return {}
                if first:
                    _note(problem, shape, node, path, faults)
                given.pop(problem["loc"][0], None)
    return {}


@functools.lru_cache(maxsize=256)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@functools.lru_cache(maxsize=256)
def hints_of(shape: Any) -> dict[str, Any]:
    """The keys of a shape with their types."""
    return get_type_hints(shape, include_extras=True)


def required_keys(shape: Any) -> list[str]:
    """The keys that a shape cannot do without, in its order."""
    return [key for key in hints_of(shape) if key in shape.__required_keys__]


def _note(problem: Any, shape: Any, node: Node, path: str, faults: Faults) -> None:
    """Turn one of pydantic's errors into a fault with its place."""
    inner, holder, at = shape, node, node
    keys: dict[str, Any] = {}
    for part in problem["loc"]:
        holder, inner = at, _bare(inner)
        keys = hints_of(inner) if is_typeddict(inner) else {}
        inner = keys.get(part) if keys else (get_args(inner) or (None,))[-1]
        if isinstance(at.value, dict) and part in at.value or isinstance(at.value, list) and isinstance(part, int):
            at = at.value[part]
    words = [path, *(part for part in problem["loc"] if isinstance(part, str))]
    where, above, key = ".".join(filter(None, words)), ".".join(filter(None, words[:-1])), str(words[-1])
    if problem["type"] == "extra_forbidden":
        known = {name: info_of(hint) or KeyInfo("text") for name, hint in keys.items()}
        faults.add(above, f"unknown key '{key}'", key_hint(key, known), holder.key_mark(key))
    elif problem["type"] == "missing":
        info = info_of(inner)
        faults.add(above, f"the key '{key}' is missing", info.describe() if info else "", holder.mark)
    else:
        message, hint = _worded(problem, info_of(inner))
        faults.add(where, message, hint, _place(at, problem.get("ctx", {}).get("error")))


def _bare(hint: Any) -> Any:
    """A type without what is said about it, and without None beside it."""
    while get_origin(hint) in (Annotated, Required, NotRequired, Union, UnionType):
        hint = get_args(hint)[0]
    return hint


def info_of(hint: Any) -> KeyInfo | None:
    """What is declared of a key beside its type."""
    while get_origin(hint) in (Annotated, Required, NotRequired):
        hint, *said = get_args(hint)
        for each in said:
            if isinstance(each, KeyInfo):
                return each
    return None


def _worded(problem: Any, info: KeyInfo | None) -> tuple[str, str]:
    """What is wrong with a value, and what would be right."""
    kind, value = problem["type"], problem["input"]
    error = problem.get("ctx", {}).get("error")
    message, hint = problem["msg"], ""
    if kind in ("greater_than_equal", "less_than_equal", "finite_number") and info is not None:
        try:
            in_bounds(value, *info.bounds, info.unit)
        except QuantityError as found:
            error = found
    if isinstance(error, QuantityError):
        message, hint = error.message, error.hint
    elif kind == "literal_error":
        known = re.findall("'([^']*)'", problem["ctx"]["expected"])
        message = f"unknown {problem['loc'][-1]} '{shown(value)}'"
        hint = f"{did_you_mean(str(value), known)}   (one of {listing(known, 20)})".strip()
    elif kind.removesuffix("_type") in EXPECTED:
        message = f"expected {EXPECTED[kind.removesuffix('_type')]}, found {shown(value)}"
        hint = info.describe() if info else ""
    if info is not None and info.text and "expected" in hint:
        hint += f"   ({info.text.rstrip('.')})"
    return message, hint


def _place(node: Node, error: Any) -> Mark:
    """The part of a node that an error points at."""
    item = getattr(error, "item", -1)
    if isinstance(node.value, list) and item >= 0:
        return node.value[item].mark
    width = getattr(error, "width", 0)
    return node.mark.part(error.start, width) if width and not node.quoted else node.mark


def key_hint(key: str, keys: Mapping[str, KeyInfo]) -> str:
    """The nearest valid key with its unit and bounds, or all keys."""
    close = nearest(key, list(keys))
    if close:
        return f"did you mean '{close}'?   ({keys[close].describe()})"
    return f"keys: {listing(list(keys), 20)}"
