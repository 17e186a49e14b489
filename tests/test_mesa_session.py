"""A Mesa user's session: docs/mesa.md, executed; the example of SolaraViz where its libraries are installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "mesa.md").read_text(encoding="utf-8")


def python(code: str, folder: Path) -> str:
    """Run a script in a folder with this source tree importable; return what it prints."""
    (folder / "session.py").write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    done = subprocess.run([sys.executable, "session.py"], cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_runs_as_one_session(tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    said = python("\n".join(blocks), tmp_path)
    assert "studios have a million" in said and "24 rows" in said and "and with help" in said


def test_the_example_in_the_browser_names_what_there_is(tmp_path):
    """The page is drawn once, as Solara would: the map, the points and the lines come from the model."""
    pytest.importorskip("solara")
    pytest.importorskip("altair")
    said = python(f"""
import runpy
import solara
found = runpy.run_path({str(ROOT / "examples" / "city_in_solara.py")!r})
model, renderer = found["model"], found["renderer"]
box, context = solara.render(found["page"], handle_error=False)
points = sum(len(drawn.get_offsets()) for drawn in renderer.canvas.collections if hasattr(drawn, "get_offsets"))
assert points >= len(model.grid.agents), (points, len(model.grid.agents))
(image,) = [drawn for drawn in renderer.canvas.images]
assert image.get_array().shape[:2] == model.grid.dimensions
print("drawn", len(model.grid.agents), "studios")
context.close()
""", tmp_path)
    assert "drawn" in said
