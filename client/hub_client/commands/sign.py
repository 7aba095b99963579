"""`hub sign`: an order is shown, and signed after a yes."""

import sys
from argparse import ArgumentParser, Namespace

from hub_client import signing
from hub_client.connection import Connection
from hub_client.errors import Exit, UsageError
from hub_client.registering import Commands, Shown, command, load


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "sign", "read an order that waits for your department's own key, and sign it", _run_sign)
    parser.add_argument("number", help="the number of the order, as its page shows it")
    parser.add_argument("--expect", metavar="HASH", help="the hash that the page shows: anything else is refused")
    parser.add_argument("--yes", action="store_true", help="do not ask: whoever runs this has read the text before")


def _run_sign(options: Namespace) -> Shown:
    settings = load(options)
    transport = Connection(settings.address)
    fetched = signing.fetch(options.number, settings, transport)
    if options.expect:
        signing.require_expected(fetched, options.expect)
    signer = signing.open_document_signer(fetched, settings, transport)
    print("\n".join(fetched.lines()), file=sys.stderr if options.json else sys.stdout, flush=True)
    if not options.yes and not _says_yes():
        raise UsageError("NOT_CONFIRMED", "nothing was signed")
    done = signing.sign(fetched, signer, transport)
    document = {"number": fetched.number, "step": done.get("step"), "hash": fetched.hash, "keyid": fetched.keyid, "role": fetched.role}
    return document, [f"Signed and handed in: {done.get('step')}."], Exit.OK


def _says_yes() -> bool:
    """Whether somebody types yes; a script without a terminal says nothing."""
    print("Sign this? Type yes: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == "yes"
