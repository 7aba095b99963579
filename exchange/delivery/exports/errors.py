"""Refusals to people who look at exports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Missing


class NoSuchExport(Missing):
    """There is no such export, or it is not the person's to see: both look the same."""

    code = "NO_SUCH_EXPORT"
    title = _("No such export")


class ExportEnded(Conflict):
    """The export has ended already."""

    code = "EXPORT_ENDED"
    title = _("This export has ended")
