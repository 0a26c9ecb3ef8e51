"""The components of the page on which one practises.

Invariant: nothing here is wired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.beginning import ALL_ROLES, ALL_TOPICS
from ui.web.session import COUNT

INTRO = (
    "<p>Rehearse from your own notes: every mark shows the words of yours that it rests on, and "
    "the line in the source.</p>"
)
KEYS = "<p>Ctrl+Enter sends. !help lists what else you can write.</p>"
MODES = [
    ("Study: a mark after each answer", "study"),
    ("Real interview: marks at the end", "interview"),
]


@dataclass(frozen=True, slots=True)
class Wires:
    """What carries requests of buttons within HTML; nobody sees it."""

    request: gr.Textbox
    send: gr.Button
    practise: gr.Button
    save: gr.Button
    saved: gr.Textbox
    draft: gr.Button


@dataclass(frozen=True, slots=True)
class Page:
    """The components that a view is drawn on."""

    begin: gr.Column
    go_on: gr.HTML
    topic: gr.Dropdown
    reason: gr.HTML
    role: gr.Dropdown
    count: gr.Slider
    mode: gr.Radio
    start: gr.Button
    below: gr.HTML
    chat: gr.HTML
    words: gr.HTML
    alert: gr.HTML
    panel: gr.Column
    told: gr.HTML
    prompt: gr.HTML
    reply: gr.Column
    answer: gr.Textbox
    send: gr.Button
    says: dict[str, gr.Button]
    confirm: gr.HTML
    pause: gr.Button
    stop: gr.Button
    again: gr.Button
    wires: Wires

    @property
    def drawn(self) -> list[Any]:
        """What every event updates, in the order of `ui.web.practise.draw`, after what the browser
        stores."""
        return [
            self.begin,
            self.go_on,
            self.topic,
            self.reason,
            self.role,
            self.below,
            self.chat,
            self.words,
            self.alert,
            self.panel,
            self.told,
            self.prompt,
            self.reply,
            self.answer,
            self.confirm,
            self.again,
        ]


def components() -> Page:
    """Lay out the page in what is open."""
    with gr.Column(visible=False, elem_id="begin") as begin:
        gr.HTML(INTRO)
        go_on = gr.HTML(elem_id="go-on")
        topic = gr.Dropdown([ALL_TOPICS], value=ALL_TOPICS, label="Topic")
        reason = gr.HTML(elem_id="reason")
        with gr.Row():
            role = gr.Dropdown([ALL_ROLES], value=ALL_ROLES, label="Role")
            count = gr.Slider(1, 15, value=COUNT, step=1, label="Questions", buttons=[])
        mode = gr.Radio(MODES, value="study", label="How", elem_id="mode")
        start = gr.Button("Start the interview", variant="primary", elem_id="start")
        below = gr.HTML(elem_id="welcome")
    chat = gr.HTML(elem_id="chat", visible=False)
    words = gr.HTML(elem_id="words")
    alert = gr.HTML(visible=False, elem_id="alert")
    with gr.Column(visible=False, elem_id="panel") as panel:
        told = gr.HTML(visible=False, elem_id="told")
        prompt = gr.HTML(elem_id="prompt")
        with gr.Column(visible=False) as reply:
            answer, send, says = _reply()
        confirm = gr.HTML(visible=False, elem_id="confirm")
        with gr.Row(elem_id="leaving"):
            not_mine = gr.Button("Not my topic", size="sm", elem_id="not-my-topic")
            pause = gr.Button("Go on later", size="sm", elem_id="pause")
            stop = gr.Button("Stop and debrief", size="sm", elem_id="stop")
    says["not my topic"] = not_mine
    again = gr.Button("New interview", variant="primary", visible=False, elem_id="again")
    return Page(
        begin, go_on, topic, reason, role, count, mode, start, below, chat, words, alert, panel,
        told, prompt, reply, answer, send, says, confirm, pause, stop, again, _wires(),
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
        says = {
            word: gr.Button(label, size="sm", elem_id=label.lower().replace(" ", "-"))
            for label, word in (
                ("Hint", "hint"),
                ("I do not know", "I don't know"),
                ("Skip", "skip"),
                ("Why this question", "why this question?"),
            )
        }
        gr.Button("More", size="sm", elem_id="more-replies")  # page.js; on narrow screens alone
    gr.HTML(KEYS, elem_id="keys")
    return answer, send, says


def _wires() -> Wires:
    with gr.Column(elem_classes="wires"):
        return Wires(
            gr.Textbox(elem_id="practise-request", show_label=False, container=False),
            gr.Button("Ask", elem_id="practise-act"),
            gr.Button("Practise", elem_id="practise-open"),
            gr.Button("Save", elem_id="practise-save"),
            gr.Textbox(elem_id="practise-saved", show_label=False, container=False),
            gr.Button("Read ahead", elem_id="practise-draft"),
        )
