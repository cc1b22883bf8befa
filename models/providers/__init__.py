"""The providers of chat models: a file each with all its facts, and one table of them."""
