"""The command ``questions`` and what stands under it: the list, `generate` and `review`.

Invariant: `generate` stores drafts only; none of them is asked before it was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ui import options, output, review
from ui.text import one_line
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from agent.llm.client import LanguageModel
    from agent.question_generation import QuestionMaker
    from agent.workspace import Workspace
    from corpus.schema import Question, Source
    from index.snapshot import IndexedChunk

DEFAULT_COUNT = 5
MOST = 200
BARREN = 5  # passages a wanted question, at most: a model that writes nothing usable must end

questions_app = typer.Typer(help="The question bank: list it, add to it, review what was added.")
questions_app.command(name="review")(review.review)


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(questions_app, name="questions")


@questions_app.callback(invoke_without_command=True)
def questions(
    context: typer.Context,
    topic: options.Topic = None,
    document: options.DocumentRef = None,
    source: options.SourceOption = options.SourceChoice.all,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """List the question bank (with --json: JSON Lines); below it: generate and review."""
    if context.invoked_subcommand is not None:
        _refuse_options(context, context.invoked_subcommand)
        return
    from ui.contracts import question_json

    workspace = open_workspace(home)
    found = workspace.questions(topic=topic, document=document, source=source_of(source))
    if json:
        output.write_rows(question_json(question) for question in found)
        return
    if not found:
        output.note("No questions there. See them all: greenroom questions")
    _print_questions(found)


def _refuse_options(context: typer.Context, command: str) -> None:
    """What stands before a command below would be lost on it."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"--{name} belongs after {command}")


@questions_app.command()
def generate(
    topic: options.Topic = None,
    document: options.DocumentRef = None,
    count: Annotated[
        int, typer.Option("--count", min=1, max=MOST, help="How many questions to put up.")
    ] = DEFAULT_COUNT,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Have the language model write questions on your documents, for you to review."""
    from agent.question_generation import QuestionMaker, passages_to_ask

    workspace = open_workspace(home, device)
    model = _model(workspace)
    try:
        ids = (workspace.document_id(document),) if document else ()
        passages = passages_to_ask(workspace.ready(), ids, topic)[: count * BARREN]
        output.note(f"{model.name} reads up to {len(passages)} passages…")
        maker = QuestionMaker(workspace.ready(), model, workspace.embedder, workspace.judge)
        made = _made(maker, passages, count, json)
    finally:
        model.close()
    if made:
        output.note(f"{made} wait for review: greenroom questions review")
    else:
        output.note("None of what the model wrote can be used; try another --document or model.")


def _made(maker: QuestionMaker, passages: Sequence[IndexedChunk], count: int, json: bool) -> int:
    """Prints the drafts as they come; how many there were."""
    made = 0
    for asked in maker.make(passages, count):
        for fault in asked.dropped:
            output.note(f"dropped: {fault}")
        if json:
            output.write_rows(review.draft_json(draft) for draft in asked.drafts)
        else:
            for draft in asked.drafts:
                output.console().print(f"+ {one_line(draft.question.question)}", markup=False)
        made += len(asked.drafts)
    return made


def _model(workspace: Workspace) -> LanguageModel:
    """The language model that answers. Raises ModelUnavailableError."""
    from agent.llm.choosing import open_model
    from agent.llm.faults import ModelUnavailableError

    model = open_model(workspace.settings)
    if model is None:
        raise ModelUnavailableError(
            "writing questions needs a language model and none is set: start one with "
            "`greenroom serve`, or set GREENROOM_LLM_URL"
        )
    return model


def source_of(choice: options.SourceChoice) -> Source | None:
    """The source that an option names; None for all."""
    match choice:
        case options.SourceChoice.user:
            return "user"
        case options.SourceChoice.library:
            return "library"
        case _:
            return None


def _print_questions(found: Sequence[Question]) -> None:
    last = None
    console = output.console()
    for question in found:
        if question.topic != last:
            last = question.topic
            console.print(f"\n{one_line(last)}", style="bold", markup=False)
        mark = "" if question.reference or question.key_points else "  (no answer in the document)"
        console.print(f"  {one_line(question.question)}{mark}", markup=False)
        console.print(
            f"    {question.id} · {question.kind} · difficulty {question.difficulty}",
            style="dim",
            markup=False,
        )
