"""Puts SQL to DuckDB: ask_duckdb.py FILE THREADS [once] < SQL

Runs the statements to warm up and once more (or just once), then prints the
last result as psql -At does and a line "Time: <milliseconds> ms".
"""
import sys
import time

import duckdb

connection = duckdb.connect(sys.argv[1])
connection.execute(f"SET threads = {int(sys.argv[2])}")
sql = sys.stdin.read()
if sys.argv[3:] != ["once"]:
    connection.execute(sql).fetchall()
start = time.perf_counter()
rows = connection.execute(sql).fetchall()
elapsed = time.perf_counter() - start
for row in rows:
    print("|".join("" if value is None else str(value) for value in row))
print(f"Time: {elapsed * 1000:.3f} ms")
