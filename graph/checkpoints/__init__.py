"""Checkpoints in SQLite and PostgreSQL, with all that a server asks of them: see `Checkpoints`."""
