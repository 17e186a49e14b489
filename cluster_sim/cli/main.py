"""From words on a command line to a command, and from what went wrong to an exit status.

Exit status: 0 done, 1 a check did not hold, 2 the user's input, 3 finished with failed runs (or the disk
is full), 130 interrupted. Nothing heavy is imported here: `--help` must come at once.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from types import FrameType, ModuleType

from cluster_sim.cli import options
from cluster_sim.cli.console import never_fail
from cluster_sim.inputs.program import program
from cluster_sim.runs.errors import MORE_MEMORY, out_of_memory

COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("run", "Simulate", "run a scenario with several seeds and show what it did"),
    "compare": ("compare", "Compare", "run scenarios on the same seeds and say what each changes against the first"),
    "audit": ("audit", "Compare", "follow public money: windfall, displacement, who holds it, what a yuan buys"),
    "attribute": ("attribute", "Compare", "divide a scenario's whole effect among its policy instruments"),
    "doses": ("doses", "Compare", "dose curves of instruments, beside the same outlay as a wage subsidy or tax cut"),
    "engine": ("hit_dependence", "Compare", "lucky hit or engine: the largest hit removed, delayed, made elsewhere"),
    "econometrics": ("econometrics", "Compare",
                     "estimate published designs on the model's output and print them beside the published ranges"),
    "sweep": ("sweep", "Compare", "run a design over policies, parameters and events; --dry-run says what it takes"),
    "sensitivity": ("sensitivity", "Experiments", "find which factors move an output: Morris, Sobol indices, PAWN"),
    "search": ("search", "Experiments", "search the best mix of instruments under a budget, checked on fresh seeds"),
    "discover": ("discover", "Experiments", "find the futures in which a policy fails, and the policies' regret"),
    "posterior": ("posterior", "Experiments", "weigh draws of uncertain numbers by how well they fit what is known"),
    "explain": ("explain", "Scenarios", "say what a parameter, instrument, column, event or segment means"),
    "list": ("list_", "Scenarios", "show the scenarios, instruments, parameters, columns, cities"),
    "new": ("new", "Scenarios", "write a commented scenario to start from"),
    "schema": ("schema", "Scenarios", "write the JSON schema that lets editors check scenario files"),
    "status": ("status", "Results", "show what results folders hold, also while they grow"),
    "report": ("report", "Results", "draw the figures and tables of a results folder"),
    "export": ("export", "Results", "write results as CSV or NetCDF"),
    "reproduce": ("reproduce", "Results", "run a results folder again and compare every byte"),
    "doctor": ("doctor", "This machine", "check the installation; --warm compiles the model ahead"),
}
"""Name -> module in this package, group in the help, one line of help."""


def help_text() -> str:
    """Return the overview: the commands by what a user wants."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"usage: {program()} [COMMAND] [OPTIONS]", "",
             "An agent-based economy of a creative city. Without a command: the baseline, in about a minute.", ""]
    for group in dict.fromkeys(group for _, group, _ in COMMANDS.values()):
        lines.append(f"{group}:")
        lines += [f"  {name:<{width}}{text}" for name, (_, g, text) in COMMANDS.items() if g == group]
        lines.append("")
    lines += [f"Options of a command: {program()} COMMAND --help",
              f"What a name means:    {program()} explain NAME"]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    never_fail(as_json="--json" in words)
    if words and words[0] in ("-h", "--help", "help"):
        if len(words) > 1 and words[1] in COMMANDS:
            words = [words[1], "--help"]
        else:
            print(help_text())
            return 0
    if words and words[0] == "--version":
        from cluster_sim import __version__

        print(f"cluster_sim {__version__}")
        return 0
    if not words or words[0].startswith("-"):
        words = ["run", *words]
    if words[0] not in COMMANDS:
        near = difflib.get_close_matches(words[0], COMMANDS, 1)
        hint = f" Did you mean '{near[0]}'?" if near else f" {program()} --help lists them all."
        print(f"there is no command '{words[0]}'.{hint}", file=sys.stderr)
        return 2
    return call(words)


def call(words: list[str]) -> int:
    """Import the command's module, read its options and run it."""
    try:
        module, args = parsed(words)
    except SystemExit as stop:
        return int(stop.code or 0)
    warnings.formatwarning = lambda message, *where, **more: f"{message}\n"
    with suppress(ValueError):  # not in the main thread: then Ctrl-C is the caller's concern
        signal.signal(signal.SIGTERM, _terminate)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
    try:
        options.check(args)
        status = int(module.main(args) or 0)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt as stop:
        return interrupted(stop, words)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # the reader has gone (such as `head`); nothing to complain about
        return 0
    except Exception as error:
        known = explain(error, args)
        if known is None and out_of_memory("".join(traceback.format_exception(error))):
            print(f"this machine's memory did not suffice. {MORE_MEMORY}", file=sys.stderr)
            return 3
        if known is None:
            raise
        return known


