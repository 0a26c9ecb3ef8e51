"""Backups: whole, checked before anything is touched, and refused where they could do harm."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from samples import WHEN, make_digest, put

from corpus.schema import Span
from index.backup import backup, restore
from index.backup_zip import BackupError
from index.changes import Comparison, document_id
from index.database import DatabaseError
from index.drafts import Draft
from index.store import Store

DROPPED = "documents/pilots, é (2).md"
NOTES = "What does a pilot do?\nA pilot boards ships."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home é"
    with Store(folder / "greenroom.db") as store:
        put(store, make_digest("streams overlap copies"))
    with closing(sqlite3.connect(folder / "history.db")) as connection:
        connection.executescript("CREATE TABLE s (x); INSERT INTO s VALUES (1)")
    (folder / "config.toml").write_text('device = "cpu"\n')
    (folder / "documents" / ".before").mkdir(parents=True)
    (folder / DROPPED).write_text(NOTES)
    (folder / "documents" / ".before" / "old.md").write_text("former")
    (folder / "documents" / "link.md").symlink_to("/etc/passwd")
    (folder / "cache").mkdir()
    (folder / "cache" / "big").write_text("x")
    return folder


@pytest.fixture
def target(home: Path, tmp_path: Path) -> Path:
    backup(home, tmp_path / "backup.zip", WHEN)
    return tmp_path / "backup.zip"


def content(home: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(home)): p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file()
    }


def test_a_backup_comes_back_whole(home: Path, target: Path, tmp_path: Path) -> None:
    report = restore(target, tmp_path / "other", WHEN)
    assert report.files == ("config.toml", "greenroom.db", "history.db", DROPPED)
    assert [p.name for p in (tmp_path / "other" / "documents").iterdir()] == ["pilots, é (2).md"]
    assert (tmp_path / "other" / DROPPED).read_text() == NOTES
    assert (report.created, report.kept) == ("2026-11-20T12:30:00+00:00", None)
    assert (tmp_path / "other" / "config.toml").read_text() == 'device = "cpu"\n'
    with Store(tmp_path / "other" / "greenroom.db") as store, Store(home / "greenroom.db") as old:
        assert store.documents() == old.documents()
        assert store.questions() == old.questions()
        assert store.stamp("fake/1") == old.stamp("fake/1")
    assert {p.name for p in tmp_path.iterdir()} == {"home é", "other", "backup.zip"}


def test_what_others_write_meanwhile_is_whole_or_not_there(home: Path, tmp_path: Path) -> None:
    with Store(home / "greenroom.db") as store:
        put(store, make_digest("in the log, not yet in the file", "b", "/b.md"))
        with store._database.transaction() as connection:
            connection.execute("DELETE FROM documents")  # not committed yet
            backup(home, tmp_path / "b.zip", WHEN)
    restore(tmp_path / "b.zip", tmp_path / "other", WHEN)
    with Store(tmp_path / "other" / "greenroom.db") as store:
        assert [d.id for d in store.documents()] == ["b", "doc"]


def test_only_its_owner_may_read_it(target: Path) -> None:
    assert target.stat().st_mode & 0o077 == 0


def test_a_home_that_is_not_empty_is_refused_or_kept_aside(home: Path, target: Path) -> None:
    with Store(home / "greenroom.db") as store:
        put(store, make_digest("newer", "newer", "/newer.md"))
    before = content(home)
    with pytest.raises(BackupError, match=r"not empty.*--force"):
        restore(target, home, WHEN)
    assert content(home) == before
    first = restore(target, home, WHEN, force=True)
    second = restore(target, home, WHEN, force=True)
    assert content(Path(first.kept or "")) == before
    assert first.kept != second.kept
    with Store(home / "greenroom.db") as store:
        assert [d.id for d in store.documents()] == ["doc"]


@pytest.mark.parametrize("force", [False, True])
def test_what_fails_after_the_swap_brings_the_folder_back(
    home: Path, target: Path, tmp_path: Path, force: bool
) -> None:
    @contextmanager
    def placing(_: Path) -> Iterator[None]:
        yield
        raise DatabaseError("the server is gone")

    folder = home if force else tmp_path / "other"
    before, around = content(home), sorted(tmp_path.iterdir())
    with pytest.raises(DatabaseError):
        restore(target, folder, WHEN, force=force, placing=placing)
    assert content(home) == before
    assert sorted(tmp_path.iterdir()) == around


def test_an_interrupted_swap_brings_the_folder_back(
    home: Path, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, around = content(home), sorted(tmp_path.iterdir())
    replace_path, calls = Path.replace, count()

    def interrupted(self: Path, to: Path) -> Path:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return replace_path(self, to)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore(target, home, WHEN, force=True)
    assert content(home) == before
    assert sorted(tmp_path.iterdir()) == around


def test_a_folder_that_is_empty_needs_no_force(target: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert restore(target, tmp_path / "other", WHEN).kept is None


def rewrite(
    target: Path,
    change: Callable[[dict[str, bytes], dict[str, object]], None],
) -> None:
    """Change the files and the manifest of a backup, and zip them again."""
    with zipfile.ZipFile(target) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(files, manifest)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))


def rename(name: str) -> Callable[[dict[str, bytes], dict], None]:
    def change(files: dict[str, bytes], manifest: dict) -> None:
        files[name] = files.pop("config.toml")
        manifest["files"][name] = manifest["files"].pop("config.toml")

    return change


def digest_of(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def replace_database(data: bytes) -> Callable[[dict[str, bytes], dict], None]:
    def change(files: dict[str, bytes], manifest: dict) -> None:
        files["greenroom.db"] = data
        manifest["files"]["greenroom.db"].update(size=len(data), sha256=digest_of(data))

    return change


def unsaid(manifest: dict) -> None:
    manifest["files"]["greenroom.db"]["schema_version"] = None


def newer(files: dict[str, bytes], manifest: dict) -> None:
    data = bytearray(files["greenroom.db"])
    data[60:64] = (99).to_bytes(4, "big")  # SQLite keeps the user version there
    replace_database(bytes(data))(files, manifest)


def undated(files: dict[str, bytes], manifest: dict) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(files["greenroom.db"])
        connection.execute("UPDATE documents SET ingested_at = 'yesterday'")
        connection.commit()
        replace_database(connection.serialize())(files, manifest)


BAD = {
    "outside": (rename("../evil.toml"), "outside the data folder"),
    "absolute": (rename("/tmp/evil.toml"), "outside the data folder"),
    "windows": (rename("..\\evil.toml"), "outside the data folder"),
    "drive": (rename("C:evil.toml"), "outside the data folder"),
    "dot": (rename(".."), "outside the data folder"),
    "other bytes": (lambda f, m: f.update({"config.toml": b'device = "gpu"\n'}), "damaged in it"),
    "other size": (lambda f, m: f.update({"config.toml": b"longer" * 9}), "not the size"),
    "unlisted": (lambda f, m: f.update({"extra": b"x"}), "not those of its manifest"),
    "missing": (lambda f, m: f.pop("config.toml"), "not those of its manifest"),
    "no database": (replace_database(b"x" * 5000), "cannot be restored.*not a database"),
    "newer schema": (newer, "newer Greenroom.*upgrade"),
    "newer format": (lambda f, m: m.update(format=3), "newer Greenroom"),
    "folder of none": (rename("elsewhere/x.md"), "outside the data folder"),
    "below the copies": (rename("documents/a/x.md"), "outside the data folder"),
    "out of the copies": (rename("documents/../x.toml"), "outside the data folder"),
    "the folder of copies": (rename("documents/"), "outside the data folder"),
    "hidden copy": (rename("documents/.before"), "outside the data folder"),
    "folder and file": (rename("documents"), "cannot be restored"),
    "other copy": (lambda f, m: f.update({DROPPED: b"# Docs"}), "not the size|damaged in it"),
    "odd manifest": (lambda f, m: m.update(files=[]), "manifest cannot be read"),
    "odd rows": (undated, "cannot be used; use another backup"),
    "no database, and none said": (
        lambda f, m: (replace_database(b"x" * 5000)(f, m), unsaid(m)),
        "cannot be restored.*not a database",
    ),
    "negative size": (lambda f, m: m["files"]["config.toml"].update(size=-1), "cannot be read"),
}


@pytest.mark.parametrize(("change", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_backup_changes_nothing(home, target, tmp_path, change, message) -> None:
    rewrite(target, change)
    before, around = content(home), sorted(tmp_path.iterdir())
    with pytest.raises(BackupError, match=message):
        restore(target, home, WHEN, force=True)
    assert content(home) == before
    assert sorted(tmp_path.iterdir()) == around


@pytest.mark.parametrize("keep", [0, 10, 2000, -30])
def test_a_torn_zip_changes_nothing(home: Path, target: Path, keep: int) -> None:
    target.write_bytes(target.read_bytes()[:keep])
    before = content(home)
    with pytest.raises(BackupError, match="sound zip"):
        restore(target, home, WHEN, force=True)
    assert content(home) == before


def test_flipped_bytes_anywhere_are_found(home: Path, target: Path) -> None:
    good, before = target.read_bytes(), content(home)
    with zipfile.ZipFile(target) as archive:
        end = archive.start_dir  # the list after it also holds what means nothing, such as times
    for at in range(100, end, end // 12):
        data = bytearray(good)
        data[at] ^= 0xFF
        target.write_bytes(data)
        with pytest.raises(BackupError):
            restore(target, home, WHEN, force=True)
        assert content(home) == before


def test_flipped_bytes_in_the_list_are_told_or_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "home" / "documents").mkdir(parents=True)
    (tmp_path / "home" / "documents" / "é.md").write_text(NOTES)
    target = tmp_path / "b.zip"
    backup(tmp_path / "home", target, WHEN)
    good = target.read_bytes()
    with zipfile.ZipFile(target) as archive:
        start = archive.start_dir
    for at in range(start, len(good)):
        data = bytearray(good)
        data[at] ^= 0xFF
        target.write_bytes(data)
        with suppress(BackupError):
            restore(target, tmp_path / "other", WHEN)
            shutil.rmtree(tmp_path / "other")


def test_another_way_of_packing_is_not_ours(target: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(target) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with pytest.raises(BackupError, match="no backup made by Greenroom"):
        restore(target, tmp_path / "other", WHEN)


def test_a_zip_of_something_else_is_told(home: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.jpg", b"x")
    with pytest.raises(BackupError, match="no backup made by Greenroom"):
        restore(tmp_path / "photos.zip", home, WHEN, force=True)
    with pytest.raises(BackupError, match=r"none\.zip"):
        restore(tmp_path / "none.zip", home, WHEN, force=True)


def test_a_backup_never_replaces_a_file(home: Path, target: Path) -> None:
    before = target.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        backup(home, target, WHEN + timedelta(days=1))
    assert target.read_bytes() == before


def test_a_damaged_database_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    (home / "history.db").write_bytes(b"not a database at all " * 50)
    with pytest.raises(BackupError, match="not a database"):
        backup(home, tmp_path / "b.zip", WHEN)
    assert not (tmp_path / "b.zip").exists()


def test_nothing_to_back_up_and_nowhere_to_put_it(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing to back up"):
        backup(tmp_path / "none", tmp_path / "b.zip", WHEN)
    with pytest.raises(BackupError, match="cannot be written"):
        backup(home, tmp_path / "no folder" / "b.zip", WHEN)


def dropped(home: Path, *paths: str) -> Store:
    """The store in a home, in which the dropped notes were read at these paths."""
    store = Store(home / "greenroom.db")
    for path in paths:
        put(
            store,
            make_digest(NOTES, document_id(Path(path)), path, sha256=digest_of(NOTES.encode())),
        )
    return store


def test_documents_find_their_files_in_another_folder_and_keep_their_ids(
    home: Path, tmp_path: Path
) -> None:
    was = str(home / DROPPED)
    with dropped(home, was) as store:
        questions = [q.id for q in store.questions()]
        waiting = Draft(store.questions(document=document_id(Path(was)))[0], Span(
            document_id(Path(was)), was, 0, 4, "What"), "toy", WHEN.isoformat())  # fmt: skip
        store.drafts.add([replace(waiting, question=replace(waiting.question, id="new"))])
    backup(home, tmp_path / "b.zip", WHEN)
    shutil.rmtree(home)
    other = tmp_path / "other"
    restore(tmp_path / "b.zip", other, WHEN)
    now = other / DROPPED
    with Store(other / "greenroom.db") as store:
        found = store.by_path(str(now))
        assert found is not None
        assert found.id == document_id(Path(was))
        assert [q.id for q in store.questions()] == questions
        mine = store.questions(document=found.id)
        assert {s.path for q in mine for s in (*q.reference.spans, q.key_points[0].span)} == {
            str(now)
        }
        (draft,) = store.drafts.all("waiting")
        assert (draft.passage.path, draft.passage.quote) == (str(now), "What")
        assert {topic.span.path for topic in store.curriculum(found.id)} == {str(now)}
        # What is read again there is this document, and an edited version keeps its id too.
        assert Comparison(store).change(now).kind == "unchanged"
        now.write_text("# Edited\n")
        change = Comparison(store).change(now)
        assert (change.kind, change.id) == ("updated", found.id)
        put(store, make_digest("edited text", change.id, str(now)))
        assert [d.id for d in store.documents() if d.path == str(now)] == [found.id]


def test_a_new_file_in_the_former_place_is_another_document(home: Path, tmp_path: Path) -> None:
    was = home / DROPPED
    with dropped(home, str(was)):
        pass
    backup(home, tmp_path / "b.zip", WHEN)
    restore(tmp_path / "b.zip", tmp_path / "other", WHEN)
    was.write_text("# Something else\n")
    with Store(tmp_path / "other" / "greenroom.db") as store:
        change = Comparison(store).change(was)
        assert change.kind == "new"
        put(store, make_digest("something else", change.id, str(was)))
        assert {d.path for d in store.documents()} > {str(was), str(tmp_path / "other" / DROPPED)}
        assert Comparison(store).change(was).id == change.id
        (tmp_path / "other" / DROPPED).unlink()
        store.delete(change.id)
        assert Comparison(store).change(was).id == document_id(was)


def test_only_a_document_of_the_same_name_and_bytes_is_led_to_a_file(
    home: Path, tmp_path: Path
) -> None:
    name = Path(DROPPED).name
    with dropped(home, f"/mine/{name}", "/old/documents/other.md") as store:
        put(store, make_digest("of an older version", "older", f"/old/documents/{name}"))
    backup(home, tmp_path / "b.zip", WHEN)
    restore(tmp_path / "b.zip", tmp_path / "other", WHEN)
    with Store(tmp_path / "other" / "greenroom.db") as store, Store(home / "greenroom.db") as old:
        assert [d.path for d in store.documents()] == [d.path for d in old.documents()]


def test_a_folder_of_windows_is_left_behind_too(home: Path, tmp_path: Path) -> None:
    with dropped(home, f"C:\\Users\\ann\\greenroom\\documents\\{Path(DROPPED).name}"):
        pass
    backup(home, tmp_path / "b.zip", WHEN)
    restore(tmp_path / "b.zip", tmp_path / "other", WHEN)
    with Store(tmp_path / "other" / "greenroom.db") as store:
        assert store.by_path(str(tmp_path / "other" / DROPPED)) is not None


def test_a_name_that_no_backup_can_hold_is_told_before(home: Path, tmp_path: Path) -> None:
    (home / "documents" / "what?.md").write_text("x")
    with pytest.raises(BackupError, match=r"'what\?\.md'; rename it in .*documents"):
        backup(home, tmp_path / "b.zip", WHEN)
    assert not (tmp_path / "b.zip").exists()


def test_what_is_forgotten_meanwhile_is_left_out(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.backup.copies_in", lambda _: [home / "documents" / "gone.md"])
    report = backup(home, tmp_path / "b.zip", WHEN)
    assert report.files == ("config.toml", "greenroom.db", "history.db")


def test_a_backup_of_the_first_format_is_read(home: Path, target: Path, tmp_path: Path) -> None:
    def first(files: dict[str, bytes], manifest: dict) -> None:
        manifest["format"] = 1
        del files[DROPPED], manifest["files"][DROPPED]

    rewrite(target, first)
    assert len(restore(target, tmp_path / "other", WHEN).files) == 3
