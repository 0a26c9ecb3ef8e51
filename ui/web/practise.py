"""The page on which one practises: what its components do, and how a view is drawn on them.

Invariant: no event reads or writes anything but its own inputs and the interview's history; what
belongs to one browser is in that browser's storage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from ui.web import html
from ui.web.frame import Frame
from ui.web.practise_page import MOST_UNSURE, Page, components
from ui.web.session import View, WebSession

AT_ONCE = 8  # events that run side by side
BUSY = "(...values) => { window.greenroom?.begin(); return values; }"
DONE = "() => { window.greenroom?.end(); }"


def add(frame: Frame) -> None:
    """Place the page in the tab that is open."""
    session = WebSession(frame.workspace)
    _wire(frame, components(session), session)


def _wire(frame: Frame, page: Page, session: WebSession) -> None:
    blocks, stored = frame.blocks, frame.stored

    def on(
        triggers: Sequence[Any],
        action: Callable[..., View],
        inputs: Sequence[Any] = (),
        *,
        keep: bool = False,
    ) -> Any:
        def run(request: gr.Request, *values: Any) -> list[Any]:
            return _draw(action(*values, account=request.username), keep=keep)

        # Annotations are text in this module; Gradio looks for the class itself.
        run.__annotations__ = {"request": gr.Request}
        done = gr.on(
            triggers,
            run,
            [stored, *inputs],
            [stored, *page.drawn],
            js=BUSY,
            concurrency_limit=AT_ONCE,
            show_progress="hidden",
            api_visibility="private",
        )
        return done.then(None, js=DONE)

    on([blocks.load], session.show, keep=True)
    blocks.load(
        lambda: [
            gr.update(value=f"<p>{html.escape(session.welcome())}</p>"),
            gr.update(choices=session.topics()),
            gr.update(choices=session.roles()),
        ],
        None,
        [page.welcome, page.topic, page.role],
        show_progress="hidden",
        api_visibility="private",
    )
    on([page.start.click], session.start, [page.topic, page.role, page.count])
    on([page.send.click], session.answer, [page.answer])
    for word, button in page.words.items():

        def say(mine: object, *, account: str | None, word: str = word) -> View:
            return session.answer(mine, word, account)

        on([button.click], say, keep=word in ("hint", "why this question?"))

    def confirm(mine: object, *choices: str | None, account: str | None) -> View:
        return session.confirm(mine, choices, account)

    on([page.save.click], confirm, page.choices)
    on([page.stop.click], session.stop)
    on([page.again.click], session.leave)


def _draw(view: View, *, keep: bool) -> list[Any]:
    """Updates of what the browser stores and of `Page.drawn`; `keep` leaves what stands in the
    answer box."""
    unsure = view.unsure
    shown = [n < len(unsure) for n in range(MOST_UNSURE)]
    points = [html.unsure_html(n + 1, unsure[n]) if shown[n] else "" for n in range(MOST_UNSURE)]
    # The mark names the turn: page.js keeps the draft of an answer under it.
    mark = f"{view.browser.session}-{view.browser.turn}"
    prompt = html.prompt_html(view.turn) if view.turn and view.running else ""
    alert = f'<p role="alert">{html.escape(view.alert)}</p>' if view.alert else ""
    return [
        view.browser.stored(),
        gr.update(visible=view.turn is None),
        gr.update(value=list(view.messages), visible=bool(view.messages)),
        gr.update(value=alert, visible=bool(alert)),
        gr.update(visible=view.running),
        gr.update(value=f'<div data-turn="{mark}">{prompt}</div>'),
        gr.update(visible=view.running and not unsure),
        gr.update() if keep or view.alert else gr.update(value=""),
        gr.update(visible=bool(unsure)),
        *(gr.update(value=p, visible=s) for p, s in zip(points, shown, strict=True)),
        *(gr.update(value=None, visible=s) for s in shown),
        gr.update(visible=view.running),
        gr.update(visible=view.turn is not None and view.turn.finished),
    ]
