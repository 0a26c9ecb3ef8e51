"""The command ``greenroom``: which commands there are, and how failures become exit codes.

Invariant: importing this module loads no model and reads no settings; each command imports what it
needs when it runs.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from importlib.metadata import entry_points

import typer

from corpus.schema import GreenroomError
from ui import care, documents, grading, practice, web_command
from ui.output import NO_INPUT

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
for module in (documents, practice, grading, care, web_command):
    module.register(app)
for command in entry_points(group="greenroom.commands"):
    command.load()(app)


def main() -> None:
    """Run a command and leave with its exit code (see `run`)."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line; an error is one line on stderr.

    Returns 0 done, 1 failed, 2 wrong usage, 3 a gate failed, 4 no model, 130 interrupted.
    """
    arguments, anywhere = _take(arguments, ("--debug", "--no-input"))
    debug = "--debug" in anywhere
    if "--no-input" in anywhere:
        os.environ[NO_INPUT] = "1"
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.WARNING,
        format="greenroom: %(message)s",
        stream=sys.stderr,
    )
    command = typer.main.get_command(app)
    try:
        code = command.main(arguments, prog_name="greenroom", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("\ngreenroom: interrupted; everything so far is kept\n")
        return 130
    except BrokenPipeError:
        # The reader of stdout went away (`… | head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except typer.TyperException as error:
        error.show()  # type: ignore[attr-defined]
        return int(getattr(error, "exit_code", 2))
    except GreenroomError as error:
        return _failed(error, error.exit_code, debug)
    except OSError as error:
        return _failed(error, 1, debug)
    except Exception as error:  # noqa: BLE001 - the edge: a person reads a line, not a traceback
        return _failed(error, 1, debug, hint=" (a defect: run again with --debug and report it)")


def _take(arguments: list[str], flags: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Options that may stand anywhere, taken out of the arguments before ``--``."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = arguments[:end], arguments[end:]
    return [a for a in options if a not in flags] + rest, {a for a in options if a in flags}


def _failed(error: Exception, code: int, debug: bool, hint: str = "") -> int:
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    message = " ".join(str(error).split()) or type(error).__name__
    sys.stderr.write(f"greenroom: {message}{hint}\n")
    return code


if __name__ == "__main__":
    main()
