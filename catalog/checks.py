"""What `manage.py check` asks of this room: that no account of a department's database lies open on the hub's machine."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from catalog.stores import credentials


@register()
def accounts_of_databases(**_options: Any) -> list[Error]:
    """Every file in STORE_CREDENTIALS_DIR is private to the hub and can be read as an account. Never says what it holds."""
    return [
        Error(text, hint="docs/howto/connect_a_store.md", obj=f"account {name}", id="catalog.E001")
        for name, text in credentials.all_problems().items()
    ]
