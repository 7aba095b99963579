"""Who watches: who looked whom up, questions to departments, and figures that the log itself counted."""
