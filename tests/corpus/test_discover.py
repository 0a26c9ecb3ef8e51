"""What is found under files and folders, and what is said of what cannot be used."""

from __future__ import annotations

import inspect
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.discover import discover


def names(*paths: Path, under: Path) -> list[tuple[str, str | None]]:
    return [(f.path.relative_to(under).as_posix(), f.problem) for f in discover(paths)]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "notes"
    for name in ["b.md", "a/2.txt", "a/10.md", ".hidden.md", ".git/x.md", "node_modules/y.md"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("text")
    return root


def test_files_come_in_sorted_order_without_hidden_and_tool_folders(tree: Path) -> None:
    assert names(tree, under=tree) == [("a/10.md", None), ("a/2.txt", None), ("b.md", None)]


def test_a_hidden_file_that_is_named_is_read(tree: Path) -> None:
    assert names(tree / ".hidden.md", under=tree) == [(".hidden.md", None)]


def test_a_name_with_spaces_and_emoji(tmp_path: Path) -> None:
    path = tmp_path / "my notes 🚀 – v2.md"
    path.write_text("x")
    assert [f.path.name for f in discover([tmp_path])] == ["my notes 🚀 – v2.md"]


def test_each_real_file_comes_once(tree: Path) -> None:
    (tree / "z_link.md").symlink_to(tree / "b.md")
    (tree / "a" / "up").symlink_to(tree)
    found = names(tree / "b.md", tree, tree / "a", under=tree)
    assert found == [("b.md", None), ("a/10.md", None), ("a/2.txt", None)]


def test_links_out_of_the_folder_are_followed(tree: Path, tmp_path: Path) -> None:
    other = tmp_path.resolve() / "other"
    other.mkdir()
    (other / "far.md").write_text("x")
    (tree / "a" / "away").symlink_to(other)
    assert other / "far.md" in [f.path for f in discover([tree])]


@pytest.mark.parametrize("named", [True, False])
def test_circular_and_broken_links_are_reported(tree: Path, named: bool) -> None:
    (tree / "x.md").symlink_to(tree / "y.md")
    (tree / "y.md").symlink_to(tree / "x.md")
    (tree / "gone.md").symlink_to(tree / "nowhere.md")
    asked = [tree / "gone.md", tree / "x.md", tree / "y.md"] if named else [tree]
    problems = {f.path.name: f.problem or "" for f in discover(asked) if f.problem}
    assert set(problems) == {"gone.md", "x.md", "y.md"}
    assert "nowhere.md" in problems["gone.md"]
    assert "circular" in problems["x.md"]


def test_a_missing_path_is_reported_and_the_others_go_on(tree: Path) -> None:
    found = names(tree / "missing.md", tree / "b.md" / "under", tree / "b.md", under=tree)
    assert found == [
        ("missing.md", "no such file or folder"),
        ("b.md/under", "no such file or folder"),
        ("b.md", None),
    ]


def test_a_folder_that_may_not_be_opened(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def guarded(path: Any) -> Any:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("corpus.discover.os.scandir", guarded)
    found = dict(names(tree, under=tree))
    assert "permission denied" in (found["a"] or "")
    assert found["b.md"] is None


@pytest.mark.parametrize("named", [True, False])
def test_unsupported_types_are_reported(tree: Path, named: bool) -> None:
    for name in ("z.xlsx", "Makefile"):
        (tree / name).write_text("x")
    found = dict(names(*([tree / "z.xlsx", tree / "Makefile"] if named else [tree]), under=tree))
    assert (found["z.xlsx"] or "").startswith("unsupported type .xlsx")
    assert "no suffix" in (found["Makefile"] or "")
    assert "pdf" in (found["Makefile"] or "")  # says what would be read


def test_suffixes_count_in_any_case(tmp_path: Path) -> None:
    (tmp_path / "A.MD").write_text("x")
    assert [f.problem for f in discover([tmp_path])] == [None]


def test_pipes_sockets_and_devices_are_reported_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.md"))
        problems = [f.problem or "" for f in discover([tmp_path, Path("/dev/null")])]
    assert ["pipe" in problems[0], "socket" in problems[1], "device" in problems[2]] == [True] * 3


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.md", "w") as file:  # noqa: PTH123
        file.write("x")
    (found,) = discover([tmp_path])
    assert "not valid Unicode" in (found.problem or "")


def test_deep_folders_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d"] * 300)
    folder.mkdir(parents=True)
    (folder / "deep.md").write_text("x")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    try:
        found = list(discover([tmp_path]))
    finally:
        sys.setrecursionlimit(limit)
    assert [f.path.name for f in found] == ["deep.md"]


def test_it_is_lazy(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: Iterator[Any] = discover([tree / "b.md", tree])
    monkeypatch.setattr("corpus.discover.os.scandir", lambda _: pytest.fail("opened too early"))
    assert next(found).path == tree / "b.md"
