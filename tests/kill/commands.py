"""The commands that write, each with a small job, and the files and folders that it starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.nothing_lost import DISCOVER, SEARCH, SWEEP

OUT = "out"
SIZE = ("--scale", "1/200", "--quiet", "--no-figures", "--out", OUT)
QUARTER = (*SIZE, "--until", "2017-03")
YEAR = (*SIZE, "--until", "2017-12")
TWO = """
name: Two
extends: no_policy
policies:
  production_subsidy: [{from: 2017-02, rate: 20%}]
  talent_subsidies: [{from: 2017-02, budget: 10 million yuan}]
"""
MORRIS = """
base: baseline
design: morris
trajectories: 2
factors: {gaps.attraction: {low: 0.2, high: 0.4}, gaps.people: {low: 0.1, high: 0.5}}
"""


@dataclass(frozen=True)
class Job:
    """Words of a command; files that it reads; the commands that come before it and are not disturbed."""

    words: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    before: tuple[tuple[str, ...], ...] = ()
    runs: bool = True

    def command(self, workers: int = 0) -> list[str]:
        """Return the command line."""
        return [*self.words, *(("--workers", str(workers)) if self.runs else ())]

    def prepare(self, folder: Path) -> None:
        """Write the files that the command reads."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


STORE = (("run", "baseline", *YEAR, "--seeds", "2", "--workers", "0"),)
JOBS = {
    "run": Job(("run", "baseline", *QUARTER, "--seeds", "3")),
    "sweep": Job(("sweep", "sweep.yaml", *QUARTER, "--seeds", "2"), {"sweep.yaml": SWEEP}),
    "compare": Job(("compare", "baseline", "no_policy", *YEAR, "--seeds", "2")),
    "audit": Job(("audit", "two.yaml", *YEAR, "--seeds", "2"), {"two.yaml": TWO}),
    "attribute": Job(("attribute", "two.yaml", *YEAR, "--seeds", "2"), {"two.yaml": TWO}),
    "engine": Job(("engine", "baseline", *SIZE, "--until", "2020-07", "--seeds", "2")),
    "econometrics": Job(("econometrics", "baseline", *SIZE, "--date", "2023-01", "--seeds", "2")),
    "sensitivity": Job(("sensitivity", "morris.yaml", *YEAR, "--seeds", "1", "--base-points", "2"),
                       {"morris.yaml": MORRIS}),
    "search": Job(("search", "search.yaml", *YEAR, "--seeds", "1"), {"search.yaml": SEARCH}),
    "discover": Job(("discover", "discover.yaml", *YEAR, "--seeds", "1"), {"discover.yaml": DISCOVER}),
    "export": Job(("export", OUT), before=STORE, runs=False),
    "netcdf": Job(("export", OUT, "--format", "netcdf"), before=STORE, runs=False),
    "new": Job(("new", f"{OUT}/mine.yaml", "--force"), {f"{OUT}/schema.json": "{}\n"}, runs=False),
    "schema": Job(("schema", "--out", f"{OUT}/schema.json"), {f"{OUT}/other.yaml": "name: Other\n"}, runs=False),
    "report": Job(("report", OUT), before=STORE, runs=False),
}
