"""`hub pull`: a whole export into a file."""

import sys
from argparse import ArgumentParser, Namespace

from hub_client import asking, pulling
from hub_client.errors import Exit
from hub_client.registering import Commands, Shown, command, load
from hub_client.session import open_session


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "pull", "take a whole export into a file; goes on where it broke off", _run_pull)
    parser.add_argument("agreement", nargs="?", help="the agreement's id, or its beginning")
    for option, help_ in (
        ("dataset", "the dataset's code"),
        ("purpose", "what for"),
        ("case", "your reference"),
        ("officer", "or automatic"),
    ):
        parser.add_argument(f"--{option}", help=help_)
    parser.add_argument("--format", choices=pulling.FORMS, default="csv", help="csv, jsonl, parquet or arrow (csv)")
    parser.add_argument("--columns", help="item names with commas between (all that are agreed)")
    parser.add_argument("--out", required=True, help="the file to write; unfinished it is FILE.part")
    parser.add_argument("--seal-key", default="", help="the private key file that opens a sealed export")
    parser.add_argument("--retries", type=int, default=5, help="how often to try again when the connection breaks (5)")
    parser.add_argument("--force", action="store_true", help="write over an existing file")


def _run_pull(options: Namespace) -> Shown:
    settings = load(options)
    agreement = asking.choose_agreement(settings, options, "EXPORT")
    shown = pulling.pull(open_session(settings), agreement, options, progress=_tell_progress(quiet=options.json))
    lines = [
        f"written: {shown['file']}, {shown['rows']} rows, {shown['bytes']} bytes, every piece as the signed manifest says",
        f"as of {shown['as_of']}, {shown['sha256']}",
        f"receipt: {shown['receipt_file']}",
    ]
    return shown, lines, Exit.OK


def _tell_progress(*, quiet: bool) -> pulling.Progress:
    """A line on the terminal that is written over; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty():
        return lambda step, percent: None
    return lambda step, percent: print(f"\r{step} {percent:3d} %", end="" if percent < 100 else "\n", file=sys.stderr, flush=True)
