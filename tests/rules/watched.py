"""Corrections, disputes and clocks in each state, for the access tables."""

from __future__ import annotations

from typing import Any

from exchange.sharing import actions as sharing_actions
from exchange.sharing.clocks import actions as clock_actions
from exchange.sharing.corrections.telling import tell
from exchange.sharing.disputes import actions
from exchange.sharing.models import Dispute, RequestPart
from tests.sharing.correcting import asked, receive
from tests.world import World, ask, part_of


def watched_by_scenario(world: World) -> dict[str, dict[str, Any]]:
    """What the placeholders stand for: `correction`, `told`, `refused`, `talks`, `ruling`, `extended`, `stood`; `""` for all."""
    correction = asked(world, receive(world.agreement))
    tell(correction)
    notice = correction.notices.get(department=world.requester)
    refused = _refused(world)
    extended, stood = _checked(world), _checked(world)
    clock_actions.ask_extension(extended, reason="x", acting_user=world.person("owner_officer"), department=world.owner)
    reviewer: dict[str, Any] = {"acting_user": world.person("second_reviewer"), "department": world.authority}
    clock_actions.pause_part(stood, reason="SITE_VISIT", note="x", **reviewer)
    return {
        "": {"notice_id": notice.pk},
        "correction": {"number": correction.number},
        "refused": {"number": refused.request.number},
        "talks": {"number": _talks(world, _refused(world)).number},
        "ruling": {"number": _ruling(world, _refused(world)).number},
        "extended": {"number": extended.request.number},
        "stood": {"number": stood.request.number},
    }


def _checked(world: World) -> RequestPart:
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    sharing_actions.check(part, acting_user=world.person("second_reviewer"), department=world.authority)
    return part


def _refused(world: World) -> RequestPart:
    part = _checked(world)
    sharing_actions.refuse(part, reason="No.", ground="LAW_FORBIDS", acting_user=world.person("owner_officer"), department=world.owner)
    return part


def _talks(world: World, part: RequestPart) -> Dispute:
    """Opened by the requester; the owner has made a proposal."""
    asker: dict[str, Any] = {"acting_user": world.person("asker"), "department": world.requester}
    found = actions.open_dispute(part, about="REFUSAL", reason="x", **asker)
    actions.say(found, text="x", is_proposal=True, acting_user=world.person("owner_officer"), department=world.owner)
    return found


def _ruling(world: World, part: RequestPart) -> Dispute:
    found = _talks(world, part)
    actions.hand_over(found, reason="x", acting_user=world.person("asker"), department=world.requester)
    return found
