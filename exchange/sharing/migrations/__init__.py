"""Migrations of the room sharing."""
