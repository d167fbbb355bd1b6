"""What the pages ask for, answered by the running system."""
