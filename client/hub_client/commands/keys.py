"""`hub keys`: a system's own keys."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from hub_client import rotating
from hub_client.errors import Exit
from hub_client.keyfile import make_key
from hub_client.registering import Commands, Shown, command, group


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    actions = group(commands, "keys", "a system's own keys")
    new = command(actions, "new", "make a private key file; print the public key to be certified", _keys_new)
    new.add_argument("--system", required=True, help="the system's code")
    new.add_argument("--name", default="request-1", help="the key's name (request-1)")
    new.add_argument("--out", help="the file to write (NAME.pem)")
    new.add_argument("--seal", action="store_true", help="an X25519 key to which exports are sealed, not one that signs")
    rotating.add(actions)


def _keys_new(options: Namespace) -> Shown:
    made = make_key(f"{options.system}/{options.name}", Path(options.out or f"{options.name}.pem"), seal=options.seal)
    alg = "x25519" if options.seal else "ed25519"
    document = {"keyid": made.keyid, "private_key_file": str(made.path), "alg": alg, "public_key": made.public_key}
    lines = [
        f"keyid: {made.keyid}",
        f"private key: {made.path} (keep it; it is readable by you alone)",
        f"public key: {made.public_key}",
        "Give keyid and public key to your department's administrator, who certifies it on the page Keys.",
    ]
    return document, lines, Exit.OK
