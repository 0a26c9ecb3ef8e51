"""Forgetting: nothing of a person is left in the data folder, and nothing outside it is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.forgetting import forget, forget_everything
from agent.settings import load_settings
from agent.workspace import Workspace
from corpus.digest import digest
from corpus.schema import Document
from index.copies import ARRIVING, BEFORE, COPIES
from index.drafts import Draft

WHEN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
TEXT = "# Tea\n\nMy zanzibar notes: green tea is steeped at eighty degrees, never boiling.\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(load_settings(home=tmp_path / "home"))
    opened.ready()
    yield opened
    opened.close()


def add(workspace: Workspace, path: Path, document_id: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXT, encoding="utf-8")
    document = Document(document_id, str(path), "Tea", "text/markdown", "user", document_id, TEXT)
    workspace.store.put_unembedded(digest(document), WHEN)


def draft_on_the_library(workspace: Workspace, wording: str) -> Draft:
    question = replace(
        workspace.store.questions(source="library")[0],
        id=f"written-{len(wording)}",
        question=wording,
        origin="generated",
    )
    assert question.reference is not None
    return Draft(question, question.reference.spans[0], "toy", WHEN.isoformat())


def held(folder: Path, word: bytes) -> list[str]:
    return [f.name for f in folder.rglob("*") if f.is_file() and word in f.read_bytes()]


def test_everything_of_a_person_goes_and_their_own_files_stay(
    workspace: Workspace, tmp_path: Path
) -> None:
    mine, copy = tmp_path / "notes.md", workspace.home / COPIES / "dropped.md"
    add(workspace, mine, "mine")
    add(workspace, copy, "copy")
    workspace.profiles.save("local", "cv", "cv.md", "Zora zanzibar, born 1990")
    workspace.profiles.save("ann", "job", "job.md", "Wanted at zanzibar")
    drafts = workspace.store.drafts
    kept = draft_on_the_library(workspace, "What is the zanzibar of a cache?")
    turned, waiting = (draft_on_the_library(workspace, f"zanzibar {'?' * n}") for n in (1, 2))
    assert drafts.add([kept, turned, waiting]) == 3
    drafts.keep(kept)
    drafts.reject(turned.id)
    library = {q.id for q in workspace.store.questions(source="library")} - {kept.id}
    done = forget_everything(workspace)
    assert done["documents"] == 2
    assert done["CVs and job descriptions"] == 2
    assert done["questions of the language model"] == 3
    assert mine.read_text(encoding="utf-8") == TEXT
    assert not copy.exists()
    assert {q.id for q in workspace.store.questions()} == library
    assert held(workspace.home, b"zanzibar") == []


def test_forgetting_a_document_takes_the_copy_only(workspace: Workspace, tmp_path: Path) -> None:
    mine, copy = tmp_path / "notes.md", workspace.home / COPIES / "dropped.md"
    add(workspace, mine, "mine")
    add(workspace, copy, "copy")
    forget(workspace, "copy")
    assert not copy.exists()
    forget(workspace, str(mine))
    assert mine.exists()
    assert workspace.store.documents("user") == ()
    assert held(workspace.home, b"zanzibar") == []


def test_a_path_that_leads_out_of_the_copies_deletes_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A backup made by somebody else may name any path."""
    mine = tmp_path / "notes.md"
    add(workspace, mine, "mine")
    (workspace.home / COPIES).mkdir(exist_ok=True)
    up = "../" * len((workspace.home / COPIES).parts)
    workspace.store.move("mine", f"{workspace.home / COPIES}/{up}{str(mine)[1:]}")
    forget(workspace, "mine")
    assert mine.exists()


def test_what_a_cut_off_upload_left_goes_with_everything(workspace: Workspace) -> None:
    for folder in (f"{COPIES}/{BEFORE}", COPIES, f"{ARRIVING}/{'4f' * 32}"):
        (workspace.home / folder).mkdir(parents=True, exist_ok=True)
        (workspace.home / folder / "left.md").write_text("zanzibar")
    (workspace.home / ARRIVING / "tmp0a_b1c2d").write_text("zanzibar")
    link = workspace.home.with_name("link")
    link.symlink_to(workspace.home)
    with closing(Workspace(load_settings(home=link))) as led:
        forget_everything(led)
    assert held(workspace.home, b"zanzibar") == []


def test_folders_of_the_same_names_that_no_upload_made_stay(workspace: Workspace) -> None:
    """Somebody may have named their own folder as the data folder."""
    for name in (f"{COPIES}/mine.md", f"{ARRIVING}/mine.md", f"{ARRIVING}/own/mine.md"):
        (workspace.home / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace.home / name).write_text("mine")
    forget_everything(workspace)
    assert len(list(workspace.home.rglob("mine.md"))) == 3


def test_folders_that_a_link_leads_to_are_not_ours(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, tmp_path / "notes" / "mine.md", "mine")
    add(workspace, tmp_path / "notes" / "too.md", "too")
    (tmp_path / "notes" / BEFORE).mkdir()
    (tmp_path / "notes" / BEFORE / "old.md").write_text("x")
    (workspace.home / COPIES).symlink_to(tmp_path / "notes")
    (workspace.home / ARRIVING).symlink_to(tmp_path / "notes")
    forget(workspace, "mine")
    forget_everything(workspace)
    kept = sorted(p.name for p in (tmp_path / "notes").rglob("*.md"))
    assert kept == ["mine.md", "old.md", "too.md"]
