"""`hub queue`: what waits for you: parts of requests, and questions to a register that officers answer for."""

from argparse import ArgumentParser, Namespace

from hub_client.errors import Exit
from hub_client.management import open_management
from hub_client.registering import Commands, Shown, command, load
from hub_client.tables import table


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "queue", "what waits for you: requests to decide, questions to answer", _queue)
    parser.add_argument("--department", default="", help="for which of your departments")


def _queue(options: Namespace) -> Shown:
    hub = open_management(load(options), department=options.department)
    waiting = hub.get("requests/waiting")
    parts, questions = waiting["results"], list(hub.pages("officer-questions"))
    lines: list[str] = []
    if parts:
        cells = [
            (row["number"], row["dataset"], row["requester"], row["state"], row["due_on"] or "", ", ".join(row["steps"])) for row in parts
        ]
        lines += table(("request", "dataset", "requester", "state", "due", "you may"), cells)
    if waiting["more"]:
        lines.append("There is more: decide about these first.")
    if questions:
        rows = [(row["id"], row["dataset"], row["requester"], _whose(row), row["due_on"]) for row in questions]
        lines += ["", *table(("question", "dataset", "requester", "state", "due"), rows)]
    return {"parts": parts, "more_parts": waiting["more"], "questions": questions}, lines or ["Nothing waits."], Exit.OK


def _whose(row: dict[str, object]) -> str:
    return "yours" if row["is_mine"] else str(row["state"])
