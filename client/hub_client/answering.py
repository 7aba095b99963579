"""`hub answer`: a question to a register on paper, or a part of a request, item by item."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub_client.drafts import flow, read_draft, remark, require_known, write_draft
from hub_client.errors import Exit, UsageError
from hub_client.management import Management, open_management, route
from hub_client.registering import Commands, Shown, command, group, load

DECLINED = ("NOT_OUR_REGISTER", "REGISTER_AWAY", "REGISTER_DAMAGED", "RECORDS_CONTRADICT")
GROUNDS = ("BEYOND_PURPOSE", "LAW_FORBIDS", "LEGAL_BASIS_MISSING", "NOT_HELD", "NOT_NEEDED_FOR_DUTY")
_VERDICT = ("decision", "ground", "reason", "keep_first", "keep_last")


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the commands."""
    actions = group(commands, "answer", "answer what waits for you")
    question = command(actions, "question", "a question to a register that officers answer for", _question)
    question.add_argument("id", help="the question's id, as hub queue shows it")
    steps = question.add_mutually_exclusive_group(required=True)
    steps.add_argument("--claim", action="store_true", help="take it from the queue")
    steps.add_argument("--look", metavar="FILE", help="open it, and write whom and what it asks into a new file, to be filled in")
    steps.add_argument("--from", dest="filled", metavar="FILE", help="answer with the file that --look wrote")
    steps.add_argument("--decline", choices=DECLINED, help="say why it cannot be answered")
    steps.add_argument("--release", action="store_true", help="put it back into the queue")
    part = command(actions, "part", "a part of a request that reaches one of your datasets", _part)
    part.add_argument("number", help="the request's number")
    part.add_argument("dataset", help="the dataset's code")
    ways = part.add_mutually_exclusive_group(required=True)
    ways.add_argument("--template", metavar="FILE", help="write what is asked into a new file, to be decided item by item")
    ways.add_argument("--from", dest="decided", metavar="FILE", help="decide as the file says")
    ways.add_argument("--refuse", choices=GROUNDS, help="refuse all of it on a coded legal ground")
    part.add_argument("--reason", default="", help="why, for --refuse")
    part.add_argument("--note", default="", help="a remark for colleagues")
    for parser in (question, part):
        parser.add_argument("--department", default="", help="for which of your departments")


def _question(options: Namespace) -> Shown:
    hub = open_management(load(options), department=options.department)
    if options.look:
        return _look(hub, options.id, Path(options.look))
    if options.filled:
        return _answer(hub, options.id, Path(options.filled))
    step = "claim" if options.claim else "release" if options.release else "decline"
    told = hub.post(route("officer-questions", options.id, step), {"reason": options.decline} if options.decline else None)
    return told, [f"{told['id']}  {told['state']}, due {told['due_on']}"], Exit.OK


def _look(hub: Management, question_id: str, path: Path) -> Shown:
    """The file names people: readable by its owner alone, and nothing of it is printed."""
    if path.suffix not in (".json", ".yaml", ".yml"):
        raise UsageError("WHICH_FORMAT", "the file ends in .yaml or .json")
    if path.exists():  # looked at before anything is opened: every look is recorded
        raise UsageError("EXISTS", f"{path} exists already; give another name")
    asked = hub.post(route("officer-questions", question_id, "look"))
    document = {"answers": [{"subject": _named(subject), "records": [_empty(asked, subject)]} for subject in asked["subjects"]]}
    lines = [json.dumps(document, ensure_ascii=False, indent=2)] if path.suffix == ".json" else list(_question_yaml(asked, document))
    write_draft(path, lines, is_private=True)
    said = f"written: {path}, for you alone. Fill it in (no record: records: []), then: hub answer question {question_id} --from {path}"
    return {"file": str(path), "subjects": len(asked["subjects"])}, [said], Exit.OK


def _named(subject: Mapping[str, Any]) -> str:
    return f"{subject['kind']} {subject['id']}"


def _empty(asked: Mapping[str, Any], subject: Mapping[str, Any]) -> dict[str, Any]:
    return {item["name"]: subject["id"] if item["is_subject"] else None for item in asked["items"]}


