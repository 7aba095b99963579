"""A list names nobody in the log; whoever stood on it reads of it all the same, and nobody else does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.errors import Missing
from exchange.accounts.subject import Subject
from exchange.delivery import lists
from exchange.oversight.access_records import AccessKind, Filters, Group, access_record, access_records
from exchange.oversight.access_records.recount import recount
from exchange.oversight.slips import make_slip, take_away
from tests.delivery.test_lists import LAPSED, agreed, open_list
from tests.delivery.wire_caller import Caller
from tests.oversight.citizens import VALID
from tests.oversight.test_slips import proved, proved_list
from tests.portal.auditor_log import merge
from tests.world import World
from tests.world_data import SUBJECTS

ON = Subject("person", LAPSED[1])
OFF = Subject("person", SUBJECTS[1])


@pytest.fixture
def listed(world: World) -> list[int]:
    """Two lists with questions about two people between them; the entries of the lists."""
    caller, agreement, lists_of = Caller("CAB-relief"), world.agreement.agreement_id, agreed(world)
    for number in range(2):
        open_list(caller, lists_of)
        for subject in (ON, OFF):
            caller.verify(agreement, subject.identifier, VALID, case=f"C-{number}")
    merge()
    return [line.entry for line in access_records(ON).lines if line.kind is AccessKind.LIST]


def entries(subject: Subject, **filters: Any) -> list[int]:
    found: list[int] = []
    cursor = ""
    while True:
        page = access_records(subject, filters=Filters(**filters), cursor=cursor, size=1)
        found += [line.entry for line in page.lines]
        if not page.older:
            return found
        cursor = page.older


def test_who_stood_on_a_list_reads_of_it_among_the_other_lines(world: World, listed: list[int]) -> None:
    lines = access_records(ON).lines
    assert [line.kind.value for line in lines] == ["QUESTION", "LIST", "QUESTION", "LIST"]
    assert lines[1].sentence.endswith("gave the Civil Affairs Bureau a list. You stood on it. For: Disability allowances.")
    assert entries(ON) == [line.entry for line in lines]
    assert entries(ON, group=Group.LISTS) == listed
    assert recount(ON).entries == tuple(sorted(entries(ON)))


def test_who_did_not_stand_on_it_is_told_nothing(listed: list[int]) -> None:
    assert {line.kind for line in access_records(OFF).lines} == {AccessKind.QUESTION}
    assert "LIST" not in recount(OFF).kinds
    for entry in listed:
        with pytest.raises(Missing):
            access_record(OFF, entry)
        with pytest.raises(Missing):
            make_slip(OFF, entry)


def test_somebody_whom_no_call_ever_named_still_reads_of_the_list(listed: list[int]) -> None:
    lines = access_records(Subject("person", LAPSED[3])).lines
    assert [line.entry for line in lines] == listed


def test_the_slip_of_a_list_proves_that_it_was_given_and_names_nobody(listed: list[int]) -> None:
    slip = proved(json.loads(json.dumps(make_slip(ON, listed[0]))))
    assert (slip.entry.index, slip.persons) == (listed[0], ())
    assert slip.entry.opened["route"]["type"] == "export"
    assert {found.entry.index for found in proved_list(json.loads(b"".join(take_away(ON)))).slips} >= set(listed)


def test_where_nobody_can_tell_any_more_the_line_says_so(listed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "was_on_list", lambda _route, _subject: None)
    line = access_record(OFF, listed[0])
    assert line.kind is AccessKind.LIST_UNKNOWN
    assert "cannot be told any more" in line.sentence
