"""The web app as a candidate meets it: a real server, a real Chromium."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import (
    ANSWERS,
    FILE_NAME,
    GOOD,
    GRADED_MS,
    TOPIC,
    VAGUE,
    Candidate,
    Server,
    chromium,
    grave,
    run_chat,
    server,
    watched,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

__all__ = ["chromium", "server"]
pytestmark = pytest.mark.slow

MARKUP = (
    "<script>alert(3)</script> <b>bold</b> **strong** [link](https://example.com) "
    "![image](https://example.com/x.png) https://example.com $x^2$ `code`"
)


@pytest.fixture
def candidate(server: Server, chromium: Browser) -> Iterator[Candidate]:
    """One person with a browser of their own; nothing may go wrong in it."""
    person = Candidate(chromium, server.url)
    yield from watched(person)


def answer_all(person: Candidate) -> list[str]:
    """Answer every question, confirm what is asked; the questions in order."""
    asked = []
    while not person.page.locator("#again").is_visible():
        if person.page.locator("#confirm").is_visible():
            person.tap()
            continue
        question = person.question
        found = next((a for q, a in ANSWERS.items() if q in question), None)
        if found:
            asked.append(question)
            person.answer(found)
        else:
            person.act("#i-do-not-know")
    return asked


def test_an_interview_from_start_to_debrief(candidate: Candidate) -> None:
    candidate.begin()
    asked = answer_all(candidate)
    page = candidate.page

    assert len(asked) == 3
    said = page.locator("#chat").inner_text()
    assert "Debrief" in said
    assert "3 of 3 questions graded" in said
    assert "(marked by you)" in said
    # The document and its name hold markup; it is shown, and nothing of it is run.
    cited = page.locator("#chat .grade", has_text="Strong").locator("button.cite").first
    assert FILE_NAME in cited.inner_text()
    cited.click()
    marked = page.locator("#reader mark")
    marked.wait_for(state="visible")
    assert marked.inner_text() in GOOD
    page.keyboard.press("Escape")
    assert page.locator("#chat script, #chat img[src='x'], #panel img").count() == 0
    assert candidate.dialogs == []

    for form, begins in (("Markdown", "# Interview"), ("a page", "<!doctype html>")):
        with page.expect_download() as saving:
            page.get_by_role("button", name=f"Download as {form}").click()
        text = Path(saving.value.path()).read_text(encoding="utf-8")
        assert text.startswith(begins)
        assert "spring tide" in text
        assert "<script>" not in text

    page.locator("#again").click()
    page.locator("#start").wait_for(state="visible")
    candidate.settle()
    assert not page.locator("#chat").is_visible()
    page.get_by_text("Past interviews").click()
    page.locator("#welcome ul.past button").first.click()
    page.locator("#again").wait_for(state="visible")
    assert "3 of 3 questions graded" in page.locator("#chat").inner_text()


def test_markup_in_an_answer_is_text(candidate: Candidate) -> None:
    candidate.begin()
    candidate.answer(f"{MARKUP} {VAGUE}")

    said = candidate.page.locator("#chat .said").first
    assert MARKUP in said.inner_text()
    assert said.locator("script, b, strong, a, img, code, .katex").count() == 0
    assert candidate.dialogs == []


def test_a_reload_resumes_with_the_draft(candidate: Candidate) -> None:
    candidate.begin()
    candidate.act("#skip")
    question = candidate.question
    box = candidate.page.locator("#answer textarea")
    box.press_sequentially("half an ans")
    candidate.page.reload()
    box.wait_for(state="visible")
    candidate.settle()

    assert candidate.question == question
    assert candidate.page.get_by_text("Go on with").count() == 0
    candidate.page.wait_for_function(
        "document.querySelector('#answer textarea').value === 'half an ans'"
    )
    candidate.act("#hint")
    assert box.input_value() == "half an ans"


def test_an_empty_answer_costs_nothing_and_enter_does_not_send(candidate: Candidate) -> None:
    candidate.begin()
    turn = candidate.turn
    candidate.page.locator("#send").click()
    candidate.page.get_by_role("alert").wait_for(state="visible")
    assert candidate.turn == turn

    box = candidate.page.locator("#answer textarea")
    box.fill("one line")
    box.press("Enter")
    assert box.input_value() == "one line\n"
    before = candidate.turn
    box.press("Control+Enter")
    candidate.page.wait_for_function(
        "turn => document.querySelector('#prompt [data-turn]')?.dataset.turn !== turn", arg=before
    )
    candidate.settle()
    assert candidate.page.locator("#chat .said").inner_text().strip() == "one line"
    assert candidate.page.get_by_role("alert").count() == 0


def test_two_browsers_do_not_meet(candidate: Candidate, server: Server, chromium: Browser) -> None:
    candidate.begin()
    candidate.answer("only the first person said this")
    other = Candidate(chromium, server.url)
    other.page.locator("#start").wait_for(state="visible")
    other.settle()
    assert "only the first person" not in other.page.content()
    assert other.page.get_by_role("button", name="Go on with").first.is_visible()
    other.begin()
    assert other.turn.split("-")[0] != candidate.turn.split("-")[0]
    other.answer("only the second person said this")
    other.context.close()

    candidate.page.reload()
    candidate.page.locator("#prompt .prompt").wait_for(state="visible")
    said = candidate.page.locator("#chat").inner_text()
    assert "only the first person" in said
    assert "only the second person" not in said


def test_a_mark_can_be_looked_into_tried_again_and_disagreed_with(candidate: Candidate) -> None:
    candidate.begin()
    candidate.answer(VAGUE)
    candidate.over()
    page = candidate.page
    grade = page.locator("#chat .grade", has_text="Try again").first

    grade.get_by_text("Why this mark").click()
    assert "by their weight" in grade.locator("ul.whys").locator("..").inner_text()
    grade.get_by_text("Show a good answer").click()
    assert grade.locator(".good button.cite").first.is_visible()
    grade.get_by_text("Try again").click()
    again = grade.locator("form[data-do=retry] textarea")
    again.fill("begun and not yet sent")
    page.reload()
    again.wait_for(state="visible")
    assert again.input_value() == "begun and not yet sent"
    question = candidate.question
    again.fill(next(iter(ANSWERS.values())))
    again.press("Control+Enter")
    second = page.locator("#chat .second")
    second.wait_for(state="visible", timeout=GRADED_MS)
    candidate.settle()
    assert "The first mark counts" in second.inner_text()
    assert not again.is_visible()

    grade.get_by_text("I disagree").click()
    grade.locator("form[data-do=disagree] textarea").fill(f"{MARKUP} I did say it")
    grade.locator("form[data-do=disagree] button").click()
    page.locator("#chat .second", has_text="You disagreed").wait_for(timeout=GRADED_MS)
    candidate.settle()
    assert MARKUP in page.locator("#chat .second").nth(1).inner_text()
    assert candidate.question == question
    assert candidate.dialogs == []


def test_commands_of_the_terminal_work_in_the_box(candidate: Candidate) -> None:
    candidate.begin()
    box = candidate.page.locator("#answer textarea")
    turn = candidate.turn
    box.fill("!help")
    candidate.page.locator("#send").click()
    told = candidate.page.locator("#told")
    told.wait_for(state="visible")
    candidate.settle()
    assert "!disagree" in told.inner_text()
    # The answer to a command draws the box last.
    emptied = "document.querySelector('#answer textarea').value === ''"
    candidate.page.wait_for_function(emptied, timeout=GRADED_MS)
    assert (candidate.turn, box.input_value()) == (turn, "")

    box.fill("!skip")
    candidate.act("#send")
    assert "Skipped" in candidate.question
    candidate.act("#not-my-topic")
    assert "does not count" in candidate.question
    assert candidate.page.locator("#chat .grade").count() == 0


def test_a_command_sent_at_once_after_a_turn_is_not_put_back_in_the_box(
    candidate: Candidate,
) -> None:
    def late(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    candidate.begin()
    # What the turn before still draws must be over when the answer to the command comes.
    candidate.page.route("**/queue/join*", late)
    candidate.page.evaluate(
        """() => {
          window.greenroom.end();
          const box = document.querySelector("#answer textarea");
          box.value = "!help";
          box.dispatchEvent(new Event("input", { bubbles: true }));
          document.querySelector("#send").click();
        }"""
    )
    candidate.page.locator("#told").wait_for(state="visible")
    candidate.settle()
    candidate.page.wait_for_timeout(500)  # what would be put back comes after 120 ms
    assert candidate.page.locator("#answer textarea").input_value() == ""


def test_a_real_interview_shows_no_mark_before_the_debrief(candidate: Candidate) -> None:
    candidate.begin(mode="Real interview")
    page = candidate.page
    page.wait_for_function("/^[0-9]+:[0-9]{2}$/.test(document.querySelector('.clock').textContent)")
    assert page.locator(".clock").get_attribute("aria-hidden") == "true"
    candidate.answer(GOOD)
    assert page.locator("#chat .grade, #chat .headline").count() == 0
    page.locator("#stop").click()
    page.locator("#again").wait_for(state="visible", timeout=GRADED_MS)
    candidate.settle()
    assert "1 of 3 questions graded" in page.locator("#chat .report").inner_text()
    assert page.locator("#chat .grade").count() >= 1


def test_what_was_said_last_stands_above_the_panel_of_a_real_interview(
    server: Server, chromium: Browser
) -> None:
    person = Candidate(chromium, server.url, height=520)
    person.begin(mode="Real interview")
    person.answer(GOOD)
    said = person.page.locator("#chat .message.user").last
    person.page.wait_for_function("scrollY > 0")
    words, panel = said.bounding_box(), person.page.locator("#panel").bounding_box()
    assert words
    assert panel
    assert words["y"] + words["height"] <= panel["y"]
    person.context.close()


def test_each_tab_is_found_again_where_it_was_left(candidate: Candidate) -> None:
    page = candidate.page
    page.locator("#start").wait_for(state="visible")
    candidate.settle()

    def choose(name: str) -> None:
        tab = page.locator("#pages > .tab-wrapper").get_by_role("tab", name=name)
        tab.evaluate("tab => tab.click()")  # a click by the mouse would scroll first

    choose("Setup")
    page.get_by_text("Everything is in").wait_for(state="visible")
    page.evaluate("scrollTo(0, 250)")
    page.wait_for_function("scrollY > 0")
    choose("Progress")
    page.wait_for_function("scrollY === 0")
    choose("Setup")
    page.wait_for_function("scrollY > 0")


def test_another_page_can_ask_for_questions(candidate: Candidate) -> None:
    page = candidate.page
    page.locator("#start").wait_for(state="visible")
    candidate.settle()
    page.get_by_role("tab", name="Library").click()
    page.evaluate(
        """topic => {
          const button = document.createElement("button");
          button.id = "elsewhere";
          button.dataset.practise = JSON.stringify({ topics: [topic] });
          button.textContent = "Practise this";
          document.body.append(button);
        }""",
        TOPIC,
    )
    page.locator("#elsewhere").click()
    page.locator("#prompt .prompt").wait_for(state="visible")
    candidate.settle()
    assert TOPIC in candidate.question


def test_stopping_asks_first_and_shows_the_debrief(candidate: Candidate) -> None:
    candidate.begin()
    candidate.page.locator("#stop").click()
    candidate.page.locator("#again").wait_for(state="visible")

    assert len(candidate.dialogs) == 1
    assert "No question was answered" in candidate.page.locator("#chat").inner_text()


def test_a_phone_scrolls_in_one_direction_only(server: Server, chromium: Browser) -> None:
    person = Candidate(chromium, server.url, width=390, height=844)
    person.begin()
    person.answer(VAGUE + " " + "w" * 300)

    wide = person.page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390
    person.page.locator("#prompt .prompt").wait_for(state="visible")
    assert person.page.locator("#prompt .prompt").bounding_box()["y"] < 844
    person.context.close()


def test_on_a_phone_the_panel_is_small_until_it_is_used(server: Server, chromium: Browser) -> None:
    person = Candidate(chromium, server.url, width=375, height=812)
    page = person.page
    person.begin()
    panel, box, more = (page.locator(s) for s in ("#panel", "#answer textarea", "#more-replies"))

    def share() -> float:
        place = panel.bounding_box()
        return place["height"] / 812 if place else 0.0

    page.wait_for_function("document.activeElement?.closest('#answer')")  # soon after a question
    box.blur()
    page.wait_for_function("document.querySelector('#panel').offsetHeight < 0.24 * innerHeight")
    box.fill("a line\n" * 30)
    assert 0.27 < share() < 0.5
    question = page.locator("#prompt .prompt").bounding_box()
    assert question is not None
    assert 0 < question["y"] < 812 - 100
    box.fill("")
    assert not page.locator("#stop").is_visible()
    more.click()
    assert more.get_attribute("aria-expanded") == "true"
    assert page.locator("#stop").is_visible()
    person.act("#skip")
    page.locator('#more-replies[aria-expanded="false"]').wait_for()
    assert not page.locator("#skip").is_visible()
    person.context.close()


@pytest.mark.parametrize(("width", "theme"), [(375, "dark"), (1200, "light")])
def test_axe_finds_nothing_serious(
    server: Server, chromium: Browser, width: int, theme: str
) -> None:
    person = Candidate(chromium, f"{server.url}?__theme={theme}", width=width)
    person.page.locator("#start").wait_for(state="visible")
    person.settle()
    assert grave(person, "#page-practise") == []
    person.begin()
    person.answer(ANSWERS.get(person.question.splitlines()[-1], VAGUE))
    assert grave(person, "#page-practise") == []  # a question, or points that are put
    person.over()
    person.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert grave(person, "#page-practise") == []
    if person.page.locator("#more-replies").is_visible():
        person.page.locator("#more-replies").click()
        assert grave(person, "#page-practise") == []
    person.page.locator("#stop").click()
    person.page.locator("#again").wait_for(state="visible")
    person.settle()
    assert grave(person, "#page-practise") == []
    assert person.page.evaluate("document.documentElement.scrollWidth") == width
    person.context.close()


def test_only_the_page_is_served(server: Server) -> None:
    for path in (server.home / "greenroom.db", server.home / "browser.key", Path("/etc/passwd")):
        assert server.status(f"gradio_api/file={path}") == 403
    for path in ("run/start", "api/start", "call/start", "vibe-edit"):
        assert server.status(f"gradio_api/{path}", posted=b"{}") == 403
    assert server.status("", host="attacker.example:80") == 403
    assert server.status("", host=f"localhost:{server.port}") == 200


def test_a_killed_server_comes_back_where_it_was(candidate: Candidate, server: Server) -> None:
    candidate.begin()
    candidate.answer("said before the kill")
    question = candidate.question
    server.end(signal.SIGKILL)
    server.start()
    candidate.page.reload()
    candidate.page.locator("#prompt .prompt").wait_for(state="visible")
    candidate.settle()

    assert candidate.question == question
    assert "said before the kill" in candidate.page.locator("#chat").inner_text()
    candidate.act("#skip")
    assert candidate.question != question
    candidate.errors.clear()  # the lost connection


def test_a_taken_port_is_one_line(server: Server, tmp_path: Path) -> None:
    second = run_chat(server.home, tmp_path, "--port", str(server.port))
    _, told = second.communicate(timeout=60)

    assert second.returncode == 1
    assert f"127.0.0.1:{server.port}" in told.decode()
    assert "--port" in told.decode()
    assert "Traceback" not in told.decode()


def test_others_need_an_account(tmp_path: Path) -> None:
    refused = run_chat(tmp_path, tmp_path, "--host", "0.0.0.0")
    _, told = refused.communicate(timeout=60)

    assert refused.returncode == 1
    assert "--auth" in told.decode()
    assert told.decode().count("\n") == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_without_a_traceback(
    server: Server, tmp_path: Path, how: signal.Signals
) -> None:
    second = Server(server.home, tmp_path)
    accounts = tmp_path / "accounts"
    accounts.write_text("anna:s3cret\n", encoding="utf-8")
    second.start("--auth", str(accounts))
    assert second.status("gradio_api/info") == 401
    code, told = second.end(how)

    assert code == 130
    assert "Traceback" not in told
