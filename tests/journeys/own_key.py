"""Run as a program on a hub: the authority certifies a document key that a department made for itself; its private half stays outside.

`python -m tests.journeys.own_key DEPARTMENT NAME FILE` writes the private key to FILE, which is the department's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from audit import ceremony  # noqa: E402  (after setup)
from audit.proof.keys import generate_private_key, public_key_of, write_private_key  # noqa: E402

if __name__ == "__main__":
    department, name, file = sys.argv[1:]
    pem = generate_private_key()
    ceremony.certify_department(department, public_key=public_key_of(pem), name=name)
    write_private_key(Path(file), pem)
