"""Corrections between departments: a value that was received looks wrong, the provider answers, everybody who has it is told."""
