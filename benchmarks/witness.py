"""Do two checkouts of the project live the same months, byte for byte?  For changes that must change nothing.

    git worktree add ../before 075ebc8
    python benchmarks/witness.py ../before .                # seeds 1 to 5 at 1/50, 228 months
    python benchmarks/witness.py ../before . --quick        # one seed, 48 months at 1/100
    python benchmarks/witness.py ../before . --scenario all_in --scenario no_policy

Every run lives in a process of its own that sees one tree only, and is reached through the public API, so that
modules may be renamed between the two.  Held against each other: every column of the old tree's series but
`run_id`, `hit_receipts` and the clock's `seconds` (`--except`), its type and its bytes; so are the tables of
titles, credits, ledger, map, studios' accounts and payments.  Columns that only the new tree has do not count.
`--stored` looks at the files that `run_sim.py run` writes instead: what narrows numbers on their way to disk is
then held too.

Prints "same" and ends with 0, or the first difference of each run and ends with 1 (2: a tree could not be run).
What the old tree gave is kept by the hash of its sources, and so are compiled kernels, in the user's cache
folder (CLUSTER_SIM_CACHE): repeating costs the new tree's runs only.  Numbers depend on the math library, so
nothing of it is committed: both trees run here.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

EXCEPT = ("run_id", "hit_receipts", "seconds")
WITHOUT_KERNELS = ("cli", "report", "app", "analysis", "runs", "scenario")
LIVE = """
import pickle, sys
tree, out, scenario, seed, scale, months = sys.argv[1:]
import cluster_sim
assert cluster_sim.__file__.startswith(tree), f"cluster_sim comes from {cluster_sim.__file__}, not from {tree}"
model = cluster_sim.ClusterModel(cluster_sim.load_scenario(scenario), seed=int(seed), scale=float(scale),
                                 keep=("accounts", "payments"))
if int(months):
    for _ in range(int(months)):
        model.step()
else:
    model.run()
tables = ("projects_table", "credits_table", "ledger_table", "accounts_table", "payments_table",
          "applications_table", "map")
found = {"series": model.series()} | {name: getattr(model, name)() for name in tables if hasattr(model, name)}
with open(out, "wb") as file:
    pickle.dump(found, file)
"""

Tables = Mapping[str, Mapping[str, Any]]


# ---------------------------------------------------------------- comparison
def differences(old: Tables, new: Tables, ignore: Iterable[str] = EXCEPT) -> list[str]:
    """Return a sentence for each column of the old tables that the new ones lack or hold otherwise."""
    found = []
    for table, columns in old.items():
        if table not in new:
            found.append(f"{table}: missing")
            continue
        for name in columns:
            if name in ignore:
                continue
            if name not in new[table]:
                found.append(f"{table}.{name}: missing")
            elif said := difference(columns[name], new[table][name], columns.get("month")):
                found.append(f"{table}.{name}: {said}")
    return found


def difference(old: Any, new: Any, months: Any = None) -> str:
    """Say where two columns first differ, or nothing; missing values are held bit by bit as well."""
    if type(old) is not type(new):
        return f"{type(old).__name__} became {type(new).__name__}"
    if not isinstance(old, np.ndarray):
        return "" if old == new else f"{old!r} became {new!r}"
    if old.dtype != new.dtype or old.shape != new.shape:
        return f"{old.dtype} {old.shape} became {new.dtype} {new.shape}"
    other = np.flatnonzero(unlike(old, new))
    if not other.size:
        return ""
    row = other[0]
    where = f"{months[row]}" if isinstance(months, np.ndarray) and months.size == old.size else f"row {row}"
    return f"{where}: {old.flat[row]!r} became {new.flat[row]!r}; {other.size} of {old.size} differ"


def unlike(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return where two arrays of one type and shape differ, in bytes or, if of objects, in type and value."""
    if old.dtype == object:
        return np.array([repr(a) != repr(b) for a, b in zip(old.flat, new.flat, strict=True)], bool)
    size = old.dtype.itemsize
    a, b = (np.frombuffer(np.ascontiguousarray(x).tobytes(), np.uint8).reshape(-1, size) for x in (old, new))
    return (a != b).any(axis=1)


# ---------------------------------------------------------------- runs
def source_hash(tree: Path, *, kernels: bool = False) -> str:
    """Return twelve digits over what a tree's runs read, or only over what its kernels are compiled from."""
    total = hashlib.sha256(f"{sys.version} {platform.machine()} {version('numpy')} {version('numba')}".encode())
    for folder in ("cluster_sim",) if kernels else ("cluster_sim", "scenarios"):
        for path in sorted((tree / folder).rglob("*")):
            parts = path.relative_to(tree).parts
            if not path.is_file() or "__pycache__" in parts:
                continue
            if kernels and (parts[1] in WITHOUT_KERNELS or not path.name.endswith((".py", "parameters.yaml"))):
                continue
            total.update("/".join(parts).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:12]


