"""From a fresh clone to a running hub: the environment, the home, the processes. Standard library only."""
