"""What an officer wrote, held against the question: every fault with its place, so that it is corrected at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.stores import ProviderFailed, Question, Record
from catalog.stores.checking import MOST_RECORDS, check_value


def subject_items(question: Question, kind: str) -> list[str]:
    """The asked items that name the subject itself: nobody types them, they are the question."""
    return [subject["item"] for subject in question.document["subjects"] if subject["kind"] == kind and subject["item"] in question.items]


def faults_of(question: Question, answers: Sequence[Sequence[Record]]) -> list[Fault]:
    """What does not fit; the places are `answers[subject].records[record].item`, counted from 0."""
    if len(answers) != len(question.subjects):
        return [Fault("answers", "subjects", _("Answer for each subject of the question, in its order"))]
    return [fault for position, records in enumerate(answers) for fault in _of_subject(question, position, records)]


def _of_subject(question: Question, position: int, records: Sequence[Record]) -> Iterator[Fault]:
    if len(records) > MOST_RECORDS:
        yield Fault(f"answers[{position}]", "too_many", _("At most %(count)d records") % {"count": MOST_RECORDS})
        return
    for number, record in enumerate(records):
        where = f"answers[{position}].records[{number}]"
        if set(record) != set(question.items):
            yield Fault(where, "items", _("Exactly these items: %(names)s") % {"names": ", ".join(question.items)})
        else:
            yield from _of_record(question, question.subjects[position], where, record)


def _of_record(question: Question, who: tuple[str, str], where: str, record: Record) -> Iterator[Fault]:
    declared = {item["name"]: item for item in question.document["items"]}
    codes = {name: {entry["code"] for entry in entries} for name, entries in question.document["code_lists"].items()}
    for name in question.items:
        try:
            check_value(declared[name], record[name], codes)
        except ProviderFailed:
            yield Fault(f"{where}.{name}", "type", _message(declared[name]))
    naming = subject_items(question, who[0])
    if naming and who[1] not in [record[name] for name in naming]:
        yield Fault(f"{where}.{naming[0]}", "subject", _("This record is about somebody else"))


def _message(item: Mapping[str, Any]) -> str:
    """How a value of this item is written."""
    if item.get("required"):
        return _("The register always has this: write it as %(type)s") % {"type": item["type"]}
    return _("Write it as %(type)s, or leave it empty") % {"type": item["type"]}
