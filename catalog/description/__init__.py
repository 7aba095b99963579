"""The description of a dataset: what a provider signs when it publishes. Everything wrong with it is said at once."""
