"""What a sweep shows on the screen: how much of it there is, and the share of GDP by the values of each factor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_sim.analysis.sweep_contrasts import Contrast
    from cluster_sim.runs.plan import Plan
    from cluster_sim.scenario.sweeps import Sweep

SHOWN = 12
"""Values of a factor that are shown at most."""
COLUMN = "gdp_share_published"
HEAD = (f"    {'value':<28} {'mean':>8}  {'s.e.':>6}  {'change':>8}  {'s.e.':>6}  {'95% interval':>18}  {'runs':>7}")


def summary(planned: Plan, answer: dict[str, Any], out: Path, found: tuple[int, list[Contrast]]) -> list[str]:
    """Return what the sweep holds as lines of text; found: the last year and what the factors do."""
    sweep = planned.sweep
    failed = f", {answer['failed']:,} failed" if answer["failed"] else ""
    done = f"{answer['done']:,} of {answer['runs']:,} runs done ({answer['new_runs']:,} now{failed})"
    lines = [f"{planned.name}: {done}; {answer['points']:,} points of a {sweep.design}, {seeds(sweep)}, scale "
             f"{answer['scale']}, to {answer['until']}"]
    if answer["done"]:
        lines += ["", *by_factor(*found)]
    files = "".join(f", {name}" for name in answer["figures"])
    return [*lines, "", f"{out}: results{files}. The factors are columns of runs and series: "
                        f"{', '.join(sweep.columns)}"]


def seeds(sweep: Sweep) -> str:
    """Write how many seeds each point has."""
    return f"{len(sweep.seeds):,} seed{'s' * (len(sweep.seeds) > 1)} each"


def shares(sweep: Sweep, out: Path) -> tuple[int, list[Contrast]]:
    """Return the last year and, in percent of GDP in its December, what the values of each factor do.

    Nothing where no run reaches a December, or the model has no such column.
    """
    from cluster_sim.analysis.sweep_contrasts import contrasts
    from cluster_sim.runs.read import View

    december = "select max(month) from series where month(month) = 12"
    columns = ", ".join(f'"{name}"' for name in ("month", "point", "seed", COLUMN, *sweep.columns))
    try:
        frame = View(out).sql(f"select {columns} from series where month = ({december}) order by point, seed")
    except Exception:  # a model without this column, or runs that end before a December: nothing to show
        return 0, []
    return (frame["month"].iloc[0].year, contrasts(sweep, frame, COLUMN, 100)) if len(frame) else (0, [])


def by_factor(year: int, found: Sequence[Contrast]) -> list[str]:
    """Lay out the values of each factor: mean over the seeds, and the difference from the first value, in pairs."""
    if not found:
        return []
    several = max(each.seeds for each in found) > 1
    how = (", each with its standard error over the seeds and, of the difference, the 95% interval" if several
           else "; one seed tells no error")
    lines = [f"Share of GDP in December {year}, published definition, %: mean; difference from the first value on the "
             f"same\nseeds (paired){how}"]
    for path in dict.fromkeys(each.path for each in found):
        rows = [each for each in found if each.path == path]
        lines += [f"  {path} (against {rows[0].against})"]
        lines += [HEAD, *(_row(each) for each in rows[:SHOWN])]
    return lines


def _row(each: Contrast) -> str:
    """Lay out one value of a factor; errors that nothing tells of are left empty."""
    error, pair = (f"{value:.3f}" if value == value else "" for value in (each.se, each.difference_se))
    first = each.value == each.against
    change = "" if first or each.difference != each.difference else f"{each.difference:+.3f}"
    span = "" if first or not pair else f"{each.low95:+.3f} to {each.high95:+.3f}"
    return (f"    {each.value:<28} {each.mean:>8.3f}  {error:>6}  {change:>8}  {'' if first else pair:>6}  {span:>18}  "
            f"{each.runs:>7,}")
