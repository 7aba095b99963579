"""What oversight keeps of its own: questions of citizens, alarms, and proofs spared. Everything else it reads from the log."""

from exchange.oversight.models.alarms import Alarm
from exchange.oversight.models.figures import CountedCase, SparedProof
from exchange.oversight.models.questions import Question

__all__ = ["Alarm", "CountedCase", "Question", "SparedProof"]
