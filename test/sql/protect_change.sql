-- protect() and names; what refresh() follows; partitions and children.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE regress_change_owner;
CREATE ROLE regress_change_reader;
SELECT journey.create_purpose('regress_change') IS NOT NULL AS created;
SELECT journey.grant_purpose('regress_change_reader', 'regress_change');
SELECT journey.consent_give('change-yes', 'regress_change') > 0 AS given;
CREATE SCHEMA shop AUTHORIZATION regress_change_owner;
GRANT USAGE ON SCHEMA shop TO regress_change_reader;
CREATE SCHEMA "Shop; --";
CREATE VIEW pg_temp.look AS
	SELECT n.nspname, relname, relkind, relowner::regrole AS owner, relacl,
	       (SELECT string_agg(x::text, ' ' ORDER BY x::text COLLATE "C") FROM unnest(relacl) x) AS rights
	FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
	WHERE nspname IN ('shop', 'Shop; --', 'journey_base') AND relkind <> 't';

-- two tables of one name, with indexes and sequences of one name
CREATE TABLE shop.events (id serial PRIMARY KEY, who text);
CREATE TABLE "Shop; --".events (id serial PRIMARY KEY, who text);
CREATE TEMP TABLE before AS SELECT nspname, relname, relkind, owner, rights FROM pg_temp.look;
SELECT journey.protect('shop.events', 'who');
SELECT journey.protect('"Shop; --".events', 'who');
SELECT nspname, relname, relkind FROM pg_temp.look ORDER BY nspname, relname COLLATE "C";
CREATE TABLE shop.events_pkey ();
SELECT journey.unprotect('shop.events');
DROP TABLE shop.events_pkey;
SELECT journey.unprotect('shop.events');
SELECT journey.unprotect('"Shop; --".events');
TABLE before EXCEPT SELECT nspname, relname, relkind, owner, rights FROM pg_temp.look;
SELECT nspname, relname, relkind, owner, rights FROM pg_temp.look EXCEPT TABLE before;
DROP TABLE shop.events, "Shop; --".events;

-- the longest name, twice, and hostile ones
DO $$
DECLARE
	long text := repeat('가', 21);
	hostile text := 'a"; DROP TABLE x; --';
	schema text;
BEGIN
	FOREACH schema IN ARRAY ARRAY['shop', 'Shop; --'] LOOP
		EXECUTE format('CREATE TABLE %I.%I (%I text, "it''s \" text, %I varchar(63) DEFAULT %L)',
		               schema, long, hostile, repeat('x', 63), 'd');
		EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', schema, long, hostile, chr(92) || '''; DROP');
		EXECUTE format('INSERT INTO %I.%I VALUES (''u'', ''raw'')', schema, long);
		PERFORM journey.protect(format('%I.%I', schema, long)::regclass, hostile,
			jsonb_build_object('it''s \', jsonb_build_object('mask', 'constant', 'value', chr(92) || '''; DROP'),
			                   repeat('x', 63), 'public'));
	END LOOP;
END $$;
SELECT relname, octet_length(relname) FROM pg_temp.look WHERE relkind = 'r' ORDER BY relname;
SET client_min_messages = error;	-- the administrator has no purpose
SELECT * FROM shop."가가가가가가가가가가가가가가가가가가가가가";
SET client_min_messages = warning;
SELECT journey.unprotect('shop."가가가가가가가가가가가가가가가가가가가가가"');
SELECT journey.unprotect('"Shop; --"."가가가가가가가가가가가가가가가가가가가가가"');
DROP SCHEMA "Shop; --" CASCADE;
DROP TABLE shop."가가가가가가가가가가가가가가가가가가가가가";

