--| # Protected relations
--|
--| What `journey.protect()` did and what `journey.unprotect()` needs to undo it.
--| Readers have no rights on these tables. Names of roles, relations and types
--| are kept as `regrole`, `regclass` and `regtype`: they follow a rename and are
--| dumped by name. Identifiers are random, so that seals of a dump that is
--| restored beside other policies match their own or none. `protected_id` is the
--| `id` of a protected relation; as with the tables of consent, a foreign key
--| would make a parallel restore fail.

CREATE TABLE journey.protected_relation (
  id uuid PRIMARY KEY,
  view regclass NOT NULL,
  base regclass NOT NULL UNIQUE,
  base_oid oid NOT NULL,
  schema_name name NOT NULL,
  relation_name name NOT NULL,
  subject name NOT NULL,
  collected name,
  row_action text NOT NULL CHECK (row_action IN ('keep', 'suppress')),
  writes text NOT NULL CHECK (writes IN ('none', 'public', 'collect'))
);
COMMENT ON TABLE journey.protected_relation IS 'One row for each protected relation.';
COMMENT ON COLUMN journey.protected_relation.id IS 'What other tables refer to it by.';
COMMENT ON COLUMN journey.protected_relation.view IS 'The view that readers see.';
COMMENT ON COLUMN journey.protected_relation.base IS 'The table with the raw values.';
COMMENT ON COLUMN journey.protected_relation.base_oid IS
  'The same as a number, which a restore does not follow: policy.attnum is good only where both agree.';
COMMENT ON COLUMN journey.protected_relation.schema_name IS 'Where unprotect() puts the table back.';
COMMENT ON COLUMN journey.protected_relation.relation_name IS 'The name that unprotect() gives back.';
COMMENT ON COLUMN journey.protected_relation.subject IS 'The column that names the data subject.';
COMMENT ON COLUMN journey.protected_relation.collected IS
  'The column that tells when a row was collected; NULL: nobody knows, and what a rule of retention covers is denied.';
COMMENT ON COLUMN journey.protected_relation.writes IS
  'What writers may do through the view. none; public: rows by their public columns; collect: also new rows as a whole.';
COMMENT ON COLUMN journey.protected_relation.row_action IS 'keep: denied rows show masks. suppress: they are hidden.';

--| What each column shows to whom it is denied.

--| Each option of a mask has a column of its own, so that a policy can be read
--| and is checked by the table as well.

CREATE TYPE journey._path_policy AS (
  path text,
  mask text,
  class text,
  label text,
  value text,
  keep_first int,
  keep_last int,
  min_hidden int,
  epoch int,
  kind text
);
COMMENT ON TYPE journey._path_policy IS
  'The mask of one path of a jsonb column; the fields are as in journey.policy.';

CREATE TABLE journey.policy (
  id uuid PRIMARY KEY,
  protected_id uuid NOT NULL,
  column_name name NOT NULL,
  attnum int2 NOT NULL,
  column_type regtype,
  mask text NOT NULL CHECK (mask IN ('row', 'public', 'null', 'constant', 'default', 'partial', 'token', 'generalize',
                                     'noise', 'fake', 'encrypt', 'journey', 'paths')),
  class text NOT NULL,
  label text,
  typmod int,
  value text,
  keep_first int,
  keep_last int,
  min_hidden int,
  epoch int,
  veiled boolean NOT NULL DEFAULT false,
  writable boolean NOT NULL DEFAULT false,
  step numeric,
  unit text CHECK (unit IN ('minute', 'hour', 'day', 'week', 'month', 'quarter', 'year', 'decade')),
  bits int,
  bits6 int,
  spread numeric,
  kind text CHECK (kind IN ('first_name', 'last_name', 'full_name', 'city', 'street', 'company', 'email', 'phone')),
  keep_events text[],
  rename_events text,
  drop_tracks text[],
  paths journey._path_policy[],
  UNIQUE (protected_id, column_name),
  CHECK ((mask = 'row') = (column_name = '')),
  CHECK ((mask = 'row') = (column_type IS NULL)),
  CHECK ((mask IN ('constant', 'default')) = (value IS NOT NULL)),
  CHECK (mask IN ('partial', 'generalize') OR keep_first IS NULL),
  CHECK (mask <> 'partial' OR keep_first IS NOT NULL),
  CHECK ((mask = 'partial') = (keep_last IS NOT NULL)),
  CHECK ((mask = 'partial') = (min_hidden IS NOT NULL)),
  CHECK ((mask IN ('token', 'noise', 'fake', 'encrypt')) = (epoch IS NOT NULL)),
  CHECK ((mask IN ('noise', 'encrypt')) = (label IS NOT NULL)),
  CHECK (mask = 'generalize' OR (step IS NULL AND bits IS NULL AND bits6 IS NULL)),
  CHECK (mask IN ('generalize', 'journey') OR unit IS NULL),
  CHECK ((mask = 'noise') = (spread IS NOT NULL)),
  CHECK ((mask = 'fake') = (kind IS NOT NULL)),
  CHECK (mask = 'journey' OR (keep_events IS NULL AND rename_events IS NULL AND drop_tracks IS NULL)),
  CHECK (mask <> 'paths' OR paths IS NOT NULL),
  CHECK (mask IN ('paths', 'constant', 'default') OR paths IS NULL),
  CHECK (keep_first BETWEEN 0 AND 255),
  CHECK (keep_last BETWEEN 0 AND 255),
  CHECK (min_hidden BETWEEN 1 AND 255),
  CHECK (epoch >= 0),
  CHECK (step > 0),
  CHECK (bits BETWEEN 0 AND 32),
  CHECK (bits6 BETWEEN 0 AND 128),
  CHECK (spread > 0)
);
COMMENT ON TABLE journey.policy IS
  'One row for each column of a protected relation, and one for its rows as a whole. A seal names one of them.';
