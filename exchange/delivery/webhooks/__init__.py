"""Webhooks: a department hears that there are changes, and never what changed (docs/decisions/0084)."""
