"""What a user sees of a job: counts, pace and time left, on a terminal, in plain lines and as events."""

from __future__ import annotations

import io
import json

import pytest
from runs_fake import scenario

from cluster_sim.runs import progress
from cluster_sim.runs.plan import plan


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def live(shown, clock, runs=8):
    """Live through half of a job of some runs of 24 months, one after another, two seconds each."""
    planned = plan(scenario(), range(1, runs + 3), 0.05)
    shown.begin(planned, planned.runs[2:], 1)
    for spec in planned.runs[2:2 + runs // 2]:
        shown.update(1)
        clock[0] += 2
        shown.finished(spec)
        shown.update(0)
    shown.failed(planned.runs[-1])


def test_the_line_tells_runs_failures_rate_and_time_left(clock):
    shown = progress.Progress(io.StringIO())
    live(shown, clock)
    assert shown.line(0, clock[0]) == "4/8 runs, 1 failed, 37.5 runs/min, 5 s left"
    assert progress.Count().line(0, 0.0) == "0/0 runs, 0 failed, starting"


def test_a_terminal_gets_a_bar_that_is_cleared(clock):
    stream = Terminal()
    shown = progress.Progress(stream)
    live(shown, clock)
    text = stream.getvalue()
    assert "2 of 10 runs are there already\n" in text and "failed twice; see failures.jsonl\n" in text
    assert "[######      ] 4/8 runs, 0 failed, 30.0 runs/min, 8 s left" in text
    clock[0] += 1
    shown.update(0)
    shown.end()
    assert stream.getvalue().endswith("\r") and stream.getvalue().split("\r")[-2].strip() == ""


def test_elsewhere_a_plain_line_now_and_then(clock):
    stream = io.StringIO()
    shown = progress.Progress(stream)
    live(shown, clock, runs=60)
    lines = [line for line in stream.getvalue().splitlines() if "left" in line]
    assert len(lines) == 2 and lines[0] == "15/60 runs, 0 failed, 30.0 runs/min, 1 min 30 s left"


def test_events_are_one_object_a_line(clock):
    stream = io.StringIO()
    shown = progress.Events(stream)
    live(shown, clock)
    shown.note("a word")
    shown.end()
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["begin", *["progress"] * 5, "failed", "note", "end"]
    assert events[0] == {"event": "begin", "name": "Fake", "runs": 10, "there": 2, "todo": 8, "workers": 1}
    assert events[-4] == {"event": "progress", "done": 4, "failed": 0, "todo": 8, "runs_per_second": 0.5,
                          "seconds_left": 8.0}
    assert events[-1] == {"event": "end", "done": 4, "failed": 1, "todo": 8}


@pytest.mark.parametrize(("speed", "text"), [
    (1234.5, "1,234 runs/s"), (3.14, "3.1 runs/s"), (0.5, "30.0 runs/min"), (0.001, "3.6 runs/h")])
def test_rates_as_people_say_them(speed, text):
    assert progress.rate(speed) == text
