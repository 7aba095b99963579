"""The system's own key: made here, kept here, never sent anywhere."""

import stat
from dataclasses import dataclass
from pathlib import Path

from audit.proof.canonical import b64url
from audit.proof.keys import KEYID, PemSigner, SignatureError, generate_private_key, public_key_of, write_private_key
from audit.proof.sealed_box import generate_seal_key, seal_key_public
from hub_client.configuration import Configuration
from hub_client.errors import UsageError


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was just made, and what the department needs to have it certified."""

    keyid: str
    path: Path
    public_key: str


def make_key(keyid: str, path: Path, *, seal: bool = False) -> MadeKey:
    """Make a private key file with mode 0600; never over an existing one. With `seal` one that opens exports and signs nothing."""
    if not KEYID.fullmatch(keyid):
        raise UsageError("BAD_KEYID", "a keyid is written SYSTEM/name, in letters, digits and hyphens")
    pem = generate_seal_key() if seal else generate_private_key()
    try:
        write_private_key(path, pem)
    except FileExistsError:
        raise UsageError("KEY_EXISTS", f"{path} exists already; give the new key another file") from None
    except OSError as error:
        raise UsageError("CANNOT_WRITE", f"{path} cannot be written: {error.strerror}") from None
    return MadeKey(keyid, path, b64url(seal_key_public(pem) if seal else public_key_of(pem)))


def open_signer(configuration: Configuration) -> PemSigner:
    """The signer of hub.toml's key; UsageError says what is wrong with the file."""
    keyid, path = configuration.require("keyid"), configuration.key_file
    try:
        return PemSigner(keyid, path)
    except OSError as error:
        raise UsageError("NO_KEY_FILE", f"the key file {path} cannot be read: {error.strerror}") from None
    except SignatureError as error:
        raise UsageError("BAD_KEY_FILE", f"{path}: {error}") from None


def is_private(path: Path) -> bool:
    """Whether nobody but its owner can read a file."""
    return not stat.S_IMODE(path.stat().st_mode) & 0o077
