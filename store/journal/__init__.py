"""The append-only SQL log of a run: answers, attempts and commits."""
