"""What a contributor is told holds: layers, hooks, the workflow, marks in the changelog."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text(name: str) -> str:
    """Return a file of the project's root."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_house_in_a_table_is_the_one_that_is_checked():
    """The rows of CONTRIBUTING.md are the layers of pyproject.toml, in their order."""
    table = text("CONTRIBUTING.md").split("| layer | what it is |", 1)[1].split("\n\n", 1)[0]
    told = [re.findall(r"`(\w+)`", line.split("|")[1]) for line in table.splitlines()[2:]]
    (contract,) = [each for each in PROJECT["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    checked = [re.findall(r"\w+", layer) for layer in contract["layers"]]
    assert sum(told, []) == sum(checked, [])
    for row in told:
        for name in row:
            assert name == "app" or (ROOT / "cluster_sim" / name).is_dir() or (
                ROOT / "cluster_sim" / f"{name}.py").is_file()


def test_links_of_the_papers_lead_somewhere():
    for name in ("CONTRIBUTING.md", "CHANGELOG.md", "README.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)\)", text(name)):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_every_entry_of_the_changelog_says_whether_results_change():
    entries = re.findall(r"^- (.*)", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert len(entries) > 10 and all(re.match(r"\*\*\[(results|same)\]\*\* [A-Z`]", entry) for entry in entries)
    assert f"## {PROJECT['project']['version']}" in text("CHANGELOG.md")


def test_entries_that_change_results_name_a_decision_that_there_is():
    decisions = re.findall(r"^\*\*(.+?)\*\*", text("docs/decisions.md"), flags=re.MULTILINE | re.DOTALL)
    unreleased = text("CHANGELOG.md").split("## Unreleased", 1)[1].split("\n## ", 1)[0]
    entries = [entry for entry in re.split(r"^- ", unreleased, flags=re.MULTILINE)[1:] if "**[results]**" in entry]
    assert entries
    for entry in entries:
        named = re.search(r"\(([^()]+)\)\.\s*$", entry.split("\n\n")[0].strip() + "\n")
        assert named, entry
        for title in " ".join(named[1].split()).split("; "):
            assert any(decision.startswith(title) for decision in decisions), title


def test_hooks_are_the_projects_own_tools():
    """Nothing is fetched: every hook runs a tool of the extra `dev` or a file of the tree, with existing patterns."""
    hooks = [hook for repo in yaml.safe_load(text(".pre-commit-config.yaml"))["repos"] for hook in repo["hooks"]]
    assert {"ruff", "mypy"} <= {hook["id"] for hook in hooks}
    extras = PROJECT["project"]["optional-dependencies"]
    installed = {re.split(r"[<>=\[ ]", name)[0] for name in (*extras["test"], *extras["dev"])}
    tools = {"ruff": "ruff", "mypy": "mypy", "lint-imports": "import-linter"}
    for hook in hooks:
        assert hook["language"] == "system"
        first, *words = hook["entry"].split()
        assert (ROOT / words[0]).is_file() if first == "python" else tools[first] in installed


def test_hosted_ci_runs_the_projects_own_script_on_every_python():
    workflow = yaml.safe_load(text(".github/workflows/ci.yml"))
    check, site = workflow["jobs"]["check"], workflow["jobs"]["site"]
    classifiers = [c.rsplit(" ", 1)[1] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert check["strategy"]["matrix"]["python"] == classifiers
    assert "bash .ci/run" in [step.get("run") for step in check["steps"]] and (ROOT / ".ci" / "run").is_file()
    assert any("mkdocs build" in step.get("run", "") for step in site["steps"])
    assert workflow["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("extra", ["viz", "docs", "dev"])
def test_large_extras_are_in_no_other(extra):
    extras = PROJECT["project"]["optional-dependencies"]
    assert extras[extra] and not any(extra in re.split(r"[\[\],]", name) for name in extras["all"])
