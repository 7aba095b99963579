"""One errand asked: the store's answer, or the reason why there is none; nothing that a provider does comes out as an error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audit.errors import HubError
from catalog.stores import ProviderFailed, RemoteStore, Reply, Why, remote_store
from exchange.delivery.deliver import current_policies
from exchange.delivery.errands import completing, leasing
from exchange.delivery.errands.leasing import Taken

logger = logging.getLogger(__name__)
PASSING = frozenset({Why.CONNECT, Why.TIMEOUT})
MARGIN_S = 5.0
MOST_IN_A_ROUND = 100


@dataclass(frozen=True)
class Errand:
    """What is asked and by which store; both None where nobody is asked."""

    taken: Taken
    store: RemoteStore | None


def prepared(taken: Taken) -> Errand:
    """Find the store, outside of any event loop: it may read the database."""
    if taken.question is None:
        return Errand(taken, None)
    try:
        return Errand(taken, remote_store(taken.question.document))
    except (LookupError, ImportError, HubError, ProviderFailed):
        logger.warning("A remote store could not be made", extra={"errand": taken.errand})
        return Errand(taken, None)


async def ask(errand: Errand) -> Reply | Why:
    """The answer, or the reason. A store that forgets its own deadline is stopped a little later."""
    if errand.store is None or errand.taken.question is None:
        return Why.CONNECT
    try:
        async with asyncio.timeout(errand.taken.question.timeout_s + MARGIN_S):
            return await errand.store.ask(errand.taken.question)
    except ProviderFailed as failed:
        return failed.why
    except TimeoutError:
        return Why.TIMEOUT
    except Exception as error:  # noqa: BLE001 - whatever a store raises, its errand fails and nothing else
        logger.error("A remote store broke: %s", type(error).__name__, extra={"errand": errand.taken.errand})
        return Why.WRONG_SHAPE


def settle(asked: Sequence[tuple[Taken, Reply | Why]], now: datetime) -> int:
    """Record what came of them, or put them back to be asked again; returns how many outcomes were recorded."""
    completions = []
    for taken, came in asked:
        if isinstance(came, Reply):
            completions.append(replace(taken.completion, records=came.records, as_of=came.as_of, keyid=came.keyid))
        elif taken.question is None:
            completions.append(taken.completion)
        elif came not in PASSING or not leasing.give_back(taken, now):
            completions.append(replace(taken.completion, failed=str(came)))
    return sum(answer is not None for answer in completing.finish(completions)) if completions else 0


def ask_due(now: datetime, *, most: int = MOST_IN_A_ROUND) -> int:
    """One round in this thread: everything that is due, asked at once, and settled; returns how many outcomes were recorded."""
    policies = current_policies()
    errands = [prepared(taken) for provider in leasing.waiting_providers(now) for taken in leasing.take(provider, now, policies, most=most)]

    async def all_of_them() -> list[Reply | Why]:
        return await asyncio.gather(*(ask(errand) for errand in errands))

    return settle([(errand.taken, came) for errand, came in zip(errands, asyncio.run(all_of_them()), strict=True)], now)
