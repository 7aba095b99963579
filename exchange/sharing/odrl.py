"""An agreement as an ODRL 2.2 Agreement in JSON-LD (W3C Recommendation, 15 February 2018), for tools that read policies.

The signed text stays the agreement: this says the same to others. What ODRL's vocabulary lacks stands in our own profile
(docs/odrl_profile.md), as section 3 of the information model asks: `odrl:purpose`, `odrl:count`, `odrl:dateTime` and
`odrl:elapsedTime` are the vocabulary's own, items, facts and methods are refinements of the target asset in the profile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit.proof.acts.rows import alternatives

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
PROFILE = "urn:mianzheng:odrl:1"
MIANZHENG = f"{PROFILE}#"
XSD = "http://www.w3.org/2001/XMLSchema#"

Text = Mapping[str, Any]


def as_odrl(agreement_id: str, text: Text, *, text_hash: str) -> dict[str, Any]:
    """The policy. `text` is the signed document, `text_hash` its hash; parties and assets are named by URNs of this hub."""
    hub = str(text["hub"])
    return {
        "@context": [CONTEXT, {"mz": MIANZHENG, "xsd": XSD}],
        "@type": "Agreement",
        "uid": _urn(hub, "agreement", agreement_id),
        "profile": PROFILE,
        "mz:signedText": text_hash,
        "mz:legalBasis": [{"mz:text": _words(basis["text"]), "mz:article": _words(basis["article"])} for basis in text["legal_basis"]],
        **({"mz:supersedes": {"@id": _urn(hub, "agreement", text["supersedes"])}} if text["supersedes"] else {}),
        "permission": [_permission(text, hub)],
    }


def _permission(text: Text, hub: str) -> dict[str, Any]:
    return {
        "assigner": _urn(hub, "department", text["provider"]),
        "assignee": _urn(hub, "department", text["requester"]),
        "action": "use",
        "target": _target(text, hub),
        "constraint": [
            _constraint("purpose", "isAnyOf", [_urn(hub, "purpose", code) for code in text["purposes"]]),
            _constraint("dateTime", "gteq", _moment(text["period"]["from"])),
            _constraint("dateTime", _until(text["period"]["until"]), _moment(text["period"]["until"])),
            _constraint("mz:subjectsPerDay", "lteq", _whole(text["quota"]["per_day"])),
            _constraint("mz:subjectsPerMinute", "lteq", _whole(text["quota"]["burst_per_minute"])),
            *_closer(text["quota"]),
            _constraint("mz:system", "isAnyOf", [_urn(hub, "system", code) for code in text["systems"]]),
        ],
        "duty": [{"action": [{"@id": "delete", "refinement": [_retention(text["retention"]["days"])]}]}],
    }


def _closer(quota: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The limits by officer and by subject, where there are any."""
    officer, subject = quota.get("per_officer_day"), quota.get("per_subject_days")
    told = [_constraint("mz:subjectsPerOfficerDay", "lteq", _whole(officer))] if officer else []
    if subject:
        asked = _constraint("mz:askedPerSubject", "lteq", _whole(subject["n"]))
        told.append({**asked, "mz:within": {"@value": f"P{subject['days']}D", "@type": "xsd:duration"}})
    return told


def _target(text: Text, hub: str) -> dict[str, Any]:
    """The dataset, narrowed to what was agreed."""
    refinements = [
        _constraint("mz:majorVersion", "eq", _whole(text["major"])),
        _constraint("mz:method", "isAnyOf", sorted(text["methods"])),
        _constraint("mz:item", "isAnyOf", list(text["items"])),
        _constraint("mz:fact", "isAnyOf", [fact["fact"] for fact in text["facts"]]),
    ]
    rows = _rows(text["row_filter"])
    masks = [_constraint("mz:mask", "eq", {"mz:item": name, "mz:keep": dict(mask)}) for name, mask in (text.get("masks") or {}).items()]
    told = [row for row in refinements if row["rightOperand"] != []]
    return {"@type": "AssetCollection", "source": _urn(hub, "dataset", text["dataset"]), "refinement": [*told, *rows, *masks]}


def _rows(row_filter: Any) -> list[dict[str, Any]]:
    """A constraint for each item; alternatives are one constraint with a set of rules each, which hold together."""
    sets = [[{"mz:item": name, "mz:rule": dict(rule)} for name, rule in rules.items()] for rules in alternatives(row_filter)]
    if len(sets) < 2:
        return [_constraint("mz:row", "eq", row) for rows in sets for row in rows]
    return [_constraint("mz:row", "isAnyOf", [{"mz:all": rows} for rows in sets])]


def _constraint(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _retention(days: int) -> dict[str, Any]:
    """Delete within so many days after each answer."""
    return _constraint("elapsedTime", "lteq", {"@value": f"P{days}D", "@type": "xsd:duration"})


def _until(until: str) -> str:
    """A period that ends on a day holds that day; one that ends at a time does not hold that second (policy.decide)."""
    return "lt" if "T" in until else "lteq"


def _moment(day_or_time: str) -> dict[str, str]:
    return {"@value": day_or_time, "@type": "xsd:dateTime" if "T" in day_or_time else "xsd:date"}


def _whole(number: int) -> dict[str, str]:
    return {"@value": str(number), "@type": "xsd:integer"}


def _words(said: Any) -> Any:
    """Texts by language as JSON-LD has them; a bare text stays one."""
    if isinstance(said, Mapping):
        return [{"@value": text, "@language": language} for language, text in sorted(said.items())]
    return said


def _urn(hub: str, kind: str, name: Any) -> str:
    return f"urn:mianzheng:{hub.replace('/', ':')}:{kind}:{name}"


def classes() -> Sequence[str]:
    """The terms of the profile, for its page."""
    return (
        "item",
        "fact",
        "method",
        "majorVersion",
        "row",
        "mask",
        "subjectsPerDay",
        "subjectsPerMinute",
        "subjectsPerOfficerDay",
        "askedPerSubject",
        "within",
        "system",
        "signedText",
        "legalBasis",
        "supersedes",
    )