COMMENT ON COLUMN journey.policy.id IS 'What a seal names.';
COMMENT ON COLUMN journey.policy.protected_id IS 'The protected relation.';
COMMENT ON COLUMN journey.policy.column_name IS 'Empty for the rows as a whole.';
COMMENT ON COLUMN journey.policy.attnum IS 'Number of the column in the base table; refresh() follows a rename by it.';
COMMENT ON COLUMN journey.policy.column_type IS 'A cell of another type is shown as NULL.';
COMMENT ON COLUMN journey.policy.mask IS
  'public columns are not masked; paths: a document that is public but for some of its parts; row: not a column, but the row as a whole.';
COMMENT ON COLUMN journey.policy.class IS
  'The class of data. Tokens of equal values are equal if purpose, class and epoch are.';
COMMENT ON COLUMN journey.policy.label IS
  'Relation and column as they were named when it was protected: noise and encrypted cells are bound to it.';
COMMENT ON COLUMN journey.policy.typmod IS
  'Length or precision of the type under all domains, for masks that must keep to it.';
COMMENT ON COLUMN journey.policy.value IS
  'What the masks constant and default show, as text that no session setting reads differently.';
COMMENT ON COLUMN journey.policy.keep_first IS
  'Characters that the masks partial and generalize show at the start.';
COMMENT ON COLUMN journey.policy.keep_last IS 'Characters that a partial mask shows at the end.';
COMMENT ON COLUMN journey.policy.min_hidden IS
  'Fillers of a partial mask; a text with fewer characters to hide is hidden whole.';
COMMENT ON COLUMN journey.policy.veiled IS
  'The view shows the column through an expression, because it shares an index with masked ones.';
COMMENT ON COLUMN journey.policy.writable IS 'The column can be written through the view.';
COMMENT ON COLUMN journey.policy.epoch IS
  'Another number gives other tokens, noise, made-up values and encrypted cells; see key_rotate().';
COMMENT ON COLUMN journey.policy.step IS 'Numbers are generalized to multiples of it.';
COMMENT ON COLUMN journey.policy.unit IS 'Dates and times are generalized to its start; those of journeys too.';
COMMENT ON COLUMN journey.policy.bits IS 'Bits that stay of an IPv4 address.';
COMMENT ON COLUMN journey.policy.bits6 IS 'Bits that stay of an IPv6 address.';
COMMENT ON COLUMN journey.policy.spread IS
  'Noise lies between -spread and spread: in units of the column, days for dates, seconds for times.';
COMMENT ON COLUMN journey.policy.kind IS 'What a made-up value is.';
COMMENT ON COLUMN journey.policy.keep_events IS 'Events that a masked journey keeps; NULL: all.';
COMMENT ON COLUMN journey.policy.rename_events IS 'The name that other events take; NULL: their steps are left out.';
COMMENT ON COLUMN journey.policy.drop_tracks IS 'Tracks that a masked journey has no more.';
COMMENT ON COLUMN journey.policy.paths IS 'The parts of a jsonb document that have masks of their own.';

