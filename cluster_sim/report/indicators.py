"""Small multiples of the main indicators: median and 80% band over runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from . import frames, style

PANELS = (
    ("employment", "Creative jobs (thousand)", "stock", 1e-3),
    ("studios", "Studios (thousand)", "stock", 1e-3),
    ("mean_wage", "Mean wage (thousand yuan a month)", "mean", 1.0),
    ("mean_rent", "Mean rent (yuan per m² a month)", "mean", 1.0),
    ("collaboration_distance", "Distance to contract partner (km)", "mean", 1.0),
    ("project_receipts", "Receipts of own works (bn yuan a year)", "sum", 1e-3),
)


def indicators(series: Any, *, scale: float = 1.0, width: float = style.PAGE, height: float = 96.0) -> Figure:
    """Draw six indicators by year; jobs, studios and receipts are divided by the scale of the city.

    series: frame or mapping of columns as in the store.  Raises ValueError if none of the columns is there.
    """
    data = frames.frame(series)
    panels = [panel for panel in PANELS if frames.has(data, panel[0])]
    if not panels:
        raise ValueError("the series hold none of the indicators that are drawn")
    with style.house():
        figure = style.canvas(width, height)
        for k, (column, title, how, factor) in enumerate(panels):
            axes = figure.add_axes((0.05 + 0.325 * (k % 3), 0.57 - 0.49 * (k // 3), 0.27, 0.36))
            table = frames.paths(data, column)
            window = table.rolling(12, min_periods=12)
            values = table if how == "stock" else (window.sum() if how == "sum" else window.mean())
            values = values * factor / (scale if how != "mean" else 1.0)
            x = frames.position(table.index)
            if values.shape[1] >= frames.RUNS_FOR_BAND:
                known = values.notna().all(axis=1).to_numpy()
                low, high = np.percentile(values[known], [10, 90], axis=1)
                axes.fill_between(x[known], low, high, color=style.SKY, alpha=0.35, linewidth=0)
            axes.plot(x, values.median(axis=1), color=style.BLUE)
            style.rows(axes)
            style.letter(axes, "abcdef"[k], title)
            axes.set_ylim(bottom=0)
            axes.xaxis.set_major_locator(MultipleLocator(5))
            axes.margins(x=0.01)
    return figure
