"""What becomes of a record in the conversation that wrote it: votes, verdicts, a revision."""
