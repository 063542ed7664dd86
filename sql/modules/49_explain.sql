--| # Why is this cell masked?
--|
--|     SELECT * FROM journey.explain_cell('public.visits', 'email', 'u1', 'analytics.product', 'ana');
--|
--| For the privacy officer. The reason is that of the decision which the cell
--| takes when it is read (`journey_decision_explain()` in `src/pg/decision.h`);
--| nothing of it is decided here.

CREATE FUNCTION journey._explain(class text, subject text, purpose text, reader oid, collected timestamptz,
                                 retention boolean, has_policy boolean, needs_key boolean,
                                 OUT shown boolean, OUT reason text, OUT seq bigint, OUT row_number bigint,
                                 OUT keep_since timestamptz)
AS 'MODULE_PATHNAME', 'journey__explain'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED;
COMMENT ON FUNCTION journey._explain(text, text, text, oid, timestamptz, boolean, boolean, boolean) IS
'The decision about a class of data and a subject, with the entry of the ledger and the row of a rule, basis or prohibition that it comes from. reader 0: whoever was granted the purpose. retention false: as if the row had been collected now. Some index probes.';
REVOKE EXECUTE ON FUNCTION journey._explain(text, text, text, oid, timestamptz, boolean, boolean, boolean) FROM PUBLIC;

CREATE FUNCTION journey.explain_cell(relation regclass, "column" text, subject text, purpose text DEFAULT NULL,
                                     reader regrole DEFAULT NULL, collected timestamptz DEFAULT NULL)
RETURNS TABLE (shown boolean, reason text, decided_by text, source text, mask text, seq bigint, keep_since timestamptz)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  keyed  CONSTANT text[] := '{token,noise,fake,encrypt}';
  target journey.protected_relation;
  policy journey.policy;
  found_policy boolean;
  answer record;
BEGIN
  SELECT r.* INTO target FROM journey.protected_relation r WHERE explain_cell.relation IN (r.view, r.base);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'relation % is not protected', coalesce(explain_cell.relation::text, 'NULL')
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Its cells are shown to whoever may read it.';
  ELSIF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target.base AND a.attname = explain_cell."column" COLLATE "C"
                                               AND a.attnum > 0 AND NOT a.attisdropped) THEN
    RAISE EXCEPTION 'column % of % does not exist', coalesce(quote_ident(explain_cell."column"), 'NULL'), target.view
      USING ERRCODE = 'undefined_column',
            HINT = 'Name it as journey.protect() does, without double quotes. The parts of a document are decided with its column.';
  END IF;
  SELECT p.* INTO policy FROM journey.policy p
   WHERE p.protected_id = target.id AND p.column_name = explain_cell."column" COLLATE "C";
  found_policy := FOUND;
  mask := policy.mask;
  IF mask = 'public' THEN
    shown := true;
    reason := 'public';
    RETURN NEXT;
    RETURN;
  END IF;

  SELECT e.* INTO STRICT answer
    FROM journey._explain(policy.class, explain_cell.subject,
                          coalesce(explain_cell.purpose, current_setting('journey.purpose', true)),
                          coalesce(explain_cell.reader, 0::oid),
                          -- where no column tells, no cell knows
                          CASE WHEN target.collected IS NOT NULL THEN explain_cell.collected END,
                          explain_cell.collected IS NOT NULL OR target.collected IS NULL,
                          found_policy, ARRAY(SELECT p.mask FROM unnest(policy.paths) p) || mask && keyed) e;
  shown := answer.shown;
  reason := answer.reason;
  seq := answer.seq;
  keep_since := answer.keep_since;
  CASE
    WHEN answer.reason = 'prohibited class' THEN
      SELECT 'prohibition ' || p.number, p.reference INTO decided_by, source
        FROM journey.prohibition p WHERE p.number = answer.row_number;
    WHEN answer.reason IN ('contract', 'legal obligation', 'vital interests', 'public task', 'legitimate interests') THEN
      SELECT 'basis ' || b.number, b.reference INTO decided_by, source
        FROM journey.lawful_basis b WHERE b.number = answer.row_number;
    ELSE
      SELECT 'rule ' || r.number, r.source INTO decided_by, source
        FROM journey.rule r WHERE r.number = answer.row_number;
  END CASE;
  IF seq IS NOT NULL THEN
    decided_by := 'ledger ' || seq;
  END IF;
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION journey.explain_cell(regclass, text, text, text, regrole, timestamptz) IS
'Why the cell of a column of a protected relation about a subject is shown or masked, by the decision that the cell itself takes: reason, decided_by (the entry of the ledger, rule, basis or prohibition by its number; NULL if there is none), source (its article or reference; for what the ledger decides, that of the rule that asks for consent), mask, seq (the entry of the ledger), and keep_since (rows collected before it are over; NULL: no rule of retention). purpose NULL is the one that the session declares; reader NULL is whoever was granted the purpose. collected is when the row was collected; NULL leaves retention aside if a column tells; if none does, what a rule of retention covers is masked, whatever is given. For privacy officers: it tells who refused. An error if the relation is not protected or has no such column. Some index probes.';
REVOKE EXECUTE ON FUNCTION journey.explain_cell(regclass, text, text, text, regrole, timestamptz) FROM PUBLIC;
