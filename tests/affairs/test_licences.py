"""Licences and payment orders: what they say, who may change them, and that both stand or fall together."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm

from audit.acts import standing as acts_standing
from audit.errors import Missing, Unavailable
from audit.models import Pending
from audit.proof import sd_jwt
from audit.proof.envelope import EnvelopeError
from audit.proof.keys import SignatureError, Use, verify_document
from catalog.models import Department
from exchange.accounts.errors import RoleNeeded
from exchange.accounts.subject import Assurance
from exchange.affairs import sealing
from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import AnswerIncomplete, CaseMoved, NotThisOfficer
from exchange.affairs.licences import change_status, issue, order_month, paying, signing, standing, treasury
from exchange.affairs.licences.issuing import NothingGranted, granted_benefits, licence_context
from exchange.affairs.licences.lifecycle import LICENCE, PAYMENT, LicenceStatus
from exchange.affairs.models import Case, Channel, Decision, Evidence, Licence, PaymentOrder
from exchange.affairs.reading import plan_of
from exchange.affairs.rules import Judgement
from tests.affairs import licence_rows as rows
from tests.affairs.licence_rows import AT, CARE, CITIZEN, LIVING
from tests.world import World

pytestmark = pytest.mark.usefixtures("founded")
NOW = int(AT.timestamp()) + 60


def _keys(use: Use = Use.HUB_LICENCE) -> dict[str, bytes]:
    certificates = acts_standing().certificates
    return {keyid: held.certificate.public_key for keyid, held in certificates.items() if held.certificate.use is use}


def _check_signature(order: PaymentOrder, document: dict[str, Any], use: Use) -> None:
    signature = orjson.loads(order.signature)
    verify_document(signature, kind="payment-order", document=document, public_key=_keys(use)[signature["keyid"]])


def _text(licence: Licence) -> str:
    return str(sealing.unseal(CITIZEN, licence.jwt, context=licence_context(licence)))


def _issued(*granted: str, account: bool = True) -> Licence:
    case = rows.granted_case()
    if account:
        rows.give_account(case, bank="ICBC", last_four="1234")
    judged = rows.judgement(*(granted or (LIVING, CARE)))
    with transaction.atomic():
        return issue(case, rows.decided(case, judged), judged, at=AT)


def test_licence_verifies_with_the_hubs_certified_key_and_says_what_was_granted() -> None:
    licence = _issued(LIVING)
    claims = sd_jwt.verify(_text(licence), keys=_keys(), now=NOW).claims
    assert [benefit["code"] for benefit in claims["benefits"]] == [LIVING]
    assert claims["issuer"] == {"code": "CAB", "en": "Civil Affairs", "zh": "民政局"}
    assert (claims["from"], claims["until"]) == ("2026-11-21", "2027-11-21")
    assert claims["status"]["status_list"]["idx"] == licence.status_index


def test_licence_says_nothing_of_its_holder_unless_shown() -> None:
    text = _text(_issued())
    shown = sd_jwt.verify(sd_jwt.present(text, []), keys=_keys(), now=NOW)
    assert CITIZEN.identifier not in orjson.dumps(shown.claims).decode()
    assert "amounts" not in shown.claims
    four = sd_jwt.verify(sd_jwt.present(text, ["identifier_last_four"]), keys=_keys(), now=NOW)
    assert four.claims["identifier_last_four"] == "8882"
    assert "identifier" not in four.claims


def test_licence_ends_with_its_last_day() -> None:
    text = _text(_issued())
    last_second = 1826812799  # 2027-11-21 23:59:59 in Shanghai
    sd_jwt.verify(text, keys=_keys(), now=last_second)
    with pytest.raises(sd_jwt.SdJwtError):
        sd_jwt.verify(text, keys=_keys(), now=last_second + 1)


def test_issuing_twice_for_one_decision_gives_the_same_licence() -> None:
    licence = _issued()
    with transaction.atomic():
        again = issue(licence.case, licence.decision, rows.judgement(LIVING), at=AT)
    assert again == licence
    assert Licence.objects.count() == PaymentOrder.objects.count() == 1


def test_sealed_licence_opens_nowhere_else() -> None:
    licence, other = _issued(), Licence(id="a" * 26)
    with pytest.raises(EnvelopeError):
        sealing.unseal(CITIZEN, licence.jwt, context=licence_context(other))


def test_order_pays_from_the_month_of_application_and_is_signed() -> None:
    licence = _issued()
    order = licence.payments.get()
    document = paying.document_of_order(order)
    assert document["amount"] == "460.00"  # two benefits, October and November
    assert document["months"] == ["2026-10", "2026-11"]
    assert document["account"] == {"bank": "ICBC", "last_four": "1234", "source": "R22"}
    assert order.pay_by.isoformat() == document["pay_by"] == "2026-12-15"
    _check_signature(order, document, Use.DOCUMENT)
    with pytest.raises(SignatureError):
        _check_signature(order, {**document, "amount": "4600.00"}, Use.DOCUMENT)


def test_hub_signs_orders_of_a_department_that_keeps_its_own_key() -> None:
    Department.objects.create(code="CAB", name_en="Civil Affairs", name_zh="民政局")  # with no certified key here
    case = rows.granted_case()
    judged = rows.judgement(LIVING)
    rows.give_account(case, bank="ICBC", last_four="1234")
    with transaction.atomic():
        order = issue(case, rows.decided(case, judged), judged, at=AT).payments.get()
    _check_signature(order, paying.document_of_order(order), Use.HUB_LICENCE)


def test_hub_founded_before_there_were_licences_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "hub_signer", _no_key)
    with pytest.raises(Unavailable, match="found_hub"):
        _issued()
    assert not Licence.objects.exists()


def test_money_without_a_known_card_comes_back_at_once_and_can_be_sent_to_another() -> None:
    licence = _issued(account=False)
    order = licence.payments.get()
    assert (order.state, order.returned_because) == ("RETURNED", "NO_ACCOUNT")
    citizen = Applicant(CITIZEN, Assurance.LOW, Channel.ONLINE)
    again = paying.pay_to_other_account(order, bank="ABC", number="62284800 12345678", applicant=citizen)
    assert (again.state, again.attempt) == ("ORDERED", 2)
    document = paying.document_of_order(again)
    assert document["account"]["last_four"] == "5678"
    assert document["amount"] == paying.document_of_order(order)["amount"]
    with pytest.raises(CaseMoved):
        paying.pay_to_other_account(order, bank="ABC", number="6228480012345678", applicant=citizen)


def test_nobody_else_sends_money_to_an_account() -> None:
    order = _issued(account=False).payments.get()
    stranger = Applicant(rows.someone_else(), Assurance.HIGH, Channel.ONLINE)
    with pytest.raises(Missing):
        paying.pay_to_other_account(order, bank="ABC", number="6228480012345678", applicant=stranger)


@pytest.mark.parametrize("number", ["123", "62284800x2345678", "6" * 40, ""])
def test_account_that_no_bank_has_is_refused(number: str) -> None:
    order = _issued(account=False).payments.get()
    with pytest.raises(AnswerIncomplete):
        paying.pay_to_other_account(order, bank="ABC", number=number, applicant=Applicant(CITIZEN, Assurance.LOW, Channel.ONLINE))


def test_account_that_the_citizen_calls_wrong_is_not_paid_to() -> None:
    case = rows.granted_case()
    evidence = rows.give_account(case, bank="ICBC", last_four="1234")
    Evidence.objects.filter(pk=evidence.pk).update(state="DISPUTED")
    rows.give_account(case, requirement="other_account", bank="ABC", number="6228480012345678")
    judged = rows.judgement(LIVING)
    with transaction.atomic():
        order = issue(case, rows.decided(case, judged), judged, at=AT).payments.get()
    assert paying.document_of_order(order)["account"]["number"] == "6228480012345678"


def test_rule_that_waits_for_an_officer_grants_only_where_an_officer_decided() -> None:
    case = rows.granted_case()
    judged = rows.judgement(LIVING, **{CARE: "OFFICER"})
    assert _granted(case, judged, how="AT_ONCE") == [LIVING]
    assert _granted(case, judged, how="BY_OFFICER") == [LIVING, CARE]
    assert _granted(case, rows.judgement(**{LIVING: "REFUSE", CARE: "REFUSE"}), how="BY_OFFICER") == [LIVING, CARE]
    with pytest.raises(NothingGranted):
        _granted(case, rows.judgement(**{LIVING: "REFUSE"}), how="AT_ONCE")


def test_review_replaces_the_licence_and_pays_only_what_is_still_owed(world: World) -> None:
    licence = _issued(LIVING)
    treasury.mark_paid(licence.payments.get(), acting_user=world.person("signer"))
    judged = rows.judgement(LIVING, CARE)
    with transaction.atomic():
        later = issue(licence.case, rows.decided(licence.case, judged, kind="REVIEW"), judged, at=AT)
    licence.refresh_from_db()
    assert (licence.status, later.status) == ("CHANGED", "VALID")
    document = paying.document_of_order(later.payments.get())
    assert (document["amount"], document["already_paid"]) == ("240.00", "220.00")


def test_only_an_officer_of_the_matter_changes_a_licence(world: World) -> None:
    licence = _issued()
    officer = world.person("signer")
    with pytest.raises(RoleNeeded):
        change_status(licence, status=LicenceStatus.REVOKED, reason="False promise.", acting_user=world.person("outsider"))
    with pytest.raises(NotThisOfficer):
        change_status(licence, status=LicenceStatus.REVOKED, reason="False promise.", acting_user=officer)
    assign_perm("officer_of_matter", officer, licence.case.version.matter)
    change_status(licence, status=LicenceStatus.REVOKED, reason="False promise.", acting_user=officer)
    assert (licence.status, standing.reason_of(licence)) == ("REVOKED", "False promise.")


def test_revoking_needs_a_reason_and_stops_what_is_ordered() -> None:
    licence = _issued()
    with pytest.raises(AnswerIncomplete):
        change_status(licence, status=LicenceStatus.REVOKED, reason=" ", acting_system="CAB-affairs")
    change_status(licence, status=LicenceStatus.REVOKED, reason="The holder has died.", acting_system="CAB-affairs")
    assert licence.payments.get().state == "STOPPED"
    with pytest.raises(CaseMoved):
        change_status(licence, status=LicenceStatus.REVOKED, reason="Again.", acting_system="CAB-affairs")


def test_each_change_is_one_entry_of_the_log() -> None:
    licence = _issued()
    before = Pending.objects.count()
    change_status(licence, status=LicenceStatus.REVOKED, reason="False promise.", acting_system="CAB-affairs")
    assert Pending.objects.count() == before + 2  # the licence, and its payment
    assert Pending.objects.filter(leaf=bytes(licence.leaf or b"")).exists()
    assert [step.event for step in licence.case.steps.all()] == ["licence_revoked", "payment_stopped"]


def test_what_fails_leaves_the_licence_as_it_was() -> None:
    licence = _issued()
    with pytest.raises(AnswerIncomplete):
        change_status(licence, status=LicenceStatus.REVOKED, reason="", acting_system="CAB-affairs")
    licence.refresh_from_db()
    assert licence.status == "VALID"
    assert licence.payments.get().state == "ORDERED"


@pytest.mark.parametrize("because", ["", "BECAUSE", "ACCOUNT_CLOSED "])
def test_money_comes_back_for_a_known_reason_only(world: World, because: str) -> None:
    order = _issued().payments.get()
    with pytest.raises(AnswerIncomplete):
        treasury.mark_returned(order, because=because, acting_user=world.person("signer"))


def test_paid_money_may_come_back_but_stopped_money_is_not_paid(world: World) -> None:
    officer = world.person("signer")
    licence = _issued()
    order = licence.payments.get()
    with pytest.raises(RoleNeeded):
        treasury.mark_paid(order, acting_user=world.person("outsider"))
    treasury.mark_paid(order, acting_user=officer)
    treasury.mark_returned(order, because="ACCOUNT_CLOSED", acting_user=officer)
    assert order.state == "RETURNED"
    with pytest.raises(CaseMoved):
        treasury.mark_paid(order, acting_user=officer)


def test_later_months_are_ordered_once_while_the_licence_holds() -> None:
    licence = _issued()
    order = order_month(licence, month="2026-12", at=AT)
    assert order is not None
    assert order == order_month(licence, month="2026-12", at=AT)
    assert paying.document_of_order(order)["amount"] == "230.00"
    assert order_month(licence, month="2026-11", at=AT) is None  # the first order has paid for it
    assert order_month(licence, month="2027-12", at=AT) is None  # the licence has ended
    change_status(licence, status=LicenceStatus.REVOKED, reason="The holder has died.", acting_system="CAB-affairs")
    assert order_month(licence, month="2027-01", at=AT) is None


def test_later_months_go_to_the_account_that_the_citizen_named_last() -> None:
    licence = _issued(account=False)
    citizen = Applicant(CITIZEN, Assurance.LOW, Channel.ONLINE)
    paying.pay_to_other_account(licence.payments.get(), bank="ABC", number="6228480012345678", applicant=citizen)
    order = order_month(licence, month="2026-12", at=AT)
    assert order is not None
    assert paying.document_of_order(order)["account"]["last_four"] == "5678"


@pytest.mark.parametrize(
    "changes",
    [{"status": "REVOKED"}, {"status": "LOST"}, {"status_index": 65_536}, {"valid_until": "2020-01-01"}],
)
def test_database_refuses_a_licence_that_cannot_be(changes: dict[str, Any]) -> None:
    licence = _issued()
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.filter(pk=licence.pk).update(**changes)


@pytest.mark.parametrize("changes", [{"state": "PAID"}, {"state": "LOST"}, {"returned_because": "ACCOUNT_CLOSED"}])
def test_database_refuses_a_payment_that_cannot_be(changes: dict[str, Any]) -> None:
    order = _issued().payments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(**changes)


@pytest.mark.parametrize(
    ("table", "allowed"),
    [
        (LICENCE, {"VALID": "change revoke", "CHANGED": "revoke", "REVOKED": ""}),
        (PAYMENT, {"ORDERED": "pay return stop", "PAID": "return", "RETURNED": "", "STOPPED": ""}),
    ],
    ids=["licence", "payment"],
)
def test_each_state_allows_these_events_and_no_others(table: Any, allowed: dict[str, str]) -> None:
    found = {state: {event.value for event, (sources, _) in table.items() if state in sources} for state in allowed}
    assert found == {state: set(events.split()) for state, events in allowed.items()}


def _no_key(use: Use) -> None:
    raise Missing(code="KEY_NOT_HELD")


def _granted(case: Case, judged: Judgement, *, how: str) -> list[str]:
    decision = Decision(case=case, kind="FIRST", how=how)
    return [benefit.code for benefit in granted_benefits(plan_of(case), decision, judged)]
