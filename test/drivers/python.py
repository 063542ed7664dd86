# psycopg 3: see README.md.
import datetime
import json
import os
import sys

import psycopg

TYPES = {20: "int", 21: "int", 23: "int", 700: "float", 701: "float", 1700: "number", 25: "text", 1043: "text", 16: "bool",
         1082: "date", 1114: "time", 1184: "time", 114: "json", 3802: "json", 1009: "text[]"}
host, port, database = (os.environ[name] for name in ("PGHOST", "PGPORT", "PGDATABASE"))


def form(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


# the ways to connect of doc/bi.md
os.environ["PGOPTIONS"] = "-c journey.purpose=reporting"
ways = [psycopg.connect("user=dashboard")]
del os.environ["PGOPTIONS"]
ways.append(psycopg.connect("postgresql://dashboard@/%s?host=%s&port=%s&options=-c%%20journey.purpose%%3Dreporting" % (database, host, port)))
connection = psycopg.connect("user=dashboard", options="-c journey.purpose=reporting")
for way in ways + [connection]:
    print("connected:", *way.execute("SELECT current_setting('journey.purpose'), count(buyer) FROM sales").fetchone())



def answers(binary):
    lines = []
    for query in open(sys.argv[1]):
        cursor = connection.cursor(binary=binary)
        cursor.execute(query)
        lines.append(" ".join("%s:%s" % (c.name, TYPES.get(c.type_code, c.type_code)) for c in cursor.description))
        lines += ["|".join(map(form, row)) for row in cursor]
    connection.commit()
    return "\n".join(lines)


text = answers(False)
print(text)
if answers(True) != text:
    sys.exit("in binary other values are read:\n" + answers(True))

admin = psycopg.connect("user=postgres", autocommit=True)
connection.autocommit = True
counts = []
for withdrawn in (False, True):
    if withdrawn:
        admin.execute("SELECT journey.consent_withdraw('b3', 'reporting')")
    for i in range(8):
        counts.append(connection.execute("SELECT count(buyer) FROM sales WHERE id < %s", (9,), prepare=True).fetchone()[0])
print("prepared:", *sorted(set(counts[:8])), "then", *sorted(set(counts[8:])))
admin.execute("SELECT journey.consent_give('b3', 'reporting')")
