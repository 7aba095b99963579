"""Tables of the citizen's side. What is personal stands in sealed columns (exchange/affairs/sealing.py)."""

from exchange.affairs.models.cases import Appeal, Case, CaseStep, Channel, Decision, Outcome, Pause, SupplementNotice
from exchange.affairs.models.counter import AccountCode, CounterDesk, CounterVisit
from exchange.affairs.models.evidence import Evidence, EvidenceSet, Objection, Upload
from exchange.affairs.models.licences import Licence, PaymentOrder
from exchange.affairs.models.matters import Matter, MatterGroupObjectPermission, MatterUserObjectPermission, MatterVersion
from exchange.affairs.models.offers import Offer, OfferBatch, OfferRun

__all__ = [
    "AccountCode",
    "Appeal",
    "Case",
    "CaseStep",
    "Channel",
    "CounterDesk",
    "CounterVisit",
    "Decision",
    "Evidence",
    "EvidenceSet",
    "Licence",
    "Matter",
    "MatterGroupObjectPermission",
    "MatterUserObjectPermission",
    "MatterVersion",
    "Objection",
    "Offer",
    "OfferBatch",
    "OfferRun",
    "Outcome",
    "Pause",
    "PaymentOrder",
    "SupplementNotice",
    "Upload",
]
