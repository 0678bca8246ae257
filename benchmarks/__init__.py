"""Side-by-side measurements; each prints a table. Run one with: python -m benchmarks.NAME"""

from costeer_cli.models.quiet import silence

silence()  # before any of them imports torch, as the command line does
