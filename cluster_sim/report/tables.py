"""Tables for a paper: any frame as CSV and as a LaTeX tabular with the packages' plain rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_sim.runs.files import together

from . import frames

SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: "\\" + sign for sign in "&%$#_{}"}
"""What LaTeX would read as its own -> how it is written."""


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    return "".join(SPECIAL.get(sign, sign) for sign in text)


def short_number(value: float) -> str:
    """Return a number with three significant digits, or all before the point."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def plain_number(value: float) -> str:
    """Return a number with thousands' commas, or two digits behind the point where it is below 100; never -0."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return text if float(text.replace(",", "")) else text.lstrip("-")


def cell(value: Any, number: Callable[[float], str] = short_number) -> str:
    """Return one entry in LaTeX; what is missing is a dash."""
    if value is None or value is pd.NA or isinstance(value, float) and pd.isna(value):
        return "--"
    if isinstance(value, float):
        text = number(value)
        return f"${text}$" if text.startswith("-") else text
    return escape(("no", "yes")[bool(value)] if pd.api.types.is_bool(value) else str(value))


def tabular(sides: str, head: Sequence[str], rows: Iterable[Sequence[str] | str]) -> str:
    """Return a tabular; a row is its cells in LaTeX, or a whole line such as a rule.

    sides: a letter a column, as LaTeX has them (`l`, `r`).
    """
    lines = [row if isinstance(row, str) else " & ".join(row) + r" \\" for row in rows]
    return "\n".join([rf"\begin{{tabular}}{{{sides}}}", r"\hline", " & ".join(head) + r" \\", r"\hline", *lines,
                      r"\hline", r"\end{tabular}", ""])


def write(frame: pd.DataFrame, folder: Path, stem: str, latex: str | None = None, **options: Any) -> list[Path]:
    """Write a frame as CSV (with pandas' `options`) and as LaTeX, its columns as they are if None; return the files."""
    files = [folder / f"{stem}.csv", folder / f"{stem}.tex"]
    with together(*files) as drafts:
        frame.to_csv(drafts[0], index=False, lineterminator="\n", **options)
        drafts[1].write_text(whole(frame) if latex is None else latex, encoding="utf-8")
    return files


def whole(frame: pd.DataFrame, number: Callable[[float], str] = short_number) -> str:
    """Return a frame as a tabular: numbers to the right, text to the left."""
    kinds = pd.api.types
    sides = "".join("r" if kinds.is_numeric_dtype(one) and not kinds.is_bool_dtype(one) else "l"
                    for one in frame.dtypes)
    return tabular(sides, [escape(str(name)) for name in frame.columns],
                   [[cell(value, number) for value in row] for row in frame.itertuples(index=False)])


def by_year(series: Any, observed: Any = None, scale: float = 1.0) -> pd.DataFrame:
    """Return one row a year: published share (median, 10th and 90th percentile), observed, jobs, studios, wage.

    Shares in percent of December's trailing twelve months; jobs and studios in thousands of the whole city.
    """
    data = frames.frame(series)
    december = data[data["month"].dt.month == 12]
    groups = december.groupby(december["month"].dt.year)
    table = pd.DataFrame({
        "share_median_pct": 100 * groups["gdp_share_published"].median(),
        "share_p10_pct": 100 * groups["gdp_share_published"].quantile(0.1),
        "share_p90_pct": 100 * groups["gdp_share_published"].quantile(0.9),
        "jobs_thousand": groups["employment"].median() / 1e3 / scale,
        "studios_thousand": groups["studios"].median() / 1e3 / scale,
        "wage_thousand_yuan": groups["mean_wage"].median()})
    if observed:
        table.insert(0, "observed_pct", pd.Series({y: v.get("share_pct") for y, v in observed.items()}))
    table.index.name = "year"
    return table


def write_by_year(table: pd.DataFrame, folder: Path, note: str = "") -> list[Path]:
    """Write the table of `by_year`, in LaTeX with a note below it; return the files."""
    frame = table.round(4).reset_index()
    text = whole(frame, "{:.2f}".format)
    return write(frame, folder, "by_year", text + (rf"\par\footnotesize {escape(note)}" + "\n" if note else ""))


def engine(table: pd.DataFrame) -> str:
    """Return the table of `engine` in LaTeX: the rows of one part stand together under its name.

    table: columns `part`, `what`, `when`, `unit`, `value`, `low`, `high`, `interval`.
    """
    lines: list[Sequence[str] | str] = []
    for part, rows in table.groupby("part", sort=False):
        kind = escape(str(rows["interval"].iloc[0]))
        lines += [r"\hline"] * bool(lines) + [rf"\multicolumn{{5}}{{l}}{{\textit{{{escape(str(part))}}} ({kind})}} \\"]
        for row in rows.itertuples():
            missing = pd.isna(row.low) or pd.isna(row.high)
            interval = "--" if missing else f"{plain_number(row.low)} to {plain_number(row.high)}"
            value = "--" if pd.isna(row.value) else plain_number(row.value)
            lines.append([*(escape(str(text)) for text in (row.what, row.when, row.unit)), value, interval])
    return tabular("lllrr", ("what", "when", "unit", "value", "interval"), lines)
