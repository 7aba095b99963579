"""Matters that nobody needs to apply for: who may have it is listed each month, asked about, and offered it.

The tables of this room need this package's lifecycle, so nothing that stands on the tables is imported here.
"""
