"""Publishing a description: checked whole, signed by its provider, shown only with its act."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import acts
from audit.errors import NotAllowed
from audit.models import Act, Pending
from audit.proof.canonical import document_hash
from catalog import actions, permission, projection
from catalog.errors import AlreadyThere, CustodyRefused, DescriptionInvalid
from catalog.models import DataItem, Dataset, DatasetVersion, Department, Fact, Key, Revision
from tests.catalog.registers import Person, description, small_description

Publish = Callable[[dict[str, Any]], Dataset]


def test_a_published_version_stands_in_the_chain_with_the_hash_of_its_row(publish: Publish) -> None:
    dataset = publish(description("R01"))
    held = acts.standing().versions["R01"]
    row = DatasetVersion.objects.get(dataset=dataset)
    assert (held.hash, held.signed_by) == (row.hash, "PSB/document-1")
    assert document_hash(row.content) == row.hash
    assert dataset.current_version == row
    assert [item.name for item in row.items.all()] == [item["name"] for item in description("R01")["items"]]


def test_unconditional_data_get_a_standing_offer_and_conditional_data_none(publish: Publish) -> None:
    publish(description("R15"))
    publish(description("R01"))
    offers = [held.offer for held in acts.standing().offers.values()]
    assert [offer["dataset"] for offer in offers] == ["R15"]
    assert "representative" in offers[0]["items"]
    scope = next(fact for fact in offers[0]["facts"] if fact["fact"] == "legal_representative_is")
    assert scope["with"] == {"p": {"subject": "person"}}


def test_a_new_version_ends_the_offer_before_it(publish: Publish) -> None:
    publish(description("R15"))
    publish(description("R15"))
    assert sorted(held.in_force for held in acts.standing().offers.values()) == [False, True]


def test_every_fault_is_named_at_once_and_nothing_is_written(publish: Publish, hub: Path) -> None:
    document = small_description(open=True, key=["absent"])
    document["items"][1]["code_list"] = "nowhere"
    document["column_mapping"].pop("price")
    with pytest.raises(DescriptionInvalid) as caught:
        publish(document)
    assert {"open", "unknown_item", "code_list", "unmapped_item"} <= {fault.rule for fault in caught.value.faults}
    assert not Dataset.objects.exists()


def test_only_a_publisher_of_the_department_publishes(publish: Publish, stranger: Person) -> None:
    department = Department.objects.get(code="CAB")
    with pytest.raises(NotAllowed):
        actions.publish_version(department, document=small_description(), acting_user=stranger)


def test_without_the_room_of_the_people_nobody_publishes(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission, "checker", permission.RefuseEverybody())
    with pytest.raises(NotAllowed):
        actions.publish_version(Department.objects.get(code="CAB"), document=small_description(), acting_user=Person())


def test_a_department_cannot_publish_for_another(publish: Publish, publisher: Person) -> None:
    with pytest.raises(DescriptionInvalid) as caught:
        actions.publish_version(Department.objects.get(code="PSB"), document=small_description(), acting_user=publisher)
    assert [fault.rule for fault in caught.value.faults] == ["provider"]


def test_a_dataset_code_belongs_to_its_first_provider(publish: Publish, publisher: Person) -> None:
    publish(small_description())
    with pytest.raises(DescriptionInvalid) as caught:
        publish(small_description(provider="PSB"))
    assert [fault.rule for fault in caught.value.faults] == ["code"]


def test_an_item_goes_away_only_with_a_new_major_version(publish: Publish) -> None:
    publish(small_description())
    shorter = small_description(items=small_description()["items"][:-1], facts=[])
    shorter["column_mapping"].pop("household")
    with pytest.raises(DescriptionInvalid) as caught:
        publish(shorter)
    assert {(fault.where, fault.rule) for fault in caught.value.faults} == {("items.household", "major"), ("facts.shared", "major")}
    assert publish({**shorter, "major": 2}).current_version.major == 2  # type: ignore[union-attr]


def test_personal_items_need_a_key_that_the_department_holds(publish: Publish, settings: Any) -> None:
    settings.ALLOW_HUB_CUSTODY = False
    with pytest.raises(CustodyRefused):
        publish(description("R01"))
    assert publish(description("R21")).code == "R21"


def test_a_restricted_item_is_marked_and_comes_back_only_by_an_act(publish: Publish, publisher: Person) -> None:
    dataset = publish(description("R15"))
    dataset.refresh_from_db()
    item = actions.restrict_item(dataset, item="scope", reason="under review", acting_user=publisher)
    assert item.restricted
    assert ("R15", "scope") in acts.standing().restricted
    assert not item.may_be_asked
    with pytest.raises(AlreadyThere):
        actions.restrict_item(dataset, item="scope", reason="again", acting_user=publisher)
    assert not actions.unrestrict_item(dataset, item="scope", reason="done", acting_user=publisher).restricted


def test_a_restriction_outlives_a_new_version(publish: Publish, publisher: Person) -> None:
    dataset = publish(description("R15"))
    dataset.refresh_from_db()
    actions.restrict_item(dataset, item="scope", reason="under review", acting_user=publisher)
    dataset = publish(description("R15"))
    assert DataItem.objects.get(version=dataset.current_version, name="scope").restricted
    assert all("scope" not in held.offer["items"] for held in acts.standing().offers.values() if held.in_force)


def test_offline_and_online_are_each_one_entry_and_refused_twice(publish: Publish, publisher: Person) -> None:
    dataset = publish(description("R21"))
    before = Pending.objects.count()
    actions.take_offline(dataset, reason="moving", acting_user=publisher)
    with pytest.raises(Exception, match="already"):
        actions.take_offline(dataset, reason="moving", acting_user=publisher)
    assert not actions.bring_online(dataset, acting_user=publisher).offline
    assert Pending.objects.count() == before + 2


def test_rebuild_brings_edited_and_invented_rows_back_to_what_the_acts_say(publish: Publish, publisher: Person) -> None:
    dataset = publish(description("R15"))
    dataset.refresh_from_db()
    actions.restrict_item(dataset, item="scope", reason="x", acting_user=publisher)
    untouched = _tables()
    DataItem.objects.update(sharing_attribute="UNCONDITIONAL", sensitivity=1, restricted=False)
    Dataset.objects.update(open=True, provider="PSB", title_en="Mine")
    Fact.objects.all().delete()
    Key.objects.update(custody="department")
    DatasetVersion.objects.create(dataset=dataset, hash="sha256:invented", major=9, document="{}", act_seq=9999)
    Revision.objects.create(
        dataset=dataset,
        version=dataset.current_version,
        rows_hash="a",
        lookup_hash="b",
        row_count=1,
        as_of=dataset.published_at,
        act_seq=9999,
    )
    projection.rebuild(acts.standing())
    assert _tables() == untouched
    assert not Revision.objects.exists()


def _tables() -> list[Any]:
    queries = (
        Dataset.objects.values_list("code", "provider", "open", "title_en", "current_version__hash"),
        DatasetVersion.objects.values_list("hash", "major"),
        DataItem.objects.values_list("name", "sharing_attribute", "sensitivity", "restricted"),
        Fact.objects.values_list("name", "position"),
        Key.objects.values_list("keyid", "custody"),
    )
    return [sorted(query) for query in queries]


def test_an_act_without_its_projection_is_impossible(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_members: object) -> None:
        raise RuntimeError("the program stops here")

    before = Act.objects.count()
    monkeypatch.setattr(projection, "project_version", fail)
    with pytest.raises(RuntimeError):
        publish(small_description())
    assert Act.objects.count() == before
    assert "T01" not in acts.standing().versions
