"""The JavaScript client under the Node that Playwright brings: one process, asked line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

_ASKER = Path(__file__).with_name("javascript_asker.mjs")


class JavaScriptError(Exception):
    """The client threw; `told` is its error as JSON."""

    def __init__(self, told: dict[str, Any]) -> None:
        """Take the code out."""
        super().__init__(told["message"])
        self.told, self.name, self.code = told, told["name"], told.get("code")


class JavaScript:
    """The client in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Speak with a process that `running` started."""
        self._process = process

    def do(self, step: str, **members: Any) -> Any:
        """Take one step; JavaScriptError if the client throws."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"do": step, **members}) + "\n")
        stdin.flush()
        told = json.loads(stdout.readline())
        if "error" in told:
            raise JavaScriptError(told["error"])
        return told["ok"]


@contextmanager
def running() -> Iterator[JavaScript]:
    """The client while the block lasts."""
    node = compute_driver_executable()[0]
    command = [str(node), str(_ASKER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            yield JavaScript(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(60)
