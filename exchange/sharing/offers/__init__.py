"""Standing offers: what an owner, or in an emergency the authority, signs before anybody asks."""
