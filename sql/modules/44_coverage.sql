--| # Consent: how much a report would see
--|
--|     SELECT * FROM journey.coverage('public.visits', 'analytics');
--|
--| Before somebody builds a report for a purpose: for what share of the people,
--| and of the rows, would its columns show raw values at this moment? It tells
--| numbers, not people. Where few are shown, or few are not, even the numbers
--| could tell who they are; then they are left out.

CREATE FUNCTION journey.coverage(relation regclass, purpose text, k int DEFAULT 10)
RETURNS TABLE (class text, columns text[], subjects bigint, subjects_shown bigint,
               row_count bigint, rows_shown bigint, share float8)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 ROWS 10 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  target record;
BEGIN
  SELECT r.id, r.base, r.subject, r.collected INTO target
    FROM journey.protected_relation r WHERE coverage.relation IN (r.view, r.base);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'relation % is not protected', coalesce(coverage.relation::text, 'NULL')
      USING ERRCODE = 'object_not_in_prerequisite_state';
  ELSIF coverage.k IS NULL OR coverage.k < 1 THEN
    RAISE EXCEPTION 'k must be 1 or more' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM journey._purpose_number(coverage.purpose);

  RETURN QUERY EXECUTE format($query$
    WITH class AS (
      SELECT c.class, array_agg(c.column_name::text ORDER BY c.column_name) AS columns
        FROM journey.policy c
       WHERE c.protected_id = $1 AND c.mask NOT IN ('public', 'row')
       GROUP BY c.class
    ), person AS (
      SELECT %1$s AS name, count(*) AS n FROM %2$s b GROUP BY 1
    ), answer AS MATERIALIZED (
      SELECT class.class, person.name, person.n, e.shown, e.keep_since
        FROM class, person,
             LATERAL journey._explain(class.class, person.name, $2, 0::oid, NULL, false, true, false) e
    ), counted AS (
      SELECT a.class, a.name, a.n,
             CASE WHEN NOT a.shown THEN 0 WHEN a.keep_since IS NULL THEN a.n ELSE coalesce(kept.n, 0) END AS shown
        FROM answer a
        LEFT JOIN (SELECT a.class, a.name, count(*) AS n
                     FROM answer a JOIN %2$s b ON %1$s = a.name AND %3$s >= a.keep_since
                    WHERE a.shown
                    GROUP BY 1, 2) kept ON kept.class = a.class AND kept.name = a.name
    ), total AS (
      SELECT c.class, count(c.name) AS subjects, count(c.name) FILTER (WHERE c.shown > 0) AS subjects_shown,
             sum(c.n)::bigint AS n, sum(c.shown)::bigint AS shown
        FROM counted c GROUP BY c.class
    ), told AS (
      SELECT t.*, t.subjects_shown IN (0, t.subjects)
                  OR (t.subjects_shown >= $3 AND t.subjects - t.subjects_shown >= $3) AS tell
        FROM total t
    )
    SELECT class.class, class.columns, coalesce(t.subjects, 0),
           CASE WHEN t.tell THEN t.subjects_shown WHEN t.tell IS NULL THEN 0 END,	-- no rows at all
           coalesce(t.n, 0), CASE WHEN t.tell THEN t.shown WHEN t.tell IS NULL THEN 0 END,
           CASE WHEN t.tell AND t.n > 0 THEN t.shown::float8 / t.n END
      FROM class LEFT JOIN told t ON t.class = class.class
     ORDER BY class.class COLLATE "C"
  $query$, journey._subject_text(target.base, target.subject), target.base,
           -- as the cell does it, whatever the time zone
           coalesce(nullif(ltrim(journey._collected(target.base, target.collected), ', '), ''), 'NULL::timestamptz'))
  USING target.id, coverage.purpose, coverage.k;
END
$$;
COMMENT ON FUNCTION journey.coverage(regclass, text, int) IS
'How much of a protected relation would be shown for a purpose at this moment, to whoever was granted it: a row for each class of masked columns, with the number of subjects and rows, how many of them would be shown, and the share of rows. The share of no rows is NULL. The last three are NULL where fewer than k subjects, but not none, are shown, or are not shown. An error if the relation is not protected, the purpose does not exist, or k is below 1. For who was granted EXECUTE; nobody at first. Reads the relation once or twice, and asks the decision for each subject and class.';
REVOKE EXECUTE ON FUNCTION journey.coverage(regclass, text, int) FROM PUBLIC;
