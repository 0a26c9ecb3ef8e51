"""The command ``curriculum``: the topics of the person's study plans, with and without sources."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import typer

from ui import options, output
from ui.text import one_line
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from rich.console import Console

    from agent.curriculum import PlannedTopic


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(curriculum)


def curriculum(
    json: options.Json = False, home: options.Home = None, device: options.Device = None
) -> None:
    """Say for each topic of your study plans what there is on it in your documents."""
    from dataclasses import asdict

    topics = open_workspace(home, device).curriculum()
    if json:
        output.write_json({"topics": [asdict(topic) for topic in topics]})
    elif topics:
        _print(output.console(), topics)
    else:
        output.note("No study plan among your documents. Add one: greenroom ingest PATH")


def _print(console: Console, topics: tuple[PlannedTopic, ...]) -> None:
    from ui.terminal import print_wrapped

    with_sources = [topic for topic in topics if topic.covered]
    without = [topic for topic in topics if not topic.covered]
    console.print(f"With sources: {len(with_sources)}", style="bold")
    for topic in with_sources:
        names = dict.fromkeys(PurePath(source.path).name for source in topic.sources)
        count = f", {topic.questions} question{'s'[: topic.questions != 1]}"
        line = f"{one_line(topic.name)}{count if topic.questions else ''}"
        print_wrapped(console, line, indent=2)
        print_wrapped(console, one_line(", ".join(names)), indent=6, style="dim")
    console.print(f"\nWithout sources: {len(without)}", style="bold")
    for topic in without:
        print_wrapped(console, one_line(topic.name), indent=2)
        print_wrapped(console, one_line(", ".join(topic.subjects)), indent=6, style="dim")
