"""What a model is worth beside another: compared in pairs, on mathematics, by its loss."""
