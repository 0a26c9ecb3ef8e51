"""Layouts of other people's documents: what is asked, what answers it, what is left out."""

from __future__ import annotations

import time

import pytest

from corpus.digest import digest
from corpus.questions.coverage import Meanings, Passages
from corpus.questions.usage import usages
from corpus.readers.html import read_html
from corpus.readers.text import title_of
from corpus.schema import Digest, Document


def digested(text: str, title: str = "") -> Digest:
    return digest(
        Document("d" * 16, "/n.md", title or title_of(text), "text/markdown", "user", "0", text)
    )


def asked(text: str, title: str = "") -> dict[str, str]:
    return {
        q.question: q.reference.text if q.reference else "" for q in digested(text, title).questions
    }


def test_a_callout_is_a_question_and_its_box_the_answer() -> None:
    text = (
        "# Streams\n\n> [!question] What is a stream?\n> A queue of operations on a device.\n"
        "> They run in order.\n\n> [!question]- Why pin memory?\n> The copy engine needs it.\n\n"
        "> [!note] Default stream\n> It waits for the others.\n"
    )
    found = asked(text)
    assert list(found) == ["What is a stream?", "Why pin memory?"]
    assert found["What is a stream?"].endswith("They run in order.")
    assert found["Why pin memory?"] == "The copy engine needs it."


@pytest.mark.parametrize(
    "line",
    ["{}. What is thing {}?\n   Thing {} holds items for a while.\n",
     "## {}) What is thing {}?\n\nThing {} holds items for a while.\n\n",
     "**{}. What is thing {}?**\n\nThing {} holds items for a while.\n\n"],
)  # fmt: skip
def test_a_list_of_more_than_a_thousand_questions_is_whole(line: str) -> None:
    found = asked("# Things\n\n" + "".join(line.format(n, n, n) for n in range(990, 1010)))
    assert list(found) == [f"What is thing {n}?" for n in range(990, 1010)]
    assert found["What is thing 999?"] == "Thing 999 holds items for a while."


def test_a_year_that_begins_a_line_begins_no_list() -> None:
    text = "## What is CUDA?\n\nA platform that has been there since the year\n2007. It grew.\n"
    assert asked(text) == {
        "What is CUDA?": "A platform that has been there since the year\n2007. It grew."
    }


def test_a_question_and_its_answer_without_a_blank_between_them_are_told_apart() -> None:
    text = (
        "Q:What is a heap?A:A tree in which parents come before children.\n\n"
        "Q: What is a trie?Answer: A tree whose edges are letters of a word.\n"
    )
    assert asked(text) == {
        "What is a heap?": "A tree in which parents come before children.",
        "What is a trie?": "A tree whose edges are letters of a word.",
    }


def test_a_toggle_is_a_question_and_what_is_indented_the_answer() -> None:
    text = (
        "# Search\n\n- What is a posting list?\n    \n    The documents in which a term stands.\n"
        "    \n    - sorted by number\n- Why skip pointers?\n    \n    They shorten a merge.\n\n"
        "That is all there is to say about it here.\n"
    )
    found = asked(text)
    assert found["What is a posting list?"].endswith("- sorted by number")
    assert found["Why skip pointers?"] == "They shorten a merge."


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("What is an MTU? - the largest packet that a link carries", "What is an MTU?"),
        ("What is an MTU? The largest packet that a link carries.", "What is an MTU?"),
        ("Define MTU: the largest packet that a link carries.", "Define MTU."),
        ("Explain RDMA – a card reads the memory of another host.", "Explain RDMA."),
    ],
)
def test_an_answer_on_the_question_s_own_line(line: str, question: str) -> None:
    text = f"Networks\n\n1) {line}\n2) Why is there a TTL? - so that loops end at some time.\n"
    found = asked(text)
    assert set(found) == {question, "Why is there a TTL?"}
    assert found[question] in line
    assert question.rstrip("?.") not in found[question]


