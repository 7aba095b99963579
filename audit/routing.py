"""Sends subject keys, and nothing else, to the key store: a database with its own file, backups and retention."""

from __future__ import annotations

from typing import Any

KEY_STORE = "keystore"
_KEPT_APART = "subjectkey"


class KeyStoreRouter:
    """Database router: `SubjectKey` lives in `keystore`, every other model in `default`."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        """The alias to read a model from."""
        return KEY_STORE if _is_kept_apart(model._meta.app_label, model._meta.model_name) else None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        """The alias to write a model to."""
        return self.db_for_read(model, **hints)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool | None:
        """Subject keys are never made in `default`, and nothing else is made in the key store."""
        if model_name is None:  # a step that runs code: it is about tables that the key store does not have
            return False if db == KEY_STORE else None
        return (db == KEY_STORE) == _is_kept_apart(app_label, model_name)


def _is_kept_apart(app_label: str, model_name: str | None) -> bool:
    return app_label == "audit" and model_name == _KEPT_APART
