"""The components of the web page and how they look.

Invariant: nothing here is wired; only this module and `ui.web.app` import Gradio.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from ui.web.session import ALL_ROLES, ALL_TOPICS, WebSession

MOST_UNSURE = 3  # points put to the candidate at once
CHOICES = [
    ("Yes, I said this", "covered"),
    ("Partly", "partial"),
    ("No", "missing"),
    ("I said the opposite", "contradicted"),
]
HEADER = '<header><h1>Greenroom</h1><p id="working" role="status"></p></header>'
INTRO = (
    "<p>Rehearse from your own notes. Every mark shows the words of yours that it rests on, and "
    "the line in the source.</p>"
)
KEYS = "<p>Ctrl+Enter sends. Enter starts a new line.</p>"


def _asset(name: str) -> str:
    return (files("ui.web") / name).read_text(encoding="utf-8")


def _theme() -> Any:
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    mono = ["ui-monospace", "Menlo", "Consolas", "monospace"]
    return gr.themes.Default(
        primary_hue="emerald", neutral_hue="slate", font=fonts, font_mono=mono
    ).set(
        # The lighter shades that the theme takes are too pale under white letters.
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        slider_color="*primary_700",
    )


# In the head, because Gradio rewrites the selectors of what it is given as css.
APPEARANCE: dict[str, Any] = {
    "theme": _theme(),
    "head": f"<style>{_asset('page.css')}</style>",
    "js": _asset("page.js"),
}
"""What `launch` needs to know of how the page looks."""


@dataclass(frozen=True, slots=True)
class Page:
    """The components that a view is drawn on."""

    stored: gr.BrowserState
    begin: gr.Column
    welcome: gr.HTML
    topic: gr.Dropdown
    role: gr.Dropdown
    count: gr.Slider
    start: gr.Button
    chat: gr.Chatbot
    alert: gr.HTML
    panel: gr.Column
    prompt: gr.HTML
    reply: gr.Column
    answer: gr.Textbox
    send: gr.Button
    words: dict[str, gr.Button]
    confirm: gr.Column
    points: tuple[gr.HTML, ...]
    choices: tuple[gr.Radio, ...]
    save: gr.Button
    stop: gr.Button
    again: gr.Button

    @property
    def drawn(self) -> list[Any]:
        """What every event updates, in the order of `ui.web.app._draw`."""
        return [
            self.stored,
            self.begin,
            self.chat,
            self.alert,
            self.panel,
            self.prompt,
            self.reply,
            self.answer,
            self.confirm,
            *self.points,
            *self.choices,
            self.stop,
            self.again,
        ]


def components(session: WebSession, secret: str) -> Page:
    """Lay out the page in the Blocks that is open; topics and roles are the session's."""
    stored = gr.BrowserState(None, storage_key="greenroom", secret=secret)
    with gr.Row(elem_id="header"):
        gr.HTML(HEADER)
        stop = gr.Button("Stop and debrief", size="sm", visible=False, elem_id="stop")
    with gr.Column(visible=False, elem_id="begin") as begin:
        gr.HTML(INTRO)
        topic = gr.Dropdown(session.topics(), value=ALL_TOPICS, label="Topic")
        with gr.Row():
            role = gr.Dropdown(session.roles(), value=ALL_ROLES, label="Role")
            count = gr.Slider(1, 15, value=5, step=1, label="Questions", buttons=[])
        start = gr.Button("Start the interview", variant="primary", elem_id="start")
        welcome = gr.HTML(elem_id="welcome")
    chat = gr.Chatbot(
        elem_id="chat",
        show_label=False,
        height=None,
        latex_delimiters=[],
        buttons=[],
        visible=False,
        autoscroll=False,  # page.js brings the newest mark into view, from its top
        group_consecutive_messages=False,
    )
    alert = gr.HTML(visible=False, elem_id="alert")
    with gr.Column(visible=False, elem_id="panel") as panel:
        prompt = gr.HTML(elem_id="prompt")
        with gr.Column(visible=False) as reply:
            answer, send, words = _reply()
        with gr.Column(visible=False, elem_id="confirm") as confirm:
            points, choices, save = _confirm()
    again = gr.Button("New interview", variant="primary", visible=False, elem_id="again")
    return Page(
        stored, begin, welcome, topic, role, count, start, chat, alert, panel, prompt, reply,
        answer, send, words, confirm, points, choices, save, stop, again,
    )  # fmt: skip


def _reply() -> tuple[gr.Textbox, gr.Button, dict[str, gr.Button]]:
    answer = gr.Textbox(
        label="Your answer",
        show_label=False,
        placeholder="Answer in your own words.",
        lines=3,
        max_lines=10,
        elem_id="answer",
    )
    with gr.Row(elem_id="replies"):
        send = gr.Button("Send answer", variant="primary", elem_id="send")
        words = {
            word: gr.Button(label, size="sm", elem_id=label.lower().replace(" ", "-"))
            for label, word in (
                ("Hint", "hint"),
                ("I do not know", "I don't know"),
                ("Skip", "skip"),
                ("Why this question", "why this question?"),
            )
        }
    gr.HTML(KEYS, elem_id="keys")
    return answer, send, words


def _confirm() -> tuple[tuple[gr.HTML, ...], tuple[gr.Radio, ...], gr.Button]:
    points, choices = [], []
    for n in range(1, MOST_UNSURE + 1):
        points.append(gr.HTML(visible=False))
        choices.append(
            gr.Radio(CHOICES, label=f"{n}. Did you say this?", visible=False, elem_id=f"point-{n}")
        )
    save = gr.Button("Save and go on", variant="primary", elem_id="save")
    gr.HTML("<p>What you leave open keeps my guess.</p>", elem_id="open-points")
    return tuple(points), tuple(choices), save
