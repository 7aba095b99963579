"""Register departments, their systems and the purposes of the jurisdiction; keys are certified by acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit import acts, ceremony, trail
from catalog import permission, projection
from catalog.errors import AlreadyThere
from catalog.models import Department, Purpose, System

Names = Mapping[str, str]


@transaction.atomic
def register_department(code: str, *, name: Names, acting_user: Any = None, acting_system: str = "") -> Department:
    """Enter a department (`name` is {en, zh}) and certify its document key under the authority's root.

    Idempotent for a department that is there with its key. An administrator of the authority may, or the hub itself (`acting_system`).
    """
    _require_authority(acting_user, acting_system)
    department, _made = Department.objects.update_or_create(
        code=code,
        defaults={"name_en": name["en"], "name_zh": name["zh"], "is_authority": code == settings.AUTHORITY_DEPARTMENT},
    )
    if code not in acts.standing().departments:
        ceremony.certify_department(code)
        projection.project_keys(acts.standing())
    return department


@transaction.atomic
def register_system(  # noqa: PLR0913 - who acts is named beside what is entered
    department: Department,
    *,
    code: str,
    name: Names,
    public_key: bytes | None = None,
    key_name: str = "system-1",
    acting_user: Any = None,
    acting_system: str = "",
) -> System:
    """Enter a system of a department and certify its key (32 raw bytes; None: the hub makes and holds it).

    A code that another department's system has raises AlreadyThere.
    """
    if not acting_system:
        permission.require(acting_user, department, permission.ADMINISTRATOR)
    if acts.standing().systems.get(code, department.code) != department.code:
        raise AlreadyThere(_("This code belongs to a system of another department. Choose another."))
    system, _made = System.objects.update_or_create(
        code=code, defaults={"department": department, "name_en": name["en"], "name_zh": name["zh"]}
    )
    if f"{code}/{key_name}" not in acts.standing().certificates:
        ceremony.certify_system(code, department.code, key_name, public_key)
        projection.project_keys(acts.standing())
        permission.handled_key(acting_user, department, f"{code}/{key_name}", permission.KEY_CERTIFIED)
    return system


@transaction.atomic
def certify_answer_key(department: Department, *, name: str, public_key: bytes, acting_user: Any = None, acting_system: str = "") -> str:
    """Certify the key (32 raw bytes) with which the department's own service signs its answers; gives its keyid.

    An administrator of the department may. A name that was certified before raises AlreadyThere.
    """
    if not acting_system:
        permission.require(acting_user, department, permission.ADMINISTRATOR)
    keyid = f"{department.code}/{name}"
    if keyid in acts.standing().certificates:
        raise AlreadyThere(_("A key of this name was certified before. Choose the next number."))
    ceremony.certify_answer_key(department.code, public_key, name=name)
    projection.project_keys(acts.standing())
    return keyid


@transaction.atomic
def register_purpose(
    code: str, *, title: Names, legal_basis: Mapping[str, Any], matter: str | None = None, acting_user: Any = None, acting_system: str = ""
) -> Purpose:
    """Enter an administrative purpose; `legal_basis` is {text: {en, zh}, article}."""
    _require_authority(acting_user, acting_system)
    purpose, _made = Purpose.objects.update_or_create(
        code=code,
        defaults={
            "title_en": title["en"],
            "title_zh": title["zh"],
            "legal_basis_en": legal_basis["text"]["en"],
            "legal_basis_zh": legal_basis["text"]["zh"],
            "article": legal_basis["article"],
            "matter": matter or "",
        },
    )
    trail.record({"type": "purpose", "purpose": code, "acting": _who(acting_user, acting_system), "count": 1})
    return purpose


def _require_authority(acting_user: Any, acting_system: str) -> None:
    if not acting_system:
        authority = Department.objects.get(code=settings.AUTHORITY_DEPARTMENT)
        permission.require(acting_user, authority, permission.ADMINISTRATOR)


def _who(acting_user: Any, acting_system: str) -> str:
    return str(acting_user.pk) if acting_user is not None else acting_system
