"""What ``greenroom doctor`` finds, and that looking mends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Command

from agent.settings import load_settings
from index.embedder import ModelNotFoundError
from ui import doctor
from ui.doctor import Finding, examine, healthy


def finding(home: Path, name: str) -> Finding:
    return next(f for f in examine(load_settings(home=home)) if f.name == name)


def test_a_folder_that_is_not_there_yet_is_no_problem(tmp_path: Path) -> None:
    home = tmp_path / "none"
    found = list(examine(load_settings(home=home)))
    assert healthy(found)
    assert {f.name for f in found if f.state == "note"} >= {"greenroom.db", "history.db"}
    assert not home.exists()


@pytest.mark.parametrize("name", ["greenroom.db", "history.db", "checkpoints.db"])
@pytest.mark.parametrize("content", [b"", b"garbage" * 500])
def test_a_damaged_database_is_a_problem_with_a_remedy(
    tmp_path: Path, name: str, content: bytes
) -> None:
    damaged = tmp_path / name
    damaged.write_bytes(content)
    found = finding(tmp_path, name)
    assert found.state == "problem"
    assert str(damaged) in found.detail
    assert found.fix
    assert "restore" in found.fix
    assert damaged.read_bytes() == content


def test_its_exit_code_and_rows(greenroom: Command, tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"garbage" * 500)
    done = greenroom("doctor", "--json", "--home", tmp_path)
    assert done.code == 1
    assert done.json["healthy"] is False
    assert done.json["home"] == str(tmp_path)
    assert {"name", "state", "detail", "fix"} == set(done.json["findings"][0])
    person = greenroom("doctor", "--home", tmp_path)
    assert "FIX   history.db" in person.out


def test_a_full_disk_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_NEEDED_MB", 10**9)
    found = finding(tmp_path, "disk")
    assert found.state == "problem"
    assert found.fix


def test_a_folder_that_cannot_be_one_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for home in (file, file / "below"):
        found = doctor._room(home)
        assert (found.state, found.detail) == ("problem", f"{file} is no folder")
    monkeypatch.setattr("os.access", lambda path, how: False)
    assert "cannot be written" in doctor._room(tmp_path / "home").detail


def test_a_missing_package_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package-here",))
    assert finding(tmp_path, "no-such-package-here").state == "problem"


def test_a_missing_encoder_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ModelNotFoundError("the encoder is not there")

    monkeypatch.setattr("index.embedder.TransformerEmbedder", missing)
    found = finding(tmp_path, "encoder")
    assert (found.state, found.detail) == ("problem", "the encoder is not there")


@pytest.mark.slow
def test_a_damaged_index_is_seen_and_then_built_anew(
    greenroom: Command, tmp_path: Path, stocked: Path
) -> None:
    home = tmp_path / "home"
    assert greenroom("backup", tmp_path / "b.zip", "--home", stocked).code == 0
    assert greenroom("restore", tmp_path / "b.zip", "--home", home).code == 0
    first = greenroom("search", "what is a levain", "--json", "--home", home)
    damaged = next((home / "cache" / "index").glob("*/dense.faiss"))
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"\x00" * 9)
    assert "damaged" in finding(home, "index").detail
    again = greenroom("search", "what is a levain", "--json", "--home", home)
    assert again.out == first.out
    assert "built again" in again.err
    assert "set aside" in finding(home, "index").detail
