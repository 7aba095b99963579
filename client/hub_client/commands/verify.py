"""`hub verify`: receipts and proof slips, checked here."""

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from hub_client import slips, verifying
from hub_client.connection import Connection
from hub_client.errors import Exit, UsageError
from hub_client.filing import read_file, write_bundle
from hub_client.registering import Commands, Shown, command, load


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "verify", "check a receipt, or a citizen's proof slips, and their place in the log", _run_verify)
    parser.add_argument("file", help="a filed receipt, an answer with its receipt, a proof slip, or a file of all of a person's lines")
    parser.add_argument("--offline", action="store_true", help="use what is saved and ask nobody")
    parser.add_argument("--save", action="store_true", help="keep proof, checkpoint and keys in the file, to check it offline later")


def _run_verify(options: Namespace) -> Shown:
    settings, path = load(options), Path(options.file)
    transport = None if options.offline else Connection(settings.address)
    document = read_file(path)
    if slips.is_ours(document):
        shown = slips.check_slips(document, settings, transport=transport, folder=path.parent)
        return shown.document, shown.lines, Exit.OK
    report = verifying.check_file(document, settings, transport=transport, folder=path.parent, clock=time.time)
    if options.save:
        if "request" not in report.bundle or "plain_answer" in report.bundle:
            raise UsageError("CANNOT_SAVE", "only a receipt filed by this client can take the proof in")
        write_bundle(path, report.bundle)
    return report.as_json(), _report_lines(report), Exit.OK


def _report_lines(report: verifying.Report) -> list[str]:
    route = report.route
    said = f"{route.get('requester', '?')} asked {route.get('provider', '?')}: {route.get('method', route.get('type'))}"
    outcome = f"{route.get('outcome', '?')} {route.get('reason', '')}".rstrip()
    lines = [
        f"The receipt is genuine: issued at {report.issued_at}.",
        f"{said} on {route.get('dataset', '?')} for {route.get('purpose', '?')}: {outcome}",
    ]
    if report.answer_checked:
        lines.append("It belongs to this very answer." + (" Both messages' signatures hold." if report.messages_checked else ""))
    if report.index is None:
        lines.append(f"It is not proved to be in the log yet: the hub promises it by {report.merge_by}.")
    else:
        lines.append(f"It stands in the log: entry {report.index}, in a log of {report.size}.")
    return lines
