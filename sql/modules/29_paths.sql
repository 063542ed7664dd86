--| # Ways from a step, and to it
--|
--| Which steps follow a step that matters, or lead to it: edges for a Sankey
--| chart, and whole paths.

--| One edge of a Sankey chart. Later versions append attributes.
CREATE TYPE journey.path_edge AS (
  depth pg_catalog.int4,
  source pg_catalog.text,
  target pg_catalog.text,
  n pg_catalog.int8,
  subjects pg_catalog.int8
);
COMMENT ON TYPE journey.path_edge IS
'One event after another at a distance from an anchor, see paths_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.path_edge.depth IS 'How many steps the end that is farther from the anchor is away from it, from 1.';
COMMENT ON COLUMN journey.path_edge.source IS 'The event before. NULL if paths lead to the anchor and the journey begins with the target.';
COMMENT ON COLUMN journey.path_edge.target IS 'The event directly after it. NULL if paths lead from the anchor and the journey ends with the source.';
COMMENT ON COLUMN journey.path_edge.n IS 'On how many paths the one follows the other there.';
COMMENT ON COLUMN journey.path_edge.subjects IS 'In how many journeys, at least once.';

--| One path as a whole. Later versions append attributes.
CREATE TYPE journey.path_variant AS (
  path pg_catalog.text,
  steps pg_catalog.text[],
  n pg_catalog.int8,
  subjects pg_catalog.int8
);
COMMENT ON TYPE journey.path_variant IS
'A path from an anchor or to it, see path_variants_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.path_variant.path IS 'The path as variant() writes it, as "view > cart > purchase", in the order of time.';
COMMENT ON COLUMN journey.path_variant.steps IS 'Its events. So many as depth and the anchor, or fewer where the journey ends, or begins, before that.';
COMMENT ON COLUMN journey.path_variant.n IS 'How often the path was gone.';
COMMENT ON COLUMN journey.path_variant.subjects IS 'In how many journeys, at least once.';

--| The state of both. It is a type so that distributed engines can combine states
--| on their workers.
CREATE TYPE journey.paths_state;

CREATE FUNCTION journey._paths_state_in(pg_catalog.cstring) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_paths_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._paths_state_in(pg_catalog.cstring) IS
'Text input of type paths_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._paths_state_out(journey.paths_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_paths_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._paths_state_out(journey.paths_state) IS
'Text output of type paths_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._paths_state_recv(pg_catalog.internal) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_paths_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._paths_state_recv(pg_catalog.internal) IS
'Binary input of type paths_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._paths_state_send(journey.paths_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._paths_state_send(journey.paths_state) IS
'Binary output of type paths_state: the bytes of the state.';

