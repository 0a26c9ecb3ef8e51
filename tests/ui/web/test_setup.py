"""The page on setup: files read under limits, a CV that stays its person's, real forgetting."""

from __future__ import annotations

import base64
import errno
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsed import NASTY, library, practise

from agent.addenda import Addenda
from agent.embedded import VERSION
from agent.grades import GraderInfo
from agent.measured import measured_for
from agent.profiles import LONGEST, Kind, Paper
from agent.settings import load_settings
from agent.workspace import Workspace
from ui.doctor import PACKAGES, Finding
from ui.web import setup_html
from ui.web.access import NOBODY_ELSE, Access
from ui.web.setup import LARGEST_FILE, TYPED, UNREADABLE, Marker, WebSetup

CV = "# Anna\n\nSeven years of kernels, <script>alert(1)</script> and *schedules*.\n"
SHARED = Access(("anna", "ben"))
EMBEDDED = GraderInfo("embedded", VERSION, "greenroom-judge-8", True)


class Reader(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A data folder with nothing of anybody's."""
    made = Workspace(load_settings(home=tmp_path / "home"))
    yield made
    made.close()


def sent(name: str, data: bytes) -> str:
    """A file as the page's script sends it."""
    return json.dumps({"name": name, "data": base64.b64encode(data).decode()})


def test_a_file_is_read_as_documents_are(workspace: Workspace) -> None:
    found = WebSetup(workspace).read(sent("../../etc/Anna's CV.md", CV.encode()))
    assert found.text == CV.strip() or found.text == CV
    assert found.name == "Anna's CV.md"
    assert "Look through them, then save" in found.note
    assert workspace.profiles.get("local").cv is None


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("cv.exe", b"MZ", "unsupported type .exe"),
        ("cv", b"text", "no suffix"),
        ("cv.pdf", b"not a pdf", "cannot be read"),
        ("cv.txt", b"", "cannot be read"),
        ("cv.txt", b"word " * (LONGEST // 4), "characters; at most 100,000"),
    ],
)
def test_a_file_that_is_no_use_is_named_with_the_reason(
    workspace: Workspace, name: str, data: bytes, why: str
) -> None:
    found = WebSetup(workspace).read(sent(name, data))
    assert found.text == ""
    assert found.note.startswith(name)
    assert why in found.note


def test_a_file_that_is_too_large_is_not_read(workspace: Workspace) -> None:
    assert (
        "larger than 5 MB"
        in WebSetup(workspace).read(sent("cv.txt", b"x" * (LARGEST_FILE + 1))).note
    )


@given(
    st.one_of(st.text(), st.builds(lambda d: json.dumps({"name": "cv.txt", "data": d}), st.text()))
)
def test_what_does_not_arrive_whole_is_said(request_: str) -> None:
    nowhere: Any = SimpleNamespace()
    found = WebSetup(nowhere)
    try:
        decoded = base64.b64decode(json.loads(request_)["data"], validate=True)
    except (ValueError, TypeError, KeyError, AttributeError):
        assert found.read(request_).note == UNREADABLE
    else:
        assert len(decoded) < 1000  # it would be read


def test_a_cv_belongs_to_its_person(workspace: Workspace) -> None:
    actions = WebSetup(workspace, SHARED)
    assert "saved" in actions.save("cv", "", CV, "anna")
    assert actions.papers("ben").cv is None
    assert actions.papers(None).cv is None
    kept = actions.papers("anna").cv
    assert kept is not None
    assert (kept.text, kept.name) == (CV, TYPED)
    assert "No CV" in actions.forget_paper("cv", "ben")
    assert actions.papers("anna").cv == kept
    assert "forgotten" in actions.forget_paper("cv", "anna")
    assert actions.papers("anna").cv is None


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("cv", " \n", "Not saved"),
        ("job", "x" * (LONGEST + 1), "Not saved"),
        ("photo", "x", "photo"),
    ],
)
def test_what_cannot_be_kept_leaves_what_was_there(
    workspace: Workspace, kind: str, text: str, why: str
) -> None:
    actions = WebSetup(workspace)
    for known in get_args(Kind):
        actions.save(known, "old.txt", "old")
    assert why in actions.save(kind, "new.txt", text)
    assert actions.papers().cv.text == actions.papers().job.text == "old"  # type: ignore[union-attr]


