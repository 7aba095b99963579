"""CHANGES: what became different in a register since a follower looked last, page by page (docs/decisions/0083)."""
