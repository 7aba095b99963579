"""What publishers read about the four kinds of store: how each is written into a description, and what their own says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Dataset
from catalog.stores import credentials

_HOSTED = "store: {kind: hosted}"
_HTTP = """store:
  kind: http
  url: https://registers.example/mianzheng
  networks: [10.20.4.0/24]
  ports: [443]
provider_answer_key: CAB/answer-1"""
_SQL = """store:
  kind: sql
  dialect: postgresql
  host: registers-db.example
  port: 5432
  database: registers
  table: allowances
  networks: [10.20.5.0/24]
  ports: [5432]
  credentials: cab-registers"""
_OFFICER = "store: {kind: officer, working_days: 5}"


def ways_to_answer() -> list[tuple[str, str, str]]:
    """Title, explanation and example of each kind, in the order of how often one will choose it."""
    return [
        (_("Hosted"), _("You load a file; the hub answers from it at once."), _HOSTED),
        (
            _("Your own service"),
            _("The hub asks it over HTTPS; it signs its answers with a key that you certify under Keys."),
            _HTTP,
        ),
        (
            _("Your own database"),
            _("The hub reads one table or view, and only its mapped columns, with an account of yours that may only read."),
            _SQL,
        ),
        (
            _("An officer"),
            _("For registers on paper: a colleague answers in the console, within these working days."),
            _OFFICER,
        ),
    ]


def store_problem(dataset: Dataset) -> str:
    """What the hub's operator has yet to do before this dataset can be asked; empty where nothing is missing."""
    store: dict[str, Any] = dataset.current_version.content["store"] if dataset.current_version else {}
    return credentials.problem(store["credentials"]) if store.get("kind") == "sql" else ""


def store_members(dataset: Dataset) -> list[tuple[str, str]]:
    """The store of the current description as its owner reads it: names and values as they are signed. Nothing in it is secret."""
    store: dict[str, Any] = dataset.current_version.content["store"] if dataset.current_version else {}
    return [(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in store.items()]
