"""Programs that act for a person of a department: how one asks, who allows it, what it then may do, and how it ends."""
