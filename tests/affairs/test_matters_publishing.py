"""Publishing a matter: once for the same content, never with a paper that an office holds, and always in the log."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as hub_settings

from audit.models import Pending
from catalog.models import Department, Purpose
from exchange.affairs.errors import MatterInvalid, NoSuchMatter
from exchange.affairs.matters import Plan, load_matter_file, matter_by_slug, open_matters, plan_of, publish_matter
from exchange.affairs.models import MatterVersion
from exchange.jurisdictions import load_departments, load_purposes

MATTERS = Path(hub_settings.JURISDICTION_DIR) / "matters"


@pytest.fixture
def document(founded: None) -> dict[str, Any]:
    """The matter M04 in a hub that knows the departments and purposes of the jurisdiction, but no dataset yet."""
    for code, row in load_departments().items():
        Department.objects.get_or_create(code=code, defaults={"name_en": row["name"]["en"], "name_zh": row["name"]["zh"]})
    for code, row in load_purposes().items():
        Purpose.objects.get_or_create(code=code, defaults={"title_en": row["title"]["en"], "title_zh": row["title"]["zh"]})
    return load_matter_file(MATTERS / "M04.yaml")


def test_the_same_content_is_published_once(document: dict[str, Any]) -> None:
    first = publish_matter(document, acting_system="tests")
    entries = Pending.objects.count()
    assert publish_matter(copy.deepcopy(document), acting_system="tests") == first
    assert Pending.objects.count() == entries
    assert MatterVersion.objects.count() == 1


def test_a_change_is_a_new_version_and_the_old_one_stays(document: dict[str, Any]) -> None:
    first = publish_matter(document, acting_system="tests")
    entries = Pending.objects.count()
    second = publish_matter({**document, "review_days": 11}, acting_system="tests")
    assert Pending.objects.count() == entries + 1
    assert matter_by_slug("disability-allowances").current == second
    assert plan_of(MatterVersion.objects.get(pk=first.pk)).content["review_days"] == 10


def test_an_older_content_can_be_put_in_force_again(document: dict[str, Any]) -> None:
    first = publish_matter(document, acting_system="tests")
    publish_matter({**document, "review_days": 11}, acting_system="tests")
    assert publish_matter(document, acting_system="tests") == first
    assert matter_by_slug("disability-allowances").current == first


def test_a_matter_that_demands_what_an_office_holds_is_not_published(document: dict[str, Any]) -> None:
    demanded = copy.deepcopy(document)
    demanded["former_materials"][1] = {
        "code": "disability_certificate",
        "title": {"en": "Copy of the paper", "zh": "复印件"},
        "disposition": "SELF_PROVIDED",
    }
    with pytest.raises(MatterInvalid) as refusal:
        publish_matter(demanded, acting_system="tests")
    assert [fault.rule for fault in refusal.value.faults] == ["held_by_an_office"]
    assert not open_matters().exists()


def test_a_closed_matter_and_an_unknown_one_look_the_same(document: dict[str, Any]) -> None:
    matter = publish_matter(document, acting_system="tests").matter
    type(matter).objects.update(is_open=False)
    for slug in ("disability-allowances", "no-such-thing"):
        with pytest.raises(NoSuchMatter):
            matter_by_slug(slug)


def test_a_plan_speaks_the_readers_language(document: dict[str, Any]) -> None:
    from django.utils import translation

    plan = Plan(document)
    with translation.override("zh-hans"):
        assert plan.text(plan.title) == "残疾人两项补贴"
    with translation.override("en"):
        assert plan.text(plan.title) == "Two disability allowances"
