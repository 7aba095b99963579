"""One city and one running hub for all journeys; where one fails, the hub's own logs stand in the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.calling import Department
from tests.journeys.homes import City
from tests.journeys.hub_process import RunningHub, running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Show what the hub's processes wrote when a journey fails."""
    report = yield
    hub = getattr(item, "funcargs", {}).get("hub")
    if report.failed and isinstance(hub, RunningHub):
        report.sections.append(("The hub's logs", hub.logs()))
    return report


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The city as it was built; take copies."""
    made = City(tmp_path_factory.mktemp("city"))
    yield made
    made.end()


@pytest.fixture(scope="session")
def _session_hub(city: City) -> Iterator[RunningHub]:
    with running(city.copy()) as hub:
        hub.until_ready()
        yield hub


@pytest.fixture
def hub(_session_hub: RunningHub) -> RunningHub:
    """The running hub. Whoever ended a process of it finds it up again."""
    _session_hub.until_ready()
    return _session_hub


@pytest.fixture
def department(hub: RunningHub, tmp_path: Path) -> Department:
    """A department's machine with the client, configured for CAB-relief as demo.json says."""
    made = Department(hub, tmp_path / "department")
    made.configure("CAB-relief")
    return made
