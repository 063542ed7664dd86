SET search_path = journey, public;
SET timezone = 'UTC';
SELECT '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:10:00Z, purchase 2026-01-01T10:20:00Z]'::journey ~ 'view -> purchase';
SELECT * FROM matches('[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:10:00Z, purchase 2026-01-01T10:20:00Z, view 2026-01-01T11:00:00Z]', 'view .*? (purchase | $)');
SELECT pattern_explain('view -[no return, <= 1 h]-> (cart | wishlist)+ within 1 day');
SELECT * FROM partial('[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:10:00Z]', 'view -[<= 1 h]-> cart -[<= 2 h]-> [purchase, wishlist] within 1 day', '2026-01-01T11:00:00Z');
SELECT match_first('[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:10:00Z, purchase 2026-01-01T10:20:00Z]', 'cart -> purchase');
SELECT (match_count_agg(j, 'a -> b')).* FROM unnest('{"[a 2026-01-01T10:00:00Z, b 2026-01-01T10:00:01Z, a 2026-01-01T10:00:02Z, b 2026-01-01T10:00:03Z]","[a 2026-01-01T10:00:00Z]"}'::journey[]) j;
SELECT (match_count_agg(s, 'a -> b')).* FROM (SELECT '{x: [a 2026-01-01T10:00:00Z, b 2026-01-01T10:00:01Z, a 2026-01-01T10:00:02Z, b 2026-01-01T10:00:03Z], y: [a 2026-01-01T10:00:00Z]}'::journey_set s) s;
