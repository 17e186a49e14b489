"""`python -m cluster_sim`: the command line of an installed package."""

import sys

from cluster_sim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
