"""Disputes between a provider and a requester: they talk, then the authority rules, with a reason."""
