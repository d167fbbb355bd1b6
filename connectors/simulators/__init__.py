"""Simulators of outside systems: they check what the vendor checks. Tests, the demo and trials use the same ones."""
