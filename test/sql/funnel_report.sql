-- funnel_report(): a funnel over the rows of a query, flat.
SET search_path = journey, public;
SET timezone = 'UTC';

CREATE TABLE report_events (who int, at timestamptz, event text, channel text, seq int, country char(2));
INSERT INTO report_events
SELECT who, '2026-01-05Z'::timestamptz + t * interval '1 min', event, channel, n, country
FROM (VALUES (1, 0, 'view', 'app', 'DE', 1), (1, 5, 'cart', 'app', 'DE', 2), (1, 9, 'purchase', 'web', 'DE', 3),
             (2, 0, 'view', 'web', 'DE', 4), (2, 1, 'cart', 'web', 'DE', 5), (3, 3, 'view', 'web', 'AT', 6),
             (3, 3, 'cart', 'web', 'AT', 7), (4, 0, 'help', 'web', NULL, 8), (NULL, 0, 'view', 'web', 'AT', 9))
     AS x(who, t, event, channel, country, n);

-- rows of steps, in every order
SELECT step, name, subjects, entered, lost, of_previous, median_from_previous, p90_from_first
FROM funnel_report('SELECT who, at, event FROM report_events;  ', '{view, cart, purchase}', '1 hour');
SELECT step, entered FROM funnel_report('SELECT who, at, event, seq FROM report_events -- in their order', '{view, cart, purchase}', '1 hour');
SELECT step, entered FROM funnel_report('SELECT who, at, event, channel FROM report_events', '{view, cart@web, purchase}', '1 hour', hold => 'channel');
-- broken down by columns of any type
SELECT breakdown, breakdowns, step, subjects, entered
FROM funnel_report('SELECT who, at, event, country, who > 1 AS late FROM report_events', '{view, cart}', '1 hour');
-- journeys, subjects with journeys, sets
CREATE TABLE report_journeys AS
SELECT who, journey_agg(at, event) AS j, min(country) AS country FROM report_events WHERE who IS NOT NULL GROUP BY who;
SELECT breakdown, step, entered FROM funnel_report('SELECT j, country FROM report_journeys', '{view, cart}', '1 hour');
SELECT breakdown, step, entered FROM funnel_report('SELECT who, j FROM report_journeys', '{view, cart}', '1 hour');
SELECT breakdown, step, entered FROM funnel_report('SELECT journey.pack($q$SELECT who, at, event FROM report_events$q$), 7 AS seven', '{view, cart}', '1 hour');
-- options
SELECT step, entered, open, lost FROM funnel_report('TABLE report_journeys', '{cart, view}', '1 hour', 'unordered', as_of => '2026-01-05 01:01Z');
SELECT step, entered, excluded FROM funnel_report('SELECT j FROM report_journeys', '{view, purchase}', '1 hour', exclude => '{cart}');
SELECT * FROM funnel_report('SELECT j FROM report_journeys WHERE false', '{view}', '1 hour');
-- a step that is in no journey; one notice for all groups
SELECT breakdown, step, entered FROM funnel_report('SELECT j, who % 2 FROM report_journeys', '{view, carts}', '1 hour');

-- what is refused
SELECT * FROM funnel_report(NULL, '{a}', '1 h');
SELECT * FROM funnel_report('SELECT 1', NULL, '1 h');
SELECT * FROM funnel_report('SELECT 1', '{}', '1 h');
SELECT * FROM funnel_report('SELECT 1', '{a}', '1 h', 'sideways');
SELECT * FROM funnel_report('SELECT 1', '{a}', '1 h');
SELECT * FROM funnel_report('SELECT 1, 2, 3', '{a}', '1 h');
SELECT * FROM funnel_report('SELECT who, at::timestamp, event FROM report_events', '{a}', '1 h');
SELECT * FROM funnel_report('DELETE FROM report_events RETURNING *', '{a}', '1 h');
SELECT * FROM funnel_report('SELECT 1; SELECT 2', '{a}', '1 h');
SELECT * FROM funnel_report('SELECT j FROM report_journeys) AS q (c0), LATERAL (SELECT 1', '{a}', '1 h');
SELECT * FROM funnel_report('SELECT j FROM report_journeys FOR UPDATE', '{a}', '1 h');
SELECT * FROM funnel_report('SELECT j FROM nowhere', '{a}', '1 h');
SELECT count(*) FROM report_events;
DROP TABLE report_events, report_journeys;
