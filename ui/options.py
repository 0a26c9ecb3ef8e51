"""The options that commands share, as annotated types. Invariant: no defaults with effects."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from corpus.schema import GreenroomError
from ui import completion


class WrongUsageError(GreenroomError):
    """A command was called in a way that cannot work."""

    exit_code = 2


class SourceChoice(StrEnum):
    """Whose documents: the person's own, the bundled library, or both."""

    user = "user"
    library = "library"
    all = "all"


class ModeChoice(StrEnum):
    """How to rank: the product's best, or one of the raw rankings."""

    hybrid = "hybrid"
    dense = "dense"
    lexical = "lexical"


class ByChoice(StrEnum):
    """What counts as a hit."""

    passage = "passage"
    document = "document"


class GraderChoice(StrEnum):
    """Which grader marks."""

    auto = "auto"
    embedded = "embedded"
    vllm = "vllm"
    combined = "combined"


class FallbackChoice(StrEnum):
    """What marks where the language model is lost on the way."""

    embedded = "embedded"


class DeviceChoice(StrEnum):
    """Where models run."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


def place(written: str) -> Path:
    """A path as it is written. An empty one, which a script makes of a variable that is not set,
    would name the current folder."""
    if not written:
        raise typer.BadParameter("it is empty; name a folder or a file")
    return Path(written)


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="The data folder.",
        envvar="GREENROOM_HOME",
        show_default=False,
        parser=place,
        metavar="PATH",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Data as JSON on stdout.")]
Device = Annotated[DeviceChoice | None, typer.Option("--device", help="Where models run.")]
Topic = Annotated[
    str | None,
    typer.Option("--topic", help="Only this topic.", autocompletion=completion.topics),
]
Plain = Annotated[
    bool,
    typer.Option(
        "--plain",
        help="Words only, for a screen reader: no symbols, plots or colour.",
        envvar="GREENROOM_PLAIN",
        show_default=False,
    ),
]
Grader = Annotated[
    GraderChoice | None,
    typer.Option("--grader", help="Which grader marks; auto takes a language model that answers."),
]
Cv = Annotated[
    Path | None,
    typer.Option(
        "--cv", help="Your CV: it chooses and words questions, and stays on this machine."
    ),
]
Job = Annotated[Path | None, typer.Option("--job", help="A job description, used in the same way.")]
Seniority = Annotated[
    str,
    typer.Option(
        "--seniority",
        help='In your words ("senior", "two years of CUDA"): a language model words questions '
        "for it.",
        show_default=False,
    ),
]
DocumentRef = Annotated[
    str | None, typer.Option("--document", help="Only this document: an id or a path.")
]
SourceOption = Annotated[SourceChoice, typer.Option("--source", help="Whose documents.")]
Output = Annotated[
    Path | None, typer.Option("--output", help="Write to this file instead of stdout.")
]
