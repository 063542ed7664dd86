// node-postgres: see README.md.
const fs = require('fs');
const { Client } = require('pg');

const types = { 20: 'int', 21: 'int', 23: 'int', 700: 'float', 701: 'float', 1700: 'number', 25: 'text', 1043: 'text', 16: 'bool',
	1082: 'date', 1114: 'time', 1184: 'time', 114: 'json', 3802: 'json', 1009: 'text[]' };
const two = (n) => String(n).padStart(2, '0');

function form(value, type) {
	if (value === null) return '-';
	if (type === 'bool') return value ? 't' : 'f';
	if (type === 'date') return `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
	if (type === 'time') return value.toISOString().replace('T', ' ').slice(0, 19);
	if (type === 'text[]') return `{${value.join(',')}}`;
	if (type === 'json') return JSON.stringify(value);
	return String(value);
}

async function connected(config) {
	const client = new Client(config);
	await client.connect();
	const r = await client.query("SELECT current_setting('journey.purpose') AS p, count(buyer) AS n FROM sales");
	console.log(`connected: ${r.rows[0].p} ${r.rows[0].n}`);
	return client;
}

async function main() {
	const e = process.env;

	// the ways to connect of doc/bi.md
	e.PGOPTIONS = '-c journey.purpose=reporting';
	await (await connected({ user: 'dashboard' })).end();
	delete e.PGOPTIONS;
	await (await connected({ connectionString: `postgresql://dashboard@/${e.PGDATABASE}?host=${e.PGHOST}&port=${e.PGPORT}&options=-c%20journey.purpose%3Dreporting` })).end();
	const client = await connected({ user: 'dashboard', options: '-c journey.purpose=reporting' });

	for (const query of fs.readFileSync(process.argv[2], 'utf8').trim().split('\n')) {
		const r = await client.query({ text: query, rowMode: 'array' });
		const kinds = r.fields.map((f) => types[f.dataTypeID] || f.dataTypeID);
		console.log(r.fields.map((f, i) => `${f.name}:${kinds[i]}`).join(' '));
		for (const row of r.rows) console.log(row.map((v, i) => form(v, kinds[i])).join('|'));
	}

	const admin = new Client({ user: 'postgres' });
	await admin.connect();
	const counts = [];
	for (const withdrawn of [false, true]) {
		if (withdrawn) await admin.query("SELECT journey.consent_withdraw('b3', 'reporting')");
		for (let i = 0; i < 8; i++)
			counts.push((await client.query({ name: 'again', text: 'SELECT count(buyer) AS n FROM sales WHERE id < $1', values: [9] })).rows[0].n);
	}
	console.log('prepared:', [...new Set(counts.slice(0, 8))].join(' '), 'then', [...new Set(counts.slice(8))].join(' '));
	await admin.query("SELECT journey.consent_give('b3', 'reporting')");
	await admin.end();
	await client.end();
}

main().catch((error) => { console.error(error); process.exit(1); });
