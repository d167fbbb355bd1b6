"""Outside systems: sources that are read and channels that messages go to."""
