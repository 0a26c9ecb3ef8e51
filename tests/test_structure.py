"""What holds of the tree as a whole: light start, the licence's reach, what the wheel carries."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "faiss",
    "bm25s",
    "gradio",
    "langgraph",
    "langchain_core",
    "sklearn",
    "scipy",
    "trafilatura",
    "sqlalchemy",
    "numpy",
)


def test_the_command_line_starts_without_models_or_settings() -> None:
    code = "import json, sys, ui.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint(HEAVY)
    assert "agent.settings" not in loaded


def test_reading_documents_needs_no_model() -> None:
    code = "import json, sys, corpus.digest, corpus.readers; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)).isdisjoint(HEAVY)


def test_no_agpl_package_is_pinned() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    assert "pymupdf" not in pinned
    assert "ebooklib" not in pinned


def test_every_requirement_is_pinned_for_the_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {_plain(requirement.split(">=")[0]) for requirement in wanted}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_plain(line.split("==")[0]) for line in lines if "==" in line}
    assert names <= pinned


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")


def test_no_two_test_files_have_one_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names)), "pytest takes the second for the first"


def test_a_folder_of_tests_run_alone_finds_what_it_imports(stand_ins: tuple[Path, ...]) -> None:
    tests = ROOT / "tests"
    homes = {path.stem: path.parent for path in tests.rglob("*.py") if path.stem != "conftest"}
    strange = [
        f"{path.relative_to(ROOT)} imports {name} of {homes[name].name}"
        for path in sorted(tests.rglob("*.py"))
        for name in _imported(path)
        if homes.get(name, path.parent) not in (path.parent, *stand_ins)
    ]
    assert strange == []


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
