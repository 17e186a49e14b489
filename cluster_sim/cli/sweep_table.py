"""What a sweep shows on the screen: how much of it there is, and the share of GDP by the values of each factor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_sim.runs.plan import Plan
    from cluster_sim.scenario.factors import Factor
    from cluster_sim.scenario.sweeps import Sweep

SHOWN = 12
"""Values of a factor that are shown at most."""
BANDS = 5
"""Parts into which the range of a sampled factor is cut, with as many runs in each."""
BASE = "as in the base"
COLUMN = "gdp_share_published"


def summary(planned: Plan, answer: dict[str, Any], out: Path) -> list[str]:
    """Return what the sweep holds as lines of text."""
    sweep = planned.sweep
    failed = f", {answer['failed']:,} failed" if answer["failed"] else ""
    done = f"{answer['done']:,} of {answer['runs']:,} runs done ({answer['new_runs']:,} now{failed})"
    lines = [f"{planned.name}: {done}; {answer['points']:,} points of a {sweep.design}, {seeds(sweep)}, scale "
             f"{answer['scale']}, to {answer['until']}"]
    if answer["done"]:
        lines += ["", *by_factor(sweep, out)]
    return [*lines, "", f"{out}: results. The factors are columns of runs and series: {', '.join(sweep.columns)}"]


def seeds(sweep: Sweep) -> str:
    """Write how many seeds each point has."""
    return f"{len(sweep.seeds):,} seed{'s' * (len(sweep.seeds) > 1)} each"


def by_factor(sweep: Sweep, out: Path) -> list[str]:
    """Return mean and standard error of the last December's share by the values of each factor."""
    import numpy as np

    from cluster_sim.runs.read import View

    december = "select max(month) from series where month(month) = 12"
    columns = ", ".join(f'"{name}"' for name in ("month", COLUMN, *sweep.columns))
    try:
        frame = View(out).sql(f"select {columns} from series where month = ({december})")
    except Exception:  # a model without this column, or runs that end before a December: nothing to show
        return []
    if frame.empty:
        return []
    share = frame[COLUMN].to_numpy(dtype=float) * 100
    lines = [f"Share of GDP in December {frame['month'].iloc[0].year}, published definition, %: mean over the runs and "
             "its standard error"]
    for factor in sweep.factors:
        lines.append(f"  {factor.path}")
        groups = groups_of(factor, frame[factor.column])
        for name in groups[1][:SHOWN]:
            found = share[(groups[0] == name) & np.isfinite(share)]
            if len(found):
                error = f"{found.std(ddof=1) / len(found) ** 0.5:>7.3f}" if len(found) > 1 else " " * 7
                lines.append(f"    {name:<28} {found.mean():>8.3f}  {error}  {len(found):>7,} runs")
    return lines


def groups_of(factor: Factor, values: Any) -> tuple[Any, list[str]]:
    """Return for each entry of a factor's column the group that it is shown in, and the groups in their order."""
    import numpy as np

    if factor.values:
        texts = {value: text(value) for value in values.unique()}
        kept = values.isna() | (values.astype(str) == "base")
        found = [BASE if as_base else texts[value] for value, as_base in zip(values, kept, strict=True)]
        return np.array(found, dtype=object), list(dict.fromkeys(found))
    band = np.minimum((values.rank(method="first", pct=True).to_numpy() * BANDS - 1e-9).astype(int), BANDS - 1)
    named = {place: f"{text(values[band == place].min())} to {text(values[band == place].max())}"
             for place in sorted(set(band.tolist()))}
    return np.array([named[place] for place in band.tolist()], dtype=object), list(named.values())


def text(value: Any) -> str:
    """Write an entry of a factor's column."""
    if hasattr(value, "strftime"):
        return "none" if value != value else f"{value:%Y-%m}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
