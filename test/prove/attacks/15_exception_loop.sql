-- error details collected in PL/pgSQL
CREATE FUNCTION try(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r text; m text; d text; h text; c text; k text; t text; n text; o text;
BEGIN
	EXECUTE q INTO r;
	RETURN 'fine: ' || r;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = PG_EXCEPTION_CONTEXT,
		k = CONSTRAINT_NAME, t = PG_DATATYPE_NAME, n = TABLE_NAME, o = COLUMN_NAME;
	RETURN concat_ws(' | ', SQLSTATE, m, d, h, c, k, t, n, o);
END $$;
SELECT id, try(format('SELECT (%L::jsonb ->> ''ssn'')::int', to_jsonb(p) - 'essay')) FROM people p WHERE id < 13 ORDER BY 1;
SELECT try(format('SELECT %s(%s) FROM people WHERE id = %s', f, c, i))
	FROM unnest(ARRAY['int4', 'date', 'uuid', 'jsonb', 'macaddr', 'lower', 'chr', 'to_regclass', 'pg_size_bytes']) f,
	unnest(ARRAY['ssn', 'code', 'name', 'card', 'blank', 'phone', 'email']) c, unnest(ARRAY[1, 2, 12]) i ORDER BY f, c, i;
SELECT try('SELECT int4(journey._cell(ssn, user_id, NULL)) FROM people WHERE id = 1');
SELECT try('SELECT journey._cell(x, x, x) FROM (SELECT ssn AS x FROM people) p');
SELECT ssn FROM people WHERE id = 12;
