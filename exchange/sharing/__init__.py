"""MAY THEY: requests, decisions and agreements between departments."""
