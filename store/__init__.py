"""What is known: the tree, the journal, the filter, and the files of a run."""
