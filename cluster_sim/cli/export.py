"""`export FOLDER`: the tables of a results folder as CSV or NetCDF."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cluster_sim.cli import options


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("folder", type=options.path, help="results folder, or its name under results/")
    parser.add_argument("--format", choices=("csv", "netcdf"), default="csv",
                        help="csv: one file a table; netcdf: the series by run and month (csv)")
    parser.add_argument("--out", type=options.path, metavar="PATH",
                        help="folder for CSV, file for NetCDF (inside the results folder)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")


def main(args: argparse.Namespace) -> int:
    """Write the files and name them."""
    from cluster_sim.runs import export
    from cluster_sim.runs.read import open as open_store

    view = open_store(args.folder)
    if args.format == "csv":
        written = export.to_csv(view, Path(args.out) if args.out else view.folder / "csv")
    else:
        written = [export.to_netcdf(view, Path(args.out) if args.out else view.folder / "series.nc")]
    names = [str(path) for path in written]
    print(json.dumps({"files": names}) if args.json else "\n".join(names))
    return 0