def _question_yaml(asked: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    yield remark(f"Asked for {asked['purpose']}, case {asked['case']}")
    for item in asked["items"]:
        always = ", always there" if item["always"] else ""
        codes = f", one of {', '.join(item['codes'])}" if item["codes"] else ""
        yield remark(f"{item['name']}: {item['title'].get('en', '')}, {item['type']}{always}{codes}")
    yield "answers:"
    for answer in document["answers"]:
        yield f"  - subject: {flow(answer['subject'])}"
        yield "    records:"
        for record in answer["records"]:
            yield from (f"      {'- ' if not number else '  '}{name}: {flow(value)}" for number, (name, value) in enumerate(record.items()))


def _answer(hub: Management, question_id: str, path: Path) -> Shown:
    document = read_draft(path)
    require_known(document, ("answers",), str(path))
    answers = document.get("answers") or []
    for number, answer in enumerate(answers):
        require_known(answer, ("subject", "records"), f"{path}, answer {number + 1}")
    told = hub.post(route("officer-questions", question_id, "answer"), {"answers": [{"records": one["records"] or []} for one in answers]})
    code = Exit.OK if told["outcome"] == "ANSWERED" else Exit.REFUSED
    return told, [f"{told['outcome']}. Delete {path}: it names people."], code


def _part(options: Namespace) -> Shown:
    hub, place = open_management(load(options), department=options.department), route("requests", options.number, "parts", options.dataset)
    if options.template:
        return _part_template(hub, options)
    if options.refuse:
        if not options.reason:
            raise UsageError("NO_REASON", "a refusal has a written reason: add --reason")
        return _decided(hub.post(f"{place}/refuse", {"ground": options.refuse, "reason": options.reason}), options.dataset)
    document = read_draft(Path(options.decided))
    require_known(document, ("verdicts", "note"), options.decided)
    verdicts = document.get("verdicts") or {}
    for name, verdict in verdicts.items():
        require_known(verdict, _VERDICT, f"{options.decided}, {name}")
    note = options.note or document.get("note") or ""
    return _decided(hub.post(f"{place}/approve", {"verdicts": verdicts, "note": note}), options.dataset)


def _part_template(hub: Management, options: Namespace) -> Shown:
    path = Path(options.template)
    found = hub.get(route("requests", options.number))
    part = _part_of(found, options.dataset)
    wishes = [*((f"items.{wish['name']}", wish) for wish in part["items"]), *((f"facts.{wish['name']}", wish) for wish in part["facts"])]
    document = {"note": "", "verdicts": {name: {"decision": "GRANTED"} for name, _wish in wishes}}
    lines = [json.dumps(document, ensure_ascii=False, indent=2)] if path.suffix == ".json" else list(_part_yaml(found, wishes))
    write_draft(path, lines)
    said = f"written: {path}. Decide, then: hub answer part {options.number} {options.dataset} --from {path}"
    return {"file": str(path), "draft": document}, [said], Exit.OK


def _part_yaml(found: Mapping[str, Any], wishes: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    yield remark(f"{found['requester']} asks for {found['purpose']}: {found['reason']}")
    yield remark("decision: GRANTED, MASKED (with keep_first, keep_last) or REFUSED (with ground and reason)")
    yield remark(f"ground: {', '.join(GROUNDS)}")
    yield 'note: ""'
    yield "verdicts:"
    for name, wish in wishes:
        if wish["justification"]:
            yield f"  {remark('why: ' + wish['justification'])}"
        if wish["remark"]:
            yield f"  {remark('the authority remarks: ' + wish['remark'])}"
        yield f"  {name}: {{decision: GRANTED}}"


def _part_of(found: Mapping[str, Any], dataset: str) -> Mapping[str, Any]:
    for part in found["parts"]:
        if part["dataset"] == dataset:
            return part  # type: ignore[no-any-return]
    raise UsageError("NO_PART", f"the request {found['number']} has no part about {dataset}")


def _decided(found: dict[str, Any], dataset: str) -> Shown:
    part = _part_of(found, dataset)
    lines = [f"{found['number']} {dataset}: {part['state']}"]
    if part["state"] == "APPROVED_ONCE":
        lines.append("A second officer of your department confirms it on the page.")
    if part["agreement"]:
        lines.append(f"agreement: {part['agreement']}; the requester signs next")
    return dict(found), lines, Exit.OK
