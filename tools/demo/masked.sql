-- masked.sql: the same question asked by an analyst, with and without a purpose,
-- before and after somebody withdraws.
--
-- psql variables: as for show.sql.  ana is a login role without further rights.

-- Who answered what: the shop's customers as planned, of a file the last of its subjects.
\if :shop
CREATE TABLE consent_plan AS SELECT number, subject, consent FROM customer;
\else
CREATE TABLE consent_plan AS
SELECT number, subject, CASE number WHEN 3 THEN 'withdrawn' WHEN 4 THEN 'never asked' ELSE 'given' END AS consent
FROM (SELECT row_number() OVER (ORDER BY max(at) DESC, subject) AS number, subject
      FROM events WHERE subject IS NOT NULL GROUP BY subject) s
WHERE number <= 1000;
\endif

-- An administrator: the purpose, who may declare it, and what a reader sees of whom.
SELECT journey.create_purpose('analytics') AS done \gset
SELECT journey.grant_purpose('ana', 'analytics') AS done \gset
SELECT count(journey.consent_give(subject, 'analytics')) AS given FROM consent_plan WHERE consent <> 'never asked' \gset
SELECT count(journey.consent_withdraw(subject, 'analytics')) AS withdrawn FROM consent_plan WHERE consent = 'withdrawn' \gset

-- The last events of the first four people of the plan.
SELECT string_agg(id::text, ', ' ORDER BY number) AS ids, coalesce(max(subject) FILTER (WHERE number = 2), max(subject)) AS leaver,
       (ARRAY['One person', 'Two people', 'Three people', 'Four people'])[count(*)] AS people
FROM (SELECT DISTINCT ON (p.number) p.number, p.subject, e.id
      FROM consent_plan p JOIN events e USING (subject) WHERE p.number <= 4
      ORDER BY p.number, e.at DESC, e.id DESC) last \gset

GRANT SELECT ON events TO ana;
\if :shop
SELECT journey.protect('public.events', subject => 'subject', columns => '{
  "id": "public", "at": "public", "event": "public",
  "subject": {"class": "customer", "mask": "token", "allow_low_entropy": true},
  "email": {"class": "email", "mask": "partial", "keep_first": 1, "keep_last": 4},
  "city": {"mask": "constant", "value": "-"}}') AS done \gset
\set ask 'SELECT id, to_char(at, \'DD Mon HH24:MI\') AS at, subject, email, city, event FROM events WHERE id IN (' :ids ') ORDER BY id'
\else
SELECT journey.protect('public.events', subject => 'subject', columns => '{
  "id": "public", "at": "public",
  "subject": {"class": "subject", "mask": "token", "allow_low_entropy": true},
  "event": {"mask": "constant", "value": "(hidden)"}}') AS done \gset
\set ask 'SELECT id, to_char(at, \'YYYY-MM-DD HH24:MI\') AS at, left(subject, 30) AS subject, left(event, 30) AS event, left(topic, 30) AS topic FROM events WHERE id IN (' :ids ') ORDER BY id'
\endif

-- Nobody in a file of yours has been asked, so the demo does not claim it.
SELECT format(CASE WHEN :'shop' THEN '%s said yes to "analytics", %s of them withdrew.'
                   ELSE 'Suppose that %s said yes to "analytics", and %s of them withdrew.' END,
              CASE WHEN :'shop' THEN digits(:given) ELSE counted(:given, 'subject') END, digits(:withdrawn)) AS headline \gset
\qecho :b'4. Masked reads.':n :headline
\qecho :d:people', one question, asked three times by the analyst ana:':n
\qecho :d:ask:n
\qecho

\set VERBOSITY terse
\connect - ana
\qecho 'Ana, without a purpose:'
:ask;

\qecho 'Ana, after  SET journey.purpose = \'analytics\':'
SET journey.purpose = 'analytics';
:ask;

\connect - postgres
SELECT journey.consent_withdraw(:'leaver', 'analytics') AS done \gset
\connect - ana
SET journey.purpose = 'analytics';
\qecho 'Ana once more, after' :leaver 'has withdrawn:'
:ask;
