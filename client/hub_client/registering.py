"""How a module gives the command `hub` its own words: `add(commands)` registers parsers, each with the function that runs it."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from typing import Any

from hub_client import configuration
from hub_client.configuration import Configuration
from hub_client.errors import Exit

Shown = tuple[dict[str, Any], list[str], Exit]
Run = Callable[[Namespace], Shown]
Commands = _SubParsersAction


def command(commands: "Commands[ArgumentParser]", name: str, help_: str, run: Run) -> ArgumentParser:
    """Register one command with the options that all have; `run` gives the JSON document, the lines and the exit code."""
    parser = commands.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--config", help="the hub.toml to use")
    for option in ("base-url", "keyid", "private-key-file", "authority-root", "log-origin", "receipts"):
        parser.add_argument(f"--{option}", help=f"{option.replace('-', '_')} instead of the one in hub.toml")
    return parser


def group(commands: "Commands[ArgumentParser]", name: str, help_: str) -> "Commands[ArgumentParser]":
    """Register a word that other words follow, as in `hub keys new`; give it to `command` for each of them."""
    parser = commands.add_parser(name, help=help_, description=help_)
    return parser.add_subparsers(required=True, metavar="action")


def load(options: Namespace) -> Configuration:
    """The configuration as hub.toml, the environment and these options say."""
    return configuration.load(vars(options))
