"""`hub changes`: what became different since the last time, into a file of JSON Lines."""

import sys
from argparse import ArgumentParser, Namespace

from hub_client import asking, changing
from hub_client.errors import Exit
from hub_client.registering import Commands, Shown, command, load
from hub_client.session import open_session


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "changes", "what became different since the last time, into a file; goes on where it broke off", _run)
    parser.add_argument("agreement", nargs="?", help="the agreement's id, or its beginning")
    for option, help_ in (
        ("dataset", "the dataset's code"),
        ("purpose", "what for"),
        ("case", "your reference"),
        ("officer", "or automatic"),
    ):
        parser.add_argument(f"--{option}", help=help_)
    parser.add_argument("--out", required=True, help="the file of JSON Lines; its cursor stands beside it as FILE.cursor")
    parser.add_argument("--follow", action="store_true", help="go on asking until it is interrupted")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two questions of --follow (60; at least 5)")
    parser.add_argument("--most", type=int, default=changing.MOST, help="at most so many rows a call (1000)")
    parser.add_argument("--again", action="store_true", help="begin again: FILE is emptied and gets the whole selection")
    parser.add_argument("--retries", type=int, default=3, help="how often to try again when the connection breaks (3)")


def _run(options: Namespace) -> Shown:
    settings = load(options)
    agreement = asking.choose_agreement(settings, options, "CHANGES")
    shown = changing.follow(open_session(settings), agreement, options, told=_tell(quiet=options.json))
    lines = [f"{shown['lines']} lines written to {shown['file']}, as of {shown['as_of']}", f"receipt: {shown['receipt_file']}"]
    return shown, lines, Exit.OK


def _tell(*, quiet: bool) -> changing.Told:
    """A line for each page that gave something; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty():
        return lambda page: None
    return lambda page: print(f"{page.lines} lines, as of {page.as_of}", file=sys.stderr) if page.lines else None
