"""The documentation as a site: it builds without a warning, shows the whole API, and asks no other machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import cluster_sim

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LOADED = re.compile(r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=[\"']?([^\"'\s>]+)"
                    r"|<link\b(?=[^>]*rel=[\"']?(?:stylesheet|icon|preconnect|preload|prefetch))[^>]*?"
                    r"\bhref=[\"']?([^\"'\s>]+)", re.IGNORECASE)
"""What a browser fetches by itself; plain links are followed by the reader."""


class Loader(yaml.SafeLoader):
    """Reads mkdocs.yml, which may name Python objects."""


def pages(nav: list) -> list[str]:
    """Return the files that a navigation names."""
    found = []
    for entry in nav:
        values = list(entry.values()) if isinstance(entry, dict) else [entry]
        for value in values:
            found += pages(value) if isinstance(value, list) else [value]
    return found


def test_every_page_has_its_place():
    config = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)
    assert sorted(pages(config["nav"])) == sorted(path.name for path in DOCS.glob("*.md"))
    assert config["strict"] is True and config["theme"]["font"] is False


def test_the_api_page_names_all_that_is_public():
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: ([\w.]+)$", text, flags=re.MULTILINE))
    modules = {name: f"{module}.{name}" for name, module in cluster_sim._PUBLIC.items()}
    aliases = {"load_scenario": "cluster_sim.scenario.load_scenario"}
    assert {**modules, **aliases}.keys() == set(cluster_sim.__all__)
    assert set((modules | aliases).values()) <= shown


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `mkdocs build` does, where the extra `docs` is installed."""
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    pytest.importorskip("material")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "-d", str(folder)], cwd=ROOT, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_site_shows_docstrings_and_all_pages(site):
    for path in DOCS.glob("*.md"):
        assert (site / ("index.html" if path.stem == "index" else f"{path.stem}/index.html")).is_file()
    api = (site / "api" / "index.html").read_text(encoding="utf-8")
    for name in cluster_sim.__all__:
        assert re.search(rf'id="cluster_sim\.[\w.]*\b{name}"', api), name
    assert "Let a rule of one's own happen right after an event" in api.replace("’", "'").replace("&#39;", "'")


def test_a_page_asks_no_other_machine(site):
    fetched = {}
    for page in site.rglob("*.html"):
        for match in LOADED.finditer(page.read_text(encoding="utf-8")):
            address = match[1] or match[2]
            if re.match(r"(?:https?:)?//", address):
                fetched[address] = page.relative_to(site)
    assert fetched == {}
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet
