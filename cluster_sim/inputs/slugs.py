"""Short names that become names of folders: plain words, whatever the script, and safe on every system."""

from __future__ import annotations

import unicodedata
from typing import Any

from cluster_sim.inputs.quantities import QuantityError, shown

MOST_LETTERS, MOST_BYTES = 80, 120
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in "123456789")}
"""Names that Windows keeps for devices."""
PLAIN = "a short name holds letters, digits, - and _, and does not begin with -"


def read_slug(value: Any) -> str:
    """A slug in composed form (NFC); QuantityError if it could be anything but a plain name of a folder."""
    if isinstance(value, list | dict | bool) or value is None:
        raise QuantityError(f"expected a short name, found {shown(value)}", PLAIN)
    text = unicodedata.normalize("NFC", str(value).strip())
    problem = slug_problem(text)
    if problem:
        raise QuantityError(f"'{text[:40]}' {problem}", PLAIN)
    return text


def slug_problem(text: str) -> str:
    """What keeps a text from being a slug, empty if nothing does."""
    if not text or not all(c in "-_" or unicodedata.category(c)[0] in "LMN" for c in text):
        return "is not a plain name"
    if text[0] == "-" or unicodedata.category(text[0])[0] == "M":
        return "does not begin with a letter or digit"
    if len(text) > MOST_LETTERS or len(text.encode()) > MOST_BYTES:
        return f"is longer than {MOST_LETTERS} letters or {MOST_BYTES} bytes"
    return "is the name of a device" if text.lower() in DEVICES else ""


def slug_of(text: str) -> str:
    """The slug nearest to any text: other signs become _, what is too long is cut."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(c if c in "-_" or unicodedata.category(c)[0] in "LMN" else "_" for c in text)
    while kept and slug_problem(kept).startswith("does not begin"):
        kept = kept[1:]
    kept = kept[:MOST_LETTERS]
    while len(kept.encode()) > MOST_BYTES:
        kept = kept[:-1]
    return f"{kept}_" if slug_problem(kept) else kept
