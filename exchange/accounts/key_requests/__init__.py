"""Keys that a system's own machine hands in: they wait until an administrator certifies them, or ends the one that they replace."""
