"""The files of a run, and data from anywhere as rows and records."""
