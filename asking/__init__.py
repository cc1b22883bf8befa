"""A model asked so that nothing paid for is lost: retries, pace, budget, stored answers."""
