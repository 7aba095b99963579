"""The command `hub`: options in, one session, lines or JSON out, an exit code that scripts can rely on."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from hub_client import __version__, agreements, answering, asking, login, queue, requesting, searching, watching
from hub_client.commands import ask, changes, configure, doctor, keys, provide, pull, relay, sign, verify
from hub_client.errors import ClientError
from hub_client.registering import Shown

MODULES = (
    configure,
    doctor,
    keys,
    ask,
    pull,
    changes,
    verify,
    relay,
    provide,
    sign,
    login,
    agreements,
    requesting,
    queue,
    answering,
    watching,
    searching,
)  # each registers its commands by `add`; what is not listed does not exist
_TAKE_RANDOM = frozenset({"--authority-root", "--idempotency-key"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code: 0 ok, 1 data, 2 usage, 3 refused, 4 network."""
    options = _parser().parse_args(_with_keys(sys.argv[1:] if arguments is None else arguments))
    try:
        shown: Shown = options.run(options)
    except ClientError as error:
        if options.json:
            _show_json({"error": error.as_problem()})
        else:
            print("\n".join(asking.error_lines(error)), file=sys.stderr)
        return error.exit
    except KeyboardInterrupt:
        return 130
    document, lines, code = shown
    _print(document if options.json else lines)
    return code


def _print(shown: dict[str, Any] | list[str]) -> None:
    try:
        if isinstance(shown, dict) and shown:
            _show_json(shown)
        elif shown:
            print("\n".join(shown))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _with_keys(arguments: Sequence[str]) -> list[str]:
    """A key in base64url may begin with a hyphen, which would be read as an option: it belongs to the option before it."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] in _TAKE_RANDOM:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="hub", description="Ask other departments for data through the hub, and prove it.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for module in MODULES:
        module.add(commands)
    return parser
