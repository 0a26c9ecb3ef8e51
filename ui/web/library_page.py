"""The components of the Library page.

Invariant: nothing here is wired.
"""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from corpus.readers import MEDIA_TYPES
from ui.web.library_map_html import BUNDLED, legend_html
from ui.web.library_uploads import MOST_BYTES, MOST_FILES

WHERE = [("Everything", "all"), ("My documents", "user"), ("Greenroom’s library", "library")]
FILES = "Add notes"
WHAT = (
    f"<p>Text, Markdown, HTML, PDF, Word, PowerPoint or EPUB; {MOST_FILES} files at once, "
    f"{MOST_BYTES >> 20} MB each. They are read on this machine and never leave it. A file of the "
    "same name replaces the one before.</p>"
)


@dataclass(frozen=True, slots=True)
class Page:
    """The components that events read and draw on."""

    documents_tab: gr.Tab
    add: gr.Column
    files: gr.File
    report: gr.HTML
    documents: gr.HTML
    again: gr.Button
    coverage_tab: gr.Tab
    looking: gr.HTML
    plans: gr.HTML
    coverage: gr.HTML
    folded: gr.Accordion
    bundled: gr.HTML
    query: gr.Textbox
    where: gr.Radio
    find: gr.Button
    found: gr.HTML
    review_tab: gr.Tab
    told: gr.HTML
    review: gr.HTML
    request: gr.Textbox
    forget: gr.Button
    decide: gr.Button


def components() -> Page:
    """Lay out the page in what is open."""
    with gr.Tabs(elem_id="library-parts"):
        with gr.Tab("Documents", id="library-documents") as documents_tab:
            with gr.Column(visible=False, elem_id="library-add") as add:
                files = gr.File(
                    file_count="multiple",
                    file_types=sorted(MEDIA_TYPES),
                    label=FILES,
                    height=140,
                    elem_id="library-files",
                )
                gr.HTML(WHAT, elem_id="library-types")
            report = gr.HTML(elem_id="library-report")
            documents = gr.HTML(elem_id="library-table")
            again = gr.Button(
                "Read all files again", size="sm", visible=False, elem_id="library-again"
            )
        with gr.Tab("Coverage", id="library-coverage") as coverage_tab:
            gr.HTML(legend_html(), elem_id="library-legend")
            looking = gr.HTML(elem_id="library-looking")
            plans = gr.HTML(elem_id="library-plans")
            coverage = gr.HTML(elem_id="library-map")
            with gr.Accordion(BUNDLED, open=False, visible=False) as folded:
                bundled = gr.HTML(elem_id="library-bundled")
        with gr.Tab("Search", id="library-search"):
            with gr.Row(elem_id="library-query"):
                query = gr.Textbox(
                    label="Search", placeholder="A term, or a whole question", lines=1, scale=4
                )
                find = gr.Button("Search", variant="primary", elem_id="library-find", scale=1)
            where = gr.Radio(WHERE, value="all", label="Where", elem_id="library-where")
            found = gr.HTML(elem_id="library-found")
        with gr.Tab("Review", id="library-review") as review_tab:
            told = gr.HTML(elem_id="library-told")
            review = gr.HTML(elem_id="library-drafts")
    with gr.Column(elem_id="library-wires"):
        request = gr.Textbox(elem_id="library-request", show_label=False, container=False)
        forget = gr.Button("Forget", elem_id="library-forget")
        decide = gr.Button("Decide", elem_id="library-decide")
    return Page(
        documents_tab, add, files, report, documents, again, coverage_tab, looking, plans,
        coverage, folded, bundled, query, where, find, found, review_tab, told, review, request,
        forget, decide,
    )  # fmt: skip
