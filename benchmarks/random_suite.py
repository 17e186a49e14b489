"""Stream the keyed random numbers into dieharder, along every order in which the model may ask for them.

A keyed generator has no sequence of its own: the model reads it across entities, along months, over
purposes.  Each order below makes one sequence out of it, and dieharder (Brown, Eddelbuettel & Bauer; the
Debian package of that name) tests that sequence as if it were a generator's output.  Two more orders are
spoilt on purpose; a battery that passes them would prove nothing.

    python benchmarks/random_suite.py                     # all orders, the quick battery; prints a table
    python benchmarks/random_suite.py --orders time seeds --tests 0 2 --json
    python benchmarks/random_suite.py --stream entities | head -c 100M > words.bin

A p-value below 1e-6 or above 1 - 1e-6 is followed up, as dieharder's authors advise, with ten times as many
samples; a test is failed if those are beyond the line too.  Exit status 1 if an order fails a test or if a
spoilt one passes all.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time

import numpy as np
from numba import njit

from cluster_sim.draws import again, draw, identity, stream

WORDS = 1 << 17
SEED = np.uint64(20170101)
# dieharder's numbers of the tests it rates "good" that take a few seconds each, and their names (17, GCD, is good
# too, but takes a minute and a half an order)
BATTERY = {0: "birthdays", 2: "rank 32x32", 3: "rank 6x8", 4: "bitstream", 8: "count the 1s (stream)",
           9: "count the 1s (byte)", 10: "parking lot", 11: "minimum distance 2d", 12: "minimum distance 3d",
           13: "squeeze", 15: "runs", 16: "craps", 100: "monobit", 101: "STS runs", 102: "STS serial",
           204: "Kolmogorov-Smirnov", 205: "byte distribution", 206: "DCT", 207: "fill tree", 208: "fill tree 2",
           209: "monobit 2"}
FAIL = 1e-6


@njit
def entities(i):
    """One month, one purpose, entity after entity: how a kernel reads it."""
    return draw(stream(SEED, 7, 12), i)


@njit
def months(i):
    """One entity and purpose, month after month."""
    return draw(stream(SEED, 7, i), 1234)


@njit
def seeds(i):
    """One entity, month and purpose, seed after seed: what makes replicates independent."""
    return draw(stream(i, 7, 12), 1234)


@njit
def purposes(i):
    """All forty purposes of an entity, then the next entity."""
    return draw(stream(SEED, i % 40 + 1, 12), i // 40)


@njit
def nested(i):
    """A small city: 64 entities, then the 40 purposes, then the months, then the seeds."""
    entity, rest = i & 63, i >> 6
    return draw(stream(rest // 40 // 216, rest % 40 + 1, rest // 40 % 216), entity)


@njit
def sparse(i):
    """Entities that differ in their highest bits only."""
    return draw(stream(SEED, 7, 12), i << 36)


@njit
def hashed(i):
    """Entities named by `identity`, as newcomers are."""
    return draw(stream(SEED, 7, 12), identity(2, i >> 8, i & 255))


@njit
def chained(i):
    """Eight numbers in a row of each entity (`again`)."""
    h = draw(stream(SEED, 7, 12), i >> 3)
    for _ in range(i & 7):
        h = again(h)
    return h


@njit
def low_bits(i):
    """The lowest 16 bits of four entities in a word (`low16` uses them)."""
    base = stream(SEED, 7, 12)
    word = np.uint64(0)
    for k in range(4):
        word = (word << np.uint64(16)) | (draw(base, 4 * i + k) & np.uint64(0xFFFF))
    return word


@njit
def neighbours(i):
    """The difference, bit by bit, between an entity's number this month and next month."""
    return draw(stream(SEED, 7, i % 216), i // 216) ^ draw(stream(SEED, 7, i % 216 + 1), i // 216)


@njit
def spoilt_key(i):
    """Control: the key itself, multiplied but not mixed."""
    return np.uint64(i) * np.uint64(0x9E3779B97F4A7C15)


@njit
def spoilt_bits(i):
    """Control: a good number with one bit in sixteen set too often (a bias of 1/64 in that bit)."""
    h = draw(stream(SEED, 7, 12), i)
    return h | ((h >> np.uint64(5)) & (h >> np.uint64(11)) & (h >> np.uint64(17)) & (h >> np.uint64(23))
                & (h >> np.uint64(29)) & np.uint64(0x0001000100010001))


ORDERS = {f.__name__: f for f in (entities, months, seeds, purposes, nested, sparse, hashed, chained, low_bits,
                                  neighbours, spoilt_key, spoilt_bits)}


@njit
def fill(order, first, words):
    """Write the numbers of an order from place ``first`` on into ``words`` (uint64)."""
    for k in range(words.shape[0]):
        words[k] = order(first + k)


def stream_to(pipe, order: str, first: int = 0) -> None:
    """Write an order's words into a binary file until its reader has had enough."""
    words = np.empty(WORDS, dtype=np.uint64)
    try:
        while True:
            fill(ORDERS[order], first, words)
            pipe.write(words.tobytes())
            first += WORDS
    except BrokenPipeError:
        return


def run_test(order: str, test: int, more: int = 1) -> list[float]:
    """Return the p-values of one dieharder test on one order (a test may give several), on ``more`` samples."""
    command = ["dieharder", "-g", "200", "-d", str(test), "-m", str(more), "-D", "test_name", "-D", "pvalues",
               "-c", ","]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=False) as suite:
        stream_to(suite.stdin, order, first=test << 24)
        try:
            suite.stdin.close()
        except BrokenPipeError:
            pass
        lines = suite.stdout.read().decode().splitlines()
    return [float(line.split(",")[-1]) for line in lines if "," in line]