--| What changed hands, and what must come back.

CREATE TABLE journey.protected_member (
  protected_id uuid NOT NULL,
  member regclass NOT NULL,
  old_name name NOT NULL,
  old_owner regrole NOT NULL,
  PRIMARY KEY (protected_id, member)
);
COMMENT ON TABLE journey.protected_member IS
  'The base table, its partitions and children, and their sequences.';
COMMENT ON COLUMN journey.protected_member.protected_id IS 'The protected relation.';
COMMENT ON COLUMN journey.protected_member.member IS 'The table or sequence.';
COMMENT ON COLUMN journey.protected_member.old_name IS 'The name that unprotect() gives back.';
COMMENT ON COLUMN journey.protected_member.old_owner IS 'The owner that unprotect() gives back.';

--| Rights are rows, so that each grantor comes back too.

CREATE TABLE journey.protected_grant (
  protected_id uuid NOT NULL,
  member regclass NOT NULL,
  column_name name NOT NULL,
  grantee regrole NOT NULL,
  grantor regrole NOT NULL,
  privilege text NOT NULL,
  grantable boolean NOT NULL,
  place int NOT NULL
);
-- It has no key; without this a publication of all tables would stop unprotect().
ALTER TABLE journey.protected_grant REPLICA IDENTITY FULL;
COMMENT ON TABLE journey.protected_grant IS
  'The rights on each member as they were. A member without rows had the rights that come with its creation.';
COMMENT ON COLUMN journey.protected_grant.protected_id IS 'The protected relation.';
COMMENT ON COLUMN journey.protected_grant.member IS 'The table or sequence.';
COMMENT ON COLUMN journey.protected_grant.grantor IS 'Who granted it.';
COMMENT ON COLUMN journey.protected_grant.privilege IS 'As in GRANT.';
COMMENT ON COLUMN journey.protected_grant.grantable IS 'With grant option.';
COMMENT ON COLUMN journey.protected_grant.column_name IS 'Empty for rights on the whole relation.';
COMMENT ON COLUMN journey.protected_grant.place IS 'The order in which the server kept them.';
COMMENT ON COLUMN journey.protected_grant.grantee IS 'PUBLIC is role 0, shown as -.';

--| Indexes are known by name: a restore makes them after it fills this table.

CREATE TABLE journey.protected_index (
  protected_id uuid NOT NULL,
  index_name name NOT NULL,
  old_name name NOT NULL,
  PRIMARY KEY (protected_id, index_name)
);
COMMENT ON TABLE journey.protected_index IS
  'Indexes of the base table that had to take another name, because journey_base had theirs.';
COMMENT ON COLUMN journey.protected_index.protected_id IS 'The protected relation.';
COMMENT ON COLUMN journey.protected_index.index_name IS 'The name that it has now.';
COMMENT ON COLUMN journey.protected_index.old_name IS 'The name that unprotect() gives back.';

-- A table or role that has gone would be dumped as a number, which may be another one elsewhere.
SELECT pg_catalog.pg_extension_config_dump('journey.protected_relation',
         'WHERE EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = base)');
SELECT pg_catalog.pg_extension_config_dump('journey.policy',
         'WHERE EXISTS (SELECT FROM journey.protected_relation r JOIN pg_catalog.pg_class c ON c.oid = r.base WHERE r.id = protected_id)');
SELECT pg_catalog.pg_extension_config_dump('journey.protected_member',
         'WHERE EXISTS (SELECT FROM journey.protected_relation r JOIN pg_catalog.pg_class c ON c.oid = r.base WHERE r.id = protected_id)
            AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = member)');
SELECT pg_catalog.pg_extension_config_dump('journey.protected_grant',
         'WHERE EXISTS (SELECT FROM journey.protected_relation r JOIN pg_catalog.pg_class c ON c.oid = r.base WHERE r.id = protected_id)
            AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = member)
            AND (grantee = 0::oid OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = grantee))
            AND EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = grantor)');
SELECT pg_catalog.pg_extension_config_dump('journey.protected_index',
         'WHERE EXISTS (SELECT FROM journey.protected_relation r JOIN pg_catalog.pg_class c ON c.oid = r.base WHERE r.id = protected_id)');
