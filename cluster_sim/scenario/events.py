"""Events: hits that are replayed, flops, the pandemic, conventions; merged along `extends` by title.

The key that names the kind holds the title: `hit: Ne Zha`. A file that extends another changes an
event by naming it again, and takes it away with `- remove: Ne Zha`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cluster_sim.inputs.errors import Faults, Mark, did_you_mean, listing
from cluster_sim.inputs.keys import NOTE, PRICES, KeyInfo
from cluster_sim.inputs.quantities import is_money
from cluster_sim.inputs.shapes import NONE, RESET, Names, shape
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario.inheritance import Document
from cluster_sim.scenario.overrides import Override
from cluster_sim.scenario.prices import Prices, constant
from cluster_sim.scenario.types import EVENT_KINDS

_TAIL = {"prices": PRICES, "note": NOTE}
_MONTH = KeyInfo("month name", text="the month in which it happens", status="")
EVENTS: dict[str, dict[str, KeyInfo]] = {
    "hit": {
        "hit": KeyInfo("text", text="the title of the work", status=""),
        "month": _MONTH,
        "gross": KeyInfo("million yuan", text="gross revenue at home", status=""),
        "segment": KeyInfo("segment", "film", text="the segment of the work", status=""),
        "budget": KeyInfo("million yuan", None, text="cost of the work; by the model's rule if not given", status=""),
        "studio": KeyInfo("text", None, text="its maker; works of one maker go to the same studio", status=""),
        "owned_elsewhere": KeyInfo(
            "share", None, 0, 0.95, "part of cost and receipts of owners in other cities; by the model's rule if not "
            "given", status=""),
        "zone": KeyInfo("zone", None, text="zone of the studio that makes it; any if not given"),
        "city": KeyInfo(
            "other city",
            None,
            text="another city that makes it instead (elsewhere, or its name): the work then competes for "
            "the audience here and does nothing else",
            status="",
        ),
        **_TAIL,
    },
    "flop": {
        "flop": KeyInfo("text", text="a name for it", status=""),
        "month": KeyInfo("month name", text="first month in which nobody comes to see it", status=""),
        "project": KeyInfo("identity", text="the title, by its project_id in the table of titles", status=""),
        "seed": KeyInfo("count", None, text="flops only in the run of this seed; in all if not given"),
        **_TAIL,
    },
    "no_hits": {
        "no_hits": KeyInfo("text", text="a name for it", status=""),
        "month": KeyInfo("month name", text="first month whose new titles it is about", status=""),
        "part": KeyInfo("share", 1.0, 0, 1, "part of the titles on their way to a hit that find nobody", status=""),
        **_TAIL,
    },
    "pandemic": {
        "pandemic": KeyInfo("text", text="its name", status=""),
        "from": KeyInfo("month name", text="first month of the restrictions", status=""),
        "to": KeyInfo("month name", text="last month of the restrictions", status=""),
        **_TAIL,
    },
    "convention": {
        "convention": KeyInfo("text", text="its name", status=""),
        "month": _MONTH,
        "segment": KeyInfo("segment", "scifi", text="the segment whose people meet"),
        "buzz": KeyInfo("1", 0.3, 0, 10, "what it adds to the segment's buzz"),
        **_TAIL,
    },
}
REQUIRED = {
    "hit": ("month", "gross"),
    "flop": ("month", "project"),
    "no_hits": ("month",),
    "pandemic": ("from", "to"),
    "convention": ("month",),
}
TEXTS = {
    "hit": "A work whose success is replayed: a studio of the city releases it in that month.",
    "flop": "A title of the run that finds no audience, though it was made and paid for: a what-if.",
    "no_hits": "Titles that would become hits find no audience, all or a part of them by lot: a what-if.",
    "pandemic": "The multipliers of demand and releases of the city's file hold in these months.",
    "convention": "A convention in the city: buzz in one segment.",
}
SHAPES = {kind: shape(kind, keys) for kind, keys in EVENTS.items()}


@dataclass
class Events:
    """Reads the events of a chain; `found` by title, `marks` where each was last written."""

    names: Names
    prices: Prices
    faults: Faults
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)

    def read(self, document: Document) -> None:
        """Merge the events of one document into those of the documents before it."""
        node = document.root.value.get("events")
        if node is None or node.value is None:
            return
        if node.value == NONE:
            self.found.clear()
            return
        if node.kind != "list":
            hint = "such as - {month: 2019-07, hit: Ne Zha, gross: 5.0 billion yuan}"
            self.faults.add("events", "expected a list of events", hint, node.mark)
            return
        real = constant(document.root, False, "", Faults())
        seen: set[str] = set()
        for item in node.value:
            kinds = [k for k in EVENT_KINDS if item.kind == "mapping" and k in item.value]
            if item.kind == "mapping" and "remove" in item.value:
                self._remove(item)
            elif len(kinds) != 1:
                hint = f"one of {listing(EVENT_KINDS)}, remove; such as hit: Ne Zha"
                self.faults.add("events", "the event does not say what it is", hint, item.mark)
            else:
                title = str(item.value[kinds[0]].plain())
                if title in seen:
                    mark = item.value[kinds[0]].mark
                    self.faults.add("events", f"'{title}' is given twice in one file", "", mark)
                seen.add(title)
                self._event(kinds[0], item, real)

    def _remove(self, node: Node) -> None:
        for key in node.value:
            if key != "remove":
                what = f"unknown key '{key}' beside remove"
                self.faults.add("events", what, "", node.key_mark(key))
        title = str(node.value["remove"].plain())
        if self.found.pop(title, None) is None:
            hint = did_you_mean_title(title, list(self.found))
            mark = node.value["remove"].mark
            self.faults.add("events", f"there is no event '{title}' to remove", hint, mark)

    def _event(self, kind: str, node: Node, real: bool) -> None:
        """Merge one event into what is known of its title."""
        before = len(self.faults.found)
        given = validate(SHAPES[kind], node, "events", self.faults, self.names)
        real = constant(node, real, "events", self.faults)
        title = given.pop(kind, None)
        if not isinstance(title, str) or not title:
            if len(self.faults.found) == before:
                self.faults.add("events", f"the {kind} has no name", "", node.mark)
            return
        old = self.found.get(title, {"kind": kind})
        if old["kind"] != kind:
            what = f"'{title}' is a {old['kind']} in the file that is extended"
            self.faults.add("events", what, "", node.key_mark(kind))
            return
        month = given.get("month", old.get("month"))
        for key, value in given.items():
            if key in ("note", "prices"):
                continue
            if value is RESET:
                old.pop(key, None)
            elif is_money(EVENTS[kind][key].unit) and not real and isinstance(month, int):
                old[key] = self.prices.real(value, month)
            else:
                old[key] = value
        noted = [key for key in node.value if key not in given]
        missing = [key for key in REQUIRED[kind] if key not in old and key not in noted]
        for key in missing:
            what = f"the {kind} '{title}' lacks the key '{key}'"
            self.faults.add("events", what, EVENTS[kind][key].describe(), node.mark)
        first, last = old.get("from"), old.get("to")
        if isinstance(first, int) and isinstance(last, int) and last < first:
            mark = node.value["to" if "to" in node.value else "from"].mark
            self.faults.add("events", f"'{title}' ends before it begins", "", mark)
        self.found[title] = old
        self.marks[title] = node.mark

    def set(self, setting: Override) -> None:
        """Apply `events=none`, `events.TITLE=none` or `events.TITLE.KEY=value`."""
        rest = ".".join(setting.parts[1:])
        gone = setting.node.value in (NONE, None)
        if not rest or rest in self.found:
            if not gone:
                hint = f"name a key: events.{rest or 'TITLE'}.KEY=value"
                self.faults.add(setting.path, "only none can be set here", hint, setting.node.mark)
            elif rest:
                del self.found[rest]
            else:
                self.found.clear()
            return
        title, _, key = rest.rpartition(".")
        if title not in self.found:
            wanted = title or rest
            hint = did_you_mean_title(wanted, list(self.found))
            self.faults.add("events", f"there is no event '{wanted}'", hint, setting.mark(1))
            return
        kind = self.found[title]["kind"]
        name = Node(title, setting.mark(1), quoted=True)
        last = setting.mark(len(setting.parts) - 1)
        node = Node({kind: name, key: setting.node}, last, {key: last, kind: setting.mark(1)})
        self._event(kind, node, False)

    def ordered(self) -> list[dict[str, Any]]:
        """The events by month, kind and title, each with every key of its kind; without those that lack one."""
        events = []
        for title, event in self.found.items():
            kind = event["kind"]
            if not event.keys() >= set(REQUIRED[kind]) - {kind}:
                continue                                                # noted when it was read
            complete = {
                key: event.get(key, info.default)
                for key, info in EVENTS[kind].items()
                if key not in (kind, "prices", "note")
            }
            month = complete.pop("month", complete.get("from"))
            events.append({"month": month, "kind": kind, "title": title, **complete})
        return sorted(events, key=lambda e: (e["month"], e["kind"], e["title"]))


def did_you_mean_title(title: str, known: list[str]) -> str:
    """The nearest title, or all of them."""
    by_lower = {each.lower().replace(" ", "_").replace("-", "_"): each for each in known}
    hint = did_you_mean(title, list(by_lower), "")
    for lowered, each in by_lower.items():
        if f"'{lowered}'" in hint:
            return f"did you mean '{each}'?"
    return f"events: {listing(known)}" if known else "there are none"
