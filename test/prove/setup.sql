-- Everything but the rows, in the template of both databases, so that even the
-- OIDs are equal.  Run as superuser in an empty database.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE EXTENSION journey;
-- one of the readers begins with what is packed about subjects, the others look each up
ALTER ROLE carol SET journey.consent_lookups = 0;

CREATE TYPE mood AS ENUM ('sad', 'calm', 'happy');
CREATE TYPE address AS (street text, zip int);
CREATE DOMAIN postcode AS text CHECK (length(VALUE) < 80);

-- One row of every type.  The padding makes exactly one row a page, whatever
-- the length of the cells, so that the sizes of the tables say nothing.
CREATE TABLE people (
	id int PRIMARY KEY,
	user_id text,
	seen_at timestamptz NOT NULL,
	grp int NOT NULL,
	pad text NOT NULL,
	email text,				-- token: a token tells which raw values are equal, so these are
	name varchar(60),		-- partial, first 1 and last 1
	phone text,				-- partial, last 2; multibyte
	card text,				-- constant
	points int,				-- constant
	ssn text,				-- from here on null, with a unique index
	amount int,
	big bigint,
	price numeric,
	code text,				-- looks like a number in one database only
	born date,
	at timestamptz,
	ip inet,
	key uuid,
	doc jsonb,
	raw bytea,
	tags text[],
	flag boolean,
	mood mood,
	home address,
	zip postcode,
	path journey.journey,
	essay text,				-- large: lives in the TOAST table
	blank text,				-- NULL in one database, a value in the other
	score float8
) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE people ALTER pad SET STORAGE plain, ALTER essay SET STORAGE external;

CREATE TABLE visits (
	id int,
	user_id text,
	seen_at timestamptz NOT NULL,
	pad text NOT NULL,
	page text,
	amount int,
	referrer text
) PARTITION BY RANGE (seen_at);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')
	WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')
	WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
CREATE TABLE visits_3 PARTITION OF visits DEFAULT
	WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE visits ALTER pad SET STORAGE plain;
ALTER TABLE visits_1 ALTER pad SET STORAGE plain;
ALTER TABLE visits_2 ALTER pad SET STORAGE plain;
ALTER TABLE visits_3 ALTER pad SET STORAGE plain;

-- Inheritance as it was before partitions.
CREATE TABLE notes (
	id int,
	user_id text,
	pad text NOT NULL,
	note text,
	stars int
) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
CREATE TABLE notes_old (topic text) INHERITS (notes) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE notes ALTER pad SET STORAGE plain;
ALTER TABLE notes_old ALTER pad SET STORAGE plain;

-- The subject itself is masked: who refused differs between the databases.
CREATE TABLE secrets (
	id int,
	user_id text,
	pad text NOT NULL,
	secret text
) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE secrets ALTER pad SET STORAGE plain;

-- Denied rows are hidden altogether.
CREATE TABLE cases (
	id int,
	user_id text,
	pad text NOT NULL,
	story text,
	weight int
) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE cases ALTER pad SET STORAGE plain;

-- Many narrow rows of fixed width: here the statistics have something to say.
CREATE TABLE facts (
	id int,
	user_id text,
	dept int,
	kind int,
	amount int,
	ratio float8,
	day date
) WITH (autovacuum_enabled = off);

-- Public and masked columns side by side in extended statistics and indexes.
CREATE TABLE tallies (
	id int,
	user_id text,
	area int,
	kind int,
	zone int,
	dept int,
	amount int
) WITH (autovacuum_enabled = off);

-- Values as long in both worlds, of which one has much to note as frequent.
CREATE TABLE letters (id int PRIMARY KEY, user_id text, body text, title text) WITH (autovacuum_enabled = off);

-- Not protected: it refers to a protected one.
CREATE TABLE orders (
	id int PRIMARY KEY,
	person int,
	item text
) WITH (autovacuum_enabled = off);

-- Rows of denied subjects are hidden, in an inheritance tree.  Equal in both.
CREATE TABLE hidden (id int, user_id text, label text) WITH (autovacuum_enabled = off);
CREATE TABLE hidden_child () INHERITS (hidden) WITH (autovacuum_enabled = off);

-- On the view of this one readers are granted everything.
CREATE TABLE loose (id int PRIMARY KEY, user_id text, note text) WITH (autovacuum_enabled = off);

