"""What a person sees of a run: its events, its traces, and what the state shows."""
