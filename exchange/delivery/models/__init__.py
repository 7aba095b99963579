"""What the data path keeps: counters, and work on its way."""

from exchange.delivery.models.counting import FactUse, Nonce, NonceMark, QuotaUse

__all__ = ["FactUse", "Nonce", "NonceMark", "QuotaUse"]
