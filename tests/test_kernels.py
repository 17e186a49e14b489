"""Kernels take whole records and the groups of the city's state: few arguments, and none for nothing."""

from __future__ import annotations

import ast

import pytest

from cluster_sim import jit

MOST = 10           # arguments; eight is the aim


def kernels() -> list:
    """Return every compiled function of the package with the file that it stands in."""
    found = []
    for path in sorted({path for pattern in jit.KERNEL_SOURCES for path in jit.ROOT.glob(pattern)}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and {"kernel", "inline"} & {
                    d.id for d in node.decorator_list if isinstance(d, ast.Name)}:
                found.append(pytest.param(node, id=f"{path.stem}.{node.name}"))
    return found


def unused(function: ast.FunctionDef) -> list[str]:
    """Return the arguments that a function never reads, but to give their own name a part of them (`p = p[0]`)."""
    read: set[str] = set()
    for statement in function.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        own = {target.id for target in targets if isinstance(target, ast.Name)}
        read |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)} - own
    return [a.arg for a in function.args.args if a.arg not in read]


def test_unused_arguments_are_found():
    one = ast.parse("def f(a, p, t):\n    '''About t.'''\n    p = p[0]\n    t = 1\n    return a").body[0]
    assert isinstance(one, ast.FunctionDef) and unused(one) == ["p", "t"]


def test_there_are_kernels():
    assert len(kernels()) > 60


@pytest.mark.parametrize("function", kernels())
def test_a_kernel_takes_few_arguments_and_uses_all(function):
    assert (len(function.args.args) <= MOST, unused(function)) == (True, [])
