"""Where the rows of a dataset are, as its provider signs it: hosted, or answered by a service, a database or an officer.

The address of a remote store is part of what is signed, so nobody can turn the hub towards another one by editing a table.
Names and passwords of a database account are not: the version names them, a file on the hub's machine holds them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.description.trees import items_of
from catalog.stores import HOSTED, OFFICER, store_kind
from catalog.stores.denied_networks import DENIED_NETWORKS

HTTP, SQL = "http", "sql"
KINDS = (HOSTED, HTTP, SQL, OFFICER)
DIALECTS = ("postgresql", "mysql", "oracle", "trino", "clickhouse")
CONNECTED = ("postgresql", "mysql")
"""Dialects that this hub connects to; what it says to the others is written and tested, but it has no driver for them."""
LONGEST_WORKING_DAYS = 30
LONGEST_COLUMN_BYTES = 63
WHOLE_REGISTER = frozenset({"count_at_least"})

_PORT = {"type": "integer", "minimum": 1, "maximum": 65_535}
_NETWORKS = {"type": "array", "items": {"type": "string", "maxLength": 50}, "minItems": 1, "maxItems": 8, "uniqueItems": True}
_PORTS = {"type": "array", "items": _PORT, "minItems": 1, "maxItems": 4, "uniqueItems": True}
_TIMEOUT = {"type": "integer", "minimum": 100, "maximum": 20_000}
_SQL_NAME = {"type": "string", "minLength": 1, "maxLength": LONGEST_COLUMN_BYTES}
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")
_REGISTERED_PORT = 443


def _form(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    properties = {"kind": {"type": "string"}, **required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": ["kind", *required], "additionalProperties": False}


FORMS: Mapping[str, dict[str, Any]] = {
    HOSTED: _form({}),
    HTTP: _form(
        {"url": {"type": "string", "minLength": 9, "maxLength": 500}, "networks": _NETWORKS, "ports": _PORTS}, {"timeout_ms": _TIMEOUT}
    ),
    SQL: _form(
        {
            "dialect": {"enum": list(DIALECTS)},
            "host": {"type": "string", "minLength": 1, "maxLength": 253},
            "port": _PORT,
            "database": {"type": "string", "pattern": r"^[\w][\w.$-]{0,62}$"},
            "table": _SQL_NAME,
            "networks": _NETWORKS,
            "ports": _PORTS,
            "credentials": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,59}$"},
        },
        {"schema": _SQL_NAME, "timeout_ms": _TIMEOUT},
    ),
    OFFICER: _form({"working_days": {"type": "integer", "minimum": 1, "maximum": LONGEST_WORKING_DAYS}}),
}


def is_remote(document: Mapping[str, Any]) -> bool:
    """Whether somebody outside the hub answers: such a dataset has no revision and takes no file."""
    return store_kind(document) != HOSTED


def public_store(document: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody may know of a store: who answers, and how long that takes. Addresses are for people who are signed in."""
    return {name: value for name, value in document.get("store", {"kind": HOSTED}).items() if name in ("kind", "working_days")}


def store_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the store of a document whose form has been checked (`shape.shape_faults`)."""
    kind, store = store_kind(document), document["store"]
    yield from _answer_key_faults(kind, document.get("provider_answer_key"))
    if kind == HTTP:
        yield from _url_faults(store)
    if kind == SQL:
        yield from _database_faults(store, document["column_mapping"])
    if kind in (HTTP, SQL):
        yield from _network_faults(store["networks"])
    if kind != HOSTED:
        yield from _whole_register_faults(document)


def service_faults(service: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the address, networks and ports of a service that the hub would call, a webhook's receiver for one."""
    yield from _url_faults(service)
    yield from _network_faults(service["networks"])


def _answer_key_faults(kind: str, keyid: object) -> Iterator[Fault]:
    if kind == HTTP and keyid is None:
        yield Fault("provider_answer_key", "answer_key", _("A service signs its answers: name the key, certified for provider-answer"))
    if kind != HTTP and keyid is not None:
        yield Fault("provider_answer_key", "answer_key", _("Only a service (http) signs its answers; leave this empty"))


