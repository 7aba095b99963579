"""What the data path keeps: counters, and work on its way."""

from exchange.delivery.models.changes import Webhook, WebhookMessage, WebhookTry
from exchange.delivery.models.counting import CloseUse, FactUse, Nonce, NonceMark, QuotaUse
from exchange.delivery.models.errands import Errand
from exchange.delivery.models.exports import Delivery
from exchange.delivery.models.holds import Hold, Unfound
from exchange.delivery.models.officer_answers import OfficerQuestion
from exchange.delivery.models.sandbox import SandboxKey

__all__ = [
    "CloseUse",
    "Delivery",
    "Errand",
    "FactUse",
    "Hold",
    "Nonce",
    "NonceMark",
    "OfficerQuestion",
    "QuotaUse",
    "SandboxKey",
    "Unfound",
    "Webhook",
    "WebhookMessage",
    "WebhookTry",
]
