"""Whoever sweeps persons is noticed, stopped and reported: what is counted, how it is judged, what follows."""
