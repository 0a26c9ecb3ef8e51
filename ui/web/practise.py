"""The page on which one practises: what its components do, and how a view is drawn on them.

Invariant: no event reads or writes anything but its own inputs and the interview's history; what
belongs to one browser is in that browser's storage.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.context import get_render_context

from ui.reasons import FAULTS, in_words
from ui.web import begin_html
from ui.web.drafts import read_ahead
from ui.web.frame import Frame
from ui.web.html import escape
from ui.web.keeping import kept
from ui.web.practise_page import Page, components
from ui.web.remarks import WebRemarks
from ui.web.session import View, WebSession
from ui.web.turn_html import confirm_html, prompt_html

AT_ONCE = 8  # events that run side by side
BUSY = "(...values) => { window.greenroom?.begin(); return values; }"
SENT = "(...values) => { window.greenroom?.begin(values); return values; }"
ASKED = "stored => { window.greenroom.begin(); return [stored, window.greenroom.asked]; }"
SAVING = "stored => [stored, window.greenroom.asked]"
SAVE = "saved => { window.greenroom.save(saved); }"
DONE = "() => { window.greenroom?.end(); }"
FAILED = "() => { window.greenroom?.failed(); }"
CLOCK = '<span class="clock" aria-hidden="true"></span>'
HERE = "practise"  # the tab
KEEPS = ("hint", "why this question?")  # words that leave what stands in the answer box


def add(frame: Frame) -> None:
    """Place the page in the tab that is open."""
    said = WebRemarks(frame.workspace)
    session = WebSession(frame.workspace, remarks=said.kept)
    page = components()
    _wire(frame, page, session, said)
    _wire_saving(frame, page)
    if frame.workspace.settings.grader != "embedded":
        _wire_drafts(frame, page)
    tab: Any = get_render_context()
    tab.select(  # another page may have added documents since
        lambda: [gr.update(choices=list(names)) for names in session.choices()],
        None,
        [page.topic, page.role],
        show_progress="hidden",
        concurrency_limit=AT_ONCE,
        api_visibility="private",
    )


def _wire(frame: Frame, page: Page, session: WebSession, said: WebRemarks) -> None:
    def on(
        triggers: Sequence[Any],
        action: Callable[..., View],
        inputs: Sequence[Any] = (),
        *,
        keep: bool = False,
        js: str = BUSY,
        select: bool = False,
    ) -> Any:
        def run(request: gr.Request, *values: Any) -> list[Any]:
            act = functools.partial(action, *values, account=request.username)
            drawn = _drawn(act, str(request.session_hash), page, said, keep=keep)
            return [gr.Tabs(selected=HERE), *drawn] if select else drawn

        # Annotations are text in this module; Gradio looks for the class itself.
        run.__annotations__ = {"request": gr.Request}
        stored = frame.stored
        done = gr.on(
            triggers,
            run,
            [stored, *inputs],
            [*([frame.tabs] if select else []), stored, *page.drawn],
            js=js,
            concurrency_limit=AT_ONCE,
            show_progress="hidden",
            api_visibility="private",
        )
        done.failure(None, js=FAILED)
        return done.then(None, js=DONE)

    wires = page.wires
    marked = [
        on([frame.blocks.load], session.show, keep=True),
        on([page.send.click], session.answer, [page.answer], js=SENT),
    ]
    on([page.start.click], session.start, [page.topic, page.role, page.count, page.mode])
    for word, button in page.says.items():

        def say(mine: object, *, account: str | None, word: str = word) -> View:
            return session.answer(mine, word, account)

        marked.append(on([button.click], say, keep=word in KEEPS))
    marked.append(on([wires.send.click], session.ask, [wires.request], keep=True, js=ASKED))
    on([wires.practise.click], session.practise, [wires.request], js=ASKED, select=True)
    marked.append(on([page.stop.click], session.stop))
    for drawn in marked if frame.workspace.settings.grader != "embedded" else ():
        _then_remarks(drawn, frame, page, said)
    on([page.pause.click, page.again.click], session.leave)


def _drawn(
    act: Callable[[], View], here: str, page: Page, said: WebRemarks, *, keep: bool
) -> list[Any]:
    """What comes of an action, on the page of this name, or what kept it from being done."""
    try:
        view = act()
        said.turn(here, view.browser)
        return draw(view, keep=keep)
    except FAULTS as error:
        return unchanged(in_words(error), page)


def _then_remarks(drawn: Any, frame: Frame, page: Page, said: WebRemarks) -> None:
    """What a language model says on a mark comes after it, so that nobody waits for the mark."""

    def run(request: gr.Request, stored: object) -> Iterator[Any]:
        yield from said.stream(stored, request.username, str(request.session_hash))
        yield gr.skip()  # at its end Gradio sends the last once more, where another mark may stand

    run.__annotations__ = {"request": gr.Request}
    drawn.then(
        run,
        [frame.stored],
        [page.words],
        trigger_mode="multiple",  # those on the mark before may not have ended
        concurrency_limit=AT_ONCE,
        show_progress="hidden",
        api_visibility="private",
    )


def _wire_saving(frame: Frame, page: Page) -> None:
    def run(request: gr.Request, stored: object, sent: object) -> str:
        return kept(frame.workspace, stored, sent, request.username)

    run.__annotations__ = {"request": gr.Request}
    wires = page.wires
    done = wires.save.click(
        run,
        [frame.stored, wires.request],
        [wires.saved],
        js=SAVING,
        concurrency_limit=AT_ONCE,
        show_progress="hidden",
        api_visibility="private",
    )
    done.then(None, [wires.saved], None, js=SAVE)


def _wire_drafts(frame: Frame, page: Page) -> None:
    def run(request: gr.Request, stored: object, text: str) -> None:
        read_ahead(frame.workspace, stored, text, request.username)

    run.__annotations__ = {"request": gr.Request}
    page.wires.draft.click(
        run,
        [frame.stored, page.answer],
        None,
        concurrency_limit=AT_ONCE,
        show_progress="hidden",
        api_visibility="private",
    )


def draw(view: View, *, keep: bool) -> list[Any]:
    """Updates of what the browser stores and of `Page.drawn`; `keep` leaves what stands in the
    answer box."""
    alert = _alert(view)
    confirming = view.turn is not None and view.confirming
    confirm = confirm_html(view.turn, view.browser.taps) if view.turn and confirming else ""
    return [
        view.browser.stored(),
        gr.update(visible=view.turn is None),
        *_draw_beginning(view),
        gr.update(value=view.transcript, visible=bool(view.transcript)),
        gr.update(value=""),
        gr.update(value=alert, visible=bool(alert) and not view.running),
        gr.update(visible=view.running),
        gr.update(value=alert, visible=bool(alert) and view.running),
        gr.update(value=_prompt(view)),
        gr.update(visible=view.running and not confirming),
        gr.update() if keep or view.alert else gr.update(value=""),
        gr.update(value=confirm, visible=confirming),
        gr.update(visible=view.turn is not None and view.turn.finished),
    ]


def unchanged(told: str, page: Page) -> list[Any]:
    """Updates that leave everything as it is, also what was written, and say what went wrong."""
    alert = gr.update(value=_alert_html(told), visible=True)
    return [gr.skip(), *(alert if part is page.alert else gr.skip() for part in page.drawn)]


def _draw_beginning(view: View) -> list[Any]:
    here = view.beginning
    if here is None:
        return [gr.update()] * 5
    go_on, below = begin_html.open_html(here), begin_html.below_html(here)
    if view.alert:  # what was chosen stays, to be changed
        return [go_on, gr.update(), gr.update(), gr.update(), below]
    return [
        go_on,
        gr.update(choices=list(here.topics), value=here.topic),
        begin_html.reason_html(here),
        gr.update(choices=list(here.roles), value=here.role),
        below,
    ]


def _alert(view: View) -> str:
    if view.alert:
        return _alert_html(view.alert)
    return f'<div role="status" class="told">{view.told}</div>' if view.told else ""


def _alert_html(told: str) -> str:
    return f'<p role="alert">{escape(told[:1].upper() + told[1:])}</p>'


def _prompt(view: View) -> str:
    """The turn that waits; its mark names it, and page.js keeps draft and clock under it."""
    mark = f'data-turn="{view.browser.session}-{view.browser.turn}"'
    if view.turn is None or not view.running:
        return f"<div {mark}></div>"
    if not view.confirming:
        place = f"{view.browser.session}-{view.turn.place}-{view.turn.attempt}"
        mark += f' data-clock="{place}"' + (' data-timed=""' if view.timed else "")
    return f"<div {mark}>{CLOCK}{prompt_html(view.turn)}</div>"
