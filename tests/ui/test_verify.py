"""The command ``verify`` with a real cross-encoder of random weights: rows, bytes, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from tinyjudge import save_tiny

pytestmark = pytest.mark.slow

ROWS: list[dict[str, Any]] = [
    {"id": "a", "claim": "Steam keeps the crust soft. Bread rises.", "evidence": ["Steam.", "No."]},
    {"id": 2, "claim": "It rises", "evidence": [], "label": "supports"},
    {"id": "c", "claim": "Gluten holds gas.", "evidence": ["A net holds gas.", "", "Tea."]},
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("model"), ("contradiction", "entailment", "neutral"))


@pytest.fixture(autouse=True)
def _model(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_ENTAILMENT_MODEL", str(tiny))


def claims(folder: Path, *rows: object) -> Path:
    path = folder / "claims.jsonl"
    path.write_text(
        "\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8"
    )
    return path


def test_every_row_has_its_row_whatever_is_wrong(greenroom: Command, tmp_path: Path) -> None:
    path = claims(tmp_path, ROWS[0], "rubbish", "", {"id": "x", "claim": "y"}, *ROWS[1:])
    path.write_bytes(path.read_bytes() + b'\n{"id": "\xff"}\n')
    done = greenroom("verify", "--batch", path, "--json", "--home", tmp_path / "home")
    assert (done.code, done.err) == (0, "")
    assert [(r["id"], r.get("line"), r["reason"]) for r in done.rows] == [
        ("a", None, None), (None, 2, "invalid_row"), ("x", 4, "invalid_row"), (2, None, None),
        ("c", None, None), (None, 7, "invalid_row"),
    ]  # fmt: skip
    good = done.rows[0]
    assert good["label"] in ("supported", "partially_supported", "not_supported", "refuted")
    assert 0 <= good["score"] <= 1
    assert (done.rows[3]["label"], done.rows[3]["score"]) == ("not_supported", 0.0)


def test_a_rows_bytes_depend_on_nothing_else(greenroom: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = greenroom("verify", "--batch", claims(tmp_path, *ROWS), "--home", home)
    back = greenroom("verify", "--batch", claims(tmp_path, *reversed(ROWS)), "--home", home)
    assert done.out.splitlines() == back.out.splitlines()[::-1]
    alone = greenroom("verify", "--batch", claims(tmp_path, ROWS[2]), "--home", home)
    assert alone.out.splitlines() == done.out.splitlines()[2:]


def test_output_goes_to_a_file_but_never_over_the_claims(
    greenroom: Command, tmp_path: Path
) -> None:
    path, home = claims(tmp_path, *ROWS), tmp_path / "home"
    done = greenroom("verify", "--batch", path, "--output", tmp_path / "out", "--home", home)
    assert (done.code, done.out) == (0, "")
    assert len((tmp_path / "out").read_text(encoding="utf-8").splitlines()) == 3
    kept = path.read_bytes()
    done = greenroom("verify", "--batch", path, "--output", path, "--home", home)
    assert done.code == 1
    assert str(path) in done.err
    assert path.read_bytes() == kept


def test_without_its_model_it_writes_no_row_and_ends_with_4(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_ENTAILMENT_MODEL", str(tmp_path / "none"))
    target = tmp_path / "out"
    path, home = claims(tmp_path, *ROWS), tmp_path / "home"
    done = greenroom("verify", "--batch", path, "--output", target, "--home", home)
    assert (done.code, done.out) == (4, "")
    assert str(tmp_path / "none") in done.err
    assert len(done.err.splitlines()) == 1
    assert not target.exists()


def test_labels_without_names_end_with_4_and_say_what_to_write(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_tiny(tmp_path / "unnamed", ("LABEL_0", "LABEL_1", "LABEL_2"))
    monkeypatch.setenv("GREENROOM_ENTAILMENT_MODEL", str(folder))
    done = greenroom("verify", "--batch", claims(tmp_path, *ROWS), "--home", tmp_path / "home")
    assert done.code == 4
    assert "id2label" in done.err


def test_a_file_that_is_not_there_is_named(greenroom: Command, tmp_path: Path) -> None:
    done = greenroom("verify", "--batch", tmp_path / "gone", "--home", tmp_path / "home")
    assert done.code == 1
    assert str(tmp_path / "gone") in done.err
    assert greenroom("verify", "--home", tmp_path / "home").code == 2
