"""Where the hub may call: an address inside the networks and ports that the provider signed, and never one on the deny list.

A name is resolved once; whoever connects uses the very address that was checked here (protocol, section 8).
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from django.conf import settings

from catalog.stores import ProviderFailed, Why
from catalog.stores.denied_networks import DENIED_NETWORKS

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_OWN_KEPT_S = 300


def checked_address(host: str, port: int, networks: Sequence[str], ports: Sequence[int]) -> str:
    """The address of `host` to connect to, as text. Blocks while the name is resolved: call it in a thread.

    Raises ProviderFailed: EGRESS_DENIED where no address of the name may be called, CONNECT where it has none.
    """
    if port not in ports:
        raise ProviderFailed(Why.EGRESS_DENIED)
    found = _resolved(host, port)
    if not found:
        raise ProviderFailed(Why.CONNECT)
    own = own_addresses()
    for address in found:
        if is_allowed(address, networks, own=own, loopback=settings.EGRESS_ALLOW_LOOPBACK):
            return str(address)
    raise ProviderFailed(Why.EGRESS_DENIED)


def is_allowed(address: Address, networks: Iterable[str], *, own: frozenset[Address] = frozenset(), loopback: bool = False) -> bool:
    """Whether an address is inside one of the networks and on no list of those that are never called.

    `loopback`: the setting of tests and demonstrations, which lets this machine itself be called where it is named.
    """
    if not any(address in ipaddress.ip_network(network, strict=False) for network in networks):
        return False
    if address.is_loopback and loopback:
        return True
    return address not in own and not _is_denied(address)


def _is_denied(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return True
    return address.is_multicast or address.is_unspecified or any(address in network for network in DENIED_NETWORKS)


def own_addresses() -> frozenset[Address]:
    """Addresses of the hub's own hosts: its public names, this machine, its databases and its broker."""
    return _own_addresses(int(time.monotonic()) // _OWN_KEPT_S)


@lru_cache(maxsize=1)
def _own_addresses(_period: int) -> frozenset[Address]:
    names = {urlsplit(url).hostname or "" for url in settings.PUBLIC_URLS}
    names |= {name.strip(".*[]") for name in settings.ALLOWED_HOSTS}
    names |= {str(database.get("HOST") or "") for database in settings.DATABASES.values()}
    names |= {urlsplit(str(settings.BROKER_URL)).hostname or "", socket.gethostname()}
    own = {address for name in names if name and not name.startswith("/") for address in _resolved(name, 0)}
    return frozenset(own | {ipaddress.ip_address(text) for text in settings.EGRESS_DENIED})


def _resolved(host: str, port: int) -> list[Address]:
    try:
        return [ipaddress.ip_address(host.strip("[]"))]
    except ValueError:
        pass
    try:
        found: Any = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
