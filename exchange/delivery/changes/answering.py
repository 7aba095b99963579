"""One page of changes: decided anew, counted, recorded, and only then released. The same steps as an export's opening.

The entry names nobody: it says which two stands of the register were compared, and the range of row numbers that the page
gave, so that "who saw my data" is evaluated for the person when read (delivery/changes/persons.py; protocol, section 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit import acts
from audit.proof.acts import Standing
from audit.proof.canonical import dumps
from catalog.errors import FilesMissing, FilesTampered
from catalog.stores import HOSTED, hosted
from catalog.stores.hosted import Where
from exchange.delivery import recording
from exchange.delivery.calls import Answer, Call, Work
from exchange.delivery.changes.cursor import LONGEST, Cursor, CursorMalformed, Stand, read_cursor, row_name
from exchange.delivery.changes.difference import difference
from exchange.delivery.changes.terms import is_readable_by, newest, terms_of
from exchange.delivery.deciding import begin
from exchange.delivery.deliver import ATTEMPTS, Busy, current_policies, local_date, require_a_moving_log
from exchange.delivery.exports.making import MakingFailed
from exchange.delivery.limits.headers import headers_of
from exchange.delivery.minimise import masked_records
from exchange.delivery.reading import offline_datasets
from exchange.delivery.seal import receipts
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Policy
from exchange.sharing.row_filter import passes

MOST = 1_000
CHANGES = "changes"


@dataclass(frozen=True)
class _Page:
    """What one page gives, and where its follower stands after it."""

    changes: list[dict[str, Any]]
    places: list[int]
    asked: Cursor
    after: Cursor
    more: bool


def give_page(call: Call) -> Answer:
    """Decide, read, record, release. Raises PolicyRollback, LogBehind or Busy; a refusal is an answer too."""
    for _attempt in range(ATTEMPTS):
        at_ms = require_a_moving_log()
        standing = acts.standing()
        policies = current_policies(standing)
        work = begin(call, policies, at_ms)
        _measure(work, standing, local_date(at_ms))
        recording.count_refusal(work, at_ms)
        recording.build_entry(work, at_ms, {})
        try:
            recording.record([work], head=policies.head, at_ms=at_ms, keys={})
        except recording.VersionMoved:
            continue
        return _released(work, at_ms)
    raise Busy(_("Agreements are changing right now; try again in a moment."))


def _released(work: Work, at_ms: int) -> Answer:
    if work.replayed:
        return Answer(409, dumps(recording.replayed_problem()), "REFUSED", None)
    status, left = work.refusal.status if work.refusal else 200, headers_of(work, at_ms)
    if not work.is_recorded:
        return Answer(status, b"".join(work.written), work.outcome, None, left)
    (receipt,) = receipts([work.built], at_ms)
    return Answer(status, recording.with_receipt(work, receipt), work.outcome, work.built.leaf, left)


def _measure(work: Work, standing: Standing, today: date) -> None:
    """Fill in answer and entry of a call that is not refused."""
    policy = work.policy
    if work.refusal is not None or policy is None:
        return
    most = _most(work)
    if not _is_followable(work, policy) or most is None:
        return
    try:
        page = _page(work, policy, standing, today, most)
    except (FilesMissing, FilesTampered, MakingFailed):
        work.refuse(refusal("PROVIDER_DOWN"))
        return
    if page is not None:
        _fill(work, policy, page)


def _is_followable(work: Work, policy: Policy) -> bool:
    """Whether the register's changes can be told under this agreement; else the work is refused."""
    if policy.store_kind != HOSTED:
        work.refuse(refusal("CHANGES_NOT_HELD"))
    elif policy.seal_to:
        work.refuse(refusal("CHANGES_NOT_SEALED"))
    elif policy.revision is None or policy.dataset in offline_datasets():
        work.refuse(refusal("PROVIDER_DOWN"))
    return work.refusal is None


def _most(work: Work) -> int | None:
    """How many rows a page may have; None where the call is refused for what it asks."""
    most = work.call.document.get("most", MOST)
    if type(most) is int and 0 < most <= MOST:
        return most
    work.refuse(refusal("MALFORMED", why=f"most: a whole number from 1 to {MOST}"))
    return None


def _page(work: Work, policy: Policy, standing: Standing, today: date, most: int) -> _Page | None:
    cursor = _asked(work, policy)
    if cursor is None:
        return None
    going = cursor.going_to(newest(policy, today, standing.revisions[policy.dataset].signed_by))
    why = _too_old(policy, standing, going)
    if why:
        work.refuse(refusal("CURSOR_TOO_OLD", why=why))
        return None
    try:
        found = difference(policy, going)
        places = found.places(going.place, most)
        changes = _changes(policy, standing, going, places)
    except FilesMissing:
        if _is_newest(policy, going.until) and (going.since is None or _is_newest(policy, going.since)):
            raise
        work.refuse(refusal("CURSOR_TOO_OLD", why="an older revision is no longer held"))
        return None
    after = going.moved(going.place + len(places), found.total)
    return _Page(changes, places, going, after, after.until is not None)


