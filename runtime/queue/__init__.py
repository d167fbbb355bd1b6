"""Work that is due: rows are the truth, Redis only wakes."""
