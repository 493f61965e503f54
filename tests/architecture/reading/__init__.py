"""Turns the files of the repository into what the rules look at: code, comments, literals, functions, includes."""
