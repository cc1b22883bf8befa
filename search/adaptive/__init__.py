"""The adaptive search: what names and records are expected to bring, and what to ask for next."""
