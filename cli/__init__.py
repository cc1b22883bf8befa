"""The terminal: arguments in, exit codes out."""
