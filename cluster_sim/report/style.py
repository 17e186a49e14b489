"""The one house style: sizes, type, colours, and how a figure becomes files.

Widths are those of a journal's column (88 mm) and page (180 mm), type is 6.5 to 8 points at
that width, colours are those of Okabe & Ito (2008, "Color Universal Design"), which people with
any common kind of colour vision can tell apart. Figures are made without pyplot, so that no
window, no global state and no backend is touched.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from cluster_sim.codes import SPECIALISMS
from cluster_sim.runs.files import write_bytes

MM = 1 / 25.4
FOOTNOTE = "footnote"
COLUMN = 88.0
PAGE = 180.0

INK = "#1f2a33"
SOFT = "#5c6a75"
FAINT = "#9aa5ad"
RULE = "#d5dbdf"
WASH = "#f1f3f4"
PAPER = "#ffffff"

BLUE = "#0072b2"
SKY = "#56b4e9"
GREEN = "#009e73"
ORANGE = "#e69f00"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"
YELLOW = "#f0e442"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

SPECIALISM_COLOURS = dict(zip(SPECIALISMS, (PURPLE, SKY, VERMILION, GREEN, BLUE, ORANGE), strict=True))

#: Light to dark, one hue turning from sand to deep blue; lightness falls steadily, so that the
#: order survives printing in grey.
DENSITY = LinearSegmentedColormap.from_list(
    "density", ["#eef3ee", "#cfe3d8", "#93c9c0", "#4fa5ad", "#24789a", "#154f7d", "#0c2a55"]
)

FORMATS = ("svg", "pdf", "png")
#: No date, no version of a library: the same figure gives the same bytes.
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "cluster_sim"},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": "cluster_sim"},
    "png": {"Software": "cluster_sim"},
}
_FACES = ("Arial", "Helvetica", "Liberation Sans", "Nimbus Sans", "Arimo")


@cache
def face() -> str:
    """The first sans-serif of a journal's kind that this machine has, else DejaVu Sans."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FACES if name in known), "DejaVu Sans")


def settings() -> dict[str, object]:
    """The matplotlib settings of the house style."""
    return {
        "font.family": [face()],
        "font.size": 7.0,
        "mathtext.fontset": "dejavusans",
        "axes.labelsize": 7.0,
        "axes.labelcolor": INK,
        "axes.labelpad": 3.0,
        "axes.titlesize": 7.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 5.0,
        "axes.titlecolor": INK,
        "axes.edgecolor": SOFT,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "axes.prop_cycle": cycler(color=CYCLE),
        "axes.grid": False,
        "grid.color": RULE,
        "grid.linewidth": 0.5,
        "text.color": INK,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 6.5,
        "ytick.labelsize": 6.5,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.pad": 2.5,
        "ytick.major.pad": 2.5,
        "lines.linewidth": 1.2,
        "lines.solid_capstyle": "round",
        "lines.solid_joinstyle": "round",
        "patch.linewidth": 0.0,
        "hatch.linewidth": 0.5,
        "legend.frameon": False,
        "legend.fontsize": 6.5,
        "legend.handlelength": 1.5,
        "legend.handletextpad": 0.6,
        "legend.labelspacing": 0.35,
        "legend.borderaxespad": 0.2,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "svg.hashsalt": "cluster_sim",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "path.simplify": True,
    }


@contextmanager
def house() -> Iterator[None]:
    """The house style for the statements inside; the caller's settings come back after."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings())
        yield


def canvas(width: float = COLUMN, height: float = 62.0) -> Figure:
    """An empty figure of `width` x `height` millimetres with a drawing surface of its own."""
    figure = Figure(figsize=(width * MM, height * MM))
    FigureCanvasAgg(figure)
    return figure


def rows(axes: Axes) -> None:
    """Thin horizontal lines to read values from, and no vertical ones."""
    axes.grid(True, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def listed(axes: Axes, places: Sequence[float], labels: Sequence[str], ticks: int = 5) -> None:
    """Rows that read like a list, the first on top: a label a row, and thin upright lines to read values from."""
    axes.set_yticks(places, labels)
    axes.set_ylim(max(places) + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=ticks))


def fit(figure: Figure, *axes: Axes, margin: float = 0.8) -> None:
    """Move the outer sides of axes inwards, together, until nothing of their ticks and labels leaves the canvas.

    margin: millimetres that stay free at the figure's edge, also above what is written there. Sides that have room
    stay where they are.
    """
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    free = margin * MM * figure.dpi
    room = np.array([[0, 0], [figure.bbox.width, figure.bbox.height]])
    for _ in range(2):  # narrower axes may choose other ticks
        notes = [text.get_window_extent(renderer).y1 for text in figure.texts if text.get_va() == "bottom"]
        room[0, 1] = max(notes, default=0)
        box = Bbox.union([each.get_tightbbox(renderer) for each in axes]).get_points()
        over = np.array([[1], [-1]]) * np.maximum(0, [room[0] + free - box[0], box[1] - room[1] + free]) / room[1]
        old = Bbox.union([each.get_position() for each in axes]).get_points()
        new = old + over
        for each in axes:
            place = new[0] + (each.get_position().get_points() - old[0]) * (new[1] - new[0]) / (old[1] - old[0])
            each.set_position(Bbox(place))


def shortened(name: str, most: int = 30) -> str:
    """Return a label that fits: a long one keeps its end, where the name of the number is."""
    return name if len(name) <= most else "…" + name[-(most - 1):]


def letter(axes: Axes, mark: str, title: str) -> Text:
    """Panel heading: a bold letter and a plain title, flush with the axes' left edge."""
    shown = axes.set_title(title, loc="left", fontweight="normal", fontsize=7.0)
    axes.annotate(mark, xy=(0, 1), xycoords="axes fraction", xytext=(-11, 5.0), textcoords="offset points",
                  fontsize=8.0, fontweight="bold", va="baseline")
    return shown


def footnote(figure: Figure, text: str) -> None:
    """Write a line or two below the figure, outside its own space, where every figure has room for it."""
    wide, tall = figure.get_size_inches()
    words = textwrap.fill(text, int(wide / MM / 1.06))
    figure.text(1.5 * MM / wide, -0.5 * MM / tall, words, fontsize=5.5, color=SOFT, va="top", gid=FOOTNOTE)


def _whole(figure: Figure) -> Bbox | None:
    """The part to write, in inches, where a footnote stands below the figure; None for the figure itself."""
    wide, tall = figure.get_size_inches()
    lines = sum(1 + text.get_text().count("\n") for text in figure.texts if text.get_gid() == FOOTNOTE)
    return Bbox([[0, -(2.4 * lines + 1.0) * MM], [wide, tall]]) if lines else None


def save(figure: Figure, stem: str | Path) -> list[Path]:
    """Write the figure as `stem`.svg, .pdf and .png and return the paths; the same figure gives the same bytes.

    A killed process leaves no half a file. Missing folders are made. StoreFull if the disk takes no more.
    """
    stem = Path(stem)
    written = []
    with house():
        for kind in FORMATS:
            path, drawn = stem.with_name(f"{stem.name}.{kind}"), BytesIO()
            figure.savefig(drawn, format=kind, dpi=400, metadata=_METADATA[kind], bbox_inches=_whole(figure))
            write_bytes(path, drawn.getvalue())
            written.append(path)
    return written
