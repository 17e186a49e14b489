"""The example in SolaraViz, in a headless browser whose network is cut: the page loads whole, and a step is a month.

Runs where the extra `viz`, playwright and a Chromium are installed (`pip install solara-assets playwright` for a server
that serves its scripts itself).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
CUT = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
pytestmark = pytest.mark.slow


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@pytest.fixture
def address(tmp_path):
    """The address of the example, served by Solara."""
    for library in ("solara", "altair", "playwright"):
        pytest.importorskip(library)
    if BROWSER is None:
        pytest.skip("no Chromium here")
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"}
    command = [sys.executable, "-m", "solara", "run", str(ROOT / "examples" / "city_in_solara.py"), "--no-open",
               "--production", "--host", "127.0.0.1", "--port", str(port)]
    with open(tmp_path / "server.txt", "w") as said:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=said, stderr=said)
    try:
        until = time.monotonic() + 300
        while True:
            assert server.poll() is None and time.monotonic() < until, (tmp_path / "server.txt").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


def test_the_page_loads_with_the_network_cut_and_steps(address):
    from playwright.sync_api import sync_playwright

    outside: list[str] = []
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", CUT])
        page = browser.new_page()
        page.on("request", lambda asked: None if asked.url.startswith((address, "data:", "blob:", "ws:"))
                else outside.append(asked.url))
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_selector("text=Step: 0", timeout=180_000)
        page.wait_for_function("document.querySelectorAll('img').length >= 4", timeout=120_000)
        for month in (1, 2):
            page.click("button:has-text('Step')")
            page.wait_for_selector(f"text=Step: {month}", timeout=60_000)
        browser.close()
    assert outside == []
