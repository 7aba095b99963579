"""The peer of the ratio "DRF + guardian + ORM": what one would write first.

A viewset behind token authentication asks guardian for an object permission, reads through the ORM, and writes one
audit row a request, committed before the answer. No signature.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

import django
from django.conf import settings

DATABASE = os.environ.get("FRAMEWORK_DATABASE", "")
FILE = os.environ.get("FRAMEWORK_FILE", "framework.sqlite3")


def _database() -> dict[str, Any]:
    if DATABASE:
        import environ

        return {**environ.Env.db_url_config(DATABASE), "OPTIONS": {"pool": True}}
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
    # Connections stay open, as a pool's do: opening the file for each request would slow this peer down without need.
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": FILE, "OPTIONS": options, "CONN_MAX_AGE": None}


settings.configure(
    SECRET_KEY="benchmark",  # noqa: S106 - nothing to protect: invented data on loopback, for some seconds
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={"default": _database()},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "guardian",
        "rest_framework",
        "rest_framework.authtoken",
        "benchmarks.peers.framework_app",
    ],
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend", "guardian.backends.ObjectPermissionBackend"],
    ANONYMOUS_USER_NAME=None,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after settings
from django.urls import path  # noqa: E402 - after settings
from rest_framework import permissions, serializers, viewsets  # noqa: E402 - after settings
from rest_framework.authentication import TokenAuthentication  # noqa: E402 - after settings
from rest_framework.response import Response  # noqa: E402 - after settings

from benchmarks.peers.framework_app.models import AccessLog, PersonRecord, Register  # noqa: E402 - after settings


class RecordSerializer(serializers.ModelSerializer[PersonRecord]):
    """Two columns of a record."""

    class Meta:
        model = PersonRecord
        fields: ClassVar[list[str]] = ["grade", "type"]


class RecordViewSet(viewsets.ViewSet):
    """`POST /records`: the records of one person, to whoever may view the register."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)

    def create(self, request: Any) -> Response:
        register = Register.objects.get(code="R14")
        if not request.user.has_perm("framework_app.view_register", register):
            return Response(status=403)
        records = PersonRecord.objects.filter(register=register, person=request.data["subject"])
        AccessLog.objects.create(user=request.user, register=register, purpose=request.data["purpose"])
        return Response(RecordSerializer(records, many=True).data)


urlpatterns = [path("records", RecordViewSet.as_view({"post": "create"}))]
application = get_wsgi_application()
