"""What the data path keeps: counters, and work on its way."""

from exchange.delivery.models.counting import FactUse, Nonce, NonceMark, QuotaUse
from exchange.delivery.models.errands import Errand

__all__ = ["Errand", "FactUse", "Nonce", "NonceMark", "QuotaUse"]
