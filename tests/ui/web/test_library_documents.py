"""Documents on the Library page: dropped files, their names, replacing, forgetting, who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from samples import WHEN, FakeEmbedder, FakeParser, known, make_digest, put

from corpus.schema import GreenroomError
from index.backup_zip import allowed
from index.ingest import ingest
from index.report import IngestReport
from index.store import Store
from ui.web import library_documents, library_uploads
from ui.web.access import Access
from ui.web.library_documents import Shelf
from ui.web.library_html import documents_html, forgotten_html, progress_html
from ui.web.library_uploads import MOST_FILES, Progress, UploadError, safe_name


@dataclass
class Home:
    """A data folder whose parser runs in this process."""

    home: Path
    store: Store
    fails: Exception | None = None
    asked: list[list[Path]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where dropped files are kept."""
        return self.home / "documents"

    def ready(self) -> Store:
        """The store."""
        return self.store

    def ingest(
        self, paths: Sequence[Path], on_progress: Callable[[int, int, str], None]
    ) -> IngestReport:
        """As the workspace does, with stand-ins."""
        self.asked.append(list(paths))
        if self.fails:
            raise self.fails
        return ingest(
            paths, self.store, FakeEmbedder(), FakeParser(), WHEN, on_progress=on_progress
        )

    def drop(self, name: str, text: str | bytes) -> str:
        """An uploaded file as Gradio leaves it."""
        (self.home / "tmp").mkdir(exist_ok=True)
        folder = Path(mkdtemp(dir=self.home / "tmp"))
        data = text.encode() if isinstance(text, str) else text
        (folder / name).write_bytes(data)
        return str(folder / name)

    def kept(self) -> list[str]:
        """The names of the files in the folder."""
        return sorted(p.name for p in self.folder.iterdir() if p.is_file())

    def left(self) -> list[Path]:
        """What lies in the folder for temporary files."""
        return [p for p in (self.home / "tmp").rglob("*") if p.is_file()]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "tmp").mkdir()
    with Store(tmp_path / "greenroom.db") as store:
        yield Home(tmp_path, store)


def shelf(home: Any, access: Access = Access()) -> Shelf:  # noqa: B008
    return Shelf(home, access)


def take(home: Home, *paths: str) -> list[Progress]:
    return list(shelf(home).take(paths, None))


def states(found: list[Progress]) -> dict[str, str]:
    rows = found[-1].rows
    assert rows is not None
    return {Path(row.path).name: row.state for row in rows}


def test_dropped_files_are_kept_and_read(home: Home) -> None:
    found = take(home, home.drop("a.md", "one two"), home.drop("b.md", "three"))
    assert states(found) == {"a.md": "indexed", "b.md": "indexed"}
    assert found[0].rows is None
    assert found[0].read == frozenset()
    assert found[-2].read == {"a.md", "b.md"}
    assert home.kept() == ["a.md", "b.md"]
    assert {d.path for d in home.store.documents()} == {
        str(home.folder / "a.md"),
        str(home.folder / "b.md"),
    }
    assert home.left() == []


def test_the_same_name_again_replaces_and_keeps_the_id(home: Home) -> None:
    take(home, home.drop("a.md", "one two"))
    before = home.store.documents()[0].id
    found = take(home, home.drop("a.md", "three four"))
    assert states(found) == {"a.md": "updated"}
    document = home.store.document(before)
    assert document is not None
    assert document.text == "three four"
    assert (home.folder / "a.md").read_text() == "three four"
    assert [p for p in home.folder.rglob("*") if p.is_file()] == [home.folder / "a.md"]


def test_a_version_that_cannot_be_read_leaves_the_old_one(home: Home) -> None:
    take(home, home.drop("a.md", "one two"))
    found = take(home, home.drop("a.md", "BAD"), home.drop("b.md", "BAD"))
    assert states(found) == {"a.md": "failed", "b.md": "failed"}
    assert (home.folder / "a.md").read_text() == "one two"
    assert home.kept() == ["a.md"]
    assert [d.path for d in home.store.documents()] == [str(home.folder / "a.md")]
    assert "is bad" in progress_html(found[-1])


def test_a_store_that_fails_loses_nothing(home: Home) -> None:
    take(home, home.drop("a.md", "one two"))
    home.fails = GreenroomError("the disk is full; make room")
    found = take(home, home.drop("a.md", "three"), home.drop("c.md", "four"))
    assert found[-1].rows == ()
    assert "disk is full" in progress_html(found[-1])
    assert (home.folder / "a.md").read_text() == "one two"
    assert home.kept() == ["a.md"]
    assert home.left() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_while_reading_is_told_and_loses_nothing(home: Home) -> None:
    take(home, home.drop("a.md", "one two"))
    home.fails = RuntimeError("the encoder gave up")
    found = take(home, home.drop("a.md", "three"))
    assert "defect" in progress_html(found[-1])
    assert (home.folder / "a.md").read_text() == "one two"
    assert home.left() == []


def test_files_are_read_again_where_they_have_changed(home: Home) -> None:
    take(home, home.drop("a.md", "one"), home.drop("b.md", "two"), home.drop("c.md", "three"))
    (home.folder / "a.md").write_text("one more")
    (home.folder / "c.md").unlink()
    found = list(shelf(home).read_again(None))
    assert states(found) == {"a.md": "updated", "b.md": "unchanged"}
    assert len(home.store.documents()) == 3