def test_forgetting_with_accounts_takes_ones_own_only(workspace: Workspace) -> None:
    bank = library(workspace.home)[:15]
    for account in SHARED.accounts:
        practise(workspace.home, bank, f"account-{account}", interviews=2)
        WebSetup(workspace, SHARED).save("cv", "", CV, account)
    told = WebSetup(workspace, SHARED).forget_mine("anna")
    assert told.startswith("Forgotten: 2 interviews, your CV,")
    history = workspace.interview.history
    assert history.sessions("account-anna") == []
    assert len(history.sessions("account-ben")) == 2
    assert WebSetup(workspace).papers("anna").cv is None
    assert WebSetup(workspace).papers("ben").cv is not None


def test_forgetting_without_accounts_takes_everything(workspace: Workspace, tmp_path: Path) -> None:
    actions = WebSetup(workspace)
    practise(workspace.home, library(workspace.home)[:15], interviews=1)
    actions.save("job", "", f"secretword {CV}")
    Addenda(workspace.interview.history.database).avoid("local", "secretword", "2026-01-01")
    assert "1 session" in actions.forget_mine()
    assert workspace.interview.history.sessions() == []
    assert actions.papers().job is None
    workspace.close()
    for path in workspace.home.rglob("*"):
        assert not path.is_file() or b"secretword" not in path.read_bytes()


@pytest.mark.parametrize("access", [NOBODY_ELSE, SHARED])
def test_what_cannot_be_forgotten_now_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, access: Access
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    actions = WebSetup(workspace, access)
    account = "anna" if access.accounts else None
    actions.save("cv", "", CV, account)
    with monkeypatch.context() as patched:
        patched.setattr(workspace.profiles, "forget", refuse)
        patched.setattr(workspace.profiles, "forget_all", refuse)
        for told in (actions.forget_paper("cv", account), actions.forget_mine(account)):
            assert told.startswith("Not ")
            assert "free some space" in told
    assert actions.papers(account).cv is not None
    assert actions.forget_mine(account).startswith("Forgotten")


def test_only_who_looks_after_the_app_sees_the_machine(workspace: Workspace) -> None:
    assert WebSetup(workspace).looks_after(None)
    assert WebSetup(workspace, SHARED).looks_after("anna")
    assert not WebSetup(workspace, SHARED).looks_after("ben")


def test_who_marks_is_shown_with_what_was_measured_or_with_the_doubt() -> None:
    figures = measured_for(EMBEDDED.model)
    assert figures is not None
    seen = Reader(setup_html.marker_html(Marker(EMBEDDED, figures)))
    for one in figures.sets:
        assert one.name in seen.text
        assert one.r is not None
        assert f"{one.r.value:.2f} ({one.r.low:.2f} to {one.r.high:.2f})" in seen.text
    (right,) = [c.right for c in figures.risk_coverage if c.coverage == 0.5]
    assert f"{right:.0%} in the half it is surest of" in seen.text
    strange = GraderInfo("vllm", "1", NASTY, False)
    page = Reader(setup_html.marker_html(Marker(strange, None)))
    assert "accuracy was not measured" in page.text
    assert "script" not in page.tags


def test_problems_come_first_and_say_what_to_do() -> None:
    findings = [
        Finding(PACKAGES[0], "ok", "1.0"),
        Finding("disk", "ok", "free"),
        Finding("vllm", "note", "not there", "make serve"),
        Finding(NASTY, "problem", NASTY, NASTY),
    ]
    page = setup_html.health_html(findings)
    seen = Reader(page)
    assert "One thing needs mending" in seen.text
    assert seen.text.index("<script>") < seen.text.index("vllm") < seen.text.index("disk")
    assert f"To do: {NASTY}" in seen.text
    assert f"{PACKAGES[0]} 1.0" in seen.text
    assert not seen.tags & {"script", "img"}
    assert "Everything works" in Reader(setup_html.health_html(findings[:3])).text


def test_a_stored_paper_is_described_as_text() -> None:
    page = setup_html.paper_html("job", Paper(NASTY, CV, "2026-02-01T10:00:00+00:00"))
    assert not Reader(page).tags & {"script", "img"}
    assert "2026-02-01" in Reader(page).text
    assert "Nothing stored" in setup_html.paper_html("cv", None)


def test_the_folder_is_named_to_who_it_belongs_to_only() -> None:
    home = Path("/data/anna/<b>greenroom")
    assert "/data/anna/<b>greenroom" in Reader(setup_html.folder_html(home, shared=False)).text
    assert "anna" not in setup_html.folder_html(home, shared=True)
    database = Reader(setup_html.folder_html(home, shared=False, database=True)).text
    assert "GREENROOM_DATABASE_URL" in database
