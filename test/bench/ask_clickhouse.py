"""Puts SQL to ClickHouse, inside this process: ask_clickhouse.py FOLDER THREADS [once] < SQL

Runs the statement to warm up and once more (or the statements just once), then
prints the last result as psql -At does and a line "Time: <milliseconds> ms".
"""
import sys
import time

from chdb import session

connection = session.Session(sys.argv[1])
connection.query(f"SET max_threads = {int(sys.argv[2])}")
sql = sys.stdin.read()
statements = [sql]
if sys.argv[3:] == ["once"]:
    statements = [statement for statement in sql.split(";") if statement.strip()]
else:
    connection.query(sql.rstrip().rstrip(";"), "TSV")
for statement in statements:
    start = time.perf_counter()
    answer = connection.query(statement.rstrip().rstrip(";"), "TSV")
    elapsed = time.perf_counter() - start
print(str(answer).rstrip("\n").replace("\t", "|"))
print(f"Time: {elapsed * 1000:.3f} ms")
