"""The page on setup: its components, and what they do.

Invariant: nothing is looked at before the tab is selected; the slow look at the machine comes after
all else is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import gradio as gr
from gradio.context import get_render_context

from agent.profiles import LONGEST, LONGEST_SENIORITY, Kind
from ui.web import setup_html as draw
from ui.web.frame import Frame
from ui.web.setup import NAMES, WebSetup

AT_ONCE = 4
QUIET: dict[str, Any] = {
    "concurrency_limit": AT_ONCE, "show_progress": "hidden", "api_visibility": "private",
}  # fmt: skip
SENT = "async (...values) => [await window.greenroomSetup.chosen(), ...values.slice(1)]"


@dataclass(frozen=True, slots=True)
class Fields:
    """The components of a CV or a job description. `wire` carries the chosen file's bytes, `name`
    its name; both are out of sight."""

    kind: Kind
    state: gr.HTML
    text: gr.Textbox
    said: gr.HTML
    save: gr.Button
    forget: gr.Button
    wire: gr.Textbox
    name: gr.Textbox
    read: gr.Button


def add(frame: Frame) -> None:
    """Place the page in the tab that is open."""
    actions = WebSetup(frame.workspace, frame.access)
    tab: Any = get_render_context()
    with gr.Column(elem_id="setup"):
        marker = gr.HTML(elem_id="setup-marker")
        gr.HTML(draw.USE)
        papers = [_fields(kind) for kind in get_args(Kind)]
        seniority = _seniority(actions)
        health = gr.HTML(elem_id="setup-page")
        folder = gr.HTML(elem_id="setup-folder")
        everything = gr.Button("Forget everything of mine", size="sm", elem_id="forget-mine")
        gone = gr.HTML(elem_id="forget-said")
    boxes = [part for fields in papers for part in (fields.state, fields.text, fields.name)]
    boxes.append(seniority)

    def stored(account: str | None) -> list[Any]:
        profile = actions.papers(account)
        shown = [
            part
            for fields, paper in zip(papers, (profile.cv, profile.job), strict=True)
            for part in (
                draw.paper_html(fields.kind, paper),
                paper.text if paper else "",
                paper.name if paper else "",
            )
        ]
        return [*shown, profile.seniority]

    def show(request: gr.Request) -> list[Any]:
        account = request.username
        shared = bool(frame.access.accounts)
        server = bool(frame.workspace.settings.database_url)
        place = draw.folder_html(actions.home, shared=shared, database=server)
        head = draw.marker_html(actions.marker())
        looking = draw.LOOKING if actions.looks_after(account) else draw.PRIVATE
        return [head, place, looking, "", *stored(account)]

    def look(request: gr.Request) -> Any:
        if not actions.looks_after(request.username):
            return gr.update()
        return draw.health_html(list(actions.health()))

    def forget(request: gr.Request) -> list[Any]:
        told = actions.forget_mine(request.username)
        return [draw.status_html(told), *stored(request.username)]

    for action in (show, look, forget):
        # Annotations are text in this module; Gradio looks for the class itself.
        action.__annotations__ = {"request": gr.Request}
    shown = tab.select(show, None, [marker, folder, health, gone, *boxes], **QUIET)
    shown.then(look, None, [health], **QUIET)
    everything.click(forget, None, [gone, *boxes], **QUIET)
    for fields in papers:
        _wire(actions, fields)


def _fields(kind: Kind) -> Fields:
    label = NAMES[kind]
    with gr.Column(elem_id=f"paper-{kind}", elem_classes="paper"):
        state = gr.HTML()
        text = gr.Textbox(label=f"Text of your {label}", lines=5, max_lines=12, max_length=LONGEST)
        gr.HTML(draw.file_html(kind))
        with gr.Row(elem_classes="acts"):
            save = gr.Button(f"Save {label}", size="sm", variant="primary", elem_id=f"save-{kind}")
            forget = gr.Button(f"Forget {label}", size="sm", elem_id=f"forget-{kind}")
        said = gr.HTML(elem_classes="said-of-it")
    with gr.Column(elem_classes="wires"):
        wire = gr.Textbox(show_label=False, container=False)
        name = gr.Textbox(show_label=False, container=False)
        read = gr.Button("Read", elem_id=f"read-{kind}")
    return Fields(kind, state, text, said, save, forget, wire, name, read)


def _seniority(actions: WebSetup) -> gr.Textbox:
    """How senior one is; in one's own words, since titles say less."""
    with gr.Column(elem_id="paper-seniority", elem_classes="paper"):
        gr.HTML(draw.SENIORITY)
        text = gr.Textbox(
            label="Your seniority",
            placeholder="For example: senior, eight years of CUDA",
            max_lines=1,
            max_length=LONGEST_SENIORITY,
        )
        with gr.Row(elem_classes="acts"):
            button = gr.Button(
                "Save seniority", size="sm", variant="primary", elem_id="save-seniority"
            )
        said = gr.HTML(elem_classes="said-of-it")

    def save(request: gr.Request, sent: str) -> str:
        return draw.status_html(actions.save_seniority(sent, request.username))

    save.__annotations__ = {"request": gr.Request}
    gr.on([button.click, text.submit], save, [text], [said], **QUIET)
    return text


def _wire(actions: WebSetup, fields: Fields) -> None:
    kind = fields.kind

    def read(sent: str) -> list[Any]:
        found = actions.read(sent)
        told = draw.status_html(found.note)
        return [found.text, found.name, told] if found.text else [gr.update(), gr.update(), told]

    def save(request: gr.Request, text: str, name: str) -> list[Any]:
        told = draw.status_html(actions.save(kind, name, text, request.username))
        return [_state(request.username), told]

    def forget(request: gr.Request) -> list[Any]:
        told = draw.status_html(actions.forget_paper(kind, request.username))
        return [_state(request.username), told, "", ""]

    def _state(account: str | None) -> str:
        return draw.paper_html(kind, getattr(actions.papers(account), kind))

    for action in (save, forget):
        action.__annotations__ = {"request": gr.Request}
    fields.read.click(
        read, [fields.wire], [fields.text, fields.name, fields.said], js=SENT, **QUIET
    )
    fields.save.click(save, [fields.text, fields.name], [fields.state, fields.said], **QUIET)
    fields.forget.click(
        forget, None, [fields.state, fields.said, fields.text, fields.name], **QUIET
    )
