"""Which module of the package reaches which, however it does: at the top, inside a function, for types, by a string."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(:\w+)?")
Arrow = tuple[str, str]


class House:
    """The modules of a package (dotted names; a folder's is that of its `__init__`) and the arrows between them."""

    def __init__(self, package: Path) -> None:
        self.package = package
        files = {self.name(path): path for path in sorted(package.rglob("*.py"))}
        self.modules = set(files)
        self.folders = {name for name, path in files.items() if path.name == "__init__.py"}
        self.arrows = {(name, other) for name, path in files.items()
                       for other in self.reached(name, ast.parse(path.read_text(encoding="utf-8"))) if other != name}

    def name(self, path: Path) -> str:
        """Return a file's dotted name."""
        parts = path.relative_to(self.package.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def folder(self, module: str) -> str:
        """Return the folder that a module stands in."""
        return module if module in self.folders else module.rpartition(".")[0]

    def nearest(self, name: str) -> str | None:
        """Return the module that a dotted name, perhaps of something inside it, leads to; None outside the package."""
        while name and name not in self.modules:
            name = name.rpartition(".")[0]
        return name or None

    def reached(self, module: str, tree: ast.AST) -> Iterator[str]:
        """Give every module that a source names: imports anywhere in it, and strings that are names of modules."""
        for node in ast.walk(tree):
            names: Iterable[str] = ()
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = self.imported(module, node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value):
                names = [node.value.partition(":")[0]]
            elif isinstance(node, ast.JoinedStr):
                names = self.completed(module, node)
            for name in names:
                found = self.nearest(name)
                if found is not None:
                    yield found

    def imported(self, module: str, node: ast.ImportFrom) -> list[str]:
        """Return what `from X import a, b` names: the modules X.a, X.b, or X itself for what it defines."""
        base = node.module or ""
        if node.level:
            parts = [*module.split("."), *([""] if module in self.folders else [])][:-node.level]
            base = ".".join([*parts, *([node.module] if node.module else [])])
        return [f"{base}.{alias.name}" for alias in node.names]

    def completed(self, module: str, node: ast.JoinedStr) -> list[str]:
        """Return every module whose name an f-string such as `f"package.folder.{name}"` can complete."""
        first = node.values[0] if node.values else None
        if isinstance(first, ast.FormattedValue) and isinstance(first.value, ast.Name) and first.value.id == "__name__":
            start = f"{module}."
        elif isinstance(first, ast.Constant) and len(node.values) > 1:
            start = str(first.value)
        else:
            return []
        return [name for name in self.modules if start.count(".") and name.startswith(start)]

    def between(self, place: Callable[[str], str]) -> set[Arrow]:
        """Return the arrows between the places (such as folders) in which modules stand."""
        return {(place(a), place(b)) for a, b in self.arrows if place(a) != place(b)}


def circles(arrows: set[Arrow]) -> list[list[str]]:
    """Return the groups that reach each other in a circle (Tarjan 1972: strongly connected components)."""
    after: dict[str, list[str]] = {}
    for a, b in sorted(arrows):
        after.setdefault(a, []).append(b)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in after.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in list(after):
        if node not in index:
            visit(node)
    return found
