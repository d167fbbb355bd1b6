"""Records in two times, and the pulls that bring them."""