def parsed(words: list[str]) -> tuple[ModuleType, argparse.Namespace]:
    """Return the module of a command and its options. SystemExit if they cannot be, or for --help."""
    module = import_module(f"cluster_sim.cli.{COMMANDS[words[0]][0]}")
    parser = argparse.ArgumentParser(prog=f"{program()} {words[0]}", description=module.main.__doc__ and
                                     COMMANDS[words[0]][2], allow_abbrev=False)
    module.arguments(parser)
    args, rest = parser.parse_known_args(words[1:])
    if rest:
        parser.error(unknown(rest, parser.format_usage(), getattr(module, "INSTEAD", {})))
    args.words, args.began, args.parsed = words, time.monotonic(), parsed
    return module, args


def unknown(words: list[str], usage: str, instead: Mapping[str, str]) -> str:
    """Name the words of a command line that no option is meant by, each with the option nearest to it.

    instead: options of other commands -> what this one has in their place.
    """
    for word in words:
        if word.split("=")[0] in instead:
            return f"there is no {word.split('=')[0]} here: {instead[word.split('=')[0]]}"
    known = re.findall(r"--[a-z-]+", usage)
    near = {word: difflib.get_close_matches(word.split("=")[0], known, 1) for word in words if word.startswith("-")}
    hints = [f"'{close[0]}' instead of '{word}'" for word, close in near.items() if close]
    return f"unrecognized arguments: {' '.join(words)}" + (f"; did you mean {', '.join(hints)}?" if hints else "")


def _terminate(number: int, frame: FrameType | None) -> None:
    """Treat a request to end (as a cluster's time limit sends it) like Ctrl-C."""
    raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop on Ctrl-C; further ones are ignored, for processes are ended and results kept until this one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def interrupted(stop: KeyboardInterrupt, words: list[str]) -> int:
    """Say what was kept and how to go on."""
    from cluster_sim.runs.errors import Interrupted

    if isinstance(stop, Interrupted):
        print(f"\nStopped. {stop.done} of {stop.planned} runs are done and kept.\n"
              f"To go on: {again(words)}", file=sys.stderr)
    else:
        print("\nStopped.", file=sys.stderr)
    return 130


def full(error: Exception, words: list[str]) -> int:
    """Say that the disk is full and how to go on."""
    from cluster_sim.runs.errors import StoreFull

    place = getattr(error, "filename", None)
    text = error.strerror if isinstance(error, StoreFull) else (
        f"the disk is full{f' at {place}' if place else ''}: make room and start the same command again")
    with suppress(OSError):
        print(f"{text}\nTo go on: {again(words)}", file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")  # it was what is full; Python would try once more at its end
    return 3


def again(words: list[str]) -> str:
    """Return the command line that goes on with what was begun."""
    return f"{program()} {shlex.join(word for word in words if word != '--fresh')}"


def explain(error: Exception, args: argparse.Namespace) -> int | None:
    """Print an expected error in words and return its exit status; None for an unexpected one."""
    from cluster_sim.inputs.errors import ScenarioError
    from cluster_sim.runs.errors import EngineGone, InputError, is_full
    from cluster_sim.runs.experiment import NothingRan, Unfinished

    if is_full(error):
        return full(error, args.words)
    if isinstance(error, ScenarioError):
        if getattr(args, "json", False):
            import json

            print(json.dumps({"faults": [fault.as_dict() for fault in error.faults]}, ensure_ascii=False))
        print(error, file=sys.stderr)
        return 2
    if isinstance(error, InputError) or type(error).__name__ == "CityError":
        print(error, file=sys.stderr)
        return 2
    if isinstance(error, Unfinished):
        from cluster_sim.cli import output

        return output.unfinished(error, args)
    if isinstance(error, NothingRan):
        print(error, file=sys.stderr)
        return 3
    if isinstance(error, EngineGone):
        print(f"{error}. Finished runs are safe; start the same command again to do the rest", file=sys.stderr)
        return 3
    if isinstance(error, OSError) and error.filename is not None:
        print(f"{error.filename}: cannot be read or written: {error.strerror}", file=sys.stderr)
        return 2
    return None
