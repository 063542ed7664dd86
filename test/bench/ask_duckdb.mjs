// Puts SQL to DuckDB: node ask_duckdb.mjs FILE THREADS [once] < SQL
//
// Runs the statements to warm up and once more (or just once), then prints the
// last result as psql -At does and a line "Time: <milliseconds> ms".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// resolve the package from the caller's folder and NODE_PATH, not from ours
const { DuckDBInstance } = createRequire(process.cwd() + "/")("@duckdb/node-api");
const [file, threads, once] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(file, { threads })).connect();
const sql = readFileSync(0, "utf8");

const ask = async () => (await connection.runAndReadAll(sql)).getRows();
if (once !== "once") await ask();
const start = process.hrtime.bigint();
const rows = await ask();
const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
for (const row of rows) console.log(row.map((value) => (value === null ? "" : String(value))).join("|"));
console.log(`Time: ${elapsed.toFixed(3)} ms`);
