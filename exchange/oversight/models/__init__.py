"""What oversight keeps of its own: questions of citizens. Everything else it reads from the log."""
