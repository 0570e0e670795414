"""Where resources are kept: the interface, and stores that implement it."""
