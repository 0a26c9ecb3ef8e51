"""What every page of the web app is given, and what all of them look like.

Invariant: a page knows the frame and its own components, never those of another page. What one page
asks of another goes through attributes in its HTML (`data-practise`, `data-reader`), which page.js
and reader.js hand over.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.web.access import NOBODY_ELSE, Access
from ui.web.people import person_of as person_of

if TYPE_CHECKING:
    from agent.workspace import Workspace

STYLES = ("page.css", "reader.css", "progress.css", "library.css", "setup.css")
SCRIPTS = ("page.js", "reader.js", "progress.js", "library.js", "setup.js")


@dataclass(frozen=True, slots=True)
class Frame:
    """The open Blocks, its tabs, what the browser stores, the data folder, and who may do what."""

    blocks: gr.Blocks
    tabs: gr.Tabs
    stored: gr.BrowserState
    workspace: Workspace
    access: Access = NOBODY_ELSE


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
        button_primary_background_fill_hover_dark="*primary_800",
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
    "head": "".join(f"<style>{_asset(name)}</style>" for name in STYLES),
    "js": f"() => {{ {'; '.join(f'({_asset(name)})()' for name in SCRIPTS)} }}",
}
"""What `launch` needs to know of how the app looks."""
