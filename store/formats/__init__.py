"""Formats that training tools read: one function or file each, and a table of them all."""
