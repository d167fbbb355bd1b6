"""The `duiqi` command."""
