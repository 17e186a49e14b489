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
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cluster_sim.runs.errors import InputError, NoCluster

COMMAND = "sbatch"
"""Slurm's command that hands in a job."""


def _size(text: str) -> str:
    from dask.utils import parse_bytes

    if text.isdigit() or parse_bytes(text) <= 0:
        raise ValueError("this is not a size")
    return text


Line = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, pattern=r"^[^\n]+$")]


class Profile(BaseModel):
    """A profile as read: names as in the file; `wait` in seconds. The first four are needed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: Literal["slurm"]
    jobs: int = Field(ge=1, strict=True)
    workers: int = Field(ge=1, strict=True)
    memory: Annotated[Line, AfterValidator(_size)]
    walltime: Line | None = None
    queue: Line | None = None
    account: Line | None = None
    directives: tuple[Line, ...] = ()
    prologue: tuple[Line, ...] = ()
    python: Line | None = None
    interface: Line | None = None
    local_directory: Line | None = None
    log_directory: Line | None = None
    wait: float = Field(default=86400.0, gt=0, lt=1e9, strict=True)


WANTED = {"system": "slurm", "memory": "a size, such as 64 GB", "walltime": 'in quotation marks, such as "08:00:00"',
          "jobs": "a number of 1 or more", "workers": "a number of 1 or more", "wait": "a number of seconds",
          "directives": "a list of lines", "prologue": 'a list of lines, such as ["module load python"]'}
"""What a key should be, for the message of a fault."""


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
    try:
        return Profile.model_validate(found)
    except ValidationError as error:
        faults = dict.fromkeys(_fault(each["type"], str(each["loc"][0]), found) for each in error.errors())
        raise InputError("\n".join([f"{path} is not a good profile:", *(f"  {fault}" for fault in faults)])) from error


def _fault(kind: str, key: str, found: dict[str, Any]) -> str:
    if kind == "missing":
        return f"'{key}' is missing"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(key, Profile.model_fields, 1)
        return f"unknown key '{key}'" + (f": did you mean '{near[0]}'?" if near else "")
    return f"{key}: '{found[key]}' should be {WANTED.get(key, 'a line of text')}"


def options(profile: Profile) -> dict[str, Any]:
    """Return what the cluster class of dask-jobqueue is told."""
    given = {"cores": profile.workers, "processes": profile.workers, "memory": profile.memory,
             "python": profile.python or sys.executable, "interface": profile.interface,
             "local_directory": profile.local_directory, "log_directory": profile.log_directory,
             "queue": profile.queue, "account": profile.account, "walltime": profile.walltime,
             "job_extra_directives": list(profile.directives), "job_script_prologue": list(profile.prologue),
             "worker_command": "cluster_sim.runs.dask_start",
             "worker_extra_args": ["--nworkers", str(profile.workers), "--no-dashboard"],
             "scheduler_options": {"dashboard": False, "dashboard_address": "127.0.0.1:0"}}
    return {key: value for key, value in given.items() if value is not None}


def cluster(profile: Profile) -> Any:
    """Return the cluster of dask-jobqueue for a profile, without jobs. InputError if it cannot be.

    Its scheduler gives a worker one run at a time, so that a worker which dies takes no other along. Its list
    `refusals` takes what the batch system answers to a job that it does not accept.
    """
    try:
        jobqueue: Any = import_module("dask_jobqueue")
    except ImportError as error:
        raise NoCluster("a profile", error) from error
    if shutil.which(COMMAND) is None:
        raise InputError(f"there is no command {COMMAND} here: a profile for {profile.system} is used on a machine "
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
