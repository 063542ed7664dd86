--| # Masks
--|
--| A view made by `journey.protect()` shows every masked column through one call,
--| `journey._cell(raw, subject, seal)`, that decides and masks while the query
--| runs. Readers may call the function, but only views hold a seal to call it
--| with; without one it gives NULL.

--| ## The seal
--|
--| Names one row of `journey.policy`. Text becomes a seal only for roles with
--| the rights of the extension's owner, and bytes never do.

CREATE TYPE journey._seal;

CREATE FUNCTION journey._seal_in(cstring) RETURNS journey._seal
  LANGUAGE C STABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__seal_in';
COMMENT ON FUNCTION journey._seal_in(cstring) IS
  'Input of _seal: an error for everybody who has not the rights of the extension''s owner.';

CREATE FUNCTION journey._seal_out(journey._seal) RETURNS cstring
  LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__seal_out';
COMMENT ON FUNCTION journey._seal_out(journey._seal) IS
  'Output of _seal: the identifier of the policy, a space, the name of the column.';

CREATE FUNCTION journey._seal_recv(internal) RETURNS journey._seal
  LANGUAGE C STABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__seal_recv';
COMMENT ON FUNCTION journey._seal_recv(internal) IS
  'Binary input of _seal: always an error.';

CREATE FUNCTION journey._seal_send(journey._seal) RETURNS bytea
  LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__seal_send';
COMMENT ON FUNCTION journey._seal_send(journey._seal) IS
  'Binary output of _seal: the bytes of its text form.';

CREATE TYPE journey._seal (
  INPUT = journey._seal_in,
  OUTPUT = journey._seal_out,
  RECEIVE = journey._seal_recv,
  SEND = journey._seal_send,
  INTERNALLENGTH = 80,
  ALIGNMENT = char,
  STORAGE = plain
);
COMMENT ON TYPE journey._seal IS
  'How a view proves that protect() wrote it: names one policy. Readers cannot make one.';

-- Nobody needs columns, domains or functions of this type.
REVOKE USAGE ON TYPE journey._seal FROM PUBLIC;

--| ## One cell, one row
--|
--| A subject is named by a text, or by an integer or a uuid, of which the text
--| form is the name; a value of any other type names nobody.

CREATE FUNCTION journey._cell(raw anyelement, subject anycompatible, seal journey._seal) RETURNS anyelement
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'journey__cell';
COMMENT ON FUNCTION journey._cell(anyelement, anycompatible, journey._seal) IS
  'The raw value if the reader may see this subject''s data, else its mask. '
  'NULL without a seal, for an unknown policy or another type than the policy''s, and without the key of a token mask. '
  'A missing raw value is masked like any other. Never raises an error that depends on the raw value.';

CREATE FUNCTION journey._cell(raw anyelement, subject anycompatible, seal journey._seal, collected timestamptz) RETURNS anyelement
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'journey__cell';
COMMENT ON FUNCTION journey._cell(anyelement, anycompatible, journey._seal, timestamptz) IS
  'The same in a relation that knows when each row was collected, which rules of retention ask for.';

CREATE FUNCTION journey._row(subject anycompatible, seal journey._seal) RETURNS boolean
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'journey__row';
COMMENT ON FUNCTION journey._row(anycompatible, journey._seal) IS
  'Whether the reader may see this subject''s rows, or by the seal of a column its cells there; false, never NULL, without a seal or for an unknown policy.';

CREATE FUNCTION journey._row(subject anycompatible, seal journey._seal, collected timestamptz) RETURNS boolean
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'journey__row';
COMMENT ON FUNCTION journey._row(anycompatible, journey._seal, timestamptz) IS
  'The same in a relation that knows when each row was collected.';
