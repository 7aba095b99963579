"""Each signed question counts once: nonces are kept for as long as their question could still be fresh."""

import sqlite3
import threading
from pathlib import Path

FRESH_S = 60
_KEPT_S = 5 * FRESH_S
_TABLE = "CREATE TABLE IF NOT EXISTS seen (keyid TEXT, nonce TEXT, created INTEGER, PRIMARY KEY (keyid, nonce)) WITHOUT ROWID"


class Nonces:
    """Nonces in a file, which several processes may share and a restart keeps, or in memory.

    In memory nothing older than this object is accepted, because nobody remembers whether it was there before.
    """

    def __init__(self, path: Path | None = None, *, started: float = 0.0) -> None:
        """`started`: when memory begins, in Unix seconds; a file needs none."""
        self._lock = threading.Lock()
        self._begins = 0.0 if path else started
        self._database = sqlite3.connect(str(path) if path else ":memory:", timeout=20, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(_TABLE)

    def spend(self, keyid: str, nonce: str, created: int, now: float) -> bool:
        """Whether the nonce is a new one; it is none afterwards. `created` and `now` in Unix seconds."""
        if created < self._begins:
            return False
        with self._lock:
            self._database.execute("DELETE FROM seen WHERE created < ?", (int(now) - _KEPT_S,))
            done = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (keyid, nonce, created))
            return done.rowcount == 1

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
