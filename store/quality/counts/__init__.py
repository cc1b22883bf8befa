"""Counts that an instruction names, and whether its output keeps them, in several languages."""
