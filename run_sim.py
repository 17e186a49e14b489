"""The command line: `python run_sim.py` runs the baseline, `python run_sim.py --help` shows the rest."""

import sys

from cluster_sim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
