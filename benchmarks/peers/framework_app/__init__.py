"""Tables of the framework peer."""
