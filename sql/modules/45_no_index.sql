--| ## No index from end to end
--|
--| A condition that holds for every row. The view of a protected relation has it,
--| so that no index has all that a query needs: one would give rows in the order
--| of masked values.

CREATE FUNCTION journey._no_index_support(internal) RETURNS internal
  LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__no_index_support';
COMMENT ON FUNCTION journey._no_index_support(internal) IS 'Tells the planner that _no_index() holds for every row.';

-- Not immutable: a planner that knew the number of the table could leave it out.
CREATE FUNCTION journey._no_index(tableoid oid) RETURNS boolean
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 0.0001 SUPPORT journey._no_index_support
  AS 'MODULE_PATHNAME', 'journey__no_index';
COMMENT ON FUNCTION journey._no_index(oid) IS
  'True. A condition on the system column tableoid, which no index has, so that none is read instead of the table.';
