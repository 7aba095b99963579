"""`hub search`: the catalogue, which is open to everybody: what there is, who holds it, how it may be asked for."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from hub_client.connection import Connection
from hub_client.errors import Exit, UsageError
from hub_client.management import Management, route
from hub_client.registering import Commands, Shown, command, load
from hub_client.tables import table

MOST = 200


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "search", "find datasets in the catalogue, or show one with its items and facts", _search)
    parser.add_argument("words", nargs="*", help="words or Chinese characters, all of which must be found")
    parser.add_argument("--show", metavar="DATASET", help="one dataset by its code")


def _search(options: Namespace) -> Shown:
    if bool(options.show) == bool(options.words):
        raise UsageError("WHICH", "give words to search for, or one dataset with --show")
    hub = Management(Connection(load(options).address))
    if options.show:
        found = hub.get(route("catalog", "datasets", options.show))
        return found, _lines(found), Exit.OK
    rows: list[dict[str, Any]] = []
    query = {"q": " ".join(options.words)}
    while len(rows) < MOST:
        page = hub.get("catalog/datasets", **query)
        rows += page["datasets"]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    cells = [(row["code"], row["provider"]["code"], row["sharing_attribute"], row["title"]["en"], row["title"]["zh"]) for row in rows]
    lines = table(("dataset", "owner", "shared", "title", "标题"), cells) if rows else ["Nothing found."]
    return {"datasets": rows, "total": page["total"]}, lines, Exit.OK


def _lines(found: Mapping[str, Any]) -> list[str]:
    title, owner = found["title"], found["provider"]["code"]
    lines = [f"{found['code']}  {title['en']}  {title['zh']}", f"  of {owner}, {found['sharing_attribute']}", ""]
    items = [(item["name"], item["type"], item["sensitivity"], item["sharing_attribute"], item["title"]["en"]) for item in found["items"]]
    lines += table(("item", "type", "class", "shared", "title"), items)
    facts = [(fact["name"], ", ".join(one["name"] for one in fact["parameters"]), fact["title"]["en"]) for fact in found["facts"]]
    return [*lines, "", *table(("fact", "with", "title"), facts)] if facts else lines
