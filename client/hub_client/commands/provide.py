"""`hub provide`: serve a file or a table as the service that the hub asks; `--check` says what the hub would see."""

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from audit.proof.keys import PemSigner, SignatureError
from hub_client.errors import Exit, UsageError
from hub_client.providing.checking import check, lines_of
from hub_client.providing.description import Description, read_description
from hub_client.providing.endpoint import AnswersAll, Endpoint
from hub_client.providing.hub_keys import HubKeys
from hub_client.providing.nonces import Nonces
from hub_client.providing.serving import serve
from hub_client.providing.tables import FileTable, SqliteTable
from hub_client.registering import Commands, Shown, command, load


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "provide", "answer the hub's questions from a file or a table", _provide)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", help="rows in UTF-8, .csv or .jsonl; read again when it changes")
    source.add_argument(
        "--table", help="sqlite:PATH:TABLE, opened to be read only; or the URL of a database, # and the table (needs SQLAlchemy)"
    )
    parser.add_argument("--document", required=True, help="the dataset's version as it was signed, as JSON")
    parser.add_argument("--key", required=True, help="the private key file of provider_answer_key")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1; TLS ends in front of it)")
    parser.add_argument("--port", type=int, default=8078, help="the port (8078)")
    parser.add_argument("--nonces", help="a file for the questions seen, to be kept over a restart or shared by several processes")
    parser.add_argument("--check", action="store_true", help="say what the hub would see, and end")


def _provide(options: Namespace) -> Shown:
    settings = load(options)
    description = read_description(Path(options.document))
    source = open_source(options, description)
    hub, signer = HubKeys(settings), _signer(description, Path(options.key))
    if options.check:
        findings = check(description, signer, source, hub)
        good = all(finding.is_good for finding in findings)
        document = {"findings": [{"name": one.name, "good": one.is_good, "detail": one.detail} for one in findings]}
        return document, lines_of(findings), Exit.OK if good else Exit.DATA
    nonces = Nonces(Path(options.nonces)) if options.nonces else None
    endpoint = Endpoint(description.url, signer, hub, nonces)
    endpoint.answer_all(description, source)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("hub_client.providing").info("%s listens at %s:%d", description.dataset, options.host, options.port)
    serve(endpoint, options.host, options.port)
    return {}, [], Exit.OK


def open_source(options: Namespace, description: Description) -> AnswersAll:
    """The file or table that was named. Raises UsageError where it does not fit the description."""
    if options.file:
        return FileTable(Path(options.file), description)
    kind, _, rest = options.table.partition(":")
    path, _, table = rest.rpartition(":")
    if kind == "sqlite" and not rest.startswith("//"):
        if not path:
            raise UsageError("BAD_TABLE", "write --table sqlite:PATH:TABLE")
        return SqliteTable(Path(path), table, description)
    from hub_client.providing.database import DatabaseTable

    url, _, name = options.table.rpartition("#")
    return DatabaseTable(url, name, description)


def _signer(description: Description, path: Path) -> PemSigner:
    try:
        return PemSigner(description.keyid, path)
    except OSError as error:
        raise UsageError("NO_KEY_FILE", f"the key file {path} cannot be read: {error.strerror}") from None
    except SignatureError as error:
        raise UsageError("BAD_KEY_FILE", f"{path}: {error}") from None
