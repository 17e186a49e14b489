"""The table of `engine` as CSV and as LaTeX for a paper."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def write(table: pd.DataFrame, folder: Path, stem: str = "engine") -> list[Path]:
    """Write the table; rows of one part stand together under its name. Return the files.

    table: columns `part`, `what`, `when`, `unit`, `value`, `low`, `high`, `interval`. Special characters of LaTeX
    are escaped; missing values are dashes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{stem}.csv", folder / f"{stem}.tex"]
    table.to_csv(files[0], index=False, float_format="%.6g", lineterminator="\n")
    lines = [r"\begin{tabular}{lllrr}", r"\hline", r"what & when & unit & value & interval \\"]
    for part, rows in table.groupby("part", sort=False):
        kind = escape(str(rows["interval"].iloc[0]))
        lines += [r"\hline", rf"\multicolumn{{5}}{{l}}{{\textit{{{escape(str(part))}}} ({kind})}} \\"]
        for row in rows.itertuples():
            interval = "--" if pd.isna(row.low) or pd.isna(row.high) else f"{number(row.low)} to {number(row.high)}"
            cells = [escape(str(row.what)), escape(str(row.when)), escape(str(row.unit)), number(row.value), interval]
            lines.append(" & ".join(cells) + r" \\")
    files[1].write_text("\n".join([*lines, r"\hline", r"\end{tabular}"]) + "\n", encoding="utf-8")
    return files


def number(value: float) -> str:
    """Return a number with as many digits as a reader needs; a dash where it is missing."""
    if pd.isna(value):
        return "--"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return text if float(text.replace(",", "")) else text.lstrip("-")


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    replaced = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(replaced.get(c, "\\" + c if c in "&%$#_{}" else c) for c in text)
