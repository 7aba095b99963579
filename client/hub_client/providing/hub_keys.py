"""Which keys are the hub's: as the authority's root certified them, asked for again when a new one comes, never more than once a minute."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from hub_client import trust
from hub_client.configuration import Configuration
from hub_client.connection import Connection, Transport
from hub_client.errors import ClientError, DataError, NetworkError
from hub_client.trust import Trust, utc_text

LASTS_S = 600
LEAST_BETWEEN_S = 60


class KnowsHub(Protocol):
    """Whose questions count."""

    @property
    def log_origin(self) -> str:
        """The name of the one hub that may ask."""

    def public_key(self, keyid: str) -> bytes:
        """The key of a question. Raises DataError for one that is not the hub's."""


class HubKeys:
    """The hub's certificates, kept ten minutes. A stranger who names keys that do not exist cannot make us ask more often."""

    def __init__(self, configuration: Configuration, transport: Transport | None = None, clock: Callable[[], float] = time.time) -> None:
        """`configuration` names base_url, authority_root and log_origin."""
        self._configuration, self._clock = configuration, clock
        self._transport = transport or Connection(configuration.address)
        self._lock = threading.Lock()
        self._known: Trust | None = None
        self._known_at = self._tried_at = -float(LASTS_S)

    @property
    def log_origin(self) -> str:
        """The name of the one hub that may ask."""
        return self._configuration.require("log_origin")

    def public_key(self, keyid: str) -> bytes:
        """The key that the hub signs its questions with. Raises DataError for any other, NetworkError while nobody can say."""
        known = self.known(wants=keyid)
        return known.answer_key(keyid, utc_text(self._clock()))

    def known(self, *, wants: str = "") -> Trust:
        """The certificates; asked for again when they are old or lack `wants`."""
        with self._lock:
            now = self._clock()
            is_old = self._known is None or now - self._known_at > LASTS_S or (wants and wants not in self._known.certificates)
            if is_old and now - self._tried_at > LEAST_BETWEEN_S:
                self._tried_at = now
                self._ask(now)
            if self._known is None or now - self._known_at > 2 * LASTS_S:
                raise NetworkError("NO_KEYS", "the hub's keys are not known: this machine must reach base_url for them")
            return self._known

    def _ask(self, now: float) -> None:
        try:
            self._known, self._known_at = trust.fetch(self._transport, self._configuration), now
        except DataError:  # what came is not the hub's: believe neither it nor what was known before
            self._known = None
        except ClientError:
            return
