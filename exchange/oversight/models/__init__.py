"""What oversight keeps of its own: questions of citizens, and proofs spared. Everything else it reads from the log."""

from exchange.oversight.models.figures import CountedCase, SparedProof
from exchange.oversight.models.questions import Question

__all__ = ["CountedCase", "Question", "SparedProof"]
