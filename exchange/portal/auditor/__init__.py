"""Pages of the auditor's side: search, one entry with its proof, alarms, verifying the whole log, breaking a byte."""

from __future__ import annotations

from django.urls import path

from exchange.portal.auditor import alarms, checking, entry, listing, rehearsing

urlpatterns = [
    path("audit", listing.listing, name="audit"),
    path("audit/entries/<int:index>", entry.entry, name="audit_entry"),
    path("audit/entries/<int:index>/proof.json", entry.proof, name="audit_entry_proof"),
    path("audit/alarms", alarms.listing, name="audit_alarms"),
    path("audit/alarms/<str:number>", alarms.alarm, name="audit_alarm"),
    path("audit/verify", checking.overview, name="audit_verify"),
    path("audit/verify/start", checking.start, name="audit_verify_start"),
    path("audit/verify/<uuid:run_id>", checking.run, name="audit_run"),
    path("audit/verify/<uuid:run_id>/progress", checking.progress, name="audit_run_progress"),
    path("audit/verify/<uuid:run_id>/cancel", checking.cancel, name="audit_run_cancel"),
    path("audit/break", rehearsing.overview, name="audit_break"),
    path("audit/break/start", rehearsing.start, name="audit_break_start"),
]
