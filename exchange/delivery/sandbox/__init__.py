"""The sandbox: a twin of the hub with invented data, to build against before anything was agreed.

It has a root, keys and an origin of its own, so that nothing it signs can be taken for an answer of the hub; it reads no
register, writes no entry, and knows invented people only.
"""