-- The masks that show something of the value, or of its place.  The worlds differ
-- in what they hide: within the bucket, behind the kept end, in steps and parts
-- that are left out.  Noise, made-up and encrypted values follow from the raw one,
-- so that is equal.
CREATE TABLE profiles (
	id int,
	user_id text,
	pad text NOT NULL,
	age int,				-- generalize, step
	born date,				-- generalize, unit
	at timestamptz,			-- generalize, unit
	ip inet,				-- generalize, bits
	zip text,				-- generalize, keep_first
	span int4range,			-- generalize, step
	parts int[],			-- generalize, step; as many in both
	salary int,				-- noise
	since date,				-- noise
	alias text,				-- fake
	diary text,				-- encrypt
	rank int,				-- default
	tags text[],			-- default
	doc jsonb,				-- some of its paths
	walk journey.journey,	-- journey: events, tracks and times
	way journey.journey		-- journey: renamed events
) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE profiles ALTER pad SET STORAGE plain;

-- Writers may write to the views of these.  All that could answer them is there:
-- unique and plain indexes, checks, foreign keys, generated columns.
CREATE TABLE desk (
	id int PRIMARY KEY, user_id text, status text DEFAULT 'new', note text, rank int, grp int, city text, seen date,
	ssn text UNIQUE, amount int CHECK (amount > 0), share numeric GENERATED ALWAYS AS (1000.0 / nullif(grp, amount)) STORED,
	CHECK (rank <> amount)
) WITH (autovacuum_enabled = off);
CREATE INDEX desk_city ON desk (city, ssn);
CREATE TABLE desk_calls (id int PRIMARY KEY, desk_ssn text REFERENCES desk (ssn)) WITH (autovacuum_enabled = off);
CREATE TABLE inbox (id int PRIMARY KEY, user_id text, body text, stars int) WITH (autovacuum_enabled = off);

-- Subjects that are numbers and uuids.
CREATE TABLE tickets (id int, person int, pad text NOT NULL, note text, amount int)
	WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
CREATE TABLE devices (id int, person uuid, pad text NOT NULL, note text, amount int)
	WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE tickets ALTER pad SET STORAGE plain;
ALTER TABLE devices ALTER pad SET STORAGE plain;

-- Columns that are computed as they are read, and fail for some denied cells.
SELECT current_setting('server_version_num')::int >= 180000 AS on18 \gset
\if :on18
CREATE TABLE computed (
	id int PRIMARY KEY, user_id text, pad text NOT NULL, code text, amount int,
	number int GENERATED ALWAYS AS (code::int) VIRTUAL, share int GENERATED ALWAYS AS (100 / (amount - 7919)) VIRTUAL,
	shown text GENERATED ALWAYS AS (substr(code, 1, 100 / (amount - 7919))) VIRTUAL, day date GENERATED ALWAYS AS (make_date(code::int / 10000, code::int / 100 % 100, 1)) VIRTUAL
) WITH (toast_tuple_target = 8160, autovacuum_enabled = off);
ALTER TABLE computed ALTER pad SET STORAGE plain;
ALTER TABLE computed OWNER TO shop;
GRANT SELECT ON computed TO ana, bob, carol;
\endif

ALTER TABLE tickets OWNER TO shop;
ALTER TABLE devices OWNER TO shop;
ALTER TABLE desk OWNER TO shop;
ALTER TABLE desk_calls OWNER TO shop;
ALTER TABLE inbox OWNER TO shop;
ALTER TABLE people OWNER TO shop;
ALTER TABLE visits OWNER TO shop;
ALTER TABLE visits_1 OWNER TO shop;
ALTER TABLE visits_2 OWNER TO shop;
ALTER TABLE visits_3 OWNER TO shop;
ALTER TABLE notes OWNER TO shop;
ALTER TABLE notes_old OWNER TO shop;
ALTER TABLE secrets OWNER TO shop;
ALTER TABLE cases OWNER TO shop;
ALTER TABLE profiles OWNER TO shop;
ALTER TABLE facts OWNER TO shop;
ALTER TABLE tallies OWNER TO shop;
ALTER TABLE letters OWNER TO shop;
ALTER TABLE orders OWNER TO shop;
ALTER TABLE hidden OWNER TO shop;
ALTER TABLE hidden_child OWNER TO shop;
ALTER TABLE loose OWNER TO shop;

-- What a shop would really have granted before it protects its tables: reads
-- of the children and single columns, writes, references, statistics.
GRANT SELECT ON people, visits, visits_1, visits_2, visits_3, notes, notes_old, secrets, cases, profiles, facts, tallies, letters, orders, hidden, loose, tickets, devices
	TO ana, bob, carol, dave, erin, frank, insider, wrapper, wanda;
