"""Migrations of the room accounts; 0001 stands alone, so that every other room may point at a person."""
