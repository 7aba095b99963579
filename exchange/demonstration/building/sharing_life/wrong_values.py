"""Two received values that look wrong: one is being looked at, about the other the two departments disagree."""

from __future__ import annotations

from typing import Any

from exchange.demonstration.building import agreeing, sequencing, staff
from exchange.demonstration.building.exchanges import PLAN, Exchange, perform
from exchange.demonstration.building.plans.plan import in_both
from exchange.demonstration.building.roll import APPROVER, ASKER
from exchange.jurisdictions import load_residents
from exchange.sharing.corrections import actions as correcting
from exchange.sharing.corrections.actions import Claim
from exchange.sharing.corrections.received import entry_of
from exchange.sharing.disputes import actions as disputing
from exchange.sharing.models import CorrectionRequest, Dispute, DisputeMessage, Quarrel

_PLAN = "allowances"
_LOOKED_AT, _DISPUTED = "holder_of_incomplete_certificate", "holder_of_expired_certificate"
_BELIEVED = in_both("二级", "Grade 2")
_REASON = in_both(
    "窗口收到的评定表写明为二级，与登记不一致。", "The assessment form that the counter received says grade 2; the register differs."
)
_STANDS = in_both("已核对原始档案，登记无误。", "The original file was read again: the register is right.")
_DISAGREE = in_both("评定表的日期晚于档案，请再核对。", "The assessment form is younger than your file. Please look once more.")
_PROPOSAL = in_both(
    "建议双方派员一起核对原件，本周内办结。", "We propose to look at the originals together, and to be done within this week."
)


def correct_and_dispute() -> None:
    """A correction that waits for its answer, and one that was answered and is disputed; where they are not there yet."""
    asked = list(CorrectionRequest.objects.filter(agreement=agreeing.agreement_of(PLAN[_PLAN])).order_by("pk"))
    waiting = asked[0] if asked else _ask(_LOOKED_AT, "type", in_both("视力残疾", "Visual"))
    contested = asked[1] if len(asked) > 1 else _ask(_DISPUTED, "grade", _BELIEVED)
    if contested.pk != waiting.pk and contested.state == "OPEN":
        _answer(contested)
    _disagree(contested)


def _ask(resident: str, item: str, believed: str) -> CorrectionRequest:
    plan = PLAN[_PLAN]
    reply = perform(Exchange(_PLAN, "query", (resident,)), case=f"DEMO-{item.upper()}")
    sequencing.sequence_all()
    first = load_residents()[resident]["identifiers"][0]
    claim = Claim(entry_of(reply.body["receipt"]["leaf"]), item, first["kind"], first["id"], believed, _REASON)
    agreement = agreeing.agreement_of(plan)
    return correcting.ask_correction(agreement, claim=claim, acting_user=staff.of(plan.requester, ASKER), department=agreement.requester)


def _answer(correction: CorrectionRequest) -> None:
    officer = staff.of(correction.provider_id, ASKER)
    correcting.answer_correction(correction, verdict="confirm", words=_STANDS, acting_user=officer, department=correction.provider)


def _disagree(correction: CorrectionRequest) -> None:
    asker: dict[str, Any] = {"acting_user": staff.of(correction.requester_id, ASKER), "department": correction.requester}
    owner: dict[str, Any] = {"acting_user": staff.of(correction.provider_id, APPROVER), "department": correction.provider}
    dispute = Dispute.objects.filter(correction=correction).first()
    dispute = dispute or disputing.open_dispute(correction, about=Quarrel.CORRECTION, reason=_DISAGREE, **asker)
    if not DisputeMessage.objects.filter(dispute=dispute, is_proposal=True).exists():
        disputing.say(dispute, text=_PROPOSAL, is_proposal=True, **owner)
