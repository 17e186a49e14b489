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
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    return now


def live(shown, clock, runs=8):
    """Live through half of a job of some runs of 24 months, one after another, two seconds each."""
    planned = plan(scenario(), range(1, runs + 3), 0.05)
    shown.begin(planned, planned.runs[2:], 1)
    clock[0] += 5  # until a worker is ready
    for spec in planned.runs[2:2 + runs // 2]:
        shown.update(1)
        clock[0] += 2
        shown.finished(spec)
        shown.update(0)
    shown.failed(planned.runs[-1])


def test_a_terminal_gets_a_bar_that_is_cleared(clock):
    stream = Terminal()
    shown = progress.Progress(stream)
    live(shown, clock)
    text = stream.getvalue()
    assert "2 of 10 runs are there already\n" in text and "failed twice; see failures.jsonl\n" in text
    assert "[######      ] 4/8 runs, 0 failed" in text and "s/run" in text and " left" in text
    assert "\x1b" not in text, "no colours"
    clock[0] += 1
    shown.update(0)
    assert "4/8 runs, 1 failed" in stream.getvalue()
    shown.end()
    assert stream.getvalue().endswith("\r") and stream.getvalue().split("\r")[-2].strip() == ""


def test_elsewhere_a_plain_line_now_and_then(clock):
    stream = io.StringIO()
    shown = progress.Progress(stream)
    live(shown, clock, runs=60)
    shown.end()
    lines = [line for line in stream.getvalue().splitlines() if "left" in line]
    assert len(lines) == 2 and "15/60 runs, 0 failed" in lines[0] and "\r" not in stream.getvalue(), lines


def test_events_are_one_object_a_line(clock):
    stream = io.StringIO()
    shown = progress.Events(stream)
    live(shown, clock)
    shown.note("a word")
    shown.end()
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == ["begin", "failed", "note", "end"]
    assert events[0] == {"event": "begin", "name": "Fake", "runs": 10, "there": 2, "todo": 8, "workers": 1}
    assert events[-4] == {"event": "progress", "done": 4, "failed": 0, "todo": 8, "runs_per_second": 0.5,
                          "seconds_left": 8.0}
    assert "\r" not in stream.getvalue()
    assert events[-1] == {"event": "end", "done": 4, "failed": 1, "todo": 8}


def test_a_silent_job_prints_nothing(clock, capsys):
    live(progress.Silent(), clock)
    assert capsys.readouterr() == ("", "")