def _asked(work: Work, policy: Policy) -> Cursor | None:
    """The cursor that was sent, of these very terms; a new one where none was sent. None: refused."""
    text, terms = work.call.document.get("cursor"), terms_of(policy)
    if text is None:
        return Cursor(policy.agreement, terms, None, None)
    try:
        if not isinstance(text, str) or len(text) > LONGEST:
            raise CursorMalformed
        cursor = read_cursor(text)
    except CursorMalformed:
        work.refuse(refusal("MALFORMED", why="cursor: send it exactly as the last page gave it, or none to begin again"))
        return None
    if cursor.agreement != policy.agreement:
        work.refuse(refusal("CURSOR_TOO_OLD", why="it was given under another agreement"))
    elif cursor.terms != terms:
        work.refuse(refusal("CURSOR_TOO_OLD", why="what may be given has changed since"))
    return None if work.refusal else cursor


def _is_newest(policy: Policy, stand: Stand | None) -> bool:
    return stand is not None and policy.revision is not None and stand.lookup == policy.revision["lookup"]


def _too_old(policy: Policy, standing: Standing, going: Cursor) -> str:
    """Why nobody may or can go on to this target; empty where one can. What a stolen key signed is given to nobody."""
    assert going.until is not None  # noqa: S101 - it has a target
    if not _is_newest(policy, going.until):
        signer = standing.certificates.get(going.until.signer)
        if signer is None or signer.revoked_seq is not None:
            return "the key that signed its revision was revoked"
    needed = {*policy.items, *policy.row_filter.items, *policy.document["key"]}
    for stand in (going.since, going.until):
        described = standing.all_versions.get(stand.version) if stand else None
        if stand and (described is None or not is_readable_by(policy.document, described.version, needed)):
            return "the register is described differently since"
    return ""


def _changes(policy: Policy, standing: Standing, going: Cursor, places: Sequence[int]) -> list[dict[str, Any]]:
    """The page's lines. Each row is read, chosen and minimised as by QUERY: a file of places opens nothing."""
    key = list(policy.document["key"])
    needed = list(dict.fromkeys([*policy.items, *policy.row_filter.items, *key]))
    newer = _rows(standing, going.until, [place for place in places if place > 0], needed)
    older = _rows(standing, going.since, [-place for place in places if place < 0], needed)
    lines = []
    for place in places:
        stand, record = (going.until, newer.get(place)) if place > 0 else (going.since, older.get(-place))
        if record is None or stand is None or not passes(policy.row_filter, record, date.fromisoformat(stand.on)):
            raise FilesTampered(_("A file of changes does not fit its register; it is made again."))
        name = row_name(policy.agreement, [record[item] for item in key])
        lines.append({"row": name, "state": "GONE"} if place < 0 else {"row": name, "state": "SET", "record": _given(policy, record)})
    return lines


def _given(policy: Policy, record: Mapping[str, Any]) -> dict[str, Any]:
    (given,) = masked_records(policy, [{item: record[item] for item in policy.items}])
    return given


def _rows(standing: Standing, stand: Stand | None, numbers: list[int], items: list[str]) -> dict[int, dict[str, Any]]:
    if stand is None or not numbers:
        return {}
    store = hosted.open_revision(stand.lookup, stand.rows, standing.all_versions[stand.version].version)
    where = Where(f"number IN ({', '.join('?' * len(numbers))})", tuple(numbers))
    return dict(store.scan_page(items, where, after=0, limit=len(numbers)))


def _fill(work: Work, policy: Policy, page: _Page) -> None:
    until = page.asked.until
    assert until is not None  # noqa: S101 - it had a target
    work.rows = len(page.places)
    work.withheld = policy.withheld
    work.answer = {"changes": page.changes, "cursor": page.after.written(), "more": page.more, "as_of": until.as_of}
    work.listed = {
        "type": CHANGES,
        "revision": until.lookup,
        "rows": until.rows,
        "on": until.on,
        "described": until.version,
        "since": _told(page.asked.since),
        "first": page.asked.place,
        "set": _range([place for place in page.places if place > 0]),
        "gone": _range([-place for place in page.places if place < 0]),
    }


def _told(stand: Stand | None) -> dict[str, str]:
    if stand is None:
        return {}
    whole = asdict(stand)
    return {"revision": whole["lookup"], "rows": whole["rows"], "on": whole["on"], "described": whole["version"]}


def _range(numbers: list[int]) -> list[int]:
    """The first and the last row of a page: pages follow the register's order, so no other page's rows lie between them."""
    return [numbers[0], numbers[-1]] if numbers else []
