"""`hub request`: a draft as a file, handed in, looked at, taken back. The template proposes the least that the purpose needs."""

import hashlib
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub_client.drafts import flow, read_draft, remark, require_known, write_draft
from hub_client.errors import Exit, UsageError
from hub_client.management import Management, open_management, route
from hub_client.registering import Commands, Run, Shown, command, group, load
from hub_client.tables import table

WORDS = ("purpose", "title", "reason", "recipients", "contact_office", "contact_telephone", "legal_basis", "parts")
PART = (
    *("dataset", "items", "facts", "methods", "systems", "row_filter", "per_day", "per_minute", "per_officer_day", "per_subject"),
    *("per_subject_days", "fact_answers", "fact_days", "period_from", "period_until", "retention_days", "supersedes"),
    *("monthly_subjects", "justifications"),
)


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the commands."""
    actions = group(commands, "request", "ask other departments for data")
    _on(actions, "list", "your requests, and those that reach your datasets", _list)
    show = _on(actions, "show", "one request with its parts and the decisions", _show)
    submit = _on(actions, "submit", "hand in every part that is a draft or was returned", _submit)
    foreseen = _on(actions, "foreseen", "what will come back, and why, before it is handed in", _foreseen)
    withdraw = _on(actions, "withdraw", "take a part back before it is decided", _withdraw)
    for parser in (show, submit, foreseen, withdraw):
        parser.add_argument("number", help="the request's number")
    withdraw.add_argument("dataset", nargs="?", help="the dataset's code, if the request has several parts")
    withdraw.add_argument("--note", default="", help="why, for colleagues who look at it later")
    new = _on(actions, "new", "draft a request from a file; nobody else sees it before it is handed in", _new)
    new.add_argument("--from", dest="draft", metavar="FILE", required=True, help="a .yaml, .toml or .json file, as the template is")
    new.add_argument("--again", action="store_true", help="draft it once more, although the very same file was drafted before")
    template = _on(actions, "template", "write a draft's file with the least proposed", _template)
    template.add_argument("dataset", help="the dataset's code")
    template.add_argument("--purpose", required=True, help="the purpose's code")
    template.add_argument("--out", help="the file to write (DATASET.yaml); .json for one without comments")


def _on(actions: "Commands[ArgumentParser]", name: str, help_: str, run: Run) -> ArgumentParser:
    parser = command(actions, name, help_, run)
    parser.add_argument("--department", default="", help="for which of your departments")
    return parser


def _hub(options: Namespace) -> Management:
    return open_management(load(options), department=options.department)


def _list(options: Namespace) -> Shown:
    rows = list(_hub(options).pages("requests"))
    cells = [(row["number"], row["state"], row["requester"], row["purpose"], str(row["changed_at"])[:10], row["title"]) for row in rows]
    lines = table(("request", "state", "requester", "purpose", "changed", "title"), cells) if rows else ["No requests."]
    return {"requests": rows}, lines, Exit.OK


def _show(options: Namespace) -> Shown:
    return _told(_hub(options).get(route("requests", options.number)))


def _submit(options: Namespace) -> Shown:
    return _told(_hub(options).post(route("requests", options.number, "submit")))


def _foreseen(options: Namespace) -> Shown:
    parts = _hub(options).get(route("requests", options.number, "foreseen"))
    return {"parts": parts}, list(_foreseen_lines(parts)) or ["Every part is handed in already."], Exit.OK


def _withdraw(options: Namespace) -> Shown:
    hub = _hub(options)
    dataset = options.dataset or _only_part(hub.get(route("requests", options.number)))
    return _told(hub.post(route("requests", options.number, "parts", dataset, "withdraw"), {"note": options.note}))


def _only_part(found: Mapping[str, Any]) -> str:
    codes = [part["dataset"] for part in found["parts"]]
    if len(codes) != 1:
        raise UsageError("WHICH_PART", f"say which part: {', '.join(codes)}")
    return str(codes[0])


def _new(options: Namespace) -> Shown:
    path = Path(options.draft)
    draft = read_draft(path)
    require_known(draft, WORDS, str(path))
    for number, part in enumerate(draft.get("parts") or []):
        require_known(part, PART, f"{path}, part {number + 1}")
    # The same file gives the same request again: a command that was cut off may simply be repeated.
    whole = json.dumps(draft, sort_keys=True, ensure_ascii=False).encode()
    headers = {} if options.again else {"idempotency_key": hashlib.sha256(whole).hexdigest()}
    document, lines, code = _told(_hub(options).post("requests", draft, **headers))
    if document["state"] == "DRAFT":
        lines.append(f"Hand it in with: hub request submit {document['number']}")
    return document, lines, code


def _told(found: dict[str, Any]) -> Shown:
    return found, list(_lines(found)), Exit.OK


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['number']}  {found['state']}  {found['title']}".rstrip()
    yield f"  {found['requester']} for {found['purpose']}: {found['reason']}"
    for part in found["parts"]:
        due = f", answer due {part['due_on']}" if part["due_on"] else ""
        yield f"  {part['dataset']} of {part['provider']}: {part['state']}{due}"
        yield from (f"    {_wish(wish, 'item')}" for wish in part["items"])
        yield from (f"    {_wish(wish, 'fact')}" for wish in part["facts"])
        yield from (f"    missing: {fault['where']}: {fault['message']}" for fault in part["notice"])
        if part["ground"]:
            yield f"    refused ({part['ground']}): {part['decision_reason']}"
        if part["agreement"]:
            yield f"    agreement: {part['agreement']}"
        if part["allowed"]:
            yield f"    you may: {', '.join(part['allowed'])}"


def _wish(wish: Mapping[str, Any], kind: str) -> str:
    ground = f" ({wish['ground']}: {wish['reason']})" if wish["ground"] else ""
    kept = f", first {wish['keep_first']} and last {wish['keep_last']} stay" if wish["decision"] == "MASKED" else ""
    remarked = f"; remark: {wish['remark']}" if wish["remark"] else ""
    return f"{kind} {wish['name']}: {wish['decision']}{kept}{ground}{remarked}"


def _foreseen_lines(parts: list[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        due = f" by {part['due_on']}" if part["due_on"] else ""
        yield f"{part['dataset']}: {part['way']}{due}"
        yield from (f"  {sentence}" for sentence in part["why"])
        yield from (f"  fault: {fault['where']}: {fault['message']}" for fault in part["faults"])


def _template(options: Namespace) -> Shown:
    hub, code = _hub(options), options.dataset
    described = hub.get(route("catalog", "datasets", code))
    least = next((one for one in hub.get("requests/least", purpose=options.purpose) if one["dataset"] == code), None)
    systems = [row["code"] for row in hub.get("systems")["results"]]
    draft = _draft(code, options.purpose, least or {"items": [], "facts": {}, "because": []}, systems)
    path = Path(options.out or f"{code}.yaml")
    if path.suffix not in (".yaml", ".yml", ".json"):
        raise UsageError("WHICH_FORMAT", "a template's file ends in .yaml or .json")
    lines = [json.dumps(draft, ensure_ascii=False, indent=2)] if path.suffix == ".json" else list(_yaml(draft, described, least))
    write_draft(path, lines)
    said = [f"written: {path}", "Fill in what is empty, then: hub request new --from " + str(path)]
    return {"file": str(path), "draft": draft}, said, Exit.OK


def _draft(code: str, purpose: str, least: Mapping[str, Any], systems: list[str]) -> dict[str, Any]:
    methods = [*(["QUERY"] if least["items"] else []), *(["VERIFY"] if least["facts"] else [])]
    part = {"dataset": code, "items": least["items"], "facts": least["facts"], "methods": methods, "systems": systems}
    part |= {"monthly_subjects": None, "retention_days": 30, "justifications": {}}
    words = {"purpose": purpose, **dict.fromkeys(("title", "reason", "recipients", "contact_office", "contact_telephone"), "")}
    return {**words, "parts": [part]}


def _yaml(draft: Mapping[str, Any], described: Mapping[str, Any], least: Mapping[str, Any] | None) -> Iterator[str]:
    """The draft with what may be asked beyond the least as comments; each of those needs a justification."""
    part = draft["parts"][0]
    yield remark(f"A request for {described['code']}: {described['title']['en']}, {described['title']['zh']}")
    yield remark("Hand-over: hub request new --from THIS_FILE, then hub request foreseen NUMBER, then hub request submit NUMBER")
    yield f"purpose: {flow(draft['purpose'])}"
    for name, why in _ASKED_WORDS.items():
        yield f"{name}: {flow(draft[name])}  {remark(why)}"
    yield from (remark(sentence) for sentence in (least or {}).get("because", ["No least is known for this purpose: justify all."]))
    yield "parts:"
    yield f"  - dataset: {flow(part['dataset'])}"
    yield from _chosen("items", part["items"], described["items"])
    yield f"    facts: {flow(part['facts'])}  {remark('fact: parameter: allowed values')}"
    yield from (f"    # more: {fact['name']}: {fact['title']['en']}" for fact in described["facts"] if fact["name"] not in part["facts"])
    yield f"    methods: {flow(part['methods'])}  {remark('VERIFY, QUERY, BATCH, EXPORT, CHANGES')}"
    yield f"    systems: {flow(part['systems'])}  {remark('your systems that will ask')}"
    yield f"    monthly_subjects: null  {remark('about so many subjects a month')}"
    yield f"    retention_days: {part['retention_days']}"
    yield f"    justifications: {{}}  {remark('items.NAME or facts.NAME: why, for all beyond the least')}"


_ASKED_WORDS = {
    "title": "name of the project",
    "reason": "what the data are for",
    "recipients": "who in your department will see them",
    "contact_office": "an office, never a person",
    "contact_telephone": "its telephone",
}


def _chosen(name: str, taken: list[str], items: list[dict[str, Any]]) -> Iterator[str]:
    yield f"    {name}: {flow(taken)}"
    for item in items:
        if item["name"] not in taken and item["may_be_asked"]:
            yield f"    # more: {item['name']}: {item['title']['en']}, sensitivity {item['sensitivity']}"
