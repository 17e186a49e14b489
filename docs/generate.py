"""Write the generated tables of the documentation: parameters, instruments, state, payments, people, columns.

    python docs/generate.py           # rewrite them
    python docs/generate.py --check   # exit status 1 if a table is out of date

A table stands between two comment lines, ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from cluster_sim import indicators
from cluster_sim.codes import SEGMENTS
from cluster_sim.ledger import KINDS
from cluster_sim.parameters import specification
from cluster_sim.people_ledger import FLOWS, SOURCE, STOCKS, TARGET
from cluster_sim.policies import instruments
from cluster_sim.records import COLUMNS

DOCS = Path(__file__).resolve().parent
FILES = (DOCS / "odd.md", DOCS.parent / "results" / "README.md")


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *([str(c).replace("|", "\\|").replace("\n", " ") for c in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(x: float) -> str:
    """Return a number as a reader would write it."""
    return "none" if abs(x) == float("inf") else f"{x:.12g}"


def parameters() -> str:
    """One row a parameter, under a heading a group; values by segment stand in one row, in their order."""
    parts = []
    spec = specification().values()
    for group, members in groupby(spec, key=lambda p: p.name.split(".")[0]):
        rows = []
        for short, same in groupby(members, key=lambda p: p.name.split(".")[1]):
            values = list(same)
            p = values[0]
            value = ", ".join(number(v.value) for v in values)
            plausible = " to ".join(number(b) for b in p.plausible) if p.plausible else ""
            source = (p.source or "our choice") + (f"; beyond what is plausible: {p.beyond}" if p.beyond else "")
            rows.append((f"`{short}`", value, p.unit, " to ".join(number(b) for b in p.bounds), plausible, p.status,
                         p.text, source))
        note = f"\n\nValues in the order {', '.join(SEGMENTS)}." if group == "segments" else ""
        parts.append(f"**{group}**{note}\n\n"
                     + table(("name", "value", "unit", "bounds", "plausible", "status", "meaning", "source"), rows))
    return "\n\n".join(parts)


def policies() -> str:
    """One row a key of each instrument."""
    rows = [(f"`{name}.{key}`", "none" if k.default is None else k.default, k.unit, k.text, k.status,
             k.source or "our choice")
            for name, cls in instruments().items() for key, k in cls.keys.items()]
    return table(("key", "default", "unit", "meaning", "status", "source"), rows)


def state() -> str:
    """One table a kind of agent or record: its columns with unit and meaning, counts of values in brackets."""
    parts = []
    for kind, columns in COLUMNS.items():
        rows = [(f"`{c.name}`" + "".join(f"[{n}]" for n in c.shape), c.unit, c.meaning) for c in columns]
        parts.append(f"**{kind}**\n\n" + table(("column", "unit", "meaning"), rows))
    return "\n\n".join(parts)


def series() -> str:
    """One row a column of the monthly series."""
    return table(("column", "unit", "a year's value", "meaning", "any scale"),
                 ((f"`{name}`", each.unit, "" if each.kind == "key" else each.year_value, each.text,
                   "**1:1 only**" if each.whole_only else "yes") for name, each in indicators.columns().items()))


def payments() -> str:
    """One row a kind of payment in the ledger."""
    role = {"none": "", "both": "sale of one studio, input of another"}
    return table(("payment", "payer", "payee", "in the production account"),
                 ((k.name, k.payer, k.payee, role.get(k.role, k.role)) for k in KINDS))


def people() -> str:
    """One row a flow of people."""
    return table(("flow", "from", "to"), ((name, STOCKS[source], STOCKS[target])
                                          for name, source, target in zip(FLOWS, SOURCE, TARGET, strict=True)))


TABLES: dict[str, Callable[[], str]] = {"parameters": parameters, "instruments": policies, "state": state,
                                        "payments": payments, "people": people, "series": series}


def filled(text: str) -> str:
    """Return a document with its generated tables as they should be now."""
    for name, make in TABLES.items():
        pattern = rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)"
        text = re.sub(pattern, lambda m, make=make: f"{m[1]}\n{make()}\n\n{m[2]}", text, flags=re.DOTALL)
    return text


def main(check: bool) -> int:
    """Rewrite the documents, or with ``check`` say which ones are out of date."""
    stale = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        new = filled(text)
        if new != text:
            stale.append(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run: python docs/generate.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
