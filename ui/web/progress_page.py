"""The page on progress: its components, and what they do.

Invariant: what a person is shown is read anew each time that the tab is selected.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.context import get_render_context

from ui.web.frame import Frame
from ui.web.html import escape
from ui.web.progress import ALL_TOPICS, WebProgress
from ui.web.progress_html import page_html

AT_ONCE = 4
WAIT = '<p role="status" class="fine">One moment…</p>'
ANKI = (
    "<h2>Cards for Anki</h2><p class='fine'>Questions with their key points, the passages that "
    "carry them and a good answer. What you missed is tagged <i>missed</i>, what you made in part "
    "<i>weak</i>. Importing a newer file updates the cards and keeps what Anki knows of them.</p>"
)
RATED = "() => [window.greenroomProgress.rated()]"
RATE_DONE = "() => { window.greenroomProgress.back(); }"
SAVE = "download => { window.greenroomProgress.save(download); }"


def add(frame: Frame) -> None:
    """Place the page in the tab that is open."""
    actions = WebProgress(frame.workspace)
    tab: Any = get_render_context()
    with gr.Column(elem_id="progress"):
        page = gr.HTML(WAIT, elem_id="progress-page")
        said = gr.HTML(elem_id="progress-said")
        with gr.Column(elem_id="anki"):
            gr.HTML(ANKI)
            with gr.Row():
                topic = gr.Dropdown([ALL_TOPICS], value=ALL_TOPICS, label="Questions on")
                weak = gr.Checkbox(label="Only what was weak or missed")
            make = gr.Button("Download for Anki", elem_id="anki-make")
            made = gr.HTML(elem_id="anki-made")
    with gr.Column(elem_classes="wires"):
        request = gr.Textbox(elem_id="progress-request", show_label=False, container=False)
        rate = gr.Button("Rate", elem_id="progress-rate")
        download = gr.Textbox(elem_id="progress-download", show_label=False, container=False)

    def show(request: gr.Request) -> list[Any]:
        drawn = page_html(actions.overview(request.username))
        return [drawn, "", gr.update(choices=actions.topics())]

    def take(request: gr.Request, wanted: str) -> list[Any]:
        told = actions.take(wanted, request.username)
        return [page_html(actions.overview(request.username)), _status(told)]

    def export(request: gr.Request, topic: str, weak: bool) -> list[Any]:
        found = actions.anki(topic, weak, request.username)
        return [found.to_json(), _status(found.note)]

    for action in (show, take, export):
        # Annotations are text in this module; Gradio looks for the class itself.
        action.__annotations__ = {"request": gr.Request}
    quiet: dict[str, Any] = {
        "concurrency_limit": AT_ONCE, "show_progress": "hidden", "api_visibility": "private",
    }  # fmt: skip
    tab.select(show, None, [page, said, topic], **quiet)
    rated = rate.click(take, [request], [page, said], js=RATED, **quiet)
    rated.then(None, js=RATE_DONE)
    exported = make.click(export, [topic, weak], [download, made], **quiet)
    exported.then(None, [download], js=SAVE)


def _status(text: str) -> str:
    return f'<p role="status">{escape(text)}</p>'
