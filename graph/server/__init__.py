"""What only the server has: who may do what, what runs share, pages of its own, Studio's form."""
