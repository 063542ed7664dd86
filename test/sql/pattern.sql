-- the type journey_pattern: reading, writing, comparing
SET search_path = journey, public;
SET intervalstyle = postgres;

-- what is read, and its canonical form
SELECT pattern, pattern::journey_pattern AS canonical
FROM unnest(ARRAY[
	'view -> cart -> purchase',
	'view>>cart', 'view cart',
	'search+ (cart | wishlist)? purchase{2,}',
	'view -[no return, <= 1 h]-> purchase',
	'^ landing … purchase $', '^landing ... purchase$',
	'purchase@store', '{sense=angry}', '{value > 100}', '"any text"', '.', '@web',
	'purchase@store {value >= 1e2, sense=angry, decision!=deny}',
	'[view, cart@web]', '[^ view, cart]', '!view', '!!view', '![view, cart]',
	'view -> purchase within 1 day 2 hours',
	'a.*b', 'a->.*->b', 'a-b.c/d:e', 'a->b', '"a""b"', 'ünïcode',
	'(() | a)', '((a))', '(a b) c', 'a (b c)', '(a | b) | c', '((a?)*)+?', 'a{1}', 'a{0,1}', 'a{0,}', 'a{2,2}?',
	'PERMUTE(a, b c)', 'PERMUTE', '"PERMUTE"', '"within"', 'no', '"…"', '"a → b" -> "⇒"', 'カート->検索', 'añadir -> корзина',
	'a -[no b, no [c, d], > 1 min, < 01:30:00]-> e', 'a within 90', 'a within ''1.5 s''', 'a within interval ''2 weeks''', 'a within 0 s'
]) AS pattern;
-- words in capitals, and names that look like them; a "$" right before a letter belongs to the name, as in PostHog's events
SELECT pattern, pattern::journey_pattern AS canonical
FROM unnest(ARRAY['a -> b WITHIN 1 DAY', 'a -[NO b, <= 1 Hour]-> c', 'permute(a, b)', 'Permute (a, b)', 'permute', '"Within"', 'within_reach -> Withins', 'buy {VALUE > 1, Sense=Angry}',
	'a{,}', 'a{ , }?', '$pageview', '^ $pageview -> $identify $', '[$a, b]', 'a$b$', 'a $ b', '$', '$$', '^$', '$(a)', '$.', '$"a"', '$1']) AS pattern;

-- what comes out reads back as the same
SELECT count(*) AS same FROM (VALUES ('view -[no return, <= 1 h]-> (a | b)+? within 1 day'), ('^ a{2,3} $'), ('a (^ b)'), ('a ($ b)'), ('$a -> "Within"')) AS t (p)
WHERE p::journey_pattern::text::journey_pattern = p::journey_pattern
AND p::journey_pattern::text::journey_pattern::text = p::journey_pattern::text;

-- single steps
SELECT p, is_single_step(p) FROM unnest('{view,view@web,"{value > 1}","[a,b]","!a","a b","a?","()","(a)",".","a within 1 h"}'::journey_pattern[]) AS p;

-- comparing
SELECT 'a b'::journey_pattern = 'a>>b', 'a'::journey_pattern <> 'b', 'a'::journey_pattern < 'b', 'b'::journey_pattern >= 'a';
SELECT p, count(*) FROM unnest(ARRAY['a b', 'a >> b', 'c']::journey_pattern[]) AS p GROUP BY p ORDER BY p;

-- what is refused: one line each
CREATE FUNCTION pg_temp.refused(pattern text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	message text;
	detail text;
BEGIN
	PERFORM pattern::journey_pattern;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN format('%s %s: %s', state, message, detail);
END $$;
SELECT left(pattern, 24) AS pattern, pg_temp.refused(pattern)
FROM unnest(ARRAY[
	'', '  ', '(', 'a (b', 'a)', '[a', '[]', '[a b]', '"a', 'a {value > 1', 'a -[no b', 'a -[no b]', 'a -[no b]- c',
	'a |', '| a', 'a || b', '(a |)', '-> a', 'a ->', 'a -> -> b', 'a >> | b', 'a > b', 'a => b', 'view → cart', 'a→b', 'a ⟶ b', 'a ⤳ b', '→', '[a, →]', 'a - b', 'a, b', 'PERMUTE()', 'PERMUTE(a,)',
	'*', 'a{2}{3}', 'a+*', 'a{3,2}', '| *', 'a{2000000000}', '(a{1000}b){1001}', 'PERMUTE(a,b,c,d,e,f,g,h,i)',
	'a {foo=b}', 'a {event=b}', 'a {channel > b}', 'a {value = x}', 'a {value > 1e999}', 'a {sense=""}', 'a {decision=}', 'a {}',
	'a -[]-> b', 'a -[yes]-> b', 'a -[<= 1 h, < 2 h]-> b', 'a -[= 1 h]-> b', 'a -[<= 1 month]-> b', 'a -[<= 1 parsec]-> b', 'a -[<= -1 h]-> b',
	'within', 'within 1 h', 'a within', 'a within 1 h b', '(a within 1 h)', 'a within 2 years', 'a within 99999999 weeks', 'a within 01:75',
	'a#', 'a & b', 'äö # b', repeat('a', 1025)
]) AS pattern;
SELECT 'view ->'::journey_pattern;
SELECT NULL::journey_pattern, NULL::text::journey_pattern;
