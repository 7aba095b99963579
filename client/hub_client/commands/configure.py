"""`hub configure`: hub.toml."""

from argparse import ArgumentParser, Namespace

from hub_client import configuration, configuring
from hub_client.errors import Exit
from hub_client.registering import Commands, Shown, command, load


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "configure", "write hub.toml", _run_configure)
    parser.add_argument("--from", dest="demo", metavar="demo.json", help="take everything from a demonstration hub")
    parser.add_argument("--system", help="the system's code in demo.json")
    parser.add_argument("--output", default=configuration.FILE_NAME, help="the file to write (hub.toml)")
    parser.add_argument("--force", action="store_true", help="write over an existing file")


def _run_configure(options: Namespace) -> Shown:
    written, document = configuring.configure(load(options), options)
    lines = [f"written: {document['file']}", f"hub: {written.log_origin} at {written.base_url}", f"system key: {written.keyid}"]
    if document["agreements"]:
        lines += ["try:", *(f"  {configuring.example(entry)}" for entry in document["agreements"])]
    return document, lines, Exit.OK
