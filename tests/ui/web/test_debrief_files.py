"""The debrief as a file: whole, without anything active in it, and only one's own."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rehearsal import Bank, make_interview, make_question

from agent.plan import Options
from ui.web.keeping import kept
from ui.web.people import Browser

NASTY = "<script>alert(1)</script> & <img src=x onerror=alert(2)>"
SAVE = json.dumps({"do": "save", "form": "html"})


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    """One finished interview of the local person, with markup in all that is said."""
    bank = Bank([make_question(1, topic=NASTY, points=(f"alpha {NASTY}", "gamma delta"))])
    made = make_interview(tmp_path, bank)
    turn = made.start(Options(count=1, follow_ups=False), session_id="s1")
    made.answer(turn.session_id, f"alpha {NASTY}")
    made.second_look.disagree("s1", NASTY)
    yield SimpleNamespace(interview=made)
    made.close()


def mine(session: str | None = "s1", account: str | None = None) -> dict[str, object]:
    """What a browser stored."""
    return Browser("anna" * 6, account, session).stored()


def test_one_page_holds_all_and_nothing_active(workspace: Any) -> None:
    file = json.loads(kept(workspace, mine(), SAVE))
    page = Tags(file["text"])
    assert file["name"].endswith(".html")
    assert not page.tags & {"script", "img", "link", "iframe", "a"}
    assert page.text.count("<script>alert(1)</script>") >= 4
    assert "gamma delta" in page.text
    assert "Disagreed with" in page.text
    assert "default-src 'none'" in file["text"]


def test_markdown_too(workspace: Any) -> None:
    file = json.loads(kept(workspace, mine(), json.dumps({"do": "save", "form": "markdown"})))
    assert file["name"].endswith(".md")
    assert file["text"].startswith("# Interview s1")


@pytest.mark.parametrize("sent", [None, "", "{}", '{"do": "save", "form": "pdf"}', "[1]"])
def test_what_is_not_understood_gives_nothing(workspace: Any, sent: object) -> None:
    assert kept(workspace, mine(), sent) == ""


def test_only_ones_own(workspace: Any) -> None:
    assert kept(workspace, mine(account="mallory"), SAVE, "mallory") == ""
    assert kept(workspace, mine("s2"), SAVE) == ""
    assert kept(workspace, mine(None), SAVE) == ""
    assert kept(workspace, None, SAVE) == ""
