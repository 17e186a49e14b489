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

import difflib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import InputError

SYSTEMS = {"slurm": "sbatch"}
"""Batch systems, and the command that hands in a job."""
STARTER = "cluster_sim.runs.dask_start"


@dataclass(frozen=True)
class Profile:
    """A profile as read: names as in the file; `wait` in seconds."""

    system: str
    jobs: int
    workers: int
    memory: str
    walltime: str | None = None
    queue: str | None = None
    account: str | None = None
    directives: tuple[str, ...] = ()
    prologue: tuple[str, ...] = ()
    python: str | None = None
    interface: str | None = None
    local_directory: str | None = None
    log_directory: str | None = None
    wait: float = 86400.0


KEYS = {field.name: field.type for field in fields(Profile)}
REQUIRED = ("system", "jobs", "workers", "memory")


def folders() -> Iterator[Path]:
    """Yield where profiles lie."""
    yield Path("profiles")
    home = os.environ.get("XDG_CONFIG_HOME")
    yield (Path(home) if home else Path.home() / ".config") / "cluster_sim" / "profiles"


def find(name: str) -> Path:
    """Return the file of a profile. InputError if there is none."""
    if Path(name).suffix in (".yaml", ".yml"):
        if Path(name).is_file():
            return Path(name)
        raise InputError(f"there is no profile {name}")
    for folder in folders():
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    there = sorted({path.stem for folder in folders() for path in folder.glob("*.yaml")})
    looked = " and ".join(str(folder) for folder in folders())
    raise InputError(f"there is no profile '{name}' in {looked}; "
                     + (f"there is {', '.join(there)}" if there else "write NAME.yaml there: system, jobs, workers, "
                        "memory and what your cluster asks for"))


def load(name: str) -> Profile:
    """Read a profile. InputError with every fault of the file."""
    import yaml

    path = find(name)
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} is no profile: it should hold lines such as `system: slurm`")
    faults = [f"'{key}' is missing" for key in REQUIRED if key not in found]
    values: dict[str, Any] = {}
    for key, value in found.items():
        if key not in KEYS:
            near = difflib.get_close_matches(str(key), KEYS, 1)
            faults.append(f"unknown key '{key}'" + (f": did you mean '{near[0]}'?" if near else ""))
            continue
        try:
            values[key] = _value(key, value)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise InputError("\n".join([f"{path} is not a good profile:", *(f"  {fault}" for fault in faults)]))
    return Profile(**values)


def _value(key: str, value: Any) -> Any:
    """Return a value of the right kind. ValueError if it is not."""
    kind = KEYS[key]
    if key == "system" and value not in SYSTEMS:
        raise ValueError(f"system: '{value}' is none of {', '.join(SYSTEMS)}")
    if kind == "int":
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{key}: '{value}' is not a number of 1 or more")
    elif kind == "float":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
            raise ValueError(f"{key}: '{value}' is not a number of seconds")
    elif kind == "tuple[str, ...]":
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            raise ValueError(f"{key}: should be a list of lines, such as [\"module load python\"]")
        return tuple(value)
    elif key == "walltime" and isinstance(value, int):
        raise ValueError(f"walltime: write it in quotation marks, such as \"08:00:00\" (YAML reads {value})")
    elif not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(f"{key}: '{value}' is not a line of text")
    elif key == "memory":
        from dask.utils import parse_bytes

        try:
            if parse_bytes(value) <= 0 or value.strip().isdigit():
                raise ValueError
        except ValueError:
            raise ValueError(f"memory: '{value}' is not a size, such as 64 GB") from None
    return value


def options(profile: Profile) -> dict[str, Any]:
    """Return what the cluster class of dask-jobqueue is told."""
    given = {"cores": profile.workers, "processes": profile.workers, "memory": profile.memory,
             "python": profile.python or sys.executable, "interface": profile.interface,
             "local_directory": profile.local_directory, "log_directory": profile.log_directory,
             "queue": profile.queue, "account": profile.account, "walltime": profile.walltime,
             "job_extra_directives": list(profile.directives), "job_script_prologue": list(profile.prologue),
             "worker_command": STARTER, "worker_extra_args": ["--nworkers", str(profile.workers), "--no-dashboard"],
             "scheduler_options": {"dashboard": False, "dashboard_address": "127.0.0.1:0"}}
    return {key: value for key, value in given.items() if value is not None}


def cluster(profile: Profile) -> Any:
    """Return the cluster of dask-jobqueue for a profile, without jobs. InputError if it cannot be.

    Its list `refusals` takes what the batch system answers to a job that it does not accept.
    """
    try:
        jobqueue: Any = import_module("dask_jobqueue")
    except ImportError as error:
        from cluster_sim.runs.dask_client import INSTALL

        raise InputError(f"a profile needs further packages ({error}). Install them: {INSTALL}") from error
    if shutil.which(SYSTEMS[profile.system]) is None:
        raise InputError(f"there is no command {SYSTEMS[profile.system]} here: a profile for {profile.system} is used "
                         "on a machine that can hand in jobs")
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
        found = jobqueue.SLURMCluster(job_cls=Job, **options(profile))
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise InputError(f"the profile's cluster cannot be started: {error}") from error
    found.refusals = refusals
    return found
