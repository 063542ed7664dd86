-- Masks of parts of documents, and of journeys and sets of them.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE regress_parts_reader;
SELECT journey.create_purpose('regress_parts') > 0 AS created;
SELECT journey.grant_purpose('regress_parts_reader', 'regress_parts');
SELECT journey.consent_give('parts-yes', 'regress_parts') > 0 AS given;
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_parts.key';
SET journey.key_file = 'regress_parts.key';

CREATE TABLE public.regress_parts (who text, n int, profile jsonb, rest jsonb, "odd->>'x'" text);
INSERT INTO public.regress_parts SELECT w, n, p::jsonb, p::jsonb, 'odd' FROM (VALUES
	('parts-yes', 1, '{"email": "anna@example.org", "home": {"street": "Elm", "no": 4}, "tags": ["a", "b"]}'),
	('parts-no', 2, '{"email": "anna@example.org", "home": {"street": "Elm", "no": 4}, "tags": ["a", "b"]}'),
	('parts-no', 3, '{"email": "ben@example.org", "home": [{"street": "Oak"}, [{"street": "Ash", "x": null}], {"no": 5}, 6], "tags": []}'),
	('parts-no', 4, '{"email": null, "home": {}, "tags": "none"}'),
	('parts-no', 5, '{"home": "none", "tags": {"0": "key"}, "it''s": 1}'),
	('parts-no', 6, '{"email": {"work": "x@example.org"}, "tags": [["deep"]]}'),
	('parts-no', 7, '{"email": 12.50, "tags": [null]}'),
	('parts-no', 8, '{"email": ["x", "y"]}'),
	('parts-no', 9, '[{"email": "in a list"}, "email", 3]'),
	('parts-no', 10, '{}'), ('parts-no', 15, repeat('[', 3000) || '{"email": "deep"}' || repeat(']', 3000)), ('parts-no', 11, '[]'), ('parts-no', 12, '"email"'), ('parts-no', 13, 'null'), ('parts-no', 14, NULL)) x (w, n, p);
GRANT SELECT ON public.regress_parts TO regress_parts_reader;
SELECT journey.protect('public.regress_parts', 'who', '{"n": "public", "odd->>''x''": {"mask": "constant", "value": "a column"},
	"profile->>''email''": {"mask": "partial", "keep_last": 4},
	"profile -> ''home'' ->> ''street''": {"mask": "fake", "kind": "street"},
	"profile->''tags''->0": "null",
	"rest": {"mask": "constant", "value": {"email": null, "home": {}}},
	"rest->>''email''": {"mask": "generalize", "keep_first": 2},
	"rest->''home''->''no''": {"mask": "constant", "value": [1, {"a": "b"}]}}');
SELECT column_name, mask, (p).path, (p).mask AS path_mask, (p).class FROM (SELECT column_name, mask, unnest(paths) AS p FROM journey.policy) x ORDER BY 1, 3;
SET ROLE regress_parts_reader;
SET journey.purpose = 'regress_parts';
SELECT n, profile FROM regress_parts WHERE n < 15 ORDER BY n;
SELECT length(profile::text), profile::text LIKE '%deep%' AS told FROM regress_parts WHERE n = 15;
SELECT n, rest, "odd->>'x'" FROM regress_parts WHERE n IN (1, 2, 3, 5, 14) ORDER BY n;
RESET ROLE;
-- documents that differ in their masked parts only look the same
UPDATE journey_base.regress_parts SET profile = profile - 'email' WHERE n IN (2, 3, 4, 6, 7, 8, 10);
SET ROLE regress_parts_reader;
SELECT count(*) FILTER (WHERE profile ->> 'email' = '****.org') AS org, count(*) FILTER (WHERE profile ->> 'email' = '****') AS none FROM regress_parts WHERE n BETWEEN 2 AND 14;
RESET ROLE;
SELECT journey.unprotect('public.regress_parts');

\set VERBOSITY terse
SELECT journey.protect('public.regress_parts', 'who', '{"profile->>''email": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->>email": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->''a''); DROP TABLE regress_parts; --": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"nothing->>''email''": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"n->>''email''": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->''email''": {"mask": "partial", "keep_first": 1}}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->>''email''": "public"}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->>''email''": {"mask": "noise", "spread": 3}}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->>''email''": "null", "profile->''email''->>''work''": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile": "null", "profile->>''email''": "null"}');
SELECT journey.protect('public.regress_parts', 'who', '{"profile->>''home''": "token"}');
\set VERBOSITY default
DROP TABLE public.regress_parts;

