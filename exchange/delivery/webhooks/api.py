"""`/api/v1/webhooks`: where a department hears that there are changes. Messages and tries are shown, never a body."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.delivery.models import Webhook
from exchange.delivery.webhooks import actions
from exchange.delivery.webhooks.actions import Receiver, webhook_for
from exchange.delivery.webhooks.errors import NoSuchWebhook
from exchange.delivery.webhooks.lifecycle import MessageState, WebhookState
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS, Door


class WebhookTryOut(serializers.Serializer[Any]):
    """One try to deliver a message."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(help_text="Why there was no status: EGRESS_DENIED, CONNECT, TIMEOUT, NO_AGREEMENT; else empty.")


class WebhookMessageOut(serializers.Serializer[Any]):
    """One message; its number is the webhook-id of every try."""

    id = serializers.CharField(source="number")
    state = serializers.ChoiceField(MessageState.choices())
    made_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    tries = WebhookTryOut(many=True)


class WebhookOut(serializers.Serializer[Any]):
    """One webhook. Its secret was shown once."""

    id = serializers.CharField(source="number")
    agreement = serializers.CharField()
    dataset = serializers.CharField()
    requester = serializers.CharField()
    url = serializers.CharField()
    networks = serializers.ListField(child=serializers.CharField())
    ports = serializers.ListField(child=serializers.IntegerField())
    state = serializers.ChoiceField(WebhookState.choices())
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class WebhookWithMessages(WebhookOut):
    """One webhook with its newest messages."""

    messages = serializers.SerializerMethodField()

    @extend_schema_field(WebhookMessageOut(many=True))
    def get_messages(self, found: Webhook) -> Any:
        """The newest twenty."""
        return WebhookMessageOut(found.messages.prefetch_related("tries")[:20], many=True).data


class WebhookIn(serializers.Serializer[Any]):
    """What is asked for."""

    agreement = serializers.CharField(max_length=32)
    url = serializers.CharField(max_length=500)
    networks = serializers.ListField(child=serializers.CharField(max_length=50), max_length=20)
    ports = serializers.ListField(child=serializers.IntegerField(), max_length=20)


class WebhookMade(WebhookOut):
    """A new webhook and the secret of its signatures, which is shown here and never again."""

    secret = serializers.CharField()


class SecretOut(serializers.Serializer[Any]):
    """Another secret, shown here and never again."""

    secret = serializers.CharField()


class WebhookPage(serializers.Serializer[Any]):
    """A page of the list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = WebhookOut(many=True)


class NewestFirst(CursorPagination):
    """Pages of 50 by cursor, the newest first."""

    page_size = 50
    ordering = ("-asked_at", "-id")


class Webhooks(Door):
    """All webhooks that the caller may see."""

    pagination: ClassVar[type[CursorPagination]] = NewestFirst

    @extend_schema(operation_id="listWebhooks", tags=["webhooks"], parameters=[ACTING, CURSOR], responses={200: WebhookPage, **PROBLEMS})
    def get(self, request: Request) -> Response:
        """List the webhooks of your departments, the newest first."""
        return self.page(WebhookOut, Webhook.objects.visible_to(self.person))

    @extend_schema(
        operation_id="askWebhook", tags=["webhooks"], parameters=[ACTING], request=WebhookIn, responses={201: WebhookMade, **PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Ask for a webhook; the sharing authority confirms it before anything is sent. The secret is in this answer alone."""
        data = self.parsed(WebhookIn)
        receiver = Receiver(data["url"], tuple(data["networks"]), tuple(data["ports"]))
        made = actions.ask_webhook(
            self.agreement(data["agreement"]), receiver=receiver, acting_user=self.person, department=self.department
        )
        return Response({**self.shown(WebhookOut, made[0]), "secret": made[1]}, status=201)


class OneWebhook(Door):
    """One webhook."""

    @extend_schema(operation_id="getWebhook", tags=["webhooks"], parameters=[ACTING], responses={200: WebhookWithMessages, **PROBLEMS})
    def get(self, request: Request, webhook_number: str) -> Response:
        """Read a webhook with its newest messages and each try."""
        return Response(self.shown(WebhookWithMessages, webhook_for(self.person, webhook_number)))


class WebhookStep(Door):
    """One step of a webhook: confirm, decline, resume or end."""

    @extend_schema(
        operation_id="moveWebhook", tags=["webhooks"], parameters=[ACTING], request=None, responses={200: WebhookOut, **PROBLEMS}
    )
    def post(self, request: Request, webhook_number: str, step: str) -> Response:
        """Take a step: the authority confirms or declines, the requester resumes, either ends."""
        found = webhook_for(self.person, webhook_number)
        steps = {"confirm": actions.confirm, "decline": actions.decline, "resume": actions.resume, "end": actions.end}
        if step not in steps:
            raise NoSuchWebhook(_("There is no such step: confirm, decline, resume or end."))
        return Response(self.shown(WebhookOut, steps[step](found, acting_user=self.person, department=self.department)))


class WebhookSecret(Door):
    """Another secret."""

    @extend_schema(
        operation_id="renewWebhookSecret", tags=["webhooks"], parameters=[ACTING], request=None, responses={200: SecretOut, **PROBLEMS}
    )
    def post(self, request: Request, webhook_number: str) -> Response:
        """Make another secret: it is in this answer alone, and signs from the next try on."""
        found = webhook_for(self.person, webhook_number)
        return Response({"secret": actions.renew_secret(found, acting_user=self.person, department=self.department)})


class SendWebhookAgain(Door):
    """Sending a message again."""

    @extend_schema(
        operation_id="sendWebhookAgain",
        tags=["webhooks"],
        parameters=[ACTING],
        request=None,
        responses={202: WebhookMessageOut, **PROBLEMS},
    )
    def post(self, request: Request, webhook_number: str, message_number: str) -> Response:
        """Send a message once more, with the same webhook-id."""
        found = webhook_for(self.person, webhook_number)
        message = found.messages.select_related("webhook").filter(number=message_number).first()
        if message is None:
            raise NoSuchWebhook(_("There is no such message."))
        actions.send_again(message, acting_user=self.person, department=self.department)
        message.refresh_from_db()
        return Response(self.shown(WebhookMessageOut, message), status=202)
