"""Which step comes next: the strategies and what they share. Pure."""
