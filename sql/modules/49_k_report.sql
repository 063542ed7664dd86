--| # Which columns single people out
--|
--|     SELECT * FROM journey.k_report('public.visits', '{city,age}');
--|
--| What is public, or a coarse mask, may still tell who somebody is, together
--| with what is known from elsewhere. For the officer who decides on masks: how
--| many people share what readers see of these columns when all is denied?

CREATE FUNCTION journey.k_report(relation regclass, columns text[], k int DEFAULT 10)
RETURNS TABLE (shown_columns text[], groups bigint, smallest bigint, small_groups bigint, subjects bigint, small_subjects bigint, share float8)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 ROWS 7
SET search_path = pg_catalog, pg_temp
SET journey.purpose = ''
SET client_min_messages = error
AS $$
DECLARE
  target journey.protected_relation;
  wanted CONSTANT name[] := ARRAY(SELECT DISTINCT c::name FROM unnest(k_report.columns) c);
  unknown text;
  who text;
  cells text;
  places text;
BEGIN
  SELECT r.* INTO target FROM journey.protected_relation r WHERE k_report.relation IN (r.view, r.base);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'relation % is not protected', coalesce(k_report.relation::text, 'NULL')
      USING ERRCODE = 'object_not_in_prerequisite_state';
  ELSIF k_report.k IS NULL OR k_report.k < 1 THEN
    RAISE EXCEPTION 'k must be 1 or more' USING ERRCODE = 'invalid_parameter_value';
  ELSIF cardinality(wanted) NOT BETWEEN 1 AND 8 OR array_position(wanted, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'columns must be from 1 to 8 names' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT w INTO unknown FROM unnest(wanted) w
   WHERE NOT EXISTS (SELECT FROM journey.policy c WHERE c.protected_id = target.id AND c.mask <> 'row' AND c.column_name = w);
  IF FOUND THEN
    RAISE EXCEPTION 'column % of % does not exist', quote_ident(unknown), target.view USING ERRCODE = 'undefined_column';
  END IF;

  who := journey._subject_text(target.base, target.subject);
  -- Without a purpose each cell is its mask. A form as text is what all types have, and can be
  -- grouped by; not a cast, which the owner of a type could have made.
  SELECT string_agg(format('pg_catalog.format(''%%L'', '
                           || CASE c.mask WHEN 'public' THEN 'b.%1$I' ELSE 'journey._cell(b.%1$I, %2$s, %3$L::journey._seal%4$s)' END
                           || ') COLLATE pg_catalog."C" AS %5$I',
                           c.column_name, journey._subject_value(target.base, target.subject), c.id || ' ' || c.column_name, journey._collected(target.base, target.collected), 'c' || c.attnum),
                    ', ' ORDER BY c.attnum),
         string_agg(quote_ident('c' || c.attnum), ', ' ORDER BY c.attnum)
    INTO cells, places
    FROM journey.policy c
   WHERE c.protected_id = target.id AND c.mask <> 'row' AND c.column_name = ANY (wanted);

  RETURN QUERY EXECUTE format($query$
    WITH cell AS (
      SELECT %1$s, %3$s AS who FROM %4$s b WHERE %3$s IS NOT NULL
    ), crowd AS (
      SELECT GROUPING(%2$s) AS without, count(DISTINCT who COLLATE "C") AS n FROM cell GROUP BY CUBE (%2$s)
    ), report AS (
      SELECT without, count(*) AS groups, min(n) AS smallest, count(*) FILTER (WHERE n < $2) AS small_groups,
             sum(n)::bigint AS subjects, coalesce(sum(n) FILTER (WHERE n < $2), 0)::bigint AS small_subjects
        FROM crowd WHERE without < (1 << $3) - 1 GROUP BY without
    )
    SELECT x.columns, r.groups, r.smallest, r.small_groups, r.subjects, r.small_subjects, r.small_subjects::float8 / r.subjects
      FROM report r
     CROSS JOIN LATERAL (SELECT array_agg(c.column_name::text ORDER BY c.place) AS columns
                           FROM unnest($1) WITH ORDINALITY c (column_name, place)
                          WHERE r.without & (1 << ($3 - c.place::int)) = 0) x
     ORDER BY cardinality(x.columns), r.without DESC
  $query$, cells, places, who, target.base)
  USING ARRAY(SELECT c.column_name FROM journey.policy c
               WHERE c.protected_id = target.id AND c.mask <> 'row' AND c.column_name = ANY (wanted) ORDER BY c.attnum),
        k_report.k, cardinality(wanted);
END
$$;
COMMENT ON FUNCTION journey.k_report(regclass, text[], int) IS
'How far columns of a protected relation single people out: a row for each column and each combination of them (1 to 8 columns), with the groups of subjects who look alike to readers for whom everything is denied, how many subjects the smallest of them has, how many groups have fewer than k, and how many subjects are in groups and in such small ones (once for each group that they are in), with the share. Numbers only. An error if the relation is not protected or has no such column, or k is below 1. For who was granted EXECUTE; nobody at first. Reads the relation once, and sorts it for each combination.';
REVOKE EXECUTE ON FUNCTION journey.k_report(regclass, text[], int) FROM PUBLIC;
