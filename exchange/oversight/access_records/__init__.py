"""Who looked a person up: every line is read from the log itself, opened with the person's own key and matched with its entry."""

from exchange.oversight.access_records.kinds import AccessKind, Group
from exchange.oversight.access_records.listing import Filters, Page, access_record, access_records, records_of
from exchange.oversight.access_records.records import AccessRecord, Asked

__all__ = ["AccessKind", "AccessRecord", "Asked", "Filters", "Group", "Page", "access_record", "access_records", "records_of"]
