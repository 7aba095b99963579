"""EXPORT on the wire: a whole selection of rows, prepared once, streamed in pieces, stopped by a revocation (decision 0074)."""
