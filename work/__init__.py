"""Work that is done beside this process: the same function over many pieces, on workers."""
