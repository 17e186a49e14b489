"""`export FOLDER`: the tables of a results folder as CSV or NetCDF."""

from __future__ import annotations

import argparse
import json
import sys
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
    """Write the files and name them; exit status 1 if a file of the store is missing, so that they lack something."""
    from cluster_sim.runs import export, manifest
    from cluster_sim.runs.read import open as open_store
    from cluster_sim.runs.store import Store
    from cluster_sim.runs.stores import opened

    folder, stores = opened(args.folder)
    written, missing = [], []
    for store in stores:
        view, home = open_store(store), store.relative_to(folder)
        missing += [f"{store}: {what}" for what in manifest.gaps(Store(store))]
        if args.format == "csv":
            written += export.to_csv(view, Path(args.out) / home if args.out else store / "csv")
        elif view.files["series"]:
            written.append(export.to_netcdf(view, _file(Path(args.out), home) if args.out else store / "series.nc"))
    names = [str(path) for path in written]
    print(json.dumps({"files": names, "missing": missing}) if args.json else "\n".join(names))
    if missing:
        print("\n".join([*missing, "The files written lack what was in these; start the command that made the folder "
                                   "again: it does the runs of damaged parts again"]), file=sys.stderr)
    return 1 if missing else 0


def _file(path: Path, home: Path) -> Path:
    """Return the file for one of several stores: `a.nc` with the store's name in it."""
    return path if home == Path() else path.with_name(f"{path.stem}-{home.name}{path.suffix}")