class Failed(Exception):
    """A tree could not be run."""


def execute(tree: Path, cache: Path, command: list[str]) -> None:
    """Run a command in a tree that sees no other tree's modules and kernels."""
    kernels = cache / f"kernels-{source_hash(tree, kernels=True)}"
    kernels.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(tree), "CLUSTER_SIM_CACHE": str(kernels),
                                "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{tree}: {done.stderr.strip()[-3000:]}")


def live(tree: Path, cache: Path, scenario: str, seed: int, scale: float, months: int) -> Tables:
    """Run a tree's model and return its tables."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tables"
        execute(tree, cache, ["-c", LIVE, str(tree), str(out), scenario, str(seed), repr(scale), str(months)])
        return pickle.loads(out.read_bytes())


def stored(tree: Path, cache: Path, scenario: str, seed: int, scale: float, months: int) -> Tables:
    """Run a tree's command line and return the tables of the store, as their files hold them."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        last = ["--until", str(np.datetime64("2017-01", "M") + (months - 1))] if months else []
        execute(tree, cache, ["run_sim.py", "run", scenario, "--seeds", str(seed), "--scale", repr(scale), *last,
                              "--workers", "1", "--out", folder + "/store"])
        found: dict[str, dict[str, Any]] = {}
        for part in sorted(Path(folder, "store").glob("*/*.parquet")):
            table = pq.read_table(part)
            for name in table.column_names:
                values = table[name]
                found.setdefault(part.parent.name, {}).update({name: np.array(values.to_pylist(), object),
                                                               f"{name} (type)": str(values.type)})
        return found


def kept(tree: Path, cache: Path, way: Any, *task: Any) -> Tables:
    """Return what a tree gave, from the cache if it ran before."""
    name = "-".join(str(part).replace("/", "_") for part in task)
    path = cache / f"{way.__name__}-{source_hash(tree)}" / f"{name}.tables"
    if not path.exists():
        found = way(tree, cache, *task)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(f".{os.getpid()}").write_bytes(pickle.dumps(found))
        path.with_suffix(f".{os.getpid()}").replace(path)
    return pickle.loads(path.read_bytes())


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    about, _, more = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(description=about, epilog=more,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="the checkout whose numbers are to be kept")
    parser.add_argument("new", type=Path, help="the checkout that changed")
    parser.add_argument("--seeds", default="1-5", help="1-5, or 1,4,7")
    parser.add_argument("--scale", default="1/50")
    parser.add_argument("--months", type=int, default=0, help="how many; 0: the scenario's own (228)")
    parser.add_argument("--scenario", action="append", help="a name in scenarios/; may be repeated")
    parser.add_argument("--quick", action="store_true", help="one seed, 48 months at 1/100")
    parser.add_argument("--stored", action="store_true", help="hold the files of the command line instead")
    parser.add_argument("--except", dest="ignore", default=",".join(EXCEPT), help="columns that may differ")
    return parser.parse_args()


def main() -> int:
    """Compare; return the exit status."""
    args = read_arguments()
    if args.quick:
        args.seeds, args.scale, args.months = "1", "1/100", 48
    first, _, last = args.seeds.partition("-")
    seeds = range(int(first), int(last) + 1) if last else [int(s) for s in args.seeds.split(",")]
    numerator, _, denominator = args.scale.partition("/")
    scale = float(numerator) / float(denominator or 1)
    home = os.environ.get("CLUSTER_SIM_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(home, "cluster_sim_witness").resolve()
    way, verdict = stored if args.stored else live, 0
    old, new = args.old.resolve(), args.new.resolve()
    for scenario in args.scenario or ["baseline"]:
        for seed in seeds:
            task = (scenario, seed, scale, args.months)
            try:
                found = differences(kept(old, cache, way, *task), way(new, cache, *task), args.ignore.split(","))
            except Failed as failed:
                print(f"cannot run {failed}", file=sys.stderr)
                return 2
            if found:
                verdict = 1
                print(f"{scenario}, seed {seed}: {found[0]}" + (f" (and {len(found) - 1} more columns: "
                      f"{', '.join(f.split(':')[0] for f in found[1:6])} ...)" if found[1:] else ""), flush=True)
    if not verdict:
        print("same")
    return verdict


if __name__ == "__main__":
    sys.exit(main())
