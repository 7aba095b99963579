"""`hub verify-fact`, `query` and `batch`: one call each; `hub result`: what came of one that waited."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from hub_client import asking, results
from hub_client.errors import Exit
from hub_client.registering import Commands, Run, Shown, command, load
from hub_client.session import open_session


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the commands."""
    _ask(commands, "verify-fact", "ask whether facts hold: YES, NO or UNKNOWN", _verify_fact)
    _ask(commands, "query", "ask for the agreed items about one subject", _query)
    _ask(commands, "batch", "ask about many subjects at once", _batch)
    parser = command(commands, "result", "fetch what a call that waited has come to; the hub gives it out once", _result)
    parser.add_argument("agreement", help="the agreement's id")
    parser.add_argument("intent", help="the result's name, as the answer that waits shows it")
    _waiting_option(parser)


def _waiting_option(parser: ArgumentParser) -> None:
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="how long to wait for a result that comes later (0)")


def _ask(commands: "Commands[ArgumentParser]", name: str, help_: str, run: Run) -> None:
    parser = command(commands, name, help_, run)
    parser.add_argument("--agreement", help="the agreement's id, or its beginning")
    parser.add_argument("--dataset", help="the dataset's code, where one agreement is about it")
    parser.add_argument("--purpose", help="what for (the agreement's own purpose if hub.toml knows it)")
    parser.add_argument("--case", help="your own reference of the case")
    parser.add_argument("--officer", help="the staff number, or automatic")
    parser.add_argument("--retries", type=int, default=2, help="how often to try again when the hub cannot be reached (2)")
    _waiting_option(parser)
    parser.add_argument("--idempotency-key", help="16 to 128 characters: the same call again gives the same result (remote stores only)")
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
    settings = load(options)
    agreement = asking.choose_agreement(settings, options, method.upper())
    session = open_session(settings)
    whole = {**asking.common_wire(options, agreement), **wire}
    if options.idempotency_key:
        whole["idempotency_key"] = options.idempotency_key
    trying = asking.Trying(max(options.retries, 0), max(options.wait, 0))
    answered, receipt_file = asking.call(session, agreement.id, method, whole, trying=trying)
    return asking.plain(answered, receipt_file), asking.shown_lines(answered, receipt_file), Exit.OK


def _result(options: Namespace) -> Shown:
    session = open_session(load(options))
    answered = results.collect(session, options.agreement, options.intent, hold_s=options.wait)
    if answered.is_waiting and options.wait > 0:
        answered = results.wait(session, answered, options.wait)
    receipt_file = asking.filed(session, answered)
    return asking.plain(answered, receipt_file), asking.shown_lines(answered, receipt_file), Exit.OK
