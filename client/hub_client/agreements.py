"""`hub agreements`: which there are, and one of them with its scope, its quota, what remains, and who signs next."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from hub_client.errors import Exit, RefusedError, UsageError
from hub_client.management import Management, open_management, route
from hub_client.registering import Commands, Shown, command, load
from hub_client.tables import table

SHORT = 12
"""So much of an agreement's id is shown in a list; any beginning that fits one agreement is taken."""
_WHOLE = 32


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "agreements", "list your agreements, or show one", _agreements)
    parser.add_argument("id", nargs="?", help="an agreement's id, or its beginning")
    parser.add_argument("--in-force", action="store_true", help="only those in force now")
    parser.add_argument("--department", default="", help="for which of your departments")


def whole_id(hub: Management, beginning: str) -> str:
    """The id that begins like this. Raises UsageError where none or several do."""
    if len(beginning) == _WHOLE:
        return beginning
    found = [row["agreement_id"] for row in hub.pages("agreements") if row["agreement_id"].startswith(beginning)]
    if len(found) != 1:
        raise UsageError("WHICH_AGREEMENT", f"{len(found)} of your agreements begin with {beginning}: write more of it")
    return str(found[0])


def _agreements(options: Namespace) -> Shown:
    hub = open_management(load(options), department=options.department)
    if options.id:
        return _one(hub, whole_id(hub, options.id))
    rows = list(hub.pages("agreements", **({"in_force": "true"} if options.in_force else {})))
    headings = ("agreement", "dataset", "owner", "requester", "state", "until")
    cells = [(*_named(row), str(row["period_until"])[:10]) for row in rows]
    return {"agreements": rows}, table(headings, cells) if rows else ["No agreements."], Exit.OK


def _named(row: Mapping[str, Any]) -> tuple[str, ...]:
    return str(row["agreement_id"])[:SHORT], row["dataset"], row["provider"], row["requester"], row["state"]


def _one(hub: Management, agreement_id: str) -> Shown:
    found = hub.get(route("agreements", agreement_id))
    try:
        left = hub.get(route("agreements", agreement_id, "remaining"))["windows"]
    except RefusedError:
        left = []
    document = {**found, "remaining": left, "signs_next": signs_next(found)}
    return document, list(_lines(found, left)), Exit.OK


def signs_next(found: Mapping[str, Any]) -> str:
    """The department whose signature is missing; empty where none is."""
    if found["state"] != "PROPOSED":
        return ""
    return str(found["provider"] if found["waits_for_provider"] else found["requester"])


def _lines(found: Mapping[str, Any], left: list[dict[str, Any]]) -> Iterator[str]:
    text = found["document"]
    yield f"{found['agreement_id']}  {found['state']}"
    yield f"  {found['requester']} asks {found['provider']} for {found['dataset']}, until {str(found['period_until'])[:10]}"
    if signs_next(found):
        yield f"  signs next: {signs_next(found)}"
    if found["superseded_by"]:
        yield f"  replaced by: {found['superseded_by']}"
    yield from _scope(text)
    quota = text["quota"]
    yield f"  quota: {quota['per_day']} subjects a day, {quota['burst_per_minute']} a minute"
    yield from (f"  left of this {one['window']}: {one['remaining']} of {one['limit']}, until {one['ends_at']}" for one in left)
    if found["allowed"]:
        yield f"  you may: {', '.join(found['allowed'])}"


def _scope(text: Mapping[str, Any]) -> Iterator[str]:
    yield f"  systems: {', '.join(text['systems'])}"
    yield f"  purposes: {', '.join(text['purposes'])}"
    yield f"  ways of asking: {', '.join(text['methods'])}"
    yield f"  items: {', '.join(text['items']) or 'none'}"
    facts = [fact["fact"] for fact in text["facts"]]
    if facts:
        yield f"  facts: {', '.join(facts)}"
    if text.get("masks"):
        yield f"  masked: {', '.join(text['masks'])}"
    if text["row_filter"]:
        yield f"  rows: only those of the filter over {', '.join(text['row_filter'])}"
    yield f"  answers may be kept: {text['retention']['days']} days"
