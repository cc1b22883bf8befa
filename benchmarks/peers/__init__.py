"""Other frameworks making the same records, each in an environment of its own."""
