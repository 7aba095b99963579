"""One try to deliver a webhook: a POST to the address that was checked, one deadline for everything, the status and nothing else.

Whatever the other side does costs one try: its body is never read, no redirect is followed, no proxy is used.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from catalog.stores import ProviderFailed, Why
from catalog.stores.egress import checked_address

LIMIT_S = 10.0
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Outcome:
    """What came of a try: a status, or why there was none (EGRESS_DENIED, CONNECT, TIMEOUT)."""

    status: int | None
    reason: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, *, networks: list[str], ports: list[int], headers: Mapping[str, str], body: bytes) -> Outcome:
    """Send once. Never raises for anything that the other side does."""
    try:
        address, port = _checked(url, networks, ports)
        return asyncio.run(_sent(url, address, port, headers, body))
    except ProviderFailed as failed:
        return Outcome(None, str(failed.why))
    except TimeoutError:
        return Outcome(None, "TIMEOUT")
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ssl.SSLError):
        return Outcome(None, "CONNECT")


def port_of(url: str) -> int:
    """The port of an address, said or usual."""
    parts = urlsplit(url)
    return parts.port or _PORTS.get(parts.scheme, 0)


def _checked(url: str, networks: list[str], ports: list[int]) -> tuple[str, int]:
    """The pinned address. Without TLS only where this machine itself may be called (tests, demonstrations)."""
    if urlsplit(url).scheme != "https" and not settings.EGRESS_ALLOW_LOOPBACK:
        raise ProviderFailed(Why.EGRESS_DENIED)
    port = port_of(url)
    return checked_address(urlsplit(url).hostname or "", port, networks, ports), port


async def _sent(url: str, address: str, port: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    parts = urlsplit(url)
    place = f"[{address}]" if ":" in address else address
    target = f"{parts.scheme}://{place}:{port}{parts.path or '/'}"
    sent = {
        **headers,
        "host": parts.netloc,
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": "mianzheng-hub",
    }
    async with asyncio.timeout(LIMIT_S):
        async with httpx.AsyncClient(
            verify=_tls(settings.STORE_CA_FILE), trust_env=False, follow_redirects=False, timeout=LIMIT_S
        ) as client:
            stream = client.stream("POST", target, headers=sent, content=body, extensions={"sni_hostname": parts.hostname})
            async with stream as response:
                return Outcome(response.status_code)


@lru_cache(maxsize=4)
def _tls(ca_file: str) -> ssl.SSLContext:
    """The system's authorities, or the file of those that departments' own services are certified by."""
    return ssl.create_default_context(cafile=ca_file or None)
