"""The command `hub`: options in, one session, lines or JSON out, an exit code that scripts can rely on."""

import json
import os
import signal
import sys
import time
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hub_client import __version__, asking, configuration, configuring, doctor, pulling, relay, signing, slips, verifying
from hub_client.configuration import Configuration
from hub_client.connection import Connection
from hub_client.errors import ClientError, Exit, UsageError
from hub_client.filing import read_file, write_bundle
from hub_client.keyfile import make_key
from hub_client.session import open_session

Shown = tuple[dict[str, Any], list[str], Exit]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code: 0 ok, 1 data, 2 usage, 3 refused, 4 network."""
    options = _parser().parse_args(arguments)
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


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="hub", description="Ask other departments for data through the hub, and prove it.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    _keys(commands)
    _configure(commands)
    _ask(commands, "verify-fact", "ask whether facts hold: YES, NO or UNKNOWN", _verify_fact)
    _ask(commands, "query", "ask for the agreed items about one subject", _query)
    _ask(commands, "batch", "ask about many subjects at once", _batch)
    _pull(commands)
    _verify(commands)
    _relay(commands)
    _sign(commands)
    _command(commands, "doctor", "find out why it does not work", _doctor)
    return parser


def _command(commands: "_SubParsersAction[ArgumentParser]", name: str, help_: str, run: Callable[[Namespace], Shown]) -> ArgumentParser:
    parser = commands.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--config", help="the hub.toml to use")
    for option in ("base-url", "keyid", "private-key-file", "authority-root", "log-origin", "receipts"):
        parser.add_argument(f"--{option}", help=f"{option.replace('-', '_')} instead of the one in hub.toml")
    return parser


def _keys(commands: "_SubParsersAction[ArgumentParser]") -> None:
    parser = commands.add_parser("keys", help="make a key for a system")
    actions = parser.add_subparsers(required=True, metavar="action")
    new = _command(actions, "new", "make a private key file; print the public key to be certified", _keys_new)
    new.add_argument("--system", required=True, help="the system's code")
    new.add_argument("--name", default="request-1", help="the key's name (request-1)")
    new.add_argument("--out", help="the file to write (NAME.pem)")
    new.add_argument("--seal", action="store_true", help="an X25519 key to which exports are sealed, not one that signs")


def _configure(commands: "_SubParsersAction[ArgumentParser]") -> None:
    parser = _command(commands, "configure", "write hub.toml", _run_configure)
    parser.add_argument("--from", dest="demo", metavar="demo.json", help="take everything from a demonstration hub")
    parser.add_argument("--system", help="the system's code in demo.json")
    parser.add_argument("--output", default=configuration.FILE_NAME, help="the file to write (hub.toml)")
    parser.add_argument("--force", action="store_true", help="write over an existing file")


def _ask(commands: "_SubParsersAction[ArgumentParser]", name: str, help_: str, run: Callable[[Namespace], Shown]) -> None:
    parser = _command(commands, name, help_, run)
    parser.add_argument("--agreement", help="the agreement's id, or its beginning")
    parser.add_argument("--dataset", help="the dataset's code, where one agreement is about it")
    parser.add_argument("--purpose", help="what for (the agreement's own purpose if hub.toml knows it)")
    parser.add_argument("--case", help="your own reference of the case")
    parser.add_argument("--officer", help="the staff number, or automatic")
    parser.add_argument("--retries", type=int, default=2, help="how often to try again when the hub cannot be reached (2)")
    if name == "batch":
        parser.add_argument("--subjects", required=True, help="a file: one identifier a line, CSV with subject and case, or a JSON list")
    else:
        parser.add_argument("--subject", required=True, help="the identifier")
        parser.add_argument("--kind", help="its kind, if it is not the dataset's first")
    if name != "query":
        parser.add_argument(
            "--fact",
            action="append",
            required=name == "verify-fact",
            help="alive, age_at_least:n=80, 'lives_in:division=\"510104\"', or JSON; may be given several times",
        )


def _pull(commands: "_SubParsersAction[ArgumentParser]") -> None:
    parser = _command(commands, "pull", "take a whole export into a file; goes on where it broke off", _run_pull)
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


def _verify(commands: "_SubParsersAction[ArgumentParser]") -> None:
    parser = _command(commands, "verify", "check a receipt, or a citizen's proof slips, and their place in the log", _run_verify)
    parser.add_argument("file", help="a filed receipt, an answer with its receipt, a proof slip, or a file of all of a person's lines")
    parser.add_argument("--offline", action="store_true", help="use what is saved and ask nobody")
    parser.add_argument("--save", action="store_true", help="keep proof, checkpoint and keys in the file, to check it offline later")


def _relay(commands: "_SubParsersAction[ArgumentParser]") -> None:
    parser = _command(commands, "relay", "let any program on this machine ask: plain JSON in, signed request out", _run_relay)
    parser.add_argument("--port", type=int, default=relay.PORT, help=f"on 127.0.0.1 ({relay.PORT})")


def _sign(commands: "_SubParsersAction[ArgumentParser]") -> None:
    parser = _command(commands, "sign", "read an order that waits for your department's own key, and sign it", _run_sign)
    parser.add_argument("number", help="the number of the order, as its page shows it")
    parser.add_argument("--expect", metavar="HASH", help="the hash that the page shows: anything else is refused")
    parser.add_argument("--yes", action="store_true", help="do not ask: whoever runs this has read the text before")


def _load(options: Namespace) -> Configuration:
    return configuration.load(vars(options))


def _keys_new(options: Namespace) -> Shown:
    made = make_key(f"{options.system}/{options.name}", Path(options.out or f"{options.name}.pem"), seal=options.seal)
    alg = "x25519" if options.seal else "ed25519"
    document = {"keyid": made.keyid, "private_key_file": str(made.path), "alg": alg, "public_key": made.public_key}
    lines = [
        f"keyid: {made.keyid}",
        f"private key: {made.path} (keep it; it is readable by you alone)",
        f"public key: {made.public_key}",
        "Give keyid and public key to your department's administrator, who certifies it on the page Keys.",
    ]
    return document, lines, Exit.OK


def _run_configure(options: Namespace) -> Shown:
    written, document = configuring.configure(_load(options), options)
    lines = [f"written: {document['file']}", f"hub: {written.log_origin} at {written.base_url}", f"system key: {written.keyid}"]
    if document["agreements"]:
        lines += ["try:", *(f"  {configuring.example(entry)}" for entry in document["agreements"])]
    return document, lines, Exit.OK


def _verify_fact(options: Namespace) -> Shown:
    facts = [asking.read_fact(text) for text in options.fact]
    return _called(options, "verify", {"subject": asking.subject_of(options), "facts": facts})


def _query(options: Namespace) -> Shown:
    return _called(options, "query", {"subject": asking.subject_of(options)})


def _batch(options: Namespace) -> Shown:
    wire: dict[str, Any] = {"subjects": asking.read_subjects(Path(options.subjects))}
    if options.fact:
        wire["facts"] = [asking.read_fact(text) for text in options.fact]
    return _called(options, "batch", wire)


def _called(options: Namespace, method: str, wire: dict[str, Any]) -> Shown:
    settings = _load(options)
    agreement = asking.choose_agreement(settings, options, method.upper())
    session = open_session(settings)
    whole = {**asking.common_wire(options, agreement), **wire}
    answered, receipt_file = asking.call(session, agreement.id, method, whole, retries=max(options.retries, 0))
    return asking.plain(answered, receipt_file), asking.lines_of(method, answered.body, receipt_file), Exit.OK


def _run_pull(options: Namespace) -> Shown:
    settings = _load(options)
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


def _run_verify(options: Namespace) -> Shown:
    settings, path = _load(options), Path(options.file)
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


def _run_sign(options: Namespace) -> Shown:
    settings = _load(options)
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


def _doctor(options: Namespace) -> Shown:
    findings = list(doctor.examine(_load(options)))
    signs = {doctor.State.GOOD: "ok", doctor.State.WARNING: "look", doctor.State.BAD: "BAD"}
    lines = [f"{signs[item.state]:>4}  {item.name}: {item.text}" for item in findings]
    worst = next((item.exit for item in findings if item.state is doctor.State.BAD), Exit.OK)
    document = {
        "healthy": worst is Exit.OK,
        "findings": [{"name": item.name, "state": item.state.value, "text": item.text} for item in findings],
    }
    return document, lines, worst


def _run_relay(options: Namespace) -> Shown:
    settings = _load(options)
    session = open_session(settings)
    try:
        server = relay.RelayServer(session, settings.receipts_folder, options.port)
    except OSError as error:
        raise UsageError("PORT", f"port {options.port} cannot be used: {error.strerror}") from None
    session.trust()
    started = {"listening": f"http://{relay.LOOPBACK}:{server.server_port}", "keyid": session.signer.keyid}
    # A supervisor stops it by SIGTERM; a shell starts background jobs with SIGINT ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    print(json.dumps(started) if options.json else f"relay for {started['keyid']} at {started['listening']}", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return {}, [], Exit.OK
    return {}, [], Exit.OK
