"""What tests ask of any figure: its words, and whether something that is written or drawn leaves the canvas."""

from __future__ import annotations

from typing import Any

from cluster_sim.report.style import FOOTNOTE


def words(figure: Any) -> str:
    """Return everything that is written in a figure."""
    return " ".join(each.get_text() for each in figure.findobj(lambda artist: hasattr(artist, "get_text")))


def cut(figure: Any) -> list[str]:
    """Name what leaves the canvas; footnotes stand below it and are written with it."""
    renderer = figure.canvas.get_renderer()
    named = [(f"axes {k} {axes.get_title(loc='left')} {axes.get_ylabel()}", axes.get_tightbbox(renderer))
             for k, axes in enumerate(figure.axes)]
    named += [(text.get_text(), text.get_window_extent(renderer)) for text in figure.texts
              if text.get_gid() != FOOTNOTE]
    named += [("legend", legend.get_window_extent(renderer)) for legend in figure.legends]
    room = figure.bbox
    return [f"{name}: {box}" for name, box in named if box is not None and not (
        box.x0 >= room.x0 - 1 and box.y0 >= room.y0 - 1 and box.x1 <= room.x1 + 1 and box.y1 <= room.y1 + 1)]
