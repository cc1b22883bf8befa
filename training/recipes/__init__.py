"""What other trainers take: the data in their form, and their configuration."""