def test_a_question_of_two_parts_is_no_answer_to_itself() -> None:
    text = (
        "Viva questions\n\n1. What is a lock? Explain with an example.\n2. Why queue? Give two.\n"
    )
    assert set(asked(text).values()) == {""}


def test_a_rhetorical_question_in_a_step_is_not_asked() -> None:
    text = (
        "# Tuning\n\n1. Profile it first.\n"
        "2. Why measure again? Because the bottleneck has moved by then.\n\nThat was all.\n"
    )
    assert asked(text) == {}


def test_a_table_of_questions_and_answers() -> None:
    text = (
        "# Drills\n\n| # | Question | Answer |\n|---|---|---|\n"
        "| 1 | What is a covering index? | One that holds every column of a query. |\n"
        "| 2 | When does a hash join win? | When one side fits in memory. |\n"
    )
    found = digested(text).questions
    assert [q.origin for q in found] == ["explicit", "explicit"]
    assert [q.reference.text for q in found if q.reference] == [
        "One that holds every column of a query.",
        "When one side fits in memory.",
    ]


def test_a_transcript_asks_what_the_interviewer_asks() -> None:
    text = (
        "Mock interview\n\nInterviewer: Welcome! What is idempotency?\n"
        "Candidate: Twice has the same effect as once.\n\n"
        "Interviewer: And why does it matter for retries?\n"
        "Candidate: A repeated request does no harm.\n\n"
        "Interviewer: Thanks. Do you have any questions for me?\nCandidate: No.\n"
    )
    assert asked(text) == {
        "What is idempotency?": "Twice has the same effect as once.",
        "Why does it matter for retries?": "A repeated request does no harm.",
    }


def test_marks_in_other_languages() -> None:
    text = "Prüfung\n\nFrage 1: Was ist ein Deadlock?\nAntwort: Zwei warten aufeinander.\n"
    assert asked(text) == {"Was ist ein Deadlock?": "Zwei warten aufeinander."}


def test_a_guide_s_letters_and_its_notes_to_the_panel() -> None:
    text = (
        "INTERVIEW GUIDE\n\nA1. What is an error budget?\nExpected answer: What may fail.\n"
        "Red flags: mixes up SLA and SLO.\n\nA2. Walk me through a postmortem.\n"
        "Expected answer: Timeline, causes, actions.\n"
    )
    found = {q.question: q for q in digested(text).questions}
    budget = found["What is an error budget?"]
    assert budget.reference is not None
    assert budget.reference.text == "What may fail."
    assert any("SLA" in said for said in budget.coaching)
    assert "Walk me through a postmortem." in found


def test_fields_parted_by_tabs_end_before_the_tag() -> None:
    text = "#separator:tab\nQ: What is a warp?\tA: A group of 32 threads.\tgpu\n"
    assert asked(text) == {"What is a warp?": "A group of 32 threads."}


def test_what_a_platform_prints_under_an_article_is_left_out() -> None:
    text = (
        "Probes Explained: Liveness and Readiness\n\nWhat is a liveness probe?\n\n"
        "A check by which the kubelet decides whether to restart a container, run again and again "
        "as long as the container lives.\n\nWhat is a readiness probe?\n\n"
        "A check by which a service decides whether to send traffic to a pod at this moment.\n\n"
        "Get Ada’s stories in your inbox\n\nSubscribe\n\nKubernetes\n\n312 claps\n\nFollow\n\n"
        "Written by Ada Example\n\n1.2K Followers\n\nI write about clusters.\n\nResponses (1)\n\n"
        "Great article! Does it work on a laptop?\n\nReply\n"
    )
    found = digested(text)
    assert len(found.questions) == 2
    assert found.chunks[-1].text.endswith("at this moment.")


