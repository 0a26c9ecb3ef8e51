"""The command ``greenroom``: which commands there are, and how failures become exit codes.

Invariant: importing this module loads no model and reads no settings; each command imports what it
needs when it runs.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import traceback
from importlib.metadata import entry_points, version
from typing import Annotated

import typer

from corpus.schema import GreenroomError
from ui import (
    anki,
    care,
    chat,
    curriculum,
    documents,
    grading,
    library,
    output,
    practice,
    serve,
    verify,
)
from ui.reasons import in_words
from ui.text import one_line

INTERRUPTED = 130
OWN = ("agent", "corpus", "index", "ui", "evals")

app = typer.Typer(
    name="greenroom",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Be interviewed from your own study notes. Every mark rests on your own words and on a "
        "cited line of the source."
    ),
    epilog=(
        "Anywhere: --debug shows the traceback of an error, --no-input forbids every prompt. "
        "The data folder is --home or GREENROOM_HOME."
    ),
)


def _print_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"greenroom {version('greenroom')}\n")
        raise typer.Exit


@app.callback()
def _anywhere(
    asked: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """What belongs to no command."""


for module in (documents, curriculum, practice, grading, verify, library, care, serve, chat, anki):
    module.register(app)
for command in entry_points(group="greenroom.commands"):
    command.load()(app)


def main() -> None:
    """Run a command and leave with its exit code (see `run`)."""
    output.replace_closed()
    output.use_utf8()
    code = run(sys.argv[1:])
    if any(thread.daemon for thread in threading.enumerate()):
        # A model that is still loading would abort the process while the interpreter shuts down.
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command line; an error is one line on stderr.

    Returns 0 done, 1 failed, 2 wrong usage, 3 a gate failed, 4 no model, 130 interrupted. Where the
    reader of stdout goes away (`… | head`) it raises SystemExit with 1, and says nothing.
    """
    arguments, anywhere = _take(arguments, ("--debug", "--no-input"))
    debug = "--debug" in anywhere
    if "--no-input" in anywhere:
        os.environ[output.NO_INPUT] = "1"
    _log_to_stderr(logging.DEBUG if debug else logging.WARNING)
    command = typer.main.get_command(app)
    try:
        code = command.main(arguments, prog_name="greenroom", standalone_mode=False)
    except typer.Abort:
        return _told("stopped; what was finished is kept", INTERRUPTED)
    except typer.TyperException as error:
        return _wrong_usage(error)
    except GreenroomError as error:
        return _failed(error, str(error), error.exit_code, debug)
    except OSError as error:
        return _failed(error, in_words(error), 1, debug)
    except Exception as error:  # noqa: BLE001 - the edge: a person reads a line, not a traceback
        text = f"{error or type(error).__name__} (a defect: run again with --debug and report it)"
        return _failed(error, text, 1, debug)
    if code == INTERRUPTED:
        return _told("interrupted; what was finished is kept", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _log_to_stderr(level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    if level > logging.DEBUG:
        handler.addFilter(_ours_or_grave)
    logging.basicConfig(
        level=level, format="greenroom: %(message)s", handlers=[handler], force=True
    )


def _ours_or_grave(record: logging.LogRecord) -> bool:
    """What the libraries find worth a warning seldom helps the person."""
    return record.name.split(".")[0] in OWN or record.levelno >= logging.ERROR


def _take(arguments: list[str], flags: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Options that may stand anywhere, taken out of the arguments before ``--``."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = arguments[:end], arguments[end:]
    return [a for a in options if a not in flags] + rest, {a for a in options if a in flags}


def _wrong_usage(error: typer.TyperException) -> int:
    message: str = error.format_message().replace("Value error, ", "")
    if message.startswith("Usage:"):  # the help of a command that was called without anything
        sys.stderr.write(message + "\n")
        return 2
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "greenroom"
    return _told(f"{message.rstrip('.')} (see {command} --help)", 2)


def _failed(error: Exception, message: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    return _told(message, code)


def _told(message: str, code: int) -> int:
    output.note(f"greenroom: {one_line(message)}")
    return code


if __name__ == "__main__":
    main()
