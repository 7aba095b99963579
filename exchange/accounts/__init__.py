"""WHO IS CALLING: persons, their roles in departments, sign-in, and who stewards which dataset."""
