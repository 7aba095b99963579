"""`/api/v1/agreements/…/remaining`: what is left of an agreement's quota now, for people and their programs.

A system reads the same from the header fields of its answers; this reads the counters that all web hosts share.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.delivery.limits.windows import day_and_minute, end_ms
from exchange.delivery.models import QuotaUse
from exchange.sharing.api.doors import ACTING, PROBLEMS, Door


class WindowOut(serializers.Serializer[Any]):
    """One window of time with its limit, in subjects or rows."""

    window = serializers.ChoiceField(["day", "minute"])
    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    remaining = serializers.IntegerField()
    ends_at = serializers.DateTimeField()


class RemainingOut(serializers.Serializer[Any]):
    """What is left."""

    windows = WindowOut(many=True)


class Remaining(Door):
    """What is left of the quota."""

    @extend_schema(operation_id="getRemaining", tags=["agreements"], parameters=[ACTING], responses={200: RemainingOut, **PROBLEMS})
    def get(self, request: Request, agreement_id: str) -> Response:
        """How much of the day's and the minute's quota is used, and when each window ends."""
        found, now_ms = self.agreement(agreement_id), time.time_ns() // 1_000_000
        quota, (day, minute) = found.document["quota"], day_and_minute(now_ms)
        limits = (("day", day, quota["per_day"]), ("minute", minute, quota["burst_per_minute"]))
        used = dict(QuotaUse.objects.filter(agreement=agreement_id, period__in=(day, minute)).values_list("period", "used"))
        windows = [
            {
                "window": name,
                "limit": limit,
                "used": used.get(period, 0),
                "remaining": max(0, limit - used.get(period, 0)),
                "ends_at": datetime.fromtimestamp(end_ms(period, now_ms) / 1000, UTC),
            }
            for name, period, limit in limits
        ]
        return Response(RemainingOut({"windows": windows}).data)
