SELECT id, buyer, at, day, amount, total, price, ratio, vip, mail, tags, doc FROM sales WHERE id < 3 ORDER BY id
SELECT walk::text AS walk, host(ip) AS ip FROM sales WHERE id < 3 ORDER BY id
SELECT count(*) AS rows, sum(amount) AS amount, avg(ratio) AS ratio, count(mail) AS mails FROM sales
SELECT i.step, i.at, i.event, i.channel, i.value, i.senses FROM journeys, journey.interactions(j) i WHERE who = 'v3' ORDER BY step
SELECT s.session, journey.step_count(s.j) AS steps, s.cut_by, s.open, s.closes_at FROM journeys, journey.sessions(j, gap => '5 min', as_of => '2026-02-01Z') s WHERE who = 'v2' ORDER BY 1
SELECT f.step, f.name, f.entered, f.converted, f.of_first, f.median_from_first FROM journey.funnel_report('SELECT who, at, event FROM visits', '{view,cart,buy}', '1 day', as_of => '2026-02-01Z') f ORDER BY step
SELECT d.topic, d.class, d.points, d.first_at, d.last_at FROM journey.detect('SELECT event, at FROM visits', '2026-02-01Z') d ORDER BY topic
SELECT e.from_event, e.to_event, e.n, extract(epoch FROM e.median_gap)::float8 AS seconds FROM (SELECT journey.edges_agg(j) AS a FROM journeys) x, unnest(x.a) e ORDER BY 1, 2
SELECT c.* FROM journey.coverage('sales', 'reporting', 1) c WHERE class ~ 'mail'
