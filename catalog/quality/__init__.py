"""The quality gate: an uploaded file becomes two immutable files and a report, or a report of everything wrong with it.

All of it but `runner` and `words` runs in a child process with limits, without Django, database or network.
"""
