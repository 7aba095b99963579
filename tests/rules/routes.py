"""Every address of the hub, as the URL resolver has it: whoever adds one must say in the tables beside this file who may open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

METHODS = ("get", "post", "put", "patch", "delete")
PAGE = "page:"  # stands for the language prefix


@dataclass(frozen=True)
class Route:
    """One address with the view that answers it; `path` begins with `page:` where it lies under a language."""

    path: str
    view: Callable[..., Any]

    @property
    def view_class(self) -> type[Any] | None:
        """The class of the view, if it has one."""
        return getattr(self.view, "view_class", None) or getattr(self.view, "cls", None)

    @property
    def is_ours(self) -> bool:
        """Whether the view is written in this project."""
        return (self.view_class or self.view).__module__.split(".")[0] in {"audit", "catalog", "exchange"}

    @property
    def methods(self) -> frozenset[str]:
        """What a class answers, in capitals; empty for a function, which decides by itself."""
        return frozenset(name.upper() for name in METHODS if self.view_class and hasattr(self.view_class, name))


def all_routes() -> list[Route]:
    """All of them, each once."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for found in resolver.url_patterns:
        here = prefix + (PAGE if isinstance(found.pattern, LocalePrefixPattern) else str(found.pattern))
        if isinstance(found, URLResolver):
            yield from _walk(found, here)
        elif isinstance(found, URLPattern):
            yield Route(here, found.callback)