def beyond(values: list[float]) -> bool:
    """Say whether a p-value is too extreme to be luck."""
    return any(p < FAIL or p > 1 - FAIL for p in values)


def summary(order: str, tests: list[int]) -> dict:
    """Run the battery on an order; return its count of p-values, the smallest, the largest and the failures."""
    began = time.perf_counter()
    values, followed, failed = [], [], []
    for test in tests:
        found = run_test(order, test)
        values += found
        if beyond(found):
            name = BATTERY.get(test, str(test))
            followed.append(name)
            if order.startswith("spoilt") or beyond(run_test(order, test, more=10)):
                failed.append(name)
    weak = sum(p < 0.005 or p > 0.995 for p in values)
    return {"order": order, "p_values": len(values), "smallest": min(values), "largest": max(values),
            "outside_0.005_0.995": weak, "followed_up": followed, "failed": failed,
            "seconds": round(time.perf_counter() - began)}


def main() -> int:
    """Run the battery over the orders asked for and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", nargs="+", choices=ORDERS, default=list(ORDERS))
    parser.add_argument("--tests", nargs="+", type=int, default=list(BATTERY))
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--stream", choices=ORDERS, help="write this order's words to standard output, for any suite")
    args = parser.parse_args()
    if args.stream:
        stream_to(sys.stdout.buffer, args.stream)
        return 0
    if not shutil.which("dieharder"):
        print("dieharder is not installed (Debian and Ubuntu: apt-get install dieharder)", file=sys.stderr)
        return 2
    wrong = 0
    for order in args.orders:
        row = summary(order, args.tests)
        spoilt = order.startswith("spoilt")
        wrong += bool(row["failed"]) != spoilt
        print(json.dumps(row) if args.json else
              f"| {order} | {row['p_values']} | {row['smallest']:.2g} | {row['largest']:.6f} | "
              f"{row['outside_0.005_0.995']} | {', '.join(row['followed_up']) or 'none'} | "
              f"{', '.join(row['failed']) or 'none'} | {row['seconds']} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
