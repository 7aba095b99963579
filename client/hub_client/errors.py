"""What can go wrong, with the exit code that scripts rely on, and a sentence that says what to do."""

from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """Exit codes of the command."""

    OK = 0
    DATA = 1
    USAGE = 2
    REFUSED = 3
    NETWORK = 4


class ClientError(Exception):
    """Anything that ends a command; `code` is stable, `data` goes into the JSON output."""

    exit = Exit.DATA

    def __init__(self, code: str, message: str, **data: Any) -> None:
        """Keep code and data beside the sentence."""
        super().__init__(message)
        self.code = code
        self.data = data

    def as_problem(self) -> dict[str, Any]:
        """The error as the JSON output shows it."""
        return {"code": self.code, "detail": str(self), **self.data}


class DataError(ClientError):
    """What was received or read does not hold: a signature, a receipt, a file."""


class UsageError(ClientError):
    """The command or its configuration is wrong."""

    exit = Exit.USAGE


class RefusedError(ClientError):
    """The hub refused. `problem` is its RFC 9457 body, `receipt_file` the receipt for the refusal if there is one."""

    exit = Exit.REFUSED

    def __init__(self, status: int, problem: dict[str, Any], receipt_file: str | None = None) -> None:
        """Take code and sentence from the problem."""
        self.status, self.problem, self.receipt_file = status, problem, receipt_file
        title = problem.get("detail") or problem.get("title") or f"refused with status {status}"
        data = {"status": status, "problem": problem}
        super().__init__(str(problem.get("code", "REFUSED")), str(title), **data, receipt_file=receipt_file)


class NetworkError(ClientError):
    """The hub could not be reached, or something between answered in its place."""

    exit = Exit.NETWORK