GRANT SELECT (email, ssn, amount), UPDATE (user_id), REFERENCES (id, ssn) ON people TO ana;
GRANT INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON people, visits, notes TO wanda;
GRANT INSERT, UPDATE, DELETE ON orders TO wanda;
GRANT SELECT ON desk, inbox TO ana, bob;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk, inbox TO wanda;

-- Readers work in a schema of theirs, made anew for each attack.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT TEMPORARY ON DATABASE :"DBNAME" TO PUBLIC;

SELECT journey.create_purpose('analytics'), journey.create_purpose('analytics.product'),
	journey.create_purpose('marketing'), journey.create_purpose('fraud');
SELECT journey.grant_purpose('ana', 'analytics'), journey.grant_purpose('carol', 'analytics'),
	journey.grant_purpose('carol', 'marketing'), journey.grant_purpose('analysts', 'analytics'),
	journey.grant_purpose('insider', 'analytics'),
	journey.grant_purpose('frank', 'analytics', until => '2026-01-01', since => '2025-01-01');

CREATE UNIQUE INDEX people_ssn ON people (ssn) WITH (deduplicate_items = off);
CREATE INDEX people_email ON people (lower(email)) WITH (deduplicate_items = off);
CREATE INDEX people_code ON people (code) WITH (deduplicate_items = off);
CREATE INDEX people_big ON people (big) WHERE code IS NOT NULL;
CREATE INDEX people_user ON people (user_id);
CREATE INDEX visits_amount ON visits (amount) WITH (deduplicate_items = off);
CREATE INDEX secrets_user ON secrets (user_id) WITH (deduplicate_items = off);
CREATE INDEX secrets_both ON secrets (user_id, secret) INCLUDE (id) WITH (deduplicate_items = off);
CREATE INDEX facts_id ON facts (id);
CREATE INDEX facts_amount ON facts (amount) WITH (deduplicate_items = off);
CREATE INDEX facts_who ON facts (user_id, dept) WITH (deduplicate_items = off);
CREATE INDEX facts_dept ON facts (dept, kind) WITH (deduplicate_items = off);
CREATE STATISTICS facts_all (ndistinct, dependencies, mcv) ON user_id, dept, kind FROM facts;
CREATE STATISTICS tallies_all (ndistinct, dependencies, mcv) ON zone, kind, dept FROM tallies;
CREATE INDEX tallies_amount_id ON tallies (amount, id) WITH (deduplicate_items = off);
CREATE INDEX tallies_dept_area ON tallies (dept, area) WITH (deduplicate_items = off);
CREATE INDEX tallies_area_amount ON tallies (area, amount) WITH (deduplicate_items = off);
CREATE STATISTICS people_two (ndistinct, dependencies, mcv) ON grp, amount FROM people;
CREATE STATISTICS people_expr ON lower(email), (amount % 10) FROM people;
ALTER TABLE orders ADD FOREIGN KEY (person) REFERENCES people (id);

SELECT journey.protect('people', subject => 'user_id', columns => '{
	"id": "public", "user_id": "public", "seen_at": "public", "grp": "public",
	"email": {"class": "email", "mask": "token"},
	"name": {"class": "name", "mask": "partial", "keep_first": 1, "keep_last": 1, "min_hidden": 4},
	"phone": {"class": "phone", "mask": "partial", "keep_last": 2, "min_hidden": 4},
	"card": {"class": "card", "mask": "constant", "value": "hidden"},
	"points": {"class": "score", "mask": "constant", "value": 0},
	"ssn": {"class": "ssn", "mask": "null"}}');
SELECT journey.protect('visits', subject => 'user_id', columns => '{
	"id": "public", "user_id": "public", "seen_at": "public"}');
SELECT journey.protect('notes', subject => 'user_id', columns => '{"id": "public", "user_id": "public"}');
SELECT journey.protect('secrets', subject => 'user_id', columns => '{"id": "public"}');
SELECT journey.protect('cases', subject => 'user_id', columns => '{"id": "public", "user_id": "public"}', row_action => 'suppress');
-- Keys of subjects are made at random, so in the template, for those who have rows.
INSERT INTO profiles (id, user_id, pad)
	SELECT n, s, '' FROM unnest(ARRAY['yes-1', 'yes-2', 'yes-3', 'refused', 'withdrawn', 'expired', 'silent', 'elsewhere', 'child-only'])
	WITH ORDINALITY AS x (s, n);
