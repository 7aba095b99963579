"""Everything that changes a case: the object first, then who acts; one transaction and one entry in the log each."""

from exchange.affairs.actions.appealing import appeal, may_appeal_until, settle_appeal
from exchange.affairs.actions.applying import ask_offices, start_case, withdraw
from exchange.affairs.actions.appointing import appoint_officer, decides_matter, dismiss_officer, matters_decided_by
from exchange.affairs.actions.correcting import DECIDED, decided_on_old_values, mark_looked_at
from exchange.affairs.actions.four_eyes import is_own, require_officer
from exchange.affairs.actions.objecting import object_to, require_provider, settle_objection
from exchange.affairs.actions.officers import answer_evidence, answer_notice, decide, send_notice
from exchange.affairs.actions.previewing import answer_preview, fall_back, provide
from exchange.affairs.actions.submitting import submit
from exchange.affairs.actions.uploading import open_upload, upload

__all__ = [
    "DECIDED",
    "answer_evidence",
    "answer_notice",
    "answer_preview",
    "appeal",
    "appoint_officer",
    "ask_offices",
    "decide",
    "decided_on_old_values",
    "decides_matter",
    "dismiss_officer",
    "fall_back",
    "is_own",
    "mark_looked_at",
    "matters_decided_by",
    "may_appeal_until",
    "object_to",
    "open_upload",
    "provide",
    "require_officer",
    "require_provider",
    "send_notice",
    "settle_appeal",
    "settle_objection",
    "start_case",
    "submit",
    "upload",
    "withdraw",
]
