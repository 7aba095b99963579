"""`hub configure`: from the demonstration's demo.json, or from what was typed, to a hub.toml."""

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub_client import trust
from hub_client.configuration import Configuration, KnownAgreement, write
from hub_client.connection import Connection, Transport
from hub_client.errors import UsageError
from hub_client.filing import read_file


def configure(configuration: Configuration, options: Namespace, transport: Transport | None = None) -> tuple[Configuration, dict[str, Any]]:
    """Write hub.toml and give what stands in it, with the entries of demo.json for this system's agreements."""
    target = Path(options.output)
    if target.exists() and not options.force:
        raise UsageError("EXISTS", f"{target} exists already; add --force to write it anew")
    entries: list[dict[str, Any]] = []
    if options.demo:
        configuration, entries = _from_demo(configuration, Path(options.demo), options.system or "")
    if not configuration.log_origin:
        # Pinned now, under the authority's root; from here on another origin is refused.
        known = trust.fetch(transport or Connection(configuration.address), configuration)
        configuration = replace(configuration, log_origin=known.hub)
    configuration.require("keyid")
    configuration.require("private_key_file")
    write(target, configuration)
    return configuration, {"file": str(target), "log_origin": configuration.log_origin, "agreements": entries}


def _from_demo(configuration: Configuration, path: Path, code: str) -> tuple[Configuration, list[dict[str, Any]]]:
    demo = read_file(path)
    try:
        systems = {str(entry["code"]): entry for entry in demo["systems"]}
        if code not in systems:
            raise UsageError("WHICH_SYSTEM", f"say which system, with --system: {', '.join(sorted(systems))}")
        system = systems[code]
        entries = [entry for entry in demo["agreements"] if entry["requester"] == code]
        return (
            replace(
                configuration,
                base_url=configuration.base_url or str(demo["base_url"]),
                authority_root=str(demo["authority_root"]),
                log_origin=str(demo.get("log_origin", "")),
                keyid=str(system["keyid"]),
                private_key_file=str(path.parent.absolute() / str(system["private_key_file"])),
                agreements=tuple(_agreement(entry) for entry in entries),
            ),
            entries,
        )
    except (KeyError, TypeError):
        raise UsageError("BAD_DEMO", f"{path} is not the demo.json of a demonstration hub") from None


def _agreement(entry: dict[str, Any]) -> KnownAgreement:
    return KnownAgreement(
        id=str(entry["id"]),
        dataset=str(entry["dataset"]),
        purpose=str(entry["purpose"]),
        methods=tuple(str(method) for method in entry["methods"]),
    )


def example(entry: dict[str, Any]) -> str:
    """A command that works at once, from an agreement in demo.json."""
    subjects = entry.get("subjects") or ["…"]
    subject = subjects[0]
    shown = subject.get("id") if isinstance(subject, dict) else subject
    call = "query" if "QUERY" in entry["methods"] else "verify-fact"
    fact = f" --fact '{json.dumps(entry['facts'][0], separators=(',', ':'))}'" if call == "verify-fact" and entry.get("facts") else ""
    return f"hub {call} --agreement {entry['id'][:8]} --subject {shown}{fact} --case demo-1 --officer automatic"