SELECT journey.protect('profiles', subject => 'user_id', columns => '{
	"id": "public", "user_id": "public",
	"age": {"mask": "generalize", "step": 100000000}, "born": {"mask": "generalize", "unit": "decade"},
	"at": {"mask": "generalize", "unit": "month"}, "ip": {"mask": "generalize", "bits": 16},
	"zip": {"mask": "generalize", "keep_first": 1}, "span": {"mask": "generalize", "step": 100000000},
	"parts": {"mask": "generalize", "step": 100000000},
	"salary": {"mask": "noise", "spread": 50}, "since": {"mask": "noise", "spread": "30 days"},
	"alias": {"mask": "fake", "kind": "full_name"}, "diary": {"mask": "encrypt"}, "rank": "default", "tags": "default",
	"doc->>''email''": {"mask": "partial", "keep_last": 2}, "doc->''home''->>''street''": {"mask": "constant", "value": "hidden"},
	"doc->''scores''": "null",
	"walk": {"mask": "journey", "keep_events": ["seen", "bought"], "drop_tracks": ["value", "persona"], "unit": "month"},
	"way": {"mask": "journey", "keep_events": ["seen"], "rename_events": "something", "unit": "month"}}');
TRUNCATE journey_base.profiles;
SELECT journey.protect('facts', subject => 'user_id', columns => '{
	"id": "public", "user_id": "public", "kind": {"class": "kind", "mask": "constant", "value": -1}}');

SELECT journey.protect('tallies', subject => 'user_id', columns => '{"id": "public", "user_id": "public", "area": "public", "kind": "public", "zone": "public"}');

SELECT journey.protect('letters', subject => 'user_id', columns => '{"id": "public", "user_id": "public"}');

SELECT journey.protect('tickets', subject => 'person', columns => '{"id": "public", "person": "public", "note": {"mask": "partial", "keep_first": 1, "min_hidden": 4}}');
SELECT journey.protect('devices', subject => 'person', columns => '{"id": "public", "person": "public"}');
\if :on18
SELECT journey.protect('computed', subject => 'user_id', columns => '{"id": "public", "user_id": "public",
	"share": {"mask": "constant", "value": -1}, "shown": {"mask": "partial", "keep_last": 2}, "day": {"mask": "generalize", "unit": "decade"}}');
\endif
SELECT journey.protect('hidden', subject => 'user_id', row_action => 'suppress', columns => '{"id": "public", "label": "public"}');
SELECT journey.protect('loose', subject => 'user_id', columns => '{"id": "public", "user_id": "public"}');
GRANT ALL ON loose TO analysts, dave;
SELECT journey.protect('desk', subject => 'user_id', writes => 'public', collected => 'seen', columns => '{"id": "public", "user_id": "public",
	"status": "public", "note": "public", "rank": "public", "grp": "public", "city": "public", "seen": "public"}');
SELECT journey.protect('inbox', subject => 'user_id', writes => 'collect', columns => '{"id": "public", "user_id": "public"}');

-- Decisions, in this order.  The subjects until-NN consent, and attack NN
-- withdraws while a reader looks on.
SELECT journey.consent_give(s, 'analytics')
	FROM unnest(ARRAY['yes-1', 'yes-2', 'yes-3', 'withdrawn', 'until-44', 'until-45', 'until-46', 'until-93', 'until-99']) AS s;
SELECT journey.consent_give(s, 'analytics')
	FROM unnest(ARRAY['101', '-3', '100000001', '00000000-0000-0000-0000-000000000101']) AS s;
SELECT journey.consent_give('102', 'marketing'), journey.consent_refuse('103', 'analytics'),
	journey.consent_give('0104', 'analytics'), journey.consent_give('+105', 'analytics');
SELECT journey.consent_refuse('refused', 'analytics');
SELECT journey.consent_withdraw('withdrawn', 'analytics');
SELECT journey.consent_give('expired', 'analytics', valid_from => '2020-01-01', valid_until => '2021-01-01');
SELECT journey.consent_give('not-yet', 'analytics', valid_from => '2100-01-01');
SELECT journey.consent_give('elsewhere', 'marketing');
SELECT journey.consent_give('child-only', 'analytics.product');
INSERT INTO journey.subject (name) VALUES ('silent');

-- The planted leak of control.sql: the row filter that people write by hand.
CREATE SCHEMA control;
CREATE VIEW control.naive AS SELECT * FROM journey_base.people WHERE user_id IN ('yes-1', 'refused');
GRANT USAGE ON SCHEMA control TO ana;
GRANT SELECT ON control.naive TO ana;
