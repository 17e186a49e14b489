"""A first calibration: where the facts of a study and priors from sources together are met best.

    python -m cluster_sim.analysis.first_calibration [--study what_fits] [--seeds 6] [--scale 1/50] [--steps 6]

prints every point that it tries, its loss, what it gives for each fact and its parameters, and at the end the best one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cluster_sim.analysis import standalone
from cluster_sim.analysis.first_calibration.search import SEEDS, fit
from cluster_sim.analysis.posterior.reading import read
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import scale_of

STUDY, SCALE, STEPS = "what_fits", "1/50", 6


def main(words: Sequence[str] | None = None) -> None:
    """Read the options, search and print the best point."""
    parser = argparse.ArgumentParser(prog="python -m cluster_sim.analysis.first_calibration",
                                     description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--study", default=STUDY, metavar="FILE", help=f"study with the facts ({STUDY})")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), metavar="N",
                        help=f"runs of each point, with seeds from {SEEDS[0]} on ({len(SEEDS)})")
    parser.add_argument("--scale", default=SCALE, metavar="S", help=f"share of the city ({SCALE})")
    parser.add_argument("--steps", type=int, default=STEPS, metavar="N", help=f"steps tried at most ({STEPS})")
    standalone.add_running(parser, "first_calibration")
    args = parser.parse_args(words)
    with standalone.experiment(args) as experiment:
        if args.seeds < 1 or args.steps < 1:
            raise InputError("--seeds and --steps are numbers of at least 1")
        seeds = range(SEEDS[0], SEEDS[0] + args.seeds)
        best = fit(read(args.study), experiment, seeds, scale_of(args.scale), args.steps)
    print("\n".join(f"{name}: {value:.5g}" for name, value in best.items()))


if __name__ == "__main__":
    main()
