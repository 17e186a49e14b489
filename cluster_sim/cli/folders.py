"""What commands do with their results folder: make room in it, draw a figure into it, say which runs failed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def make_room(out: Path, stores: Iterable[tuple[Path, Any]], args: argparse.Namespace, refusal: str = "") -> None:
    """Set aside what `out` holds of other runs, where nobody named the folder or --fresh was given.

    stores: folders inside (or `out` itself), each with the plan that its runs should belong to. A folder in which none
    of them has runs is left as it is. With a `refusal` nothing is set aside: InputError says so of the folder.
    """
    from cluster_sim.runs import manifest
    from cluster_sim.runs.errors import InputError

    if not out.is_dir():
        return
    stores = list(stores)
    found = list(dict.fromkeys(words for folder, plan in stores for words in manifest.differences(folder, plan)))
    known = any(manifest.load(folder) for folder, _ in stores)
    if args.fresh and known or found and not args.out:
        if refusal:
            raise InputError(f"{out} {refusal}")
        aside = manifest.set_aside(out)
        why = f" ({' and '.join(found)} differ{'s' if len(found) == 1 else ''})" if found else ""
        print(f"what {out} held is now in {aside}{why}", file=sys.stderr)


def write_figure(out: Path, name: str, plot: Callable[[], Any], args: argparse.Namespace) -> list[str]:
    """Draw and write a figure; one that cannot be drawn is named, not fatal. Return what was written."""
    if args.no_figures:
        return []
    try:
        from cluster_sim.report import style

        style.save(plot(), out / "figures" / name)
    except Exception as error:  # whatever is wrong with a drawing, the runs are done and kept
        if not args.quiet:
            print(f"no figure '{name}': {error}", file=sys.stderr)
        return []
    return [str(out / "figures" / f"{name}.png")]


def status(failed: Sequence[Mapping[str, Any]], whole: str, out: Path) -> int:
    """Return the exit status of paired runs, one folder a variant in `out`; what failed is named on standard error.

    failed: records of the runs; whole: what is left, such as `5 pairs`.
    """
    if not failed:
        return 0
    first = failed[0]
    print(f"{len(failed)} run{'s' * (len(failed) > 1)} failed; {whole} are whole. The first, {first['scenario']} with "
          f"seed {first['seed']}: {first['traceback'].strip().splitlines()[-1]}\n"
          f"All of them: failures.jsonl in the folders of {out}", file=sys.stderr)
    return 3
