"""People compare two models' answers: the page that asks them, and what their ratings say."""
