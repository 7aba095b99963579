"""Commands of the room affairs."""
