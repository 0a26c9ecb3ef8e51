"""The debrief as a file: whole, without anything active in it, and only one's own."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rehearsal import Bank, make_interview, make_question

from agent.export import to_markdown
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


def written_out(home: Path, text: str) -> tuple[list[str], str]:
    """The kinds of blocks of a debrief in Markdown in which this text stands wherever somebody
    else's can, and the text that a reader of Markdown shows."""
    from markdown_it import MarkdownIt

    points = (f"{text} alpha", f"{text} gamma")
    bank = Bank([make_question(1, topic=text, question=text, points=points)])
    made = make_interview(home, bank)
    made.start(Options(count=1, follow_ups=False), session_id="s1")
    made.answer("s1", f"{text} alpha")
    made.second_look.disagree("s1", text)
    markdown = to_markdown(made.report("s1"), made.second_look.disagreements("s1"))
    made.close()
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "text_special"}
    shown = ["".join(c.content for c in token.children) for token in tokens if token.children]
    return [f"{token.type} {token.level}" for token in tokens], "\n".join(shown)


HOSTILE = {
    "heading": "# title",
    "fence": "```python\nprint(1)\n```",
    "tilde fence": "~~~\ncode",
    "script": NASTY,
    "item": "- [ ] to be done",
    "plus": "+ plus",
    "number": "1. first 2) second",
    "bracket": "12) twelfth",
    "rule": "---",
    "stars": "* * *",
    "underline": "said\n===\nmore\n---",
    "table": "a | b\n--- | ---\n1 | 2",
    "quote": "> quoted",
    "link": "[here](http://x.example) ![i](x.png) <http://x.example>",
    "emphasis": "__init__ *args **kwargs ~~gone~~",
    "entity": "&lt;b&gt; &copy; a\\b\\",
    "reference": "[1]: http://x.example",
    "code": "    indented code",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_markdown_reads_as_it_was_said(tmp_path: Path, text: str) -> None:
    blocks, shown = written_out(tmp_path / "hostile", text)
    assert blocks == written_out(tmp_path / "harmless", "harmless")[0]
    assert shown.count(" ".join(text.split())) >= 5


def test_what_steers_a_terminal_stands_in_no_file(tmp_path: Path) -> None:
    shown = written_out(tmp_path, "a\x1b]0;b\x07 \u202ec \x00d")[1]
    assert "a\ufffd]0;b\ufffd \ufffdc \ufffdd" in shown
    assert not set("\x1b\x07\u202e\x00") & set(shown)


def test_the_folder_of_a_file_is_not_given_away(workspace: Any) -> None:
    report = workspace.interview.report("s1")
    spans = [p.source for t in report.topics for p in (*t.covered, *t.partial, *t.missed)]
    assert any(spans)
    paths = {span.path for span in spans if span}
    for form in ("markdown", "html"):
        text = json.loads(kept(workspace, mine(), json.dumps({"do": "save", "form": form})))["text"]
        assert not any(path in text for path in paths)
        assert "notes.md" in text


@pytest.mark.parametrize("sent", [None, "", "{}", '{"do": "save", "form": "pdf"}', "[1]"])
def test_what_is_not_understood_gives_nothing(workspace: Any, sent: object) -> None:
    assert kept(workspace, mine(), sent) == ""


def test_only_ones_own(workspace: Any) -> None:
    assert kept(workspace, mine(account="mallory"), SAVE, "mallory") == ""
    assert kept(workspace, mine("s2"), SAVE) == ""
    assert kept(workspace, mine(None), SAVE) == ""
    assert kept(workspace, None, SAVE) == ""