def test_a_copy_is_not_kept_twice(home: Home) -> None:
    take(home, home.drop("a.md", "one two"))
    found = take(home, home.drop("b.md", "one two"))
    assert states(found) == {"b.md": "skipped"}
    assert home.kept() == ["a.md"]
    assert "See the other one" in progress_html(found[-1])


def test_two_files_of_one_name_are_two_documents(home: Home) -> None:
    found = take(home, home.drop("a.md", "one"), home.drop("A.md", "two"), home.drop("a.md", "3"))
    assert set(states(found)) == {"a.md", "A (2).md", "a (3).md"}
    assert len(home.store.documents()) == 3


def test_another_kind_of_file_is_refused_and_not_kept(home: Home) -> None:
    found = take(home, home.drop("a.exe", "MZ"), home.drop("b.md", "one"))
    assert states(found) == {"a.exe": "skipped", "b.md": "indexed"}
    assert home.kept() == ["b.md"]


def test_a_large_file_is_refused_beside_others(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_uploads, "MOST_BYTES", 10)
    found = take(home, home.drop("a.md", "x" * 11), home.drop("b.md", "x" * 10))
    assert states(found) == {"a.md": "failed", "b.md": "indexed"}
    assert home.kept() == ["b.md"]
    assert home.left() == []


def test_limits_and_places(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UploadError, match="at most 100"):
        take(home, *["x"] * (MOST_FILES + 1))
    outside = home.home / "secret.md"
    outside.write_text("mine")
    for path in (str(outside), str(home.home / "tmp" / ".." / "secret.md"), "/etc/passwd"):
        with pytest.raises(UploadError, match="no uploaded file"):
            take(home, path)
    link = home.home / "tmp" / "link.md"
    link.symlink_to(outside)
    with pytest.raises(UploadError, match="no uploaded file"):
        take(home, str(link))
    assert outside.read_text() == "mine"


@settings(deadline=None)
@given(st.text(max_size=300))
@example("0.000\x1b\x08 \x1b")
@example("👩\u200d💻 co\u00adde <1>.md")
def test_a_safe_name_stays_in_its_folder(name: str) -> None:
    safe = safe_name(name)
    folder = Path("/data/documents")
    assert (folder / safe).resolve() == folder / safe
    assert Path(safe).name == safe
    assert not safe.startswith((".", "~$"))
    assert 0 < len(safe.encode()) <= 180
    assert safe.isprintable() or "\N{REPLACEMENT CHARACTER}" in safe or safe == safe.strip()
    assert "\n" not in safe
    assert "\x00" not in safe
    assert safe_name(safe) == safe
    assert allowed(safe)  # else no backup could be made any more


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.md", "notes.md"),
        ("../../etc/passwd", "_._etc_passwd"),
        (".bashrc", "bashrc"),
        ("", "document"),
        ("a<script>.md", "a_script_.md"),
        ("two\nlines.md", "two lines.md"),
        ("e\u0301.md", "é.md"),
        ("x" * 400 + ".markdown", "x" * 151 + ".markdown"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.fixture
def forgets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that were forgotten; only the store is touched."""
    gone: list[str] = []

    def forget(workspace: Home, target: str) -> dict[str, int]:
        gone.append(target)
        workspace.store.delete(target)
        return {"documents": 1, "sessions ended": 2}

    monkeypatch.setattr(library_documents, "forget", forget)
    return gone


def test_forgetting_names_what_went_with_it(home: Home, forgets: list[str]) -> None:
    put(home.store, make_digest("one", "d"))
    done = shelf(home).forget("d", None)
    assert forgets == ["d"]
    assert (done.title, done.sessions) == ("doc", 2)
    assert "2 interviews" in forgotten_html(done)


def test_what_is_no_document_of_the_person_is_not_forgotten(home: Home, forgets: list[str]) -> None:
    put(home.store, make_digest("one", "library-x", "library:x", "library"))
    for target in ("library-x", "a-session-id", "", "../x"):
        with pytest.raises(GreenroomError):
            shelf(home).forget(target, None)
    assert forgets == []


def test_only_the_first_account_changes_documents(home: Home, forgets: list[str]) -> None:
    put(home.store, make_digest("one", "d"))
    shared = shelf(home, Access(("ann", "bob")))
    for account in ("bob", None, "", "Ann"):
        with pytest.raises(GreenroomError, match="first account"):
            shared.forget("d", account)
        with pytest.raises(GreenroomError, match="first account"):
            list(shared.take([home.drop("a.md", "x")], account))
        with pytest.raises(GreenroomError, match="first account"):
            list(shared.read_again(account))
    assert forgets == []
    assert home.asked == []
    assert shared.forget("d", "ann").title == "doc"


def test_the_table_shows_everything_and_escapes_it(home: Home) -> None:
    text = "one\nAD <img src=x onerror=alert(1)>\ntwo"
    put(home.store, make_digest(text, "d", "/n/<script>alert(2)</script>.md"))
    put(home.store, make_digest("three", "library-x", "library:x", "library"))
    found = shelf(home).documents()
    assert [s.document.id for s in found] == ["d", "library-x"]
    assert [s.state for s in found] == ["file gone", "indexed"]
    shown = documents_html(found, may_change=True)
    assert shown.count("data-forget") == 1
    assert "<script" not in shown
    assert "<img" not in shown
    assert "1 passage" in shown
    assert "advert" in shown
    assert "data-forget" not in documents_html(found, may_change=False)
    assert known(home.store, "d").questions == 2