-- journeys: events kept, renamed or dropped, tracks dropped, times made coarser
CREATE TABLE public.regress_trips (who text, n int, keeps journey.journey, renames journey.journey, bare journey.journey, coarse journey.journey);
INSERT INTO public.regress_trips SELECT w, n, j::journey.journey, j::journey.journey, j::journey.journey, j::journey.journey FROM (VALUES
	('parts-yes', 1, '[view@web 2026-01-01T10:11:12Z {persona=p, value=1, sense=angry}, pay@web 2026-01-02T10:11:12Z {value=2}, view 2026-02-03T04:05:06Z]'),
	('parts-no', 2, '[view@web 2026-01-01T10:11:12Z {persona=p, value=1, sense=angry}, pay@web 2026-01-02T10:11:12Z {value=2}, view 2026-02-03T04:05:06Z]'),
	('parts-no', 3, '[view 2026-01-01T10:11:12Z]'), ('parts-no', 4, '["" 0001-01-01T00:00:00Z, "a""b" 294276-12-31T23:59:59.999999Z]'), ('parts-no', 5, NULL)) x (w, n, j);
GRANT SELECT ON public.regress_trips TO regress_parts_reader;
SELECT journey.protect('public.regress_trips', 'who', '{"n": "public",
	"keeps": {"mask": "journey", "keep_events": ["pay", "pay"]}, "renames": {"mask": "journey", "keep_events": ["pay"], "rename_events": "something"},
	"bare": {"mask": "journey", "drop_tracks": ["channel", "decision", "action", "persona", "value", "senses"]},
	"coarse": {"mask": "journey", "unit": "month", "keep_events": [], "rename_events": "x"}}');
SET ROLE regress_parts_reader;
SELECT n, keeps, renames FROM regress_trips ORDER BY n;
SELECT n, bare, coarse FROM regress_trips ORDER BY n;
SELECT n, journey.journey_agg(coarse) OPERATOR(journey.=) coarse AS valid FROM regress_trips WHERE coarse IS NOT NULL GROUP BY n, coarse ORDER BY n;
RESET ROLE;
SELECT journey.unprotect('public.regress_trips');

-- sets: each subject by itself, whatever the subject of the row
CREATE TABLE public.regress_sets (chunk text, s journey.journey_set);
INSERT INTO public.regress_sets
SELECT c, journey.journey_set_agg(w, j::journey.journey) FROM (VALUES
	('parts-yes', 'parts-yes', '[a 2026-01-01T00:00:00Z, b 2026-01-02T00:00:00Z]'), ('parts-yes', 'parts-no', '[secret 2026-01-03T00:00:00Z]'), ('parts-yes', 'nobody', '[c 2026-01-04T00:00:00Z]'),
	('two', 'parts-no', '[d 2026-01-05T00:00:00Z]'), ('three', 'parts-yes', '[e 2026-01-06T00:00:00Z]')) x (c, w, j) GROUP BY c;
INSERT INTO public.regress_sets VALUES ('four', NULL);
-- a journey that goes on in other sets
INSERT INTO public.regress_sets
SELECT 'chunk ' || row_number() OVER (), s FROM journey.pack($$
	SELECT w, timestamptz '2026-01-01 00:00Z' + i * interval '1 s', 'e' || i % 3 FROM unnest('{parts-yes,parts-no}'::text[]) w, generate_series(1, 20000) i$$) s;
GRANT SELECT ON public.regress_sets TO regress_parts_reader;
SELECT count(*) > 4 AS several, sum(journey.step_count(s)) AS steps FROM public.regress_sets;
-- the subject of a row may consent, and the set holds others: a plain mask shows no more
SELECT journey.protect('public.regress_sets', 'chunk');
SET ROLE regress_parts_reader;
SELECT chunk, s FROM regress_sets WHERE s IS NOT NULL;
RESET ROLE;
SELECT journey.unprotect('public.regress_sets');
SELECT journey.protect('public.regress_sets', 'chunk', '{"s": "journey"}');
SET ROLE regress_parts_reader;
SELECT chunk, s FROM regress_sets WHERE journey.step_count(s) < 10 OR s IS NULL ORDER BY s, chunk;
SELECT sum(journey.step_count(s)) AS steps, sum(journey.subject_count(s)) >= 3 AS subjects, bool_and(NOT EXISTS (SELECT FROM journey.subjects(s) x WHERE x = 'parts-no')) AS without FROM regress_sets;
SELECT x.subject, journey.step_count(journey.journey_agg(x.j)) FROM regress_sets, journey.journeys(s) x GROUP BY 1;
RESET ROLE;
SELECT journey.consent_withdraw('parts-yes', 'regress_parts') > 0 AS withdrawn;
SET ROLE regress_parts_reader;
SELECT count(s) FROM regress_sets;
RESET ROLE;
SELECT journey.unprotect('public.regress_sets');
\set VERBOSITY terse
SELECT journey.protect('public.regress_sets', 'chunk', '{"s": {"mask": "journey", "drop_tracks": ["value"]}}');

DROP TABLE public.regress_trips, public.regress_sets;
SELECT journey.revoke_purpose('regress_parts_reader', 'regress_parts');
DROP ROLE regress_parts_reader;
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm regress_parts.key';
