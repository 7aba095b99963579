"""Where the hub may call: what is signed narrows it, and what is denied stays denied in whatever form it is written."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from catalog.stores import ProviderFailed, Why, egress
from catalog.stores.egress import checked_address, is_allowed
from exchange.delivery import checks

EVERYWHERE = ["0.0.0.0/0", "::/0"]

DENIED = {
    "loopback": "127.0.0.1",
    "another loopback": "127.8.9.1",
    "loopback in IPv6": "::1",
    "unspecified": "0.0.0.0",  # noqa: S104 - an address to be refused
    "this network": "0.1.2.3",
    "unspecified in IPv6": "::",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata of another cloud": "100.100.100.200",
    "metadata in IPv6": "fd00:ec2::254",
    "link-local in IPv6": "fe80::1",
    "link-local with a scope": "fe80::1%1",
    "site-local": "fec0::1",
    "multicast": "224.0.0.1",
    "multicast in IPv6": "ff02::1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "documentation in IPv6": "2001:db8::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped private": "::ffff:10.1.2.3",
    "compatible loopback": "::127.0.0.1",
    "6to4 of loopback": "2002:7f00:1::",
    "6to4 of metadata": "2002:a9fe:a9fe::1",
    "NAT64 of metadata": "64:ff9b::169.254.169.254",
    "local NAT64": "64:ff9b:1::7f00:1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "discard": "100::1",
}
ALLOWED = {
    "private": "10.1.2.3",
    "another private": "192.168.7.7",
    "public": "61.139.2.69",
    "unique local": "fd12:3456::1",
    "global": "2408:8000::1",
}


@pytest.mark.parametrize("address", DENIED.values(), ids=DENIED.keys())
def test_a_denied_address_is_denied_even_where_everything_is_signed(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), EVERYWHERE)


@pytest.mark.parametrize("address", ALLOWED.values(), ids=ALLOWED.keys())
def test_departments_live_on_private_networks_too(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address), EVERYWHERE)
    assert not is_allowed(ipaddress.ip_address(address), ["10.9.0.0/16", "2409::/32"])
    assert not is_allowed(ipaddress.ip_address(address), EVERYWHERE, own=frozenset({ipaddress.ip_address(address)}))


def test_the_setting_of_tests_lets_this_machine_through_and_nothing_else() -> None:
    passing = [name for name, text in DENIED.items() if is_allowed(ipaddress.ip_address(text), EVERYWHERE, loopback=True)]
    assert set(passing) <= {"loopback", "another loopback", "loopback in IPv6", "mapped loopback"}
    assert not is_allowed(ipaddress.ip_address("127.0.0.1"), ["10.0.0.0/8"], loopback=True)


def _names(monkeypatch: pytest.MonkeyPatch, **found: list[str]) -> list[str]:
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        if host not in found:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(egress, "own_addresses", lambda: frozenset({ipaddress.ip_address("10.0.0.1")}))
    return asked


def _why(host: str, *, port: int = 443, networks: list[str] | None = None) -> Why | str:
    try:
        return checked_address(host, port, networks or ["10.0.0.0/8"], [443])
    except ProviderFailed as failed:
        return failed.why


def test_a_name_is_judged_by_its_addresses_and_the_checked_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _names(
        monkeypatch,
        register=["10.1.2.3"],
        rebound=["127.0.0.1"],
        metadata=["169.254.169.254"],
        hub=["10.0.0.1"],
        elsewhere=["61.139.2.69"],
        both=["127.0.0.1", "10.1.2.3"],
    )
    told = {name: _why(name) for name in ("register", "rebound", "metadata", "hub", "elsewhere", "both", "nowhere")}
    assert told == {
        "register": "10.1.2.3",
        "rebound": Why.EGRESS_DENIED,
        "metadata": Why.EGRESS_DENIED,
        "hub": Why.EGRESS_DENIED,
        "elsewhere": Why.EGRESS_DENIED,
        "both": "10.1.2.3",
        "nowhere": Why.CONNECT,
    }
    assert len(asked) == len(told)


def test_a_port_that_was_not_signed_is_not_even_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _names(monkeypatch, register=["10.1.2.3"])
    assert _why("register", port=22) is Why.EGRESS_DENIED
    assert asked == []


def test_an_address_in_the_description_needs_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _names(monkeypatch)
    assert _why("10.1.2.3") == "10.1.2.3"
    assert _why("[fd12:3456::1]", networks=["fd12:3456::/32"]) == "fd12:3456::1"
    assert _why("127.0.0.1", networks=["127.0.0.0/8"]) is Why.EGRESS_DENIED
    assert asked == []


def test_the_hubs_own_hosts_are_found_by_their_names(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_URLS, settings.ALLOWED_HOSTS, settings.EGRESS_DENIED = ["https://hub.example"], [".inside.example"], ["10.9.9.9"]
    addresses = {"hub.example": "10.0.0.5", "inside.example": "10.0.0.6"}
    monkeypatch.setattr(egress, "_resolved", lambda name, _port: [ipaddress.ip_address(addresses[name])] if name in addresses else [])
    egress._own_addresses.cache_clear()
    try:
        assert {str(address) for address in egress.own_addresses()} == {"10.0.0.5", "10.0.0.6", "10.9.9.9"}
    finally:
        egress._own_addresses.cache_clear()


def test_a_deployment_may_not_call_this_machine(settings: Any) -> None:
    settings.EGRESS_ALLOW_LOOPBACK = True
    assert [error.id for error in checks.this_machine_is_no_remote_store(None)] == ["delivery.E001"]
    settings.EGRESS_ALLOW_LOOPBACK = False
    assert checks.this_machine_is_no_remote_store(None) == []
