"""Commands of the room sharing."""
