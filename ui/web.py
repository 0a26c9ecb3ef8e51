"""The web page: Gradio components and what they are wired to. The only module that imports Gradio.

Invariant: no event reads or writes anything but its own inputs and the interview's history; what
belongs to one browser is in that browser's storage.
"""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.schema import GreenroomError
from ui.web_session import ALL_ROLES, ALL_TOPICS, View, WebSession

if TYPE_CHECKING:
    import gradio as gr

    from agent.workspace import Workspace

MOST_UNSURE = 3  # points put to the candidate at once
AT_ONCE = 8  # events that run side by side
CHOICES = [
    ("Yes, I said this", "covered"),
    ("Partly", "partial"),
    ("No", "missing"),
    ("I said the opposite", "contradicted"),
]
INTRO = (
    "# Greenroom\n"
    "Pick a topic, or none, and start. Every mark shows the words of yours it rests on and the "
    "line of the source it cites."
)


@dataclass(frozen=True, slots=True)
class _Page:
    """The components that a view is drawn on."""

    stored: gr.BrowserState
    number: gr.State
    begin: gr.Group
    topic: gr.Dropdown
    role: gr.Dropdown
    count: gr.Slider
    start: gr.Button
    alert: gr.Markdown
    chat: gr.Chatbot
    reply: gr.Group
    answer: gr.Textbox
    send: gr.Button
    words: tuple[tuple[gr.Button, str], ...]
    stop: gr.Button
    confirm: gr.Group
    choices: tuple[gr.Radio, ...]
    save: gr.Button
    again: gr.Button

    @property
    def drawn(self) -> list[Any]:
        """What every event updates, in the order of `_draw`."""
        return [
            self.stored,
            self.number,
            self.begin,
            self.alert,
            self.chat,
            self.reply,
            self.answer,
            self.confirm,
            *self.choices,
            self.again,
        ]


def serve(
    workspace: Workspace,
    *,
    host: str,
    port: int,
    open_browser: bool,
    accounts: list[tuple[str, str]] | None,
) -> None:
    """Serve the page until interrupted. Raises GreenroomError where the port is taken."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("GRADIO_TEMP_DIR", str(workspace.home / "tmp"))
    workspace.ready()
    threading.Thread(target=workspace.warm, daemon=True).start()
    page = build(WebSession(workspace), _secret(workspace.home))
    try:
        page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            auth=accounts,
            quiet=True,
            show_error=False,
            footer_links=[],
            css=(files("ui") / "web.css").read_text(encoding="utf-8"),
            blocked_paths=[str(workspace.home), str(Path.cwd())],
            max_file_size="1mb",
        )
    except OSError as error:
        raise GreenroomError(
            f"the address {host}:{port} cannot be used ({error}); choose another --port"
        ) from error


def _secret(home: Path) -> str:
    """The key with which a browser's storage is sealed; kept, so that a restart loses nobody."""
    path = home / "browser.key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        secret = secrets.token_urlsafe(32)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secret)
        return secret


def build(session: WebSession, secret: str) -> gr.Blocks:
    """The page, not yet served."""
    import gradio as gr

    with gr.Blocks(title="Greenroom", analytics_enabled=False, fill_height=True) as blocks:
        page = _components(gr, session, secret)
        _wire(blocks, page, session)
    made: gr.Blocks = blocks
    return made


def _components(gr: Any, session: WebSession, secret: str) -> _Page:
    stored = gr.BrowserState(None, storage_key="greenroom", secret=secret)
    number = gr.State(None)
    gr.Markdown(INTRO, elem_classes="greenroom-title")
    with gr.Group() as begin:
        with gr.Row():
            topic = gr.Dropdown(session.topics(), value=ALL_TOPICS, label="Topic")
            role = gr.Dropdown(session.roles(), value=ALL_ROLES, label="Role")
            count = gr.Slider(1, 15, value=5, step=1, label="Questions")
        start = gr.Button("Start", variant="primary", elem_id="start")
    alert = gr.Markdown(visible=False, elem_id="alert")
    chat = gr.Chatbot(
        label="Interview",
        elem_id="chat",
        min_height=320,
        height="60vh",
        latex_delimiters=[],
        buttons=[],
        visible=False,
        group_consecutive_messages=False,
    )
    with gr.Group(visible=False) as reply:
        answer = gr.Textbox(
            label="Your answer",
            placeholder="In your own words. Shift+Enter starts a new line.",
            lines=5,
            max_lines=14,
            elem_id="answer",
            autofocus=True,
        )
        with gr.Row():
            send = gr.Button("Send", variant="primary", elem_id="send")
            words = tuple(
                (gr.Button(label, size="sm", elem_id=label.lower().replace(" ", "-")), word)
                for label, word in (
                    ("Hint", "hint"),
                    ("I do not know", "I don't know"),
                    ("Skip", "skip"),
                    ("Why this question", "why this question?"),
                )
            )
            stop = gr.Button("Stop and debrief", size="sm", elem_id="stop")
    with gr.Group(visible=False) as confirm:
        choices = tuple(
            gr.Radio(CHOICES, label=f"{n}", visible=False, elem_id=f"point-{n}")
            for n in range(1, MOST_UNSURE + 1)
        )
        save = gr.Button("Go on", variant="primary", elem_id="save")
    again = gr.Button("New interview", visible=False, elem_id="again")
    return _Page(
        stored, number, begin, topic, role, count, start, alert, chat, reply, answer, send,
        words, stop, confirm, choices, save, again,
    )  # fmt: skip


def _wire(blocks: Any, page: _Page, session: WebSession) -> None:
    def on(trigger: Any, action: Any, inputs: list[Any]) -> None:
        def run(*values: Any) -> list[Any]:
            return _draw(action(*values))

        trigger(
            run,
            inputs,
            page.drawn,
            concurrency_limit=AT_ONCE,
            show_progress="hidden",
            api_name=False,
        )

    mine = [page.stored, page.number]
    on(blocks.load, session.show, [page.stored])
    on(page.start.click, session.start, [page.stored, page.topic, page.role, page.count])
    for trigger in (page.send.click, page.answer.submit):
        on(
            trigger,
            lambda stored, number, text: session.answer(stored, text or "", number),
            [*mine, page.answer],
        )
    for button, word in page.words:
        on(
            button.click,
            lambda stored, number, word=word: session.answer(stored, word, number),
            mine,
        )
    on(page.stop.click, session.stop, [page.stored])
    on(
        page.save.click,
        lambda stored, number, *choices: session.confirm(stored, list(choices), number),
        [*mine, *page.choices],
    )
    on(page.again.click, session.leave, [page.stored])


def _draw(view: View) -> list[Any]:
    """Updates of `_Page.drawn`."""
    import gradio as gr

    answering = view.running and not view.unsure
    choices = [
        gr.Radio(
            label=f"{n + 1}. {view.unsure[n].text}" if n < len(view.unsure) else "",
            visible=n < len(view.unsure),
            value=None,
        )
        for n in range(MOST_UNSURE)
    ]
    return [
        view.browser.stored(),
        view.turn.number if view.turn else None,
        gr.Group(visible=view.turn is None),
        gr.Markdown(value=view.alert, visible=bool(view.alert)),
        gr.Chatbot(
            value=view.messages,  # type: ignore[arg-type]
            visible=view.turn is not None,
        ),
        gr.Group(visible=answering),
        gr.Textbox() if view.alert else gr.Textbox(value=""),
        gr.Group(visible=bool(view.unsure)),
        *choices,
        gr.Button(visible=view.turn is not None and view.turn.finished),
    ]
