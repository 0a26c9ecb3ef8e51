"""The reader's components: what carries a request and its reply; the dialog is made by reader.js.

Invariant: a document reaches the browser through an event of the page only, so that whoever may not
use the page cannot read one.
"""

from __future__ import annotations

import gradio as gr

from ui.web.frame import Frame
from ui.web.reader import reply_to

AT_ONCE = 8
ASKED = "() => [window.greenroomReader.asked()]"
SHOW = "reply => { window.greenroomReader.show(reply); }"


def add(frame: Frame) -> None:
    """Place what the reader needs; it may stand anywhere in the page, once."""
    with gr.Column(elem_id="reader-wires"):
        request = gr.Textbox(elem_id="reader-request", show_label=False, container=False)
        reply = gr.Textbox(elem_id="reader-reply", show_label=False, container=False)
        opens = gr.Button("Open the reader", elem_id="reader-open")

    def read(asked: str) -> str:
        return reply_to(asked, frame.workspace)

    done = opens.click(
        read,
        [request],
        [reply],
        js=ASKED,
        concurrency_limit=AT_ONCE,
        show_progress="hidden",
        api_visibility="private",
    )
    done.then(None, [reply], None, js=SHOW)
