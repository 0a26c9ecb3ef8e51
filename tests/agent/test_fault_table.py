"""The table of faults in docs/serving.md: every fault is there, and every test it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from agent.serving.choice import KNOWN

ROOT = Path(__file__).resolve().parents[2]
FAULTS = (
    "not there",
    "slow start",
    "dies in the middle of a stream",
    "200 with rubbish",
    "truncated JSON",
    "endless white space",
    "wrong label",
    "hangs without a byte",
    "429",
    "wrong model name",
    "context overflow",
    "engine dead while the API answers",
)


def table() -> list[list[str]]:
    text = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    part = text.partition("## What can go wrong")[2]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_fault_has_a_row() -> None:
    rows = table()
    assert {row[0] for row in rows} >= set(FAULTS)
    assert all(len(row) == 4 and all(row) for row in rows)


def test_the_models_of_the_documentation_are_those_that_are_proposed() -> None:
    text = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    part = text.partition("## Which model")[2].partition("## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")][1:]
    named = [tuple(cell.strip() for cell in row.strip("|").split("|"))[1:] for row in rows]
    assert named == [(k.name.partition("/")[2], f"{k.size_gb:g} GB") for k in KNOWN]


def test_every_row_names_tests_that_exist_and_who_plays_the_fault() -> None:
    for fault, by, _seen, tests in table():
        named = re.findall(r"`(tests/\S+\.py)::(\w+)`", tests)
        assert named, fault
        for path, name in named:
            assert name in names_in(path), f"{fault}: there is no {path}::{name}"
        real = any(path.startswith("tests/vllm/") for path, _ in named)
        assert (by == "real") <= real, f"{fault}: no test against a real server is named"
