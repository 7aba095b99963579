"""`hub relay`: the relay on this machine, until it is stopped."""

import json
import signal
from argparse import ArgumentParser, Namespace

from hub_client import relay
from hub_client.errors import Exit, UsageError
from hub_client.registering import Commands, Shown, command, load
from hub_client.session import open_session


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "relay", "let any program on this machine ask: plain JSON in, signed request out", _run_relay)
    parser.add_argument("--port", type=int, default=relay.PORT, help=f"on 127.0.0.1 ({relay.PORT})")


def _run_relay(options: Namespace) -> Shown:
    settings = load(options)
    session = open_session(settings)
    try:
        server = relay.RelayServer(session, settings.receipts_folder, options.port)
    except OSError as error:
        raise UsageError("PORT", f"port {options.port} cannot be used: {error.strerror}") from None
    session.trust()
    started = {"listening": f"http://{relay.LOOPBACK}:{server.server_port}", "keyid": session.signer.keyid}
    # A supervisor stops it by SIGTERM; a shell starts background jobs with SIGINT ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    print(json.dumps(started) if options.json else f"relay for {started['keyid']} at {started['listening']}", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return {}, [], Exit.OK
    return {}, [], Exit.OK
