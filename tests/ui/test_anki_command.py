"""``greenroom anki``: which questions become cards, and where the file goes."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest
from conftest import Command

from agent.plan import Options
from agent.settings import load_settings
from agent.workspace import Workspace


def tags(path: Path) -> list[str]:
    """The tags of each card in a package."""
    with zipfile.ZipFile(path) as archive:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(archive.read("collection.anki2"))
    found = [row[0] for row in connection.execute("SELECT tags FROM notes")]
    connection.close()
    return found


def test_the_cards_of_a_topic_go_into_a_file(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = greenroom("anki", "--topic", "retrieval", "--json", "--home", tmp_path / "home")
    assert done.json["path"] == str(tmp_path / "greenroom.apkg")
    cards = tags(tmp_path / "greenroom.apkg")
    assert 0 < len(cards) == done.json["cards"] < 100
    assert (done.json["weak"], done.json["missed"]) == (0, 0)


def test_what_was_skipped_is_tagged_and_can_be_all_there_is(
    greenroom: Command, tmp_path: Path
) -> None:
    home, target = tmp_path / "home", tmp_path / "weak.apkg"
    nothing = greenroom("anki", "--weak", "--output", target, "--home", home)
    assert nothing.code == 1
    assert "no question was weak or missed" in nothing.err
    assert not target.exists()
    workspace = Workspace(load_settings(home=home))
    turn = workspace.interview.start(Options(count=1))
    workspace.interview.answer(turn.session_id, "skip")
    workspace.close()
    done = greenroom("anki", "--weak", "--output", target, "--home", home)
    assert (done.code, done.out) == (0, "")
    assert "1 card; 1 tagged missed" in done.err
    (card,) = tags(target)
    assert "greenroom::missed" in card.split()


def test_a_topic_that_is_not_there_is_named(greenroom: Command, tmp_path: Path) -> None:
    done = greenroom("anki", "--topic", "beekeeping xyz", "--home", tmp_path / "home")
    assert done.code == 1
    assert "beekeeping xyz" in done.err
    assert not (Path.cwd() / "greenroom.apkg").exists()
