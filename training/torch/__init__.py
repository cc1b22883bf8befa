"""All that needs torch: a model fitted to data, its answers, and its loss. Imported late."""