def _url_faults(store: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        url = urlsplit(store["url"])
        port = url.port or _REGISTERED_PORT
    except ValueError:
        yield Fault("store.url", "url", _("This is no address of a service"))
        return
    if not _is_plain_https(url, store["url"]):
        message = _("Write https://host/path, without user name, query or fragment, in ASCII")
        yield Fault("store.url", "url", message)
        return
    yield from _host_faults("store.url", url.hostname or "", store["networks"])
    if port not in store["ports"]:
        yield Fault("store.ports", "port", _("The port of the address is not among the ports"))


def _is_plain_https(url: SplitResult, text: str) -> bool:
    is_bare = not (url.query or url.fragment or url.username or url.password) and "?" not in text and "#" not in text
    return (
        url.scheme == "https" and bool(url.hostname) and is_bare and text.isascii() and text.isprintable() and not set(text) & set(' \\"')
    )


def _database_faults(store: Mapping[str, Any], columns: Mapping[str, str]) -> Iterator[Fault]:
    if store["dialect"] not in CONNECTED:
        yield Fault(
            "store.dialect", "no_driver", _("This hub has drivers for PostgreSQL, MySQL and MariaDB only: offer a service (http) instead")
        )
    yield from _host_faults("store.host", store["host"], store["networks"])
    if store["port"] not in store["ports"]:
        yield Fault("store.ports", "port", _("The port of the database is not among the ports"))
    names = [(f"store.{member}", store[member]) for member in ("schema", "table") if member in store]
    names += [(f"column_mapping.{item}", column) for item, column in columns.items()]
    for where, name in names:
        if not is_sql_name(name):
            yield Fault(where, "sql_name", _("Letters, digits and underscores, not beginning with a digit, at most 63 bytes"))


def is_sql_name(name: str) -> bool:
    """Whether a table, schema or column may be called so: it is quoted all the same when it is written into SQL."""
    return name.isidentifier() and len(name.encode()) <= LONGEST_COLUMN_BYTES


def _host_faults(where: str, host: str, networks: Sequence[str]) -> Iterator[Fault]:
    address = _address(host)
    if address is None:
        is_number = host.rpartition(".")[2].isdigit()
        if is_number or not _HOST.fullmatch(host):
            yield Fault(where, "host", _("Name the host by its name, or by an IP address"))
    elif not any(address in network for network in map(_network, networks) if network is not None):
        yield Fault(where, "host", _("The address is in none of the networks"))


def _network_faults(networks: Sequence[str]) -> Iterator[Fault]:
    for index, text in enumerate(networks):
        where, network = f"store.networks[{index}]", _network(text)
        if network is None:
            yield Fault(where, "network", _("Write a network like 10.1.2.0/24, with zeros behind the prefix"))
        elif _is_denied(network):
            yield Fault(where, "denied_network", _("This network holds addresses that the hub never calls: choose a narrower one"))


def _is_denied(network: Any) -> bool:
    """Whether it overlaps what is never called; tests and demonstrations may name this machine itself."""
    if network.is_loopback and settings.EGRESS_ALLOW_LOOPBACK:
        return False
    return any(network.version == denied.version and network.overlaps(denied) for denied in DENIED_NETWORKS)


def _network(text: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=True) if "/" in text else None
    except ValueError:
        return None


def _address(host: str) -> Any:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _whole_register_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What can be said only by whoever holds all rows: the remote side is asked about one subject at a time."""
    if document["open"]:
        yield Fault("open", "open_remote", _("Only hosted data can be downloaded by everybody"))
    if document.get("revision_systems"):
        yield Fault("revision_systems", "revision_remote", _("Nothing is loaded into a remote dataset: leave this empty"))
    for index, fact in enumerate(document["facts"]):
        if any(operator in WHOLE_REGISTER for operator, _item in items_of(fact["expression"])):
            yield Fault(f"facts[{index}]", "whole_register", _("count_at_least needs all rows, so only hosted data answer it"))
