"""Whether the address is free, and who holds it when it is not."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
from pathlib import Path

from exchange.starting.telling import CannotStart


def require_free(host: str, port: int) -> None:
    """Raise CannotStart unless a server can listen at host:port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(_trouble(error, host, port)) from error


def _trouble(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}. Use --host 127.0.0.1, or 0.0.0.0 for all its addresses."
    if error.errno == errno.EADDRINUSE:
        holder = _holder(port)
        taken = f"Port {port} is taken by {holder}" if holder else f"Port {port} is taken"
        return f"{taken}. Stop that, or choose another: python3 manage.py demo --port {_next(port)}"
    if error.errno == errno.EACCES:
        return f"Port {port} may only be used by the administrator. Choose one above 1023: python3 manage.py demo --port 8000"
    return f"The hub cannot listen at {host}, port {port}: {error.strerror}. Choose another: --port, --host"


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 8000


def _holder(port: int) -> str:
    """The process that listens there, where the system tells (Linux, own processes): 'python3 (process 4711)'."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for folder in Path("/proc").glob("[0-9]*") if sockets else ():
        with contextlib.suppress(OSError):
            if any(os.readlink(link) in sockets for link in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return ""


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if re.fullmatch(f"[0-9A-F]+:{port:04X}", fields[1]) and fields[3] == "0A":
                    inodes.add(fields[9])
    return inodes
