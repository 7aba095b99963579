"""`hub login` and `hub logout`: a person lets this machine act for them (RFC 8628), and takes that back."""

import platform
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from hub_client.configuration import Configuration
from hub_client.connection import Connection, Transport
from hub_client.errors import ClientError, DataError, Exit, NetworkError, RefusedError
from hub_client.management import Management, Token, keep_token, read_token, token_path
from hub_client.registering import Commands, Shown, command, load

CLIENT_ID = "hub"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = ("read", "requests", "officer")
_SLOWER_S = 5
_MOST_MISSES = 5
_MACHINE_LENGTH = 80

Sleep = Callable[[float], None]
Tell = Callable[[str], None]


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the commands."""
    parser = command(commands, "login", "let this machine act for you; you allow it on a page", _login)
    parser.add_argument("--scope", action="append", choices=SCOPES, help="what it may do; may be given several times (read, requests)")
    parser.add_argument("--machine", default=platform.node() or "hub", help="the machine's name, as the page shows it")
    command(commands, "logout", "end this machine's access and forget its token", _logout)


def log_in(
    configuration: Configuration, transport: Transport, *, machine: str, scopes: list[str], tell: Tell, sleep: Sleep = time.sleep
) -> Token:
    """Ask, show the code by `tell`, wait until somebody answers, keep the token. Raises RefusedError, DataError, NetworkError."""
    hub = Management(transport)
    asked = hub.form("programs/ask", client_id=CLIENT_ID, machine=machine[:_MACHINE_LENGTH], scope=" ".join(scopes))
    try:
        device_code, code, page = str(asked["device_code"]), str(asked["user_code"]), str(asked["verification_uri_complete"])
        left_s, interval_s = int(asked["expires_in"]), max(1, int(asked.get("interval", _SLOWER_S)))
    except (KeyError, TypeError, ValueError):
        raise DataError("BAD_ANSWER", "the hub's answer is not that of RFC 8628") from None
    tell(f"Open {page}\nand compare the code: {code}")
    told = _collected(hub, device_code, left_s, interval_s, sleep)
    token = Token(configuration.address, str(told["access_token"]), str(told.get("scope", "")), str(told.get("person", "")))
    keep_token(token_path(configuration), token)
    return token


def _collected(hub: Management, device_code: str, left_s: float, interval_s: float, sleep: Sleep) -> dict[str, Any]:
    """Poll as RFC 8628, section 3.5 says: never faster than told, slower when asked, and slower after a time-out."""
    misses = 0
    while left_s > 0:
        sleep(interval_s)
        left_s -= interval_s
        try:
            told: dict[str, Any] = hub.form("programs/token", grant_type=GRANT, device_code=device_code, client_id=CLIENT_ID)
        except NetworkError:
            misses += 1
            if misses >= _MOST_MISSES:
                raise
            interval_s *= 2
        except RefusedError as refused:
            said = refused.problem.get("error")
            if said == "slow_down":
                interval_s += _SLOWER_S
            elif said != "authorization_pending":
                raise
        else:
            return told
    raise DataError("EXPIRED_TOKEN", "nobody allowed it in time: run `hub login` again")


def _login(options: Namespace) -> Shown:
    settings = load(options)
    scopes = options.scope or ["read", "requests"]
    token = log_in(settings, Connection(settings.address), machine=options.machine, scopes=scopes, tell=_to_the_terminal)
    path = token_path(settings)
    document = {"person": token.person, "scope": token.scope, "token_file": str(path), "base_url": token.base_url}
    return document, [f"Logged in as {token.person} for: {token.scope}.", f"The token is kept in {path}, for you alone."], Exit.OK


def _logout(options: Namespace) -> Shown:
    settings = load(options)
    token, path = read_token(settings), token_path(settings)
    is_ended = True
    try:
        Management(Connection(settings.address)).form("programs/revoke", token=token.access_token)
    except ClientError:
        is_ended = False
    path.unlink()
    said = "The access has ended." if is_ended else "The hub could not be told: end the access on the page of your programs."
    return {"ended": is_ended, "forgotten": True}, [said, "The token is forgotten here."], Exit.OK if is_ended else Exit.NETWORK


def _to_the_terminal(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
