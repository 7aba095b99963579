"""What client/pyproject.toml packages stands on its own: the proofs are in it, and nothing of the hub is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import cryptography
import pytest

CLIENT = Path(__file__).resolve().parents[2] / "client"
_BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "orjson", "httpx", "exchange", "catalog", "celery", "sqlalchemy"}:
            raise ImportError(f"{name} is not on a department's machine")

sys.meta_path.insert(0, Blocked())
"""
_USED = """
from pathlib import Path
import tempfile
import hub_client, audit.proof
from hub_client import AsyncClient, Client, Purpose
from hub_client.providing import Endpoint
from hub_client.testing import AGREEMENT, FakeHub
from hub_client.command import main

found = FakeHub(records={"1": [{"grade": 2}]}).client(Path(tempfile.mkdtemp())).query(AGREEMENT, "1", Purpose("p"))
assert found.records == ({"grade": 2},)
assert Path(hub_client.__file__).is_relative_to(Path.cwd()) and Path(audit.proof.__file__).is_relative_to(Path.cwd())
main(["provide", "--help"])
"""


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """The folders that the wheel is made of, laid out as it lays them out."""
    wheel = tomllib.loads((CLIENT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    places = {name: name for name in wheel["packages"]} | dict(wheel["force-include"])
    for source, target in places.items():
        shutil.copytree(CLIENT / source, tmp_path / "wheel" / target, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "wheel"


def test_the_wheel_holds_library_command_provider_and_fake_hub_and_needs_nothing_of_ours(packaged: Path) -> None:
    assert (packaged / "hub_client" / "py.typed").exists()
    assert not (packaged / "audit" / "__init__.py").exists()
    packages = Path(cryptography.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", _BLOCKED + _USED],
        check=False,
        capture_output=True,
        text=True,
        cwd=packaged,
        env={"PYTHONPATH": f"{packaged}:{packages}", "PYTHONNOUSERSITE": "1"},
    )
    assert ran.returncode == 0, ran.stderr
    assert "usage: hub provide" in ran.stdout
