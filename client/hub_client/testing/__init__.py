"""For the tests of programs that use the library: a hub that truly signs, with keys that it makes when it starts."""

from hub_client.testing.hub import AGREEMENT, FakeHub
from hub_client.testing.keys import FakeKeys, made_keys

__all__ = ["AGREEMENT", "FakeHub", "FakeKeys", "made_keys"]
