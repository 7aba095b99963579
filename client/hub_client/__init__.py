"""The department's side of the hub: signs requests, verifies answers, files receipts. Knows no Django."""

__version__ = "0.1.0"
