"""A model trained on the data, and what it is worth beside another."""
