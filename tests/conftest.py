"""What every test stands on: a home of its own for each worker, both databases, a browser or a clear skip."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.utils import translation

if settings.configured:
    raise RuntimeError("Django's settings were read before the tests had a home. Unset DJANGO_SETTINGS_MODULE and run pytest again.")
HOME = Path(tempfile.mkdtemp(prefix="home-", dir=os.environ.get("HUB_TEST_HOME")))
(HOME / "static").mkdir()  # WhiteNoise warns about a missing folder, and warnings are errors
os.environ["HUB_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "exchange.settings"

_BOTH = ["default", "keystore"]
_TOGETHER = ("tests/journeys/", "tests/catalog/test_sql_store.py")
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM") or next((found for name in _CHROMIUMS if (found := shutil.which(name))), "")


def pytest_configure() -> None:
    """Read the settings now, from this worker's home; workers that we start must not read them before they have theirs."""
    _ = settings.DATABASES
    # Slow on purpose in the hub; one test of sign-in (tests/accounts/test_hashing.py) stays on the hub's own.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every browser of a test would look at every file that we ship before its first page, most of the time that a page test took.
    settings.WHITENOISE_AUTOREFRESH = True
    # How long an example takes says something about the machine, and nothing about the property.
    hypothesis.settings.register_profile("here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.load_profile("here")
    del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Deal the tests out one by one, but all journeys to one worker, which share a running hub, and all of a database server.

    By their paths, because the groups of pytest-xdist's `loadgroup` do not reach its scheduler under our version of pytest.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Dealing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((group for group in _TOGETHER if nodeid.startswith(group)), nodeid)

    return Dealing(config, log)


def pytest_unconfigure() -> None:
    """Leave no home behind."""
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that use the database both of ours; skip those that need a browser where there is none."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is None and {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(databases=_BOTH))
        elif marker is not None and "databases" not in marker.kwargs:
            item.add_marker(pytest.mark.django_db(*marker.args, **{**marker.kwargs, "databases": _BOTH}), append=False)
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(autouse=True)
def _fresh_language() -> Iterator[None]:
    """No test inherits the language that another one switched to."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser to drive."""
    return CHROMIUM


@pytest.fixture(autouse=True)
def a_fresh_process() -> Iterator[None]:
    """What a process holds in memory, and the copies outside the database: neither outlives a test."""
    yield
    if "exchange.delivery.deliver" in sys.modules:
        from exchange.delivery import counting, deliver, refusal_rate
        from exchange.delivery.limits import holds, unfound

        deliver.forget_policies()
        floors = counting.FLOORS
        for held in (floors.quotas, floors.facts, floors.seen, floors.unconfirmed, floors.closer, floors.shown):
            held.clear()
        holds.HELD.forget()
        unfound.COUNTS.waiting, unfound.COUNTS.taken, unfound.COUNTS.written_ms = {}, {}, 0
        refusal_rate.RATE.counts.clear()
        refusal_rate.RATE.reasons.clear()
    if "audit.authority" in sys.modules:
        sys.modules["audit.authority"].forget()
    for folder in (settings.COPY_DIR, settings.TILES_DIR):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def early_in_an_hour(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is counted by the minute, the hour or the day does not begin anew in the middle of the test.

    Everything else that the test uses is made before: what outlives it (a world, a key) must not be of a later hour.
    """
    for name in request.fixturenames:
        if name not in ("early_in_an_hour", "request"):
            request.getfixturevalue(name)
    an_hour = 3600
    with time_machine.travel((int(time.time()) // an_hour + 1) * an_hour + 1, tick=True):
        yield


@pytest.fixture
def founded(db: None) -> None:
    """A hub with its keys and first acts, inside the test's own transaction."""
    from audit import ceremony

    ceremony.found_hub()


@pytest.fixture
def world(db: None, settings: Any) -> Any:
    """A small city with an agreement in force, built through real actions (tests/world.py)."""
    from tests.remembered import remembered
    from tests.world import build_world

    settings.ALLOW_HUB_CUSTODY = True
    return remembered("world", build_world)
