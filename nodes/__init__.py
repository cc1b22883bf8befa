"""One thin file per node: read the state, ask or decide, return a partial update."""
