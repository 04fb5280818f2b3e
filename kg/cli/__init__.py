"""The command `kg`: read arguments, call one function, print. Data goes to stdout, everything else to stderr.

What a command needs is imported when it runs, so that a quick one stays quick. The clock, the environment and the
terminal are read here and nowhere below.
"""

from __future__ import annotations

import gc

gc.disable()  # until all is imported, and then left alone: what modules make stays, and to look through it takes 4 ms before every command

# ruff: noqa: E402
import os
import sys
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from kg import __version__
from kg.cli import articles, pages, questions, upkeep
from kg.cli.terminal import DEBUG, EXIT_INTERRUPTED, EXIT_USAGE, NO_DEBUG, app, put, say, say_error
from kg.errors import FaultError, ProvisoError, UsageError

gc.freeze()
gc.enable()

__all__ = ["app", "articles", "main", "pages", "questions", "upkeep"]  # each module brings its commands


def main() -> None:
    """The program: every error three short lines on stderr and its exit code; a traceback only with `--debug`."""
    arguments = sys.argv[1:]
    debug = DEBUG in arguments
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # text streams, whatever the locale
    every = app.registered_commands
    called = [c for c in every if c.callback and arguments and (c.name or c.callback.__name__) == arguments[0]]
    app.registered_commands = called or every  # reading the parameters of all takes 20 ms of CPU
    try:
        code = app([a for a in arguments if a != DEBUG], prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except ProvisoError as error:
        code = _failed(error, debug)
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _failed(
            ProvisoError(f"{error.strerror or error}", str(error.filename or ""), "check the path, its permissions and the space left"),
            debug,
        )
    except typer.exceptions.TyperException as error:
        code = _misused(error)
    except Exception as error:  # a bug: said in three lines, never as a traceback
        code = _failed(ProvisoError(f"something went wrong that should not: {type(error).__name__}: {error}", "", NO_DEBUG), debug)
    finally:
        app.registered_commands = every
    _leave(code if isinstance(code, int) else 0)


def _failed(error: ProvisoError, debug: bool) -> int:
    if debug and not isinstance(error, FaultError):
        import traceback

        traceback.print_exc()
    error.where = error.where or " ".join(["kg", *(a for a in sys.argv[1:2] if a.isalpha())])
    say_error(error)
    return error.exit_code


def _misused(error: typer.exceptions.TyperException) -> int:
    """A command line that says nothing: the first word of ours, and how it is called."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kg"
    if type(error).__name__ == "NoArgsIsHelpError":
        say(error.format_message())
    else:
        say(str(UsageError(error.format_message(), command, f"{command} --help")))
    return EXIT_USAGE


def _leave(code: int) -> NoReturn:
    """Ends the process now: a query that Ctrl-C left running in its thread cannot hold it."""
    if code == EXIT_INTERRUPTED:
        say("interrupted")
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        put(f"kg {__version__}\n")
        raise typer.Exit


@app.callback()
def _kg(version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)] = False) -> None:
    pass
