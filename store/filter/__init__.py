"""The exact diversity filter: a text is kept iff it is unlike every text kept before it."""