-- refresh(): new columns are masked, renamed ones keep their mask, dropped ones go
SET ROLE regress_change_owner;
CREATE TABLE shop.events (id int, who text, note text, old int);
INSERT INTO shop.events VALUES (1, 'change-yes', 'raw 1', 1), (2, 'change-no', 'raw 2', 2);
GRANT SELECT ON shop.events TO regress_change_reader;
RESET ROLE;
SELECT journey.protect('shop.events', 'who', '{"id": "public", "old": "public", "note": {"mask": "partial", "keep_last": 1, "min_hidden": 1}}');
SELECT journey.refresh('shop.second');
ALTER TABLE journey_base.events ADD COLUMN added text DEFAULT 'new raw';
COMMENT ON COLUMN journey_base.events.added IS 'a new one';
ALTER TABLE journey_base.events RENAME COLUMN note TO remark;
ALTER TABLE journey_base.events RENAME COLUMN who TO person;
GRANT SELECT ON journey_base.events TO regress_change_reader;
GRANT SELECT (remark) ON journey_base.events TO PUBLIC;
CREATE VIEW shop.dependent AS SELECT id, note FROM shop.events;
SET ROLE regress_change_reader;
SET journey.purpose = 'regress_change';
SELECT * FROM shop.events ORDER BY id;
RESET ROLE;
SELECT journey.refresh('shop.events');
SELECT column_name, class FROM journey.policy WHERE class ~ '[.]events[.]' ORDER BY attnum;
SELECT has_any_column_privilege('regress_change_reader', 'journey_base.events', 'SELECT') AS base_is_open;
SET ROLE regress_change_reader;
SELECT * FROM shop.events ORDER BY id;
RESET ROLE;
SET client_min_messages = error;	-- the administrator has no purpose
SELECT * FROM shop.dependent ORDER BY id;
SET client_min_messages = warning;
DROP VIEW shop.dependent;
ALTER TABLE journey_base.events RENAME COLUMN id TO swap;
ALTER TABLE journey_base.events RENAME COLUMN remark TO id;
ALTER TABLE journey_base.events RENAME COLUMN swap TO remark;
SELECT journey.refresh('shop.events');
SET ROLE regress_change_reader;
SELECT * FROM shop.events ORDER BY remark;
RESET ROLE;
ALTER TABLE journey_base.events RENAME COLUMN id TO swap;
ALTER TABLE journey_base.events RENAME COLUMN remark TO id;
ALTER TABLE journey_base.events RENAME COLUMN swap TO remark;
SELECT journey.refresh('shop.events');
SELECT col_description('shop.events'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'shop.events'::regclass AND attname = 'added';

-- what the view shows can be dropped or retyped only together with the view; it comes back with its rights
ALTER TABLE journey_base.events DROP COLUMN old;
ALTER TABLE journey_base.events DROP COLUMN old CASCADE;
ALTER TABLE journey_base.events ALTER COLUMN remark TYPE varchar(20), ALTER COLUMN id TYPE bigint;
SET ROLE regress_change_reader;
SELECT * FROM shop.events;
RESET ROLE;
SELECT journey.refresh('journey_base.events');
SET ROLE regress_change_reader;
SELECT * FROM shop.events ORDER BY person NULLS LAST;
RESET ROLE;
ALTER TABLE journey_base.events DROP COLUMN person CASCADE;
SELECT journey.refresh('journey_base.events');
SELECT journey.unprotect('journey_base.events');
SELECT nspname, relname, relkind, owner, grantee::regrole, privilege_type
FROM pg_temp.look, aclexplode(relacl) WHERE grantee <> owner;
DROP TABLE shop.events;

-- partitions: no right on any of them, also not on one that comes later
SET ROLE regress_change_owner;
CREATE TABLE shop.parts (id serial, who text, at date, cell text) PARTITION BY RANGE (at);
CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE shop.parts_2 PARTITION OF shop.parts FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY LIST (who);
CREATE TABLE shop.parts_2_rest PARTITION OF shop.parts_2 DEFAULT;
INSERT INTO shop.parts (who, at) VALUES ('change-yes', '2026-01-01'), ('change-no', '2026-01-02'), ('change-no', '2026-02-01');
GRANT SELECT ON shop.parts, shop.parts_1, shop.parts_2, shop.parts_2_rest TO regress_change_reader;
GRANT SELECT (at) ON shop.parts_1 TO PUBLIC;
RESET ROLE;
SELECT journey.protect('shop.parts_1', 'who');
CREATE TEMP TABLE parts AS SELECT nspname, relname, relkind, owner, rights FROM pg_temp.look;
SELECT journey.protect('shop.parts', 'who', '{"id": "public", "who": "public", "at": "public"}', 'suppress');
SET ROLE regress_change_reader;
SELECT * FROM shop.parts;
SELECT * FROM shop.parts_1;
SELECT at FROM shop.parts_1;
SELECT * FROM shop.parts_2;
SELECT * FROM shop.parts_2_rest;
SELECT nextval('journey_base.parts_id_seq');
RESET ROLE;
ALTER DEFAULT PRIVILEGES FOR ROLE regress_change_owner GRANT SELECT ON TABLES TO PUBLIC;
SET ROLE regress_change_owner;
CREATE TABLE shop.parts_3 PARTITION OF journey_base.parts FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
-- the rights go with the command that makes them partitions, also below partitions, and with columns' own
CREATE TABLE shop.parts_4 (LIKE journey_base.parts);
GRANT SELECT (who), UPDATE (at) ON shop.parts_4 TO regress_change_reader;
ALTER TABLE journey_base.parts ATTACH PARTITION shop.parts_4 FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
CREATE TABLE shop.parts_2_new PARTITION OF shop.parts_2 FOR VALUES IN ('change-new');
-- none that is partitioned by what is masked, however it comes, and from below too
CREATE TABLE shop.parts_5 PARTITION OF journey_base.parts FOR VALUES FROM ('2026-05-01') TO ('2026-06-01') PARTITION BY LIST (cell);
CREATE TABLE shop.parts_5 (LIKE journey_base.parts) PARTITION BY LIST (lower(cell));
ALTER TABLE journey_base.parts ATTACH PARTITION shop.parts_5 FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
DROP TABLE shop.parts_5;
CREATE TABLE shop.parts_5 (LIKE journey_base.parts) PARTITION BY LIST (who);
CREATE TABLE shop.parts_5_all PARTITION OF shop.parts_5 DEFAULT PARTITION BY HASH (cell);
ALTER TABLE journey_base.parts ATTACH PARTITION shop.parts_5 FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
DROP TABLE shop.parts_5;
-- other commands that make tables: a schema with what is in it, foreign and temporary ones
RESET ROLE;
CREATE SCHEMA side AUTHORIZATION regress_change_owner CREATE TABLE parts_6 PARTITION OF journey_base.parts FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
GRANT USAGE ON SCHEMA side TO PUBLIC;
CREATE SCHEMA other AUTHORIZATION regress_change_owner CREATE TABLE parts_7 PARTITION OF journey_base.parts FOR VALUES FROM ('2026-07-01') TO ('2026-08-01') PARTITION BY LIST (cell);
CREATE FOREIGN DATA WRAPPER regress_change;
CREATE SERVER regress_change FOREIGN DATA WRAPPER regress_change;
CREATE FOREIGN TABLE shop.parts_8 PARTITION OF journey_base.parts FOR VALUES FROM ('2026-08-01') TO ('2026-09-01') SERVER regress_change;
CREATE FOREIGN TABLE shop.parts_8 (id int NOT NULL, who text, at date, cell text) SERVER regress_change;
ALTER TABLE journey_base.parts ATTACH PARTITION shop.parts_8 FOR VALUES FROM ('2026-08-01') TO ('2026-09-01');
DROP FOREIGN DATA WRAPPER regress_change CASCADE;
SET ROLE regress_change_reader;
SELECT * FROM side.parts_6;
SELECT * FROM shop.parts_3;
SELECT who FROM shop.parts_4;
SELECT * FROM shop.parts_2_new;
RESET ROLE;
SELECT journey.refresh('shop.parts');
SET ROLE regress_change_reader;
SELECT * FROM shop.parts_3;
RESET ROLE;
-- 125: what is granted on all tables of a schema, on single columns, or while a partition is away, does not hold
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO regress_change_reader;
GRANT SELECT (who) ON side.parts_6 TO PUBLIC;
ALTER TABLE journey_base.parts DETACH PARTITION shop.parts_3;
GRANT SELECT ON shop.parts_3 TO regress_change_reader;
SET ROLE regress_change_reader;
SELECT * FROM shop.parts_3;
RESET ROLE;
SET ROLE regress_change_owner;
ALTER TABLE journey_base.parts ATTACH PARTITION shop.parts_3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
GRANT SELECT ON shop.parts_1 TO PUBLIC;
SET ROLE regress_change_reader;
SELECT * FROM shop.parts_1;
SELECT * FROM shop.parts_3;
SELECT who FROM side.parts_6;
RESET ROLE;
SELECT member, r.grantee FROM journey._members('journey_base.parts') member, journey._rights(member) r WHERE r.grantee <> 'regress_change_owner'::regrole;
-- one that was taken out and is protected by itself has rights of its own to get back
SET ROLE regress_change_owner;
CREATE TABLE shop.parts_9 PARTITION OF journey_base.parts FOR VALUES FROM ('2026-09-01') TO ('2026-10-01');
RESET ROLE;
ALTER TABLE journey_base.parts DETACH PARTITION shop.parts_9;
GRANT UPDATE ON shop.parts_9 TO regress_change_reader;
SELECT journey.protect('shop.parts_9', 'who', '{"id": "public", "who": "public", "at": "public"}');
SELECT journey.unprotect('shop.parts');
SELECT grantee, privilege FROM journey._rights('journey_base.parts_9') WHERE grantee <> 'regress_change_owner'::regrole;
SELECT journey.unprotect('shop.parts_9');
SELECT grantee, privilege FROM journey._rights('shop.parts_9') WHERE grantee <> 'regress_change_owner'::regrole;
DROP TABLE shop.parts_9;
SELECT grantee::regrole, privilege_type FROM pg_class, aclexplode(relacl) WHERE oid = 'shop.parts_3'::regclass AND grantee <> relowner;
SELECT attname, attacl FROM pg_attribute WHERE attrelid = 'shop.parts_4'::regclass AND attacl IS NOT NULL;
DROP TABLE shop.parts_3, shop.parts_4, shop.parts_2_new;
DROP SCHEMA side CASCADE;
TABLE parts EXCEPT SELECT nspname, relname, relkind, owner, rights FROM pg_temp.look;
SELECT nspname, relname, relkind, owner, rights FROM pg_temp.look EXCEPT TABLE parts;
SELECT attname, attacl FROM pg_attribute WHERE attrelid = 'shop.parts_1'::regclass AND attacl IS NOT NULL;

-- 123: no tables of a tree that are told apart by checks on what is masked; those that all have tell nothing
CREATE TABLE shop.sorted (id int, who text, stars int, CONSTRAINT positive CHECK (stars > 0));
CREATE TABLE shop.sorted_low (mood int, CHECK (mood < 3), CHECK (id > 0)) INHERITS (shop.sorted);
CREATE TABLE shop.sorted_high (CHECK (stars > 3), CONSTRAINT positive CHECK (stars > 0)) INHERITS (shop.sorted);
SELECT object, statement FROM journey.protect('shop.sorted', subject => 'who', columns => '{"id": "public"}', dry_run => true);
SELECT journey.protect('shop.sorted', 'who', '{"id": "public"}');
ALTER TABLE shop.sorted_low DROP CONSTRAINT sorted_low_mood_check;
ALTER TABLE shop.sorted_high DROP CONSTRAINT sorted_high_stars_check;
SELECT journey.protect('shop.sorted', 'who', '{"id": "public"}');
-- neither later, nor in the table at the top alone
CREATE TABLE shop.sorted_new (CHECK (sorted_new IS NOT NULL)) INHERITS (journey_base.sorted);
CREATE TABLE shop.sorted_new (LIKE journey_base.sorted INCLUDING CONSTRAINTS, CHECK (stars > 5));
ALTER TABLE shop.sorted_new INHERIT journey_base.sorted;
ALTER TABLE journey_base.sorted ADD CHECK (stars < 9) NO INHERIT;
SELECT journey.refresh('shop.sorted');
ALTER TABLE journey_base.sorted DROP CONSTRAINT sorted_stars_check;
SELECT journey.refresh('shop.sorted');
SELECT journey.unprotect('shop.sorted');
DROP TABLE shop.sorted, shop.sorted_low, shop.sorted_high, shop.sorted_new;

-- 126: nothing protected becomes a part of another table, through which it could be read
CREATE TABLE shop.kept (id int, who text, at date);
CREATE TABLE shop.kept_child () INHERITS (shop.kept);
CREATE TABLE shop.over (id int, who text, at date);
CREATE TABLE shop.whole (id int, who text, at timestamptz, what text) PARTITION BY RANGE (at);
CREATE TABLE shop.days (id int, who text, at timestamptz, what text) PARTITION BY RANGE (at);
CREATE TABLE shop.days_1 PARTITION OF shop.days DEFAULT;
SELECT journey.protect('shop.kept', 'who'), journey.protect('shop.days', 'who', '{"at": "public"}');
ALTER TABLE journey_base.kept INHERIT shop.over;
ALTER TABLE shop.kept_child INHERIT shop.over;
CREATE TABLE shop.kept_other () INHERITS (journey_base.kept, shop.over);
CREATE SCHEMA shop_more CREATE TABLE kept_other () INHERITS (shop.over, journey_base.kept);
ALTER TABLE shop.whole ATTACH PARTITION journey_base.kept DEFAULT;
ALTER TABLE shop.whole ATTACH PARTITION journey_base.days DEFAULT;
DO $$ BEGIN EXECUTE 'ALTER TABLE journey_base.kept ADD more text, INHERIT shop.over'; END $$;
-- nor does a table become a part of a protected one while views, functions, publications or stores show its rows
SET client_min_messages = error;	-- wal_level may be too low for publications
CREATE TABLE shop.days_2 (id int, who text, at timestamptz, what text);
CREATE VIEW shop.days_2_view AS SELECT * FROM shop.days_2;
ALTER TABLE journey_base.days ATTACH PARTITION shop.days_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
DROP VIEW shop.days_2_view;
CREATE PUBLICATION regress_change_days FOR TABLE shop.days_2;
ALTER TABLE journey_base.days ATTACH PARTITION shop.days_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
DROP PUBLICATION regress_change_days;
SELECT journey.track('shop.days_2', subject => 'who', at => 'at', event => 'what', store => 'shop.days_2_store');
ALTER TABLE journey_base.days ATTACH PARTITION shop.days_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
SELECT journey.untrack('shop.days_2_store');
ALTER TABLE journey_base.days ATTACH PARTITION shop.days_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE VIEW shop.over_view AS SELECT * FROM shop.over;
CREATE TABLE shop.days_3 PARTITION OF journey_base.days FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
DROP VIEW shop.over_view;
SET client_min_messages = warning;
-- parts of the same one, by several ways, and parts of tables that are not protected, may come
CREATE TABLE shop.kept_both () INHERITS (journey_base.kept, shop.kept_child);
CREATE TABLE shop.over_child () INHERITS (shop.over);
ALTER TABLE journey_base.kept ADD more text;
SELECT inhrelid::regclass, inhparent::regclass FROM pg_inherits WHERE inhparent::regclass::text ~ 'kept|over|whole|days' ORDER BY inhrelid::regclass::text COLLATE "C", inhparent::regclass::text COLLATE "C";
SELECT journey.unprotect('shop.kept'), journey.unprotect('shop.days');
ALTER TABLE shop.kept_child INHERIT shop.over;
DROP TABLE shop.kept, shop.kept_child, shop.kept_both, shop.over, shop.over_child, shop.whole, shop.days;

-- roles that went away meanwhile are left out
CREATE ROLE regress_change_gone;
GRANT INSERT ON shop.parts_1 TO regress_change_gone;
SELECT journey.protect('shop.parts', 'who', '{"who": "public", "at": "public"}');
DROP ROLE regress_change_gone;
SELECT journey.unprotect('shop.parts');
SELECT grantee::regrole, privilege_type FROM pg_class, aclexplode(relacl) WHERE oid = 'shop.parts_1'::regclass AND grantee <> relowner;

-- of a view that was dropped the number is left, which is another view's after a restore: that one stays as it is
CREATE TABLE shop.lost (id int, who text);
CREATE VIEW shop.innocent AS SELECT 1 AS one;
SELECT journey.protect('shop.lost', 'who');
DROP VIEW shop.lost;
UPDATE journey.protected_relation SET view = 'shop.innocent' WHERE base = 'journey_base.lost'::regclass;
SELECT journey.unprotect('shop.innocent');
SELECT journey.refresh('journey_base.lost');
SELECT view FROM journey.protected_relation;
DROP VIEW shop.lost;
UPDATE journey.protected_relation SET view = 'shop.innocent' WHERE base = 'journey_base.lost'::regclass;
SELECT journey.unprotect('journey_base.lost');
SELECT * FROM shop.innocent;
SELECT * FROM shop.lost;

-- A role that owns other tables registers a store of its own over this one: that keeps nobody from anything.
CREATE TABLE shop.target (id int, who text);
ALTER TABLE shop.target ENABLE ROW LEVEL SECURITY;
GRANT CREATE ON SCHEMA shop TO regress_change_reader;
SET ROLE regress_change_reader;
CREATE TABLE shop.f1 (); CREATE TABLE shop.f2 (); CREATE TABLE shop.f3 (); CREATE VIEW shop.f4 AS SELECT 1 AS one;
CREATE FUNCTION pg_temp.forge(events regclass, members regclass[]) RETURNS void LANGUAGE sql AS $$
	INSERT INTO journey.store (id, view, events, sets, delta, members, kind, bits)
	VALUES (gen_random_uuid(), 'shop.f4', events, 'shop.f2', 'shop.f3', members, 'text', 8) $$;
SELECT pg_temp.forge('shop.f1', ARRAY['shop.target'::regclass]);
SELECT pg_temp.forge('shop.f1', ARRAY['shop.f1', 'shop.target']::regclass[]);
SELECT pg_temp.forge('shop.f1', ARRAY['shop.f1', 4000000000::oid::regclass]::regclass[]);
SELECT pg_temp.forge('shop.f1', '{}');
SELECT pg_temp.forge('shop.target', ARRAY['shop.target'::regclass]);
CREATE TEMP TABLE f6 ();
SELECT pg_temp.forge('f6', ARRAY['f6'::regclass]);
SELECT pg_temp.forge('shop.f1', ARRAY['shop.f1'::regclass]);
UPDATE journey.store SET members = members || 'shop.target'::regclass WHERE events = 'shop.f1'::regclass;
RESET ROLE;
ALTER TABLE shop.target ADD more int;
CREATE TABLE shop.f5 ();
ALTER TABLE shop.target DISABLE ROW LEVEL SECURITY;
SELECT journey.protect('shop.target', 'who');
SELECT journey.unprotect('shop.target');
DELETE FROM journey.store WHERE events = 'shop.f1'::regclass;
DROP VIEW shop.f4;
DROP TABLE shop.f1, shop.f2, shop.f3, shop.f5, shop.target, f6;
DROP FUNCTION pg_temp.forge(regclass, regclass[]);

-- tidy up
DROP SCHEMA journey_base;
DROP SCHEMA shop CASCADE;
SELECT journey.revoke_purpose('regress_change_reader', 'regress_change');
DROP OWNED BY regress_change_owner;
DROP ROLE regress_change_owner, regress_change_reader;
