"""Proves the whole stored log again, from bytes to signed roots, and names the first thing that is wrong."""

from audit.verification.report import Cancelled, Finding, OnProgress, Progress, VerificationReport
from audit.verification.source import CopiedLog, LiveLog, LogSource
from audit.verification.whole import verify

__all__ = ["Cancelled", "CopiedLog", "Finding", "LiveLog", "LogSource", "OnProgress", "Progress", "VerificationReport", "verify"]
