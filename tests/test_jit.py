"""Compiled code can never be stale: the cache's name covers every file whose constants or helpers others compile in."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys

import pytest
from engine import build
from numba.core import types
from numba.core.registry import CPUDispatcher

from cluster_sim import jit
from cluster_sim.cli import doctor
from cluster_sim.runs import warm


def kernel_files():
    """Return the files that hold kernels."""
    return sorted({path for pattern in jit.KERNEL_SOURCES for path in jit.ROOT.glob(pattern)})


def compiled_in(path):
    """Return the files of the package from which the kernels of a file take a name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    origin = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cluster_sim"):
            folder = jit.ROOT.joinpath(*node.module.split(".")[1:])
            for name in node.names:
                inner = folder / f"{name.name}.py"
                origin[name.asname or name.name] = inner if inner.is_file() else folder.with_suffix(".py")
    kernels = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
               and any(isinstance(d, ast.Name) and d.id in ("kernel", "inline") for d in node.decorator_list)]
    used = {node.id for one in kernels for part in one.body for node in ast.walk(part) if isinstance(node, ast.Name)}
    return {origin[name].relative_to(jit.ROOT).as_posix() for name in used & set(origin)}


def test_what_several_files_compile_in_is_shared():
    found = {name for path in kernel_files() for name in compiled_in(path)}
    assert "codes.py" in found and "draws.py" in found
    assert found <= set(jit.SHARED_SOURCES)


def test_no_kernel_stands_outside_the_kernel_sources():
    others = [path.relative_to(jit.ROOT).as_posix() for path in jit.ROOT.rglob("*.py") if path not in kernel_files()]
    assert [name for name in others if "@kernel" in (text := (jit.ROOT / name).read_text(encoding="utf-8"))
            or "@inline" in text] == []


def test_a_source_that_does_not_exist_is_an_error():
    with pytest.raises(FileNotFoundError, match="no such source"):
        jit.source_key(("codes.py", "no_such_file.py"))


def codes_in(kind):
    """Say whether a type that a kernel was called with is a code of an enum, or a group that holds one."""
    return isinstance(kind, types.EnumMember) or any(map(codes_in, getattr(kind, "types", ())))


def test_kernels_are_called_with_plain_numbers_for_codes():
    """A member of an enum as an argument costs a call a tenth of a millisecond."""
    build(10).run()
    called = [one for one in gc.get_objects() if isinstance(one, CPUDispatcher) and one.signatures
              and one.py_func.__module__.startswith("cluster_sim.month")]
    assert len(called) > 30
    assert [one.py_func.__name__ for one in called for given in one.signatures if any(map(codes_in, given))] == []


@pytest.mark.skipif(jit.is_cold(), reason="compiling is left to the first worker")
def test_the_fork_server_loads_the_kernels_for_all_workers():
    code = ("import cluster_sim.runs.preload; from cluster_sim.month.wages import raise_wages; "
            "print(len(raise_wages.signatures))")
    done = subprocess.run([sys.executable, "-c", code], cwd=jit.ROOT.parent, capture_output=True, text=True)
    assert int(done.stdout) >= 1, done.stderr


def test_a_kernel_that_is_gone_or_old_is_not_ready(monkeypatch, tmp_path):
    build(10).run()
    known = warm.kernels()
    assert len(known) > 100 and {one.py_func.__module__.split(".")[1] for one in known} >= {"month", "nation"}
    one = next(each for each in known if warm.on_disk(each))
    file = one._cache._cache_file
    for name, other in (("_source_stamp", (0.0, 1)), ("_index_path", str(tmp_path / "none.nbi")),
                        ("_cache_path", str(tmp_path))):
        with monkeypatch.context() as patch:
            patch.setattr(file, name, other)
            assert not warm.on_disk(one)
    assert warm.on_disk(one)


def test_the_doctor_counts_what_is_ready(monkeypatch):
    monkeypatch.setattr(jit, "is_cold", lambda: False)
    monkeypatch.setattr(warm, "kernels", lambda: [True, False, True])
    monkeypatch.setattr(warm, "on_disk", bool)
    assert doctor._cache().startswith("2 of 3 kernels ready in ") and "first needed" in doctor._cache()
    monkeypatch.setattr(warm, "kernels", lambda: [True])
    assert doctor._cache().startswith("1 of 1 kernels ready") and "first needed" not in doctor._cache()
