"""The command ``anki``: questions as a package for Anki."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from corpus.schema import GreenroomError, Source
from ui import options, output
from ui.workspaces import open_workspace

FILE = Path("greenroom.apkg")
_SOURCES: dict[options.SourceChoice, Source | None] = {
    options.SourceChoice.user: "user",
    options.SourceChoice.library: "library",
    options.SourceChoice.all: None,
}


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(anki)


def anki(
    topic: options.Topic = None,
    source: options.SourceOption = options.SourceChoice.all,
    weak: Annotated[
        bool, typer.Option("--weak", help="Only those that did not go well when last asked.")
    ] = False,
    target: Annotated[
        Path,
        typer.Option("--output", help="The .apkg file to write."),
    ] = FILE,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Write questions, key points and their passages as cards for Anki.

    Importing a newer file updates the cards. Those that were missed or weak when last asked are
    tagged so.
    """
    from agent.anki import has_back, package, standings_of
    from agent.attempts import attempts
    from agent.plan import on_topic

    workspace = open_workspace(home)
    questions = [q for q in workspace.questions(source=_SOURCES[source]) if has_back(q)]
    if topic is not None:
        questions = on_topic(questions, topic)
    standings = standings_of(attempts(workspace.interview.history))
    if weak:
        questions = [q for q in questions if q.id in standings]
    if not questions:
        why = "no question was weak or missed yet" if weak else "there are no questions yet"
        raise GreenroomError(f"{why}, so there is nothing to export; see `greenroom questions`")
    target.write_bytes(package(questions, standings, datetime.now(UTC)))
    tagged = Counter(standings[q.id] for q in questions if q.id in standings)
    counts = {"cards": len(questions), "weak": tagged["weak"], "missed": tagged["missed"]}
    if json:
        output.write_json({"path": str(target.resolve()), **counts})
    else:
        cards = f"{len(questions)} card{'s'[: len(questions) != 1]}"
        tags = f"{tagged['missed']} tagged missed, {tagged['weak']} weak"
        output.note(f"written: {target} ({cards}; {tags}). In Anki: File > Import.")
