# psqlODBC, by pyodbc: see README.md.
import datetime
import decimal
import os
import sys

import pyodbc

TYPES = {int: "int", float: "float", decimal.Decimal: "number", str: "text", bool: "bool", datetime.date: "date", datetime.datetime: "time"}
host, port, database = (os.environ[name] for name in ("PGHOST", "PGPORT", "PGDATABASE"))
base = "Driver={PostgreSQL Unicode};Server=%s;Port=%s;Database=%s;BoolsAsChar=0;Uid=" % (host, port, database)


def form(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and value.startswith('{"'):
        return value.replace(": ", ":").replace(", ", ",")
    return str(value)


# the ways to connect of doc/bi.md
for settings in ("ConnSettings=SET journey.purpose %3D 'reporting'", "ConnSettings={SET journey.purpose = 'reporting'}",
                 "pqopt={options='-c journey.purpose=reporting'}", "ConnSettings=SET journey.purpose TO reporting;UseDeclareFetch=1;Fetch=1",
                 "ConnSettings=SET journey.purpose TO reporting;UseServerSidePrepare=1"):
    connection = pyodbc.connect(base + "dashboard;" + settings, autocommit=True)
    answer = connection.execute("SELECT current_setting('journey.purpose'), count(buyer) FROM sales").fetchone()
    if tuple(answer) != ("reporting", 2):
        sys.exit("%s: %s" % (settings, answer))
print("connected: reporting 2\n" * 3, end="")

for query in open(sys.argv[1]):
    cursor = connection.execute(query)
    print(*("%s:%s" % (c[0], TYPES.get(c[1], c[1])) for c in cursor.description))
    for row in cursor:
        print("|".join(map(form, row)))

admin = pyodbc.connect(base + "postgres", autocommit=True)
counts = []
cursor = connection.cursor()
for withdrawn in (False, True):
    if withdrawn:
        admin.execute("SELECT journey.consent_withdraw('b3', 'reporting')")
    for i in range(8):
        counts.append(cursor.execute("SELECT count(buyer) FROM sales WHERE id < ?", 9).fetchone()[0])
print("prepared:", *sorted(set(counts[:8])), "then", *sorted(set(counts[8:])))
admin.execute("SELECT journey.consent_give('b3', 'reporting')")
