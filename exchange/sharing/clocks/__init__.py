"""Clocks of requests, corrections and disputes: pauses, extensions, reminders, figures. The counting itself is catalog/clocks.py."""
