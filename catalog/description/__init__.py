"""The description of a dataset: what a provider signs when it publishes. Everything wrong with it is said at once."""

from catalog.description.check import faults_of, incompatibilities

__all__ = ["faults_of", "incompatibilities"]
