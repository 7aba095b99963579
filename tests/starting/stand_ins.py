"""A hub of stand-ins: the real supervisor with little processes in place of the web, the sequencer and the worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

WEB = """
import http.server, os, subprocess, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200); self.end_headers()
    def log_message(self, *arguments): pass
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", os.environ["HUB_HOME"]])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
SLEEP = "import time; time.sleep(600)"
FAIL = "import sys; print('the reason stands here'); sys.exit(3)"
PREPARED = "print('prepared')"

DEMO = f"""
import signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests that run under nohup inherit that it is ignored
from exchange.starting import demo
web, preparation, home, port = sys.argv[1:]
python = lambda code, *more: [sys.executable, "-c", code, home, *more]
demo._command = lambda *words: python(preparation)
demo.commands = lambda held, host, number: {{
    "web": [sys.executable, "-c", web, port, home], "sequencer": python({SLEEP!r}), "worker": python({SLEEP!r})
}}
from exchange.starting.telling import CannotStart
try:
    sys.exit(demo.demo(["--home", home, "--port", port]))
except CannotStart as problem:
    sys.exit(f"Cannot start: {{problem}}")
"""


class Hub:
    """A started supervisor."""

    def __init__(self, home: Path, *, web: str = WEB, preparation: str = PREPARED) -> None:
        """Start it on a free port."""
        self.home, self.port = home, free_port()
        self.log = home.with_suffix(".out")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DEMO, web, preparation, str(home), str(self.port)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        """What it has printed."""
        return self.log.read_text("utf-8")

    def until_printed(self, words: str) -> None:
        """Wait for a line."""
        wait_for(lambda: words in self.text() or self.process.poll() is not None)
        assert words in self.text()

    def end(self) -> None:
        """Leave nothing behind, whatever the test found."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_about(folder: Path) -> list[int]:
    """Processes whose command line names the folder, ourselves and test runners aside."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in entry.read_bytes() and int(entry.parent.name) != os.getpid():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def wait_for(condition: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until it holds; fail when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
