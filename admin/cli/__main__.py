"""`python -m admin.cli` is `duiqi` of this checkout."""

from admin.cli.main import main

main()
