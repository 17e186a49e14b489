"""Tables for a paper: the share and the main indicators by year, as CSV and LaTeX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from . import frames


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


def write(table: pd.DataFrame, folder: Path, stem: str = "by_year") -> list[Path]:
    """Write a table as CSV and as a LaTeX tabular; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{stem}.csv", folder / f"{stem}.tex"]
    table.round(4).to_csv(files[0])
    head = " & ".join(str(c).replace("_", r"\_") for c in [table.index.name, *table.columns])
    lines = [" & ".join([str(year), *("--" if pd.isna(v) else f"{v:.2f}" for v in row)]) + r" \\"
             for year, row in zip(table.index, table.to_numpy(), strict=True)]
    body = "\n".join([r"\begin{tabular}{r" + "r" * table.shape[1] + "}", r"\hline", head + r" \\", r"\hline", *lines,
                      r"\hline", r"\end{tabular}"])
    files[1].write_text(body + "\n", encoding="utf-8")
    return files


def write_plain(table: pd.DataFrame, folder: Path, stem: str) -> list[Path]:
    """Write any frame as CSV and as a LaTeX tabular, columns as they are; return the files.

    Numbers get three significant digits in LaTeX, what is missing a dash.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{stem}.csv", folder / f"{stem}.tex"]
    table.to_csv(files[0], index=False, lineterminator="\n")
    kinds = pd.api.types
    sides = "".join("r" if kinds.is_numeric_dtype(one) and not kinds.is_bool_dtype(one) else "l"
                    for one in table.dtypes)
    lines = [" & ".join(map(_cell, row)) + r" \\" for row in table.itertuples(index=False)]
    head = " & ".join(_cell(str(name)) for name in table.columns) + r" \\"
    files[1].write_text("\n".join([rf"\begin{{tabular}}{{{sides}}}", r"\hline", head, r"\hline", *lines, r"\hline",
                                   r"\end{tabular}"]) + "\n", encoding="utf-8")
    return files


def _cell(value: Any) -> str:
    """One entry in LaTeX."""
    if value is None or value is pd.NA or isinstance(value, float) and pd.isna(value):
        return "--"
    if isinstance(value, float):
        text = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        return f"${text}$" if text.startswith("-") else text
    text = str(value)
    if pd.api.types.is_bool(value):
        text = "yes" if value else "no"
    return text.replace("\\", r"\textbackslash{}").replace("_", r"\_").replace("%", r"\%").replace("&", r"\&")
