"""Errands to remote stores: an intent in the log and a leased row first, then the question, then what came of it.

`deliver` writes intents and outcomes; asking.py and asker.py speak with providers, outside of every batch; completing.py
brings an answer back to `deliver`; collecting.py hands the result to the system that asked.
"""
