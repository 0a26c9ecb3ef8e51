"""The web app: a header, and a tab for each page.

Invariant: each page is made by the `add` of a module of its own; only those, `frame` and this
module import Gradio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from ui.web import library, practise, progress_page, reader_page, setup_page
from ui.web.access import NOBODY_ELSE, Access
from ui.web.frame import Frame

if TYPE_CHECKING:
    from agent.workspace import Workspace

HEADER = (
    '<header><h1>Greenroom</h1><p id="working" role="status"></p>'
    '<p id="spoken" class="unseen" role="status"></p></header>'
)
PAGES = (
    ("Practise", "practise", practise.add),
    ("Library", "library", library.add),
    ("Progress", "progress", progress_page.add),
    ("Setup", "setup", setup_page.add),
)


def build(workspace: Workspace, secret: str, access: Access = NOBODY_ELSE) -> gr.Blocks:
    """The app, not yet served; `secret` is the key of what browsers store."""
    with gr.Blocks(title="Greenroom", analytics_enabled=False) as blocks:
        stored = gr.BrowserState(None, storage_key="greenroom", secret=secret)
        gr.HTML(HEADER, elem_id="header")
        with gr.Tabs(elem_id="pages") as tabs:
            frame = Frame(blocks, tabs, stored, workspace, access)
            for label, name, add in PAGES:
                with gr.Tab(label, id=name, elem_id=f"page-{name}"):
                    add(frame)
        reader_page.add(frame)
    made: gr.Blocks = blocks
    return made
