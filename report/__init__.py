"""What data is worth: its measures, and the page that shows them."""
