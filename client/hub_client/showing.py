"""An order in words: who gives what to whom, for what, how long. Codes are what is signed; titles are what the hub calls them."""

from collections.abc import Iterator, Mapping
from typing import Any

Text = Mapping[str, Any]

_TITLES = {
    "agree": "An agreement",
    "offer": "A standing offer",
    "emergency": "An emergency",
    "suspend": "Stop for a while",
    "resume": "Go on",
    "revoke": "End for ever",
}


def order_lines(order: Text, target: Text | None, described: Text) -> Iterator[str]:
    """The whole order, line by line. `target` is the text that a suspension, resumption or revocation is about."""
    yield f"{_TITLES[order['type']]} ({order['type']})"
    if order["type"] == "emergency":
        yield f"  what has happened: {_said(order['reason'])}"
        yield f"  legal act: {_said(order['legal_act']['text'])}, {_said(order['legal_act']['article'])}"
        yield f"  items of sensitivity 4 that are opened: {_listed(order['sensitive_items'])}"
    if "target" in order:
        yield f"  of: {order['target']}"
        yield f"  reason: {_said(order['reason']['text'])} ({order['reason']['ground']})"
    text = order.get("agreement") or order.get("offer") if "target" not in order else target
    if isinstance(text, Mapping):
        yield from _text_lines(text, described)
    if order["type"] == "agree" and isinstance(order.get("offer"), str):
        yield f"  the owner signed in advance, by its offer {order['offer']}"


def _text_lines(text: Text, described: Text) -> Iterator[str]:
    yield f"  owner: {text['provider']}"
    yield f"  requester: {text['requester'] if 'requester' in text else _listed(text['requesters'])}"
    if "systems" in text:
        yield f"  systems that may call: {_listed(text['systems'])}"
    yield f"  dataset: {text['dataset']}, version {text['major']}.x  {_said(described.get('title') or {})}".rstrip()
    yield f"  ways of asking: {_listed(text['methods'])}"
    yield from _item_lines(text, described)
    yield from _fact_lines(text, described)
    yield f"  rows: {_rows(text['row_filter'] or {})}"
    yield f"  purposes: {_listed(text['purposes'])}"
    for basis in text["legal_basis"]:
        yield f"  legal basis: {_said(basis['text'])}, {_said(basis['article'])}"
    quota = text["quota"]
    answers = quota["fact_answers"]
    yield f"  quota: {quota['per_day']} subjects a day, {quota['burst_per_minute']} a minute"
    if "per_officer_day" in quota:
        yield f"  one officer: {quota['per_officer_day']} subjects a day"
    if "per_subject_days" in quota:
        yield f"  the same subject: asked about {quota['per_subject_days']['n']} times in {quota['per_subject_days']['days']} days"
    yield f"  the same fact about the same subject: {answers['q']} answers in {answers['days']} days"
    yield from _lasting(text)


def _lasting(text: Text) -> Iterator[str]:
    if "period" in text:
        yield f"  period: {text['period']['from']} to {text['period']['until']}"
    if "not_after" in text:
        yield f"  last day: {text['not_after']}"
    if "retention" in text:
        yield f"  answers may be kept: {text['retention']['days']} days"
    if text.get("supersedes"):
        yield f"  takes the place of: {text['supersedes']}"
    if text.get("seal_to"):
        yield f"  lists are sealed to the key: {text['seal_to']}"


def _item_lines(text: Text, described: Text) -> Iterator[str]:
    known = {row["name"]: row for row in described.get("items", ())}
    masks = text.get("masks") or {}
    if not text["items"]:
        yield "  items: none, facts only"
    for name in text["items"]:
        row = known.get(name)
        words = f"{_said(row['title'])}, sensitivity {row['sensitivity']}" if row else "NOT DESCRIBED by the hub"
        mask = masks.get(name)
        hidden = f", masked but for the first {mask['keep_first']} and last {mask['keep_last']} characters" if mask else ""
        yield f"  item {name}: {words}{hidden}"


def _fact_lines(text: Text, described: Text) -> Iterator[str]:
    known = {row["name"]: row for row in described.get("facts", ())}
    for fact in text["facts"]:
        row = known.get(fact["fact"])
        values = "; ".join(f"{name} {_rule(rule)}" for name, rule in fact["with"].items())
        yield f"  fact {fact['fact']}: {_said(row['title']) if row else 'NOT DESCRIBED by the hub'}{' with ' + values if values else ''}"


def _rows(rows: Text) -> str:
    """Which rows are meant: every rule of one of the sets holds."""
    several = rows["any"] if isinstance(rows.get("any"), list) else [rows]
    sets = ["; ".join(f"{name} {_row_rule(rule)}" for name, rule in rules.items()) for rules in several]
    return " OR ".join(f"({words})" for words in sets) if len(sets) > 1 else sets[0] or "every row"


def _row_rule(rule: Text) -> str:
    """Each member with its value, as it is signed: a list is all its values."""
    words = {"in": "among", "present": "present:"}
    return " and ".join(f"{words.get(name, name.replace('_', ' '))} {_row_value(value)}" for name, value in rule.items())


def _row_value(value: Any) -> str:
    if isinstance(value, list):
        return _listed(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rule(rule: Text) -> str:
    if "in" in rule:
        return f"among {_listed(rule['in'])}"
    if "min" in rule:
        return f"from {rule['min']} to {rule['max']}"
    return ", ".join(f"{name} {value}" for name, value in rule.items())


def _said(value: Any) -> str:
    """A text, or texts by language: English if there is any."""
    if isinstance(value, Mapping):
        return str(value.get("en") or next(iter(value.values()), ""))
    return str(value)


def _listed(values: Any) -> str:
    return ", ".join(str(value) for value in values) or "none"
