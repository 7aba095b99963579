"""A file that a citizen hands in where no register answered: known by its first bytes, sealed on disk, opened by two only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.proof import envelope
from exchange.affairs import sealing
from exchange.affairs.actions.four_eyes import require_officer
from exchange.affairs.actions.owning import require_own
from exchange.affairs.actions.previewing import UPLOAD, require_offered
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import PROVIDER_DOWN, close_pause
from exchange.affairs.errors import AnswerIncomplete, NoSuchCase
from exchange.affairs.lifecycle import CaseState, EvidenceEvent
from exchange.affairs.models import Case, SupplementNotice, Upload
from exchange.affairs.moves import hold_case, move_evidence, moved_on
from exchange.affairs.recorded import record_step, subject_of_case

LARGEST = 10 * 1024 * 1024
_LONGEST_NAME = 120
_FIRST_BYTES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def upload(case: Case, *, requirement: str, file: Any, applicant: Applicant) -> Upload:
    """Keep a PDF, JPEG or PNG of at most 10 MB for one requirement (`file`: name, read()); a person will look at it.

    While the preview is open, or a notice asks for it. Raises AnswerIncomplete for another kind of file, CaseMoved.
    """
    require_own(case, applicant)
    content = read_upload(file)
    made = Upload(media_type=media_type(content), size=len(content))
    subject = applicant.subject
    key = sealing.key_of(subject)
    made.filename = sealing.seal(subject, _plain_name(str(file.name)), context=_place(made), key=key)
    path = path_of(made)
    _write(path, envelope.seal(key, content, f"{_place(made)}:content"))
    try:
        _hand_in(case, requirement, made, applicant)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return made


@transaction.atomic
def _hand_in(case: Case, requirement: str, made: Upload, applicant: Applicant) -> None:
    by = require_own(case, applicant)
    hold_case(case, CaseState.PREVIEW, CaseState.SUBMITTED)
    if case.state == CaseState.SUBMITTED and not SupplementNotice.objects.filter(case=case, answered_at__isnull=True).exists():
        raise moved_on()
    row = require_offered(case, requirement, UPLOAD)
    move_evidence(row, EvidenceEvent.UPLOAD, preview="", answered_at=timezone.now())
    made.evidence = row
    made.save(force_insert=True)
    close_pause(case, PROVIDER_DOWN, requirement)
    record_step(case, EvidenceEvent.UPLOAD, by=by, requirement=requirement)


def read_upload(file: BinaryIO) -> bytes:
    """The file's content. Raises AnswerIncomplete where it is too large or no PDF, JPEG or PNG, whatever its name says."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refused("size", _("Choose a file of at most 10 MB."))
    if not media_type(content):
        raise _refused("kind", _("Choose a PDF, or a JPEG or PNG picture."))
    return content


def media_type(content: bytes) -> str:
    """What the first bytes say that it is; empty for everything else."""
    return next((kind for first, kind in _FIRST_BYTES.items() if content.startswith(first)), "")


def open_upload(upload: Upload, *, applicant: Applicant | None = None, acting_user: Any = None) -> tuple[str, bytes]:
    """(file name, content), for the citizen of the case or an officer of its matter. Raises NoSuchCase, NotThisOfficer."""
    case = Case.objects.filter(evidence_set=upload.evidence.evidence_set_id).select_related("version__matter").first()
    if case is None:
        raise NoSuchCase(_("There is no such file."))
    subject = subject_of_case(case)
    if applicant is None:
        require_officer(case, acting_user)
    elif applicant.subject != subject:
        raise NoSuchCase(_("There is no such file."))
    key = sealing.key_of(subject)
    name = sealing.unseal(subject, upload.filename, context=_place(upload), key=key)
    return str(name), envelope.open_sealed(key, path_of(upload).read_bytes(), f"{_place(upload)}:content")


def path_of(upload: Upload) -> Path:
    """Where the sealed file stands: named by its random id, with no part of the citizen's own name for it."""
    return Path(settings.FILES_DIR) / "uploads" / upload.pk.hex


def _write(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())


def _place(upload: Upload) -> str:
    return f"upload:{upload.pk}"


def _plain_name(name: str) -> str:
    """The last part of the name as sent, printable and short."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-_LONGEST_NAME:] or "file"


def _refused(rule: str, message: str) -> AnswerIncomplete:
    return AnswerIncomplete(_("This file cannot be taken."), faults=[Fault("file", rule, message)])
