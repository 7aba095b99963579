"""Makes the framework peer's tables and rows, and prints the token of its one user."""

from __future__ import annotations

import json
import os
from pathlib import Path

from benchmarks.peers import framework

assert framework.application  # importing it configures Django

from django.contrib.auth.models import User  # noqa: E402 - after settings
from django.core.management import call_command  # noqa: E402 - after settings
from guardian.shortcuts import assign_perm  # noqa: E402 - after settings
from rest_framework.authtoken.models import Token  # noqa: E402 - after settings

from benchmarks.peers.framework_app.models import PersonRecord, Register  # noqa: E402 - after settings

call_command("migrate", verbosity=0)  # first: PostgreSQL wants the tables that the peer's own point to
call_command("migrate", run_syncdb=True, verbosity=0)
register = Register.objects.create(code="R14")
rows = json.loads(Path(os.environ["FRAMEWORK_ROWS"]).read_text("utf-8"))
PersonRecord.objects.bulk_create(PersonRecord(register=register, person=person, grade=grade, type=kind) for person, grade, kind in rows)
user = User.objects.create_user("system", password=None)
assign_perm("framework_app.view_register", user, register)
print(Token.objects.create(user=user).key)
