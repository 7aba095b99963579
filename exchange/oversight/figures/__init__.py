"""Figures that the log itself bears out: proofs spared, days, what was decided at once."""

from exchange.oversight.figures.counting import count_case, recount_all
from exchange.oversight.figures.reading import Figures, MatterFigures, figures_of

__all__ = ["Figures", "MatterFigures", "count_case", "figures_of", "recount_all"]
