"""The contracts of the commands on a small data folder, with the real encoder."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conftest import NOTES, Command

pytestmark = pytest.mark.slow

REFERENCE = "Steam keeps the crust soft, so that the loaf can expand."
CASE: dict[str, Any] = {
    "question": "Why do bakers use steam?",
    "reference": REFERENCE,
    "answer": "So the crust stays soft 😀\r\nand the loaf can expand.",
}


def texts(greenroom: Command, home: Path) -> dict[str, str]:
    """Each document's text as `show` gives it."""
    ids = {row["document_id"] for row in greenroom("questions", "--json", "--home", home).rows}
    return {i: greenroom("show", i, "--json", "--home", home).json["text"] for i in ids}


def check_span(span: dict[str, Any], known: dict[str, str]) -> None:
    assert known[span["document_id"]][span["start"] : span["end"]] == span["quote"]
    assert span["path"].startswith(("/", "library:"))


def test_ingest_reports_every_file_and_goes_on(greenroom: Command, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a b 😀.md").write_text(NOTES, encoding="utf-8")
    (folder / "copy.md").write_text(NOTES, encoding="utf-8")
    (folder / "empty.md").write_text("", encoding="utf-8")
    (folder / "loop").symlink_to("loop")
    home = tmp_path / "home"
    done = greenroom("ingest", folder, folder / "gone.md", "--json", "--home", home)
    assert done.code == 1
    rows = {Path(row["path"]).name: row for row in done.json["documents"]}
    assert {name: row["state"] for name, row in rows.items()} == {
        "a b 😀.md": "indexed",
        "copy.md": "skipped",
        "empty.md": "failed",
        "loop": "skipped",
        "gone.md": "failed",
    }
    good = rows["a b 😀.md"]
    assert rows["copy.md"]["duplicate_of"] == good["id"]
    assert all(row["reason"] for name, row in rows.items() if name != "a b 😀.md")
    assert good["reason"] is None
    assert good["duplicate_of"] is None
    assert done.json["totals"] == {
        "documents": 1,
        "chunks": good["chunks"],
        "questions": good["questions"],
    }
    again = greenroom("ingest", folder / "a b 😀.md", "--json", "--home", home)
    assert again.code == 0
    assert again.json["documents"][0]["state"] == "unchanged"


def test_a_study_plan_s_topics_stand_in_its_row(
    greenroom: Command, stocked: Path, pantry: Path
) -> None:
    rows = greenroom("ingest", pantry, "--json", "--home", stocked).json["documents"]
    topics = {Path(row["path"]).name: row["topics"] for row in rows}
    assert topics == {"notes.md": [], "plan.md": ["Kneading", "Ovens", "Cheese", "Tea"]}


def test_the_curriculum_says_what_has_sources(
    greenroom: Command, stocked: Path, pantry: Path
) -> None:
    topics = {
        t["name"]: t for t in greenroom("curriculum", "--json", "--home", stocked).json["topics"]
    }
    kneading, tea = topics["Kneading"], topics["Tea"]
    assert kneading["covered"]
    assert kneading["questions"] >= 1
    assert [Path(s["path"]).name for s in kneading["sources"]] == ["notes.md"]
    assert kneading["subjects"] == ["gluten", "windowpane", "autolyse"]
    assert (tea["covered"], tea["sources"]) == (False, [])
    plan = greenroom("show", pantry / "plan.md", "--home", stocked).out
    assert plan[tea["start"] : tea["end"]].startswith("## Tea")
    shown = greenroom("curriculum", "--home", stocked).out
    assert shown.index("Kneading") < shown.index("Without sources") < shown.index("Tea")


def test_questions_have_exact_spans(greenroom: Command, stocked: Path) -> None:
    known = texts(greenroom, stocked)
    rows = greenroom("questions", "--json", "--home", stocked).rows
    for row in rows:
        reference = row["reference"]
        if reference:
            quotes = [span["quote"] for span in reference["spans"]]
            assert reference["text"] == "\n\n".join(quotes)
            for span in reference["spans"]:
                check_span(span, known)
        for point in row["key_points"]:
            assert point["weight"] > 0
            if point["span"]:
                check_span(point["span"], known)
    mine = greenroom("questions", "--source", "user", "--json", "--home", stocked).rows
    assert {row["origin"] for row in mine} <= {"explicit", "derived"}
    library = greenroom("questions", "--source", "library", "--json", "--home", stocked).rows
    assert len(mine) + len(library) == len(rows)
    assert {row["origin"] for row in library} == {"authored"}


def test_show_prints_the_text_that_offsets_count_in(
    greenroom: Command, stocked: Path, pantry: Path
) -> None:
    done = greenroom("show", pantry / "notes.md", "--home", stocked)
    assert (
        done.out == greenroom("show", pantry / "notes.md", "--json", "--home", stocked).json["text"]
    )


def test_search_answers_in_order(greenroom: Command, stocked: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    asked = ["what is a levain", "", "zzxy qqvk", "why knead dough \ud800"]
    queries.write_bytes(
        b"\r\n".join(json.dumps({"_id": n, "text": t}).encode() for n, t in enumerate(asked))
    )
    known = texts(greenroom, stocked)
    rows = greenroom("search", "--batch", queries, "-k", 2, "--home", stocked).rows
    assert [row["_id"] for row in rows] == [0, 1, 2, 3]
    for row in rows:
        scores = [hit["score"] for hit in row["hits"]]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert len(row["hits"]) <= 2
        for hit in row["hits"]:
            if hit["document_id"] in known:
                check_span(hit, known)
    assert not rows[0]["weak"]
    assert rows[0]["hits"][0]["heading"].endswith("What is a levain?")
    assert rows[1] == {"_id": 1, "weak": True, "hits": []}


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_search_by_document_and_source(greenroom: Command, stocked: Path, mode: str) -> None:
    common = ("search", "levain", "--json", "--mode", mode, "--home", stocked)
    (row,) = greenroom(*common, "--by", "document", "-k", 3).rows
    ids = [hit["document_id"] for hit in row["hits"]]
    assert len(ids) == len(set(ids))
    (mine,) = greenroom(*common, "--source", "user").rows
    assert all(hit["path"].startswith("/") for hit in mine["hits"])
    (none,) = greenroom(*common, "--topic", "no such topic").rows
    assert none["hits"] == []


def grade(greenroom: Command, folder: Path, lines: list[bytes], home: Path) -> list[Any]:
    cases = folder / "cases.jsonl"
    cases.write_bytes(b"\n".join(lines))
    done = greenroom("grade", "--batch", cases, "--home", home)
    assert done.code == 0
    return done.rows


def row_of(**fields: Any) -> bytes:
    return json.dumps({**CASE, **fields}).encode()


def test_grade_writes_a_row_for_every_row(
    greenroom: Command, stocked: Path, tmp_path: Path
) -> None:
    lines = [
        b"\xef\xbb\xbf" + row_of(id="good", score=0.0, label="incorrect"),
        b"nonsense",
        b"",
        b'{"id": "half"}',
        row_of(id="empty", answer=""),
        b'{"id": "bare", "question": "qq zz?", "answer": " "}',
        row_of(id="long", answer="x" * 100_001),
        b'{"id": "latin", "question": "q", "answer": "caf\xe9"}',
        row_of(id=7),
        b'{"id": "half-character", "question": "q", "reference": "r", "answer": "\\ud800"}',
    ]
    rows = grade(greenroom, tmp_path, lines, stocked)
    named = {row["id"]: row for row in rows}
    assert [row["id"] for row in rows] == [
        *("good", None, "half", "empty", "bare", "long", None, 7, "half-character")
    ]
    invalid = {"id": None, "line": 2, "status": "ungraded", "reason": "invalid_row"}
    assert rows[1].items() >= invalid.items()
    assert (rows[6]["line"], rows[6]["reason"]) == (8, "invalid_row")
    assert named["half"]["reason"] == "invalid_row"
    assert named["long"]["reason"] == "too_long"
    for ungraded in (rows[1], named["long"]):
        assert [ungraded[k] for k in ("score", "confidence", "label", "points")] == [
            *(None, None, None, [])
        ]
    for empty in (named["empty"], named["bare"]):
        assert (empty["status"], empty["score"], empty["flags"]) == ("graded", 0, ["empty"])
    assert named["good"]["score"] > 0.5
    for point in named["good"]["points"]:
        if point["verdict"] != "missing":
            span = point["answer_span"]
            assert CASE["answer"][span["start"] : span["end"]] == span["quote"]
        source = point["source_span"]
        assert source["document_id"] == "reference"
        assert REFERENCE[source["start"] : source["end"]] == source["quote"]


def test_a_grade_does_not_depend_on_its_neighbours(
    greenroom: Command, stocked: Path, tmp_path: Path
) -> None:
    answers = [
        "Steam keeps it soft.",
        "It makes the crust hard.",
        "No.",
        CASE["answer"],
        "a " * 900,
    ]
    lines = [row_of(id=n, answer=answer) for n, answer in enumerate(answers)]

    def kept(rows: list[Any]) -> list[str]:
        return [json.dumps({k: v for k, v in r.items() if k != "latency_ms"}) for r in rows]

    forward = kept(grade(greenroom, tmp_path, lines, stocked))
    backward = kept(grade(greenroom, tmp_path, lines[::-1] + lines[:2], stocked))
    assert backward == forward[::-1] + forward[:2]
    assert kept(grade(greenroom, tmp_path, lines[3:4], stocked)) == forward[3:4]


def test_grade_does_not_write_over_its_own_cases(
    greenroom: Command, stocked: Path, tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_bytes(row_of(id=1))
    done = greenroom("grade", "--batch", cases, "--output", cases, "--home", stocked)
    assert done.code == 1
    assert cases.read_bytes() == row_of(id=1)
    target = tmp_path / "out.jsonl"
    assert greenroom("grade", "--batch", cases, "--output", target, "--home", stocked).out == ""
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == 1


@pytest.fixture
def practised(greenroom: Command, tmp_path: Path, stocked: Path, pantry: Path) -> Path:
    """A copy of the stocked folder with one interview about the notes in it."""
    home = tmp_path / "home"
    greenroom("backup", tmp_path / "b.zip", "--home", stocked)
    assert greenroom("restore", tmp_path / "b.zip", "--home", home).code == 0
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"answer": "a zanzibarian culture of yeast"}\n', encoding="utf-8")
    command = ("quiz", "--answers", answers, "--document", pantry / "notes.md", "--home", home)
    assert greenroom(*command).code == 0
    return home


def test_a_backup_brings_everything_back(
    greenroom: Command, practised: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    greenroom("backup", tmp_path / "c.zip", "--home", practised)
    assert greenroom("restore", tmp_path / "c.zip", "--home", other).code == 0
    (session,) = greenroom("sessions", "list", "--json", "--home", other).json["sessions"]
    for command in (
        ("questions", "--json"),
        ("sessions", "list", "--json"),
        ("sessions", "show", session["id"], "--json"),
        ("sessions", "export", session["id"], "--json"),
        ("sessions", "export", session["id"]),
        ("progress", "--json"),
    ):
        assert (
            greenroom(*command, "--home", other).out == greenroom(*command, "--home", practised).out
        )
    assert greenroom("restore", tmp_path / "c.zip", "--home", other).code == 1
    forced = greenroom("restore", tmp_path / "c.zip", "--force", "--json", "--home", other)
    assert Path(forced.json["kept"]).is_dir()


def holding(home: Path, word: bytes) -> list[str]:
    return [p.name for p in home.rglob("*") if p.is_file() and word in p.read_bytes()]


def test_forgetting_a_document_leaves_no_word_of_it(
    greenroom: Command, practised: Path, pantry: Path
) -> None:
    greenroom("search", "gliadin", "--json", "--home", practised)
    assert holding(practised, b"gliadin")
    assert holding(practised, b"zanzibarian")
    done = greenroom("forget", pantry / "notes.md", "--json", "--home", practised)
    assert done.code == 0
    assert done.json["documents"] == 1
    for word in (b"gliadin", b"zanzibarian", b"levain"):
        assert holding(practised, word) == []
    assert greenroom("forget", pantry / "notes.md", "--home", practised).code == 1
    assert greenroom("curriculum", "--json", "--home", practised).json["topics"]


def test_forgetting_a_session_and_everything(greenroom: Command, practised: Path) -> None:
    (session,) = greenroom("sessions", "list", "--json", "--home", practised).json["sessions"]
    assert greenroom("forget", session["id"], "--home", practised).code == 0
    assert holding(practised, b"zanzibarian") == []
    assert holding(practised, b"gliadin")
    assert greenroom("forget", "--all", "--home", practised).code == 0
    assert holding(practised, b"gliadin") == []
    assert holding(practised, b"windowpane") == []
    assert greenroom("questions", "--source", "user", "--json", "--home", practised).out == ""


def test_damaged_checkpoints_are_reported_and_the_answer_is_kept(
    greenroom: Command, practised: Path, tmp_path: Path
) -> None:
    damaged = practised / "checkpoints.db"
    damaged.write_bytes(b"garbage" * 1000)
    done = greenroom("quiz", "--answers", tmp_path / "answers.jsonl", "--home", practised)
    assert done.code == 1
    assert str(damaged) in done.err
    assert len(done.err.splitlines()) == 1
    assert damaged.read_bytes() == b"garbage" * 1000
    with sqlite3.connect(practised / "history.db") as history:
        replies = history.execute("SELECT count(*) FROM turns WHERE reply LIKE '%zanzibarian%'")
        assert replies.fetchone() == (2,)
