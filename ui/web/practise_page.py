"""The components of the page on which one practises.

Invariant: nothing here is wired.
"""

from __future__ import annotations

from dataclasses import dataclass
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
INTRO = (
    "<p>Rehearse from your own notes. Every mark shows the words of yours that it rests on, and "
    "the line in the source.</p>"
)
KEYS = "<p>Ctrl+Enter sends. Enter starts a new line.</p>"


@dataclass(frozen=True, slots=True)
class Page:
    """The components that a view is drawn on."""

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
        """What every event updates, in the order of `ui.web.practise._draw`, after what the
        browser stores."""
        return [
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


def components(session: WebSession) -> Page:
    """Lay out the page in what is open; topics and roles are the session's."""
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
        begin, welcome, topic, role, count, start, chat, alert, panel, prompt, reply,
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
