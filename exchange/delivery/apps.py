"""The data path's place among Django's apps."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "exchange.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Name the work that this room does in the background, its lifecycle, and what a deployment must not allow."""
        from exchange.accounts import open_work
        from exchange.delivery import checks as checks
        from exchange.delivery.errands.lifecycle import ERRAND
        from exchange.delivery.exports.lifecycle import DELIVERY
        from exchange.delivery.exports.works import register_work as register_exports
        from exchange.delivery.officer.actions import escalate_overdue
        from exchange.delivery.officer.handing_over import ClaimedQuestions
        from exchange.delivery.officer.lifecycle import OFFICER, OFFICER_SIDES
        from exchange.delivery.webhooks.lifecycle import MESSAGE, WEBHOOK
        from exchange.delivery.webhooks.registering import register_work as register_webhooks
        from exchange.sharing.clocks import reminders
        from exchange.sharing.lifecycle_page import Section, add_sections

        register_exports()
        register_webhooks()
        open_work.register("officer questions", ClaimedQuestions())
        reminders.register("officer questions", escalate_overdue)
        add_sections(
            Section("Errand to a remote store", ERRAND),
            Section("Export", DELIVERY),
            Section("Webhook", WEBHOOK),
            Section("Message of a webhook", MESSAGE),
            Section("Question to an officer", OFFICER, OFFICER_SIDES),
        )