@pytest.mark.parametrize(
    "line",
    [
        "[1] A. Author and B. Other. On Layers. In Proceedings of SysConf, 2014.",
        "[Author et al., 2013] A. Author, B. Other. Caches at Scale. In Proceedings of NSDI, 2013.",
        "1. Author, N. (2019). Fast Decoding. arXiv:1911.02150.",
    ],
)
def test_a_bibliography_s_entry_is_left_out(line: str) -> None:
    text = f"# Notes\n\n## How do layers help?\n\nThey are shared between images.\n\n{line}\n"
    found = digested(text)
    assert [r.reason for r in found.removed] == ["reference"]
    assert asked(text) == {"How do layers help?": "They are shared between images."}


def test_a_sentence_that_mentions_a_paper_stays() -> None:
    text = "# Notes\n\nThe Adam paper (Kingma et al., ICLR 2015) scales each step by a moment.\n"
    assert digested(text).removed == ()


def test_comments_and_banners_of_a_page_are_not_read() -> None:
    prose = "<p>" + "A layer is a diff of the file system made by one instruction. " * 6 + "</p>"
    page = (
        f"<html><body><div class='cookie-banner'>We use them.</div><div><h1>Layers</h1>{prose}"
        "<div class='comments'><p>This saved my day</p></div></div></body></html>"
    )
    text, _ = read_html(page.encode())
    assert "saved my day" not in text
    assert "one instruction" in text


def test_sections_of_latex_are_headings() -> None:
    text = (
        "\\section{Optimisation}\n\\subsection{Momentum}\nMomentum is a running average of past "
        "gradients that damps oscillation across a valley and speeds up motion along it.\n"
    )
    assert any("omentum" in question for question in asked(text))


def test_definitions_without_a_heading_that_announces_them() -> None:
    entries = (
        "WARP - a group of threads that execute one instruction together.\n"
        "OCCUPANCY - the share of the warps which an SM holds at a time.\n"
        "BANK CONFLICT - a delay that arises when two threads touch the same bank at once.\n"
    )
    assert len(asked(f"NOTES\n\n{entries}")) == 3
    tasks = "# Release\n\n- **Smoke test**: a run of the main flows.\n- **Tag**: the new number.\n"
    assert asked(tasks) == {}


def test_a_note_of_one_paragraph_asks_what_it_defines() -> None:
    text = (
        "Consistent hashing is a scheme that maps keys and servers to one ring, so that a new "
        "server moves few keys. Virtual nodes even out the load.\n"
    )
    assert list(asked(text, "note")) == ["What is consistent hashing?"]
    assert asked("The main reason is a lack of time that nobody had planned for.\n", "note") == {}


def test_passages_and_meanings() -> None:
    taken = Passages([(30, 40), (0, 100), (200, 210)])
    assert taken.touch(50, 60)
    assert taken.touch(205, 300)
    assert not taken.touch(100, 200)
    known = Meanings([frozenset("abcd"), frozenset("xy")])
    assert known.hold(frozenset("abc"))
    assert known.hold(frozenset("yx"))
    assert not known.hold(frozenset("ab"))
    assert not known.hold(frozenset("abe"))


def test_usages_begin_at_words_and_ignore_case() -> None:
    text = "The Cache is full. A page-cache, caches, xcache."
    assert [w for _, w, _ in usages(text, "cache")] == ["Cache", "cache"]
    assert [w for _, w, _ in usages(text, "page-cache")] == ["page-cache"]


def test_time_grows_with_the_length_and_not_with_its_square() -> None:
    section = (
        "## Topic {n}\n\nThe **policy {n}** is a rule that picks what leaves the store of {n} "
        "entries.\n\n![picture](p.png)\n\nMore words about bandwidth.\n\n"
    )

    def seconds(count: int) -> float:
        text = "# Notes\n\n" + "".join(section.replace("{n}", str(n)) for n in range(count))
        begun = time.process_time()
        digested(text)
        return time.process_time() - begun

    seconds(50)
    assert seconds(1600) < 8 * (seconds(400) + 0.05)
