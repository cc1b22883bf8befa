"""Is a text fit to be kept, whatever stands beside it? One function a rule."""
