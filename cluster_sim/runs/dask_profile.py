"""Profiles: how to ask Slurm for Dask workers (through dask-jobqueue), as a small YAML file.

    system: slurm             # used by --engine dask --profile campus if it lies in profiles/campus.yaml
    jobs: 4
    workers: 32
    memory: 64 GB

docs/clusters.md shows all keys. A profile is a file of that name in `profiles/` of the current folder, or in
`cluster_sim/profiles/` of the user's configuration folder, or a path. What it leaves out comes from the site's
own `jobqueue.yaml` of Dask.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, Required

from cluster_sim.inputs.errors import Faults
from cluster_sim.inputs.files import display, path_of
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import QuantityError, shown
from cluster_sim.inputs.shapes import Written, field_type, mapping
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import read_file
from cluster_sim.runs.errors import InputError, NoCluster

COMMAND = "sbatch"
"""Slurm's command that hands in a job."""
WAIT = 86400
"""Seconds to wait for the first worker."""


def read_size(value: Any, names: Any = None) -> str:
    """An amount of memory in the words of Dask."""
    from dask.utils import parse_bytes

    try:
        if str(value).isdigit() or parse_bytes(str(value)) <= 0:
            raise ValueError
    except ValueError:
        raise QuantityError(f"{shown(value)} should be a size", "such as 64 GB") from None
    return str(value)


LINE = field_type(KeyInfo("text", status=""))
COUNT = field_type(KeyInfo("count", low=1, status=""))
LINES = list[LINE]  # type: ignore[valid-type]
OPTIONS = {
    "workers": "cores", "memory": "memory", "python": "python", "interface": "interface",
    "local_directory": "local_directory", "log_directory": "log_directory", "queue": "queue", "account": "account",
    "walltime": "walltime", "directives": "job_extra_directives", "prologue": "job_script_prologue"}
"""Keys of a profile that the cluster class of dask-jobqueue has under names of its own."""
KEYS: dict[str, Any] = {
    "system": Required[Literal["slurm"]], "jobs": Required[COUNT], "workers": Required[COUNT],
    "memory": Required[Annotated[str, Written(read_size)]], "directives": LINES, "prologue": LINES, "wait": COUNT,
    **dict.fromkeys(("walltime", "queue", "account", "python", "interface", "local_directory", "log_directory"), LINE)}
SHAPE = mapping("profile", KEYS)


def folders() -> Iterator[Path]:
    """Yield where profiles lie."""
    yield Path("profiles")
    home = os.environ.get("XDG_CONFIG_HOME")
    yield (Path(home) if home else Path.home() / ".config") / "cluster_sim" / "profiles"


def find(name: str) -> Path:
    """Return the file of a profile. InputError if there is none."""
    path = path_of(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    known = {each.stem: each for folder in reversed(list(folders())) for each in sorted(folder.glob("*.yaml"))}
    if name in known:
        return known[name]
    hint = f"there is {', '.join(known)}" if known else (
        "write NAME.yaml there: system, jobs, workers, memory and what your cluster asks for")
    raise InputError(f"there is no profile '{name}' in {' and '.join(map(str, folders()))}; {hint}")


def load(name: str) -> dict[str, Any]:
    """Read a profile. ScenarioError with every fault of the file."""
    path, faults = find(name), Faults()
    found = validate(SHAPE, read_file(path, display(path), faults), "", faults)
    faults.stop()
    return {"wait": WAIT, "python": sys.executable, **found}


def options(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the cluster class of dask-jobqueue is told."""
    return {OPTIONS[key]: value for key, value in profile.items() if key in OPTIONS} | {
        "processes": profile["workers"], "worker_command": "cluster_sim.runs.dask_start",
        "worker_extra_args": ["--nworkers", str(profile["workers"]), "--no-dashboard"],
        "scheduler_options": {"dashboard": False, "dashboard_address": "127.0.0.1:0"}}


def cluster(profile: Mapping[str, Any]) -> Any:
    """Return the cluster of dask-jobqueue for a profile, without jobs. InputError if it cannot be.

    Its scheduler gives a worker one run at a time, so that a worker which dies takes no other along. Its list
    `refusals` takes what the batch system answers to a job that it does not accept.
    """
    try:
        jobqueue: Any = import_module("dask_jobqueue")
    except ImportError as error:
        raise NoCluster("a profile", error) from error
    if shutil.which(COMMAND) is None:
        raise InputError(f"there is no command {COMMAND} here: a profile for {profile['system']} is used on a machine "
                         "that can hand in jobs")
    import dask.config

    refusals: list[str] = []

    class Job(jobqueue.slurm.SLURMJob):
        """A job that keeps why it was refused; Dask itself only logs it."""

        async def _submit_job(self, script_filename: str) -> Any:
            try:
                return await super()._submit_job(script_filename)
            except (OSError, RuntimeError) as error:
                said = str(error).partition("stderr:")[2].strip() or str(error).strip()
                refusals.append(said.splitlines()[0])
                raise

    try:
        with dask.config.set({"distributed.scheduler.worker-saturation": 1.0}):
            found = jobqueue.SLURMCluster(job_cls=Job, **options(profile))
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise InputError(f"the profile's cluster cannot be started: {error}") from error
    found.refusals = refusals
    return found
