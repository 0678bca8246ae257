"""Side-by-side measurements; each prints a table. Run one with: python -m benchmarks.NAME"""
