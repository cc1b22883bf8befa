"""Words to the model and back: domains, templates, parsers."""
