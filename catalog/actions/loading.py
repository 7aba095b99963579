"""Load a file into a hosted dataset: receive it, check it in a child process, publish it by a signed act.

Whatever stops this in between, nobody sees a half: a revision is current from its act on, and its files were there before.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts, trail
from catalog import orders, permission, projection, work
from catalog.description.stores import is_remote
from catalog.errors import FilesTampered, FileTooLarge, LoadNotReady, NoSuchThing, RemoteDataset, VersionChanged
from catalog.lifecycle import LoadEvent, LoadState
from catalog.models import Dataset, Load, Revision
from catalog.moves import move_load
from catalog.quality.runner import inspect_file
from catalog.stores.hosted import CheckedFile

CHUNK = 1 << 20
CHECK_WORK = "catalog.check_load"
Progress = Callable[[int], None]


def load_file(
    dataset: Dataset,
    *,
    path: Path | None = None,
    fileobj: IO[bytes] | None = None,
    filename: str = "",
    acting_user: Any,
    on_progress: Progress | None = None,
) -> Load:
    """Receive and check a file now; the load comes back READY, or REFUSED with its report."""
    load = _receive(dataset, Received(path or fileobj, filename), acting_user=acting_user, enqueue=False)
    return check_load(load, on_progress=on_progress)


def receive_file(
    dataset: Dataset,
    *,
    fileobj: IO[bytes],
    filename: str,
    acting_user: Any,
    as_of: datetime | None = None,
    load_id: uuid.UUID | None = None,
) -> Load:
    """Receive a file and leave its check to the worker; watch `state` and `progress`.

    With a `load_id` that is known already (a repeated request), nothing is done and that load comes back.
    """
    permission.require(acting_user, dataset.provider, permission.PUBLISHER)
    if load_id is not None:
        known = Load.objects.filter(pk=load_id, dataset=dataset, uploaded_by=acting_user.pk).first()
        if known is not None:
            return known
    received = Received(fileobj, filename, as_of, load_id or uuid.uuid4())
    return _receive(dataset, received, acting_user=acting_user, enqueue=True)


@dataclass(frozen=True)
class Received:
    """A file as it comes in."""

    source: Path | IO[bytes] | None
    filename: str
    as_of: datetime | None = None
    load_id: uuid.UUID = field(default_factory=uuid.uuid4)


def _receive(dataset: Dataset, received: Received, *, acting_user: Any, enqueue: bool) -> Load:
    permission.require(acting_user, dataset.provider, permission.PUBLISHER)
    source, version = received.source, dataset.current_version
    if source is None:
        raise NoSuchThing(_("No file was sent."))
    if version is None:
        raise LoadNotReady(_("Publish the description of the dataset first, then load its file."))
    if is_remote(version.content):
        raise RemoteDataset(_("Its rows stay where they are: the hub asks for them one call at a time. Nothing was received."))
    stored = _store(source, received.load_id)
    with transaction.atomic():
        load = Load.objects.create(
            id=received.load_id,
            dataset=dataset,
            version=version,
            uploaded_by=acting_user.pk,
            path=stored.name,
            filename=Path(received.filename or getattr(source, "name", "") or "file").name[:255],
            size=stored.stat().st_size,
            as_of=received.as_of or timezone.now(),
        )
        _note(load, "RECEIVED")
        if enqueue:
            work.enqueue(CHECK_WORK, load.id)
    return load


def uploads_folder() -> Path:
    """Where uploaded files stand until they are checked."""
    return Path(settings.FILES_DIR) / "uploads"


def _store(source: Path | IO[bytes], load_id: uuid.UUID) -> Path:
    """Copy a file in pieces, never more than the limit, and give it its name only when it is whole."""
    folder = uploads_folder()
    folder.mkdir(parents=True, exist_ok=True)
    target, partial = folder / str(load_id), folder / f"{load_id}.part"
    limit, size = int(settings.UPLOAD_LIMIT_BYTES), 0
    try:
        with source.open("rb") if isinstance(source, Path) else contextlib.nullcontext(source) as reading, partial.open("xb") as writing:
            while chunk := reading.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(_("A file may have at most %(size)d bytes. Split it, or ask for a higher limit.") % {"size": limit})
                writing.write(chunk)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def check_load(load: Load, *, on_progress: Progress | None = None) -> Load:
    """Check a received file in a child process; READY with two files on the disk, or REFUSED with a report.

    Safe to run again after a worker was killed. A load that is past its check comes back as it is.
    """
    if load.state not in (LoadState.RECEIVED, LoadState.CHECKING):
        return load
    move_load(load, LoadEvent.CHECK, progress=0)

    def progress(percent: int) -> None:
        Load.objects.filter(pk=load.pk, state=LoadState.CHECKING).update(progress=percent)
        if on_progress:
            on_progress(percent)

    outcome = inspect_file(
        uploads_folder() / load.path,
        filename=load.filename,
        document=load.version.content,
        name=f"{load.pk}-{uuid.uuid4().hex[:8]}",
        on_progress=progress,
    )
    with transaction.atomic():
        if outcome.is_accepted:
            found = {
                "rows_hash": outcome.rows_hash,
                "lookup_hash": outcome.lookup_hash,
                "row_count": outcome.row_count,
                "sample": outcome.sample,
            }
            move_load(load, LoadEvent.ACCEPT, report=outcome.report, progress=100, **found)
        else:
            move_load(load, LoadEvent.REFUSE, report=outcome.report, progress=100)
        _note(load, load.state)
    # what was accepted lives in its two files, what was refused lives with its department
    uploads_folder().joinpath(load.path).unlink(missing_ok=True)
    return load


def publish_revision(load: Load, *, acting_user: Any) -> Revision:
    """Make a checked load the current revision by a signed `revision` act that names the hashes of both files.

    Raises LoadNotReady, VersionChanged when the description is another by now, FilesMissing or FilesTampered.
    """
    permission.require(acting_user, load.dataset.provider, permission.PUBLISHER)
    if load.state != LoadState.READY:
        raise LoadNotReady(_("Only a file that passed its check can be published."), state=load.state)
    _require_files(load)
    with transaction.atomic():
        move_load(load, LoadEvent.PUBLISH)
        current = acts.standing().versions.get(load.dataset.code)
        if current is None or current.hash != load.version.hash:
            raise VersionChanged(_("Load the file again, so that it is checked against the description of today."))
        order = orders.order(
            "revision",
            dataset=load.dataset.code,
            version=current.hash,
            rows=load.rows_hash,
            lookup=load.lookup_hash,
            row_count=load.row_count,
            as_of=orders.time_text(load.as_of),
        )
        act = orders.append_signed(order, department=load.dataset.provider, acting_user=acting_user)
        revision = projection.project_revision(order, act_seq=act.seq, quality=load.report, sample=load.sample)
        Load.objects.filter(pk=load.pk).update(revision=revision)
        work.enqueue(work.REVISION_WORK, revision.pk)
        work.enqueue(work.CHANGES_WORK, revision.pk)
    load.refresh_from_db()
    return revision


def _require_files(load: Load) -> None:
    """Both files are here, are what they were, and belong to this dataset and to each other: only then is their hash signed."""
    CheckedFile(load.rows_hash, ".parquet")
    lookup = CheckedFile(load.lookup_hash, ".sqlite")
    with contextlib.closing(sqlite3.connect(f"file:{lookup.path}?mode=ro&immutable=1", uri=True)) as database:
        about = dict(database.execute("SELECT name, value FROM about"))
    if about != {"dataset": load.dataset.code, "rows": load.rows_hash.removeprefix("sha256:")}:
        raise FilesTampered(_("These files belong to another dataset or to another load. Load the file again."))


def _note(load: Load, event: str) -> None:
    trail.record(
        {
            "type": "load",
            "event": event,
            "provider": load.dataset.provider_id,
            "dataset": load.dataset.code,
            "version": load.version.hash,
            "acting": str(load.uploaded_by),
            "count": 1,
        }
    )
