"""The department's side of the hub: signs requests, verifies answers, files receipts. Knows no Django."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub_client.answers import Purpose
    from hub_client.async_client import AsyncClient
    from hub_client.client import Client, Settings

__version__ = "0.1.0"
__all__ = ["AsyncClient", "Client", "Purpose", "Settings"]

_PLACES = {
    "AsyncClient": "hub_client.async_client",
    "Client": "hub_client.client",
    "Purpose": "hub_client.answers",
    "Settings": "hub_client.client",
}


def __getattr__(name: str) -> Any:
    """The library's names, loaded when they are used: the command starts without them."""
    if name not in _PLACES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)
