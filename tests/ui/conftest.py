"""Fixtures of the command line's tests: commands run in this process, a small data folder, and an
interview that needs no model."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rehearsal import make_bank, make_interview

from ui.cli import run

PLAN = """# Plan

## Kneading
gluten, windowpane, autolyse

## Ovens
steam, stone, deck

## Cheese
rennet, curd, brine

## Tea
oolong, steeping, tannin
"""
NOTES = """# Bread notes

## What is a levain?

A levain is a culture of flour and water in which wild yeast and lactic bacteria live.
It makes the dough rise and gives the loaf a sour taste.

Tip: tell the interviewer about a loaf of your own.

## Why does kneading develop gluten?

Kneading lines up two proteins, glutenin and gliadin, into an elastic net.
The net holds the gas that the yeast makes, so the loaf keeps its shape.
"""


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Done]


@pytest.fixture
def greenroom(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command line in this process."""

    def call(*arguments: object) -> Done:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


@pytest.fixture(scope="session")
def pantry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document of notes and a study plan."""
    folder = tmp_path_factory.mktemp("pantry")
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    (folder / "plan.md").write_text(PLAN, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def stocked(pantry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the pantry's documents, made with the real encoder. Not to be changed."""
    home = tmp_path_factory.mktemp("stocked") / "home"
    assert run(["ingest", str(pantry), "--home", str(home)]) == 0
    return home


@pytest.fixture
def stage(tmp_path: Path) -> SimpleNamespace:
    """A workspace whose interview needs no model: see `rehearsal`."""
    bank = make_bank()
    interview = make_interview(tmp_path, bank)
    return SimpleNamespace(
        interview=interview,
        ready=lambda: bank,
        warm=lambda session=None: None,
        remarks_after=lambda session, number: iter(()),
    )
