"""What the tests of "nothing lost" share: real commands in processes of their own, small disks, folders looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TINY = ("--scale", "1/200", "--until", "2017-03", "--no-figures")
YEAR = ("--scale", "1/200", "--until", "2017-12", "--no-figures")
SWEEP = "base: baseline\ndesign: grid\nfactors: {gaps.attraction: {low: 0.2, high: 0.4, levels: 2}}\n"
SEARCH = """
base: baseline
instruments:
  policies.production_subsidy.2017-01.rate: {low: 0, high: 0.4}
budget: 2000 million yuan
aims: {gdp_share_published: higher, public_outlay: lower}
years: 2017-2017
seeds: 1
check_seeds: 2
generations: 1
population: 4
"""
DISCOVER = """
base: baseline
policies: [baseline]
samples: 20
factors: {gaps.attraction: {low: 0.2, high: 0.4}, gaps.people: {low: 0.1, high: 0.5}}
aim: {column: gdp_share_published, at_least: 0.05}
"""
"""Their factors are gaps of the start, that act after rest: other factors would cost each sample a burn-in."""

Done = subprocess.CompletedProcess


def words_of(*words: str | Path) -> list[str]:
    """Return the command line of a command."""
    return [sys.executable, str(ROOT / "run_sim.py"), *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command: this source tree, no window."""
    return os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"} | more


def command(folder: Path, *words: str | Path, seconds: float = 120.0, gigabytes: float = 0.0, file_size: int = 0,
            **more: str) -> Done[str]:
    """Run a command in a folder and return what it printed; `pytest.fail` if it takes longer than it may.

    gigabytes: address space, file_size: bytes of one file (0: no limit); more: environment variables.
    """
    def limit() -> None:
        import resource

        if gigabytes:
            resource.setrlimit(resource.RLIMIT_AS, (int(gigabytes * 2**30),) * 2)
        if file_size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    try:
        return subprocess.run(words_of(*words), cwd=folder, env=environment(**more), capture_output=True, text=True,
                              encoding="utf-8", errors="replace", timeout=seconds, stdin=subprocess.DEVNULL,
                              preexec_fn=limit if gigabytes or file_size else None)
    except subprocess.TimeoutExpired:
        return pytest.fail(f"still at work after {seconds:.0f} s: {' '.join(map(str, words))}")


def ready(done: Done[str]) -> Done[str]:
    """Return what was done if it went well: for what a test only builds on."""
    if done.returncode:
        raise RuntimeError(f"the test's own preparation failed: {done.stderr}")
    return done


def refused(done: Done[str], *words: str) -> None:
    """Hold that a command ended with status 2 and a sentence that has these words in it."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert 1 <= len(done.stderr.strip().splitlines()) <= 6, done.stderr
    assert [word for word in words if word.lower() not in done.stderr.lower()] == [], done.stderr


def held(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[tuple[Path, dict[str, int]]]:
    """Give a folder that takes only so much, and what `command` has to be told besides.

    A file system in memory where one may be mounted (root on Linux), else a limit on the size of one file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mounted = sys.platform == "linux" and os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], capture_output=True).returncode
    try:
        yield folder, {} if mounted else {"file_size": kilobytes * 400}
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def enlarge(folder: Path, kilobytes: int) -> dict[str, int]:
    """Make room on a small disk; return what `command` has to be told from now on."""
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(folder)], capture_output=True)
    return {}