CREATE TYPE journey.paths_state (
  INPUT = journey._paths_state_in,
  OUTPUT = journey._paths_state_out,
  RECEIVE = journey._paths_state_recv,
  SEND = journey._paths_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE journey.paths_state IS
'State of paths_agg and path_variants_agg: the question and what has been added up so far. States of the same journeys and question are the same bytes.';

CREATE FUNCTION journey._paths_combinefn(state journey.paths_state, other journey.paths_state) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_paths_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._paths_combinefn(journey.paths_state, journey.paths_state) IS
'Combination of paths_agg and path_variants_agg: what both states have. Errors: states of different questions. Cost: linear in the second.';

CREATE FUNCTION journey._paths_finalfn(state journey.paths_state) RETURNS journey.path_edge[]
AS 'MODULE_PATHNAME', 'journey_paths_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._paths_finalfn(journey.paths_state) IS
'Result of paths_agg: its rows, most frequent first. Cost: O(r log r) for r rows.';

CREATE FUNCTION journey._path_variants_finalfn(state journey.paths_state) RETURNS journey.path_variant[]
AS 'MODULE_PATHNAME', 'journey_path_variants_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._path_variants_finalfn(journey.paths_state) IS
'Result of path_variants_agg: its rows, most frequent first. Cost: O(r log r) for r rows.';

--| `paths_agg(j, anchor, direction, depth, top)`: how many go which way, counted at
--| each distance from the anchor. What arrives at an event leaves it again, or ends
--| there.
--|
--|     SELECT e.* FROM unnest((SELECT journey.paths_agg(j, 'search', 'from', 3, 10) FROM journeys)) AS e;
CREATE FUNCTION journey._paths_transfn(state journey.paths_state, j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_paths_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 120;
COMMENT ON FUNCTION journey._paths_transfn(journey.paths_state, journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Transition of paths_agg: adds a journey, skips a NULL one. Errors: arguments that are NULL, but top, or make no sense, or are not the same on every row. Cost: linear in the steps, and in depth for each anchor.';

CREATE AGGREGATE journey.paths_agg(j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) (
  SFUNC = journey._paths_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._paths_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.paths_agg(journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'What comes after an anchor, or before it, step by step: an element for each pair of events that follow one another at a distance, see type path_edge; by distance, then the most frequent first, then more subjects, then the bytes of the names. anchor: a single step, such as ''purchase''; each step that matches begins a path. direction: ''from'' the anchor or ''to'' it. depth: steps away from it, 1 to 100. top: so many edges of each distance, NULL for all. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. Counts are exact. The order of the rows does not matter. Errors: 22004 for an argument that is NULL but top, 22023 for one that makes no sense, 54000 if the counts pass 64 bits. Memory: some 50 bytes for each different edge, whatever the number of journeys. Cost: linear in the steps, and in depth for each anchor.';

CREATE FUNCTION journey._paths_transfn(state journey.paths_state, j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_paths_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 120;
COMMENT ON FUNCTION journey._paths_transfn(journey.paths_state, journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'Transition of paths_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.paths_agg(j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) (
  SFUNC = journey._paths_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._paths_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.paths_agg(journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'As paths_agg(journey, ..., int4). collapse: neighbours of one event are one step. every: false takes the first anchor of each journey alone. Each journey is a subject of its own.';

CREATE FUNCTION journey._paths_transfn(state journey.paths_state, s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_set_paths_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._paths_transfn(journey.paths_state, journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Transition of paths_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.paths_agg(s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) (
  SFUNC = journey._paths_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._paths_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.paths_agg(journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'As paths_agg(journey, ..., int4). A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._paths_transfn(state journey.paths_state, s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_set_paths_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._paths_transfn(journey.paths_state, journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'Transition of paths_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.paths_agg(s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) (
  SFUNC = journey._paths_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._paths_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.paths_agg(journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'As paths_agg(journey, ..., int4). collapse: neighbours of one event are one step. every: false takes the first anchor of each journey alone. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

--| `path_variants_agg` keeps paths as a whole: the most frequent ways to a purchase.
--|
--|     SELECT p.path, p.n FROM unnest((SELECT journey.path_variants_agg(j, 'purchase', 'to', 4, 10) FROM journeys)) AS p;
CREATE FUNCTION journey._path_variants_transfn(state journey.paths_state, j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_path_variants_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 120;
COMMENT ON FUNCTION journey._path_variants_transfn(journey.paths_state, journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Transition of path_variants_agg: adds a journey, skips a NULL one. Errors: arguments that are NULL, but top, or make no sense, or are not the same on every row. Cost: linear in the steps, and in depth for each anchor.';

CREATE AGGREGATE journey.path_variants_agg(j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) (
  SFUNC = journey._path_variants_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._path_variants_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.path_variants_agg(journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'The whole paths from an anchor, or to it: an element for each different one, see type path_variant; the most frequent first, then more subjects, then the bytes of the names, nearest to the anchor first. Arguments as in paths_agg; top: so many paths. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. Counts are exact. The order of the rows does not matter. Errors: 22004 for an argument that is NULL but top, 22023 for one that makes no sense, 54000 if the counts pass 64 bits. Memory: some 50 bytes for each different beginning of a path, whatever the number of journeys. Cost: linear in the steps, and in depth for each anchor.';

CREATE FUNCTION journey._path_variants_transfn(state journey.paths_state, j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_path_variants_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 120;
COMMENT ON FUNCTION journey._path_variants_transfn(journey.paths_state, journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'Transition of path_variants_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.path_variants_agg(j journey.journey, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) (
  SFUNC = journey._path_variants_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._path_variants_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.path_variants_agg(journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'As path_variants_agg(journey, ..., int4). collapse: neighbours of one event are one step. every: false takes the first anchor of each journey alone. Each journey is a subject of its own.';

CREATE FUNCTION journey._path_variants_transfn(state journey.paths_state, s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_set_path_variants_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._path_variants_transfn(journey.paths_state, journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'Transition of path_variants_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.path_variants_agg(s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4) (
  SFUNC = journey._path_variants_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._path_variants_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.path_variants_agg(journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4) IS
'As path_variants_agg(journey, ..., int4). A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._path_variants_transfn(state journey.paths_state, s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) RETURNS journey.paths_state
AS 'MODULE_PATHNAME', 'journey_set_path_variants_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._path_variants_transfn(journey.paths_state, journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'Transition of path_variants_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.path_variants_agg(s journey.journey_set, anchor journey.journey_pattern, direction pg_catalog.text, depth pg_catalog.int4, top pg_catalog.int4, collapse pg_catalog.bool, every pg_catalog.bool) (
  SFUNC = journey._path_variants_transfn,
  STYPE = journey.paths_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._paths_combinefn,
  FINALFUNC = journey._path_variants_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.path_variants_agg(journey.journey_set, journey.journey_pattern, pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.bool) IS
'As path_variants_agg(journey, ..., int4). collapse: neighbours of one event are one step. every: false takes the first anchor of each journey alone. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';
