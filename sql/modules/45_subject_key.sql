--| # Data keys of subjects
--|
--| The mask `encrypt` works with a key that belongs to one subject. It is made at
--| random, and kept sealed ("wrapped") by a key that follows from the root key.
--| Once the row is gone, nothing that was encrypted under it can be read again,
--| wherever the copies are: `journey.subject_erase()` removes it.
--|
--| Keys are made for all subjects of a relation by `protect()`, `refresh()` and
--| `journey.make_subject_keys()`, whether or not anything else is known about
--| them: so what is shown tells nothing about consent. Subjects that came later
--| have none until then, and their encrypted cells are NULL.
--|
--| `pg_dump` leaves this table out: an old dump must not bring back a key that
--| was destroyed. Whoever wants to read encrypted values in another cluster
--| copies it there with `COPY`, together with the key file.

CREATE TABLE journey.subject_key (
  subject    text COLLATE "C" NOT NULL
             CONSTRAINT subject_key_subject_check CHECK (pg_catalog.octet_length(subject) BETWEEN 1 AND 1024),
  epoch      int NOT NULL CONSTRAINT subject_key_epoch_check CHECK (epoch >= 0),
  wrapped    bytea NOT NULL CONSTRAINT subject_key_size_check CHECK (pg_catalog.octet_length(wrapped) = 72),
  created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (subject, epoch)
);
COMMENT ON TABLE journey.subject_key IS
'The data keys of subjects, by which the mask encrypt works. Not part of dumps.';
COMMENT ON COLUMN journey.subject_key.subject IS 'The subject, by name.';
COMMENT ON COLUMN journey.subject_key.epoch IS 'As in journey.policy.';
COMMENT ON COLUMN journey.subject_key.wrapped IS 'A nonce of 24 bytes, and the key sealed by XChaCha20-Poly1305.';
COMMENT ON COLUMN journey.subject_key.created_at IS 'When it was made.';

CREATE FUNCTION journey._new_subject_key(subject text, epoch int) RETURNS bytea
  LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'journey__new_subject_key';
COMMENT ON FUNCTION journey._new_subject_key(text, int) IS
  'A new data key for a subject and an epoch, wrapped; another one at each call. An error, with what to do, if there is no usable root key.';
REVOKE EXECUTE ON FUNCTION journey._new_subject_key(text, int) FROM PUBLIC;

CREATE FUNCTION journey._epochs(relation regclass) RETURNS SETOF int
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT DISTINCT x.epoch
  FROM journey.protected_relation r
  JOIN journey.policy c ON c.protected_id = r.id
  CROSS JOIN LATERAL (SELECT c.epoch WHERE c.mask = 'encrypt'
                      UNION ALL SELECT p.epoch FROM unnest(c.paths) p WHERE p.mask = 'encrypt') x
  WHERE relation IN (r.view, r.base)
$$;
COMMENT ON FUNCTION journey._epochs(regclass) IS 'The epochs for which subjects of a protected relation need data keys.';
REVOKE EXECUTE ON FUNCTION journey._epochs(regclass) FROM PUBLIC;

CREATE FUNCTION journey.make_subject_keys(relation regclass) RETURNS bigint
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  r journey.protected_relation;
  made bigint;
BEGIN
  PERFORM journey._check_superuser();
  SELECT p.* INTO r FROM journey.protected_relation p WHERE relation IN (p.view, p.base);
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not protected', relation USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  EXECUTE format('
    INSERT INTO journey.subject_key (subject, epoch, wrapped)
    SELECT s.name, e.epoch, journey._new_subject_key(s.name, e.epoch)
    FROM (SELECT DISTINCT %s COLLATE "C" AS name FROM %s b) s
    CROSS JOIN journey._epochs(%L) AS e (epoch)
    WHERE pg_catalog.octet_length(s.name) BETWEEN 1 AND 1024
      AND NOT EXISTS (SELECT FROM journey.subject_key k WHERE k.subject = s.name AND k.epoch = e.epoch)
      AND NOT EXISTS (SELECT FROM journey.subject u WHERE u.name = s.name AND u.erased)
    ON CONFLICT DO NOTHING', journey._subject_text(r.base, r.subject), r.base, relation::text);
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN made;
END
$$;
COMMENT ON FUNCTION journey.make_subject_keys(regclass) IS
  'Makes the data keys that the mask encrypt needs for all subjects of a protected relation who have none, but for erased ones; returns how many. '
  'An error, with what to do, if there is no usable root key. For superusers.';
REVOKE EXECUTE ON FUNCTION journey.make_subject_keys(regclass) FROM PUBLIC;

--| ## Decrypting
--|
--| Whoever may call `decrypt()` reads what was encrypted, whatever the subjects
--| said. It is for nobody at first.

CREATE FUNCTION journey._cell_label(relation text, column_name text) RETURNS text
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  p record;
BEGIN
  SELECT x.* INTO p FROM journey._path(column_name) x;
  RETURN format('%s.%s', coalesce(to_regclass(relation)::text, relation),
                CASE WHEN p.path IS NULL THEN quote_ident(column_name) ELSE quote_ident(p.column_name) || p.path END);
END
$$;
COMMENT ON FUNCTION journey._cell_label(text, text) IS
  'What cells of a column, or of a path of a jsonb column, are bound to: its name as in journey.policy.label.';
REVOKE EXECUTE ON FUNCTION journey._cell_label(text, text) FROM PUBLIC;

CREATE FUNCTION journey._decrypt(sealed bytea, label text, subject text) RETURNS bytea
  LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000
  AS 'MODULE_PATHNAME', 'journey__decrypt';
COMMENT ON FUNCTION journey._decrypt(bytea, text, text) IS
  'The raw value of a cell of type bytea, NULL if that was missing. One error, whatever is wrong: cannot decrypt.';
REVOKE EXECUTE ON FUNCTION journey._decrypt(bytea, text, text) FROM PUBLIC;

CREATE FUNCTION journey._decrypt(sealed text, label text, subject text) RETURNS text
  LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000
  AS 'MODULE_PATHNAME', 'journey__decrypt_text';
COMMENT ON FUNCTION journey._decrypt(text, text, text) IS
  'The raw value of a cell of type text, NULL if that was missing. One error, whatever is wrong: cannot decrypt.';
REVOKE EXECUTE ON FUNCTION journey._decrypt(text, text, text) FROM PUBLIC;

CREATE FUNCTION journey.decrypt(sealed bytea, relation text, column_name text, subject text) RETURNS bytea
  LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT journey._decrypt(sealed, journey._cell_label(relation, column_name), subject)
$$;
COMMENT ON FUNCTION journey.decrypt(bytea, text, text, text) IS
  'The raw value of an encrypted cell: of a bytea column of a relation, both by the names that they had when it was protected, for a subject. '
  'NULL if the raw value was missing. One error, whatever is wrong: cannot decrypt. For who was granted EXECUTE; nobody at first.';
REVOKE EXECUTE ON FUNCTION journey.decrypt(bytea, text, text, text) FROM PUBLIC;

CREATE FUNCTION journey.decrypt(sealed text, relation text, column_name text, subject text) RETURNS text
  LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT journey._decrypt(sealed, journey._cell_label(relation, column_name), subject)
$$;
COMMENT ON FUNCTION journey.decrypt(text, text, text, text) IS
  'The same for a text column, or a path of a jsonb column, written as in protect().';
REVOKE EXECUTE ON FUNCTION journey.decrypt(text, text, text, text) FROM PUBLIC;

--| ## Receipts
--|
--| A receipt is a JSON object with the public key and a signature over all the
--| rest. It can be checked here, or by any program that knows Ed25519: the
--| message is `journey receipt`, a line feed, and the text form that jsonb gives
--| the object without its member `signature`.

CREATE FUNCTION journey._receipt_message(receipt jsonb) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT convert_to(E'journey receipt\n' || (receipt - 'signature')::text, 'UTF8')
$$;
COMMENT ON FUNCTION journey._receipt_message(jsonb) IS 'What the signature of a receipt is about.';

CREATE FUNCTION journey._receipt(receipt jsonb) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  complete jsonb := receipt || jsonb_build_object('public_key', journey.signing_key());
BEGIN
  RETURN complete || jsonb_build_object('signature', encode(journey._sign(journey._receipt_message(complete)), 'hex'));
END
$$;
COMMENT ON FUNCTION journey._receipt(jsonb) IS
  'A receipt with the public key of this server and its signature. An error, with what to do, if there is no usable root key.';
REVOKE EXECUTE ON FUNCTION journey._receipt(jsonb) FROM PUBLIC;

CREATE FUNCTION journey.verify_receipt(receipt jsonb, public_key text DEFAULT NULL) RETURNS boolean
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  key text := public_key;
  signature bytea;
BEGIN
  IF receipt IS NULL OR jsonb_typeof(receipt) <> 'object' THEN
    RETURN CASE WHEN receipt IS NOT NULL THEN false END;
  END IF;
  IF key IS NULL THEN
    BEGIN
      key := journey.signing_key();
    EXCEPTION WHEN OTHERS THEN
      RETURN NULL;
    END;
  END IF;
  BEGIN
    signature := decode(receipt ->> 'signature', 'hex');
  EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
  END;
  RETURN coalesce(lower(receipt ->> 'public_key') = lower(key) AND journey._verify(journey._receipt_message(receipt), signature, key), false);
END
$$;
COMMENT ON FUNCTION journey.verify_receipt(jsonb, text) IS
  'Whether a receipt is what the owner of a public key signed; NULL: the key of this server, and then NULL if that has none. '
  'False for anything else, and NULL for NULL.';

--| A receipt of an erasure names the subject by a digest, since what names it
--| outright would be kept. The digest needs the root key: otherwise whoever
--| finds a receipt could try names until one fits.

CREATE FUNCTION journey.subject_digest(subject text) RETURNS text
  LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED
  AS 'MODULE_PATHNAME', 'journey_subject_digest';
COMMENT ON FUNCTION journey.subject_digest(text) IS
  'How a receipt of subject_erase() names a subject: a keyed hash, 64 hexadecimal digits; to find out whether a receipt is about somebody. '
  'An error, with what to do, if there is no usable root key. For who was granted EXECUTE; nobody at first.';
REVOKE EXECUTE ON FUNCTION journey.subject_digest(text) FROM PUBLIC;

--| ## Erasing a subject
--|
--| The keys go, the subject is marked, the ledger says so, and whoever asked for
--| it gets a receipt. Rows of the subject in your tables are yours to delete;
--| until then they are masked, for good and for every purpose.

CREATE FUNCTION journey.subject_erase(subject text, source text DEFAULT NULL, evidence jsonb DEFAULT NULL) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  place bigint;
  erased journey.ledger;
  keys bigint;
BEGIN
  -- without a key there would be no receipt: say so before anything is done
  PERFORM journey.key_check();
  IF NOT EXISTS (SELECT FROM journey.subject s WHERE s.name = subject_erase.subject COLLATE "C")
     AND NOT EXISTS (SELECT FROM journey.subject_key k WHERE k.subject = subject_erase.subject COLLATE "C")
     AND octet_length(subject_erase.subject) BETWEEN 1 AND 1024 THEN
    RAISE NOTICE 'nothing was known about the subject'
      USING HINT = 'Look whether its name is written as in the tables. It is erased now, whoever it is.';
  END IF;
  place := journey._consent_record(NULL, 'erase', subject, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, source, NULL, evidence);
  SELECT l.* INTO STRICT erased FROM journey.ledger l WHERE l.seq = place;
  DELETE FROM journey.subject_key k WHERE k.subject = subject_erase.subject COLLATE "C";
  GET DIAGNOSTICS keys = ROW_COUNT;
  RETURN journey._receipt(jsonb_build_object(
    'receipt', 'erasure',
    'subject', erased.subject,
    'subject_digest', journey.subject_digest(subject_erase.subject),
    'ledger', place,
    'erased_at', to_char(erased.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'keys_destroyed', keys,
    'scope', 'The data keys of the subject are destroyed in this database and its data is masked for every purpose. '
             'Copies of the keys may remain in backups and archived logs until these expire; rows in other tables are not deleted by this.'));
END
$$;
COMMENT ON FUNCTION journey.subject_erase(text, text, jsonb) IS
  'Destroys the data keys of a subject, marks it as erased in the ledger, for good, and returns a signed receipt. '
  'What was encrypted under the keys can never be read again. NULL or empty subject, or no usable root key: an error. '
  'An erased subject may be erased again: another receipt; one of whom nothing was known is erased as well, with a notice, for its name may be a slip. For who was granted EXECUTE; nobody at first.';
REVOKE EXECUTE ON FUNCTION journey.subject_erase(text, text, jsonb) FROM PUBLIC;

--| ## Rotating keys
--|
--| All keys of masks follow from the root key and an epoch, a number in each
--| policy. Another epoch gives other tokens, noise, made-up values and encrypted
--| cells; the keys of old epochs can still be worked out, so what was encrypted
--| before can be read.

CREATE FUNCTION journey.key_rotate(class text DEFAULT NULL) RETURNS int
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c record;
  changed int := 0;
BEGIN
  PERFORM journey._check_superuser();
  PERFORM journey.key_check();
  FOR c IN
    SELECT q.id, q.class, q.epoch, q.paths FROM journey.policy q
    WHERE q.epoch IS NOT NULL OR q.paths IS NOT NULL
    ORDER BY q.id FOR UPDATE
  LOOP
    IF c.epoch IS NOT NULL AND (key_rotate.class IS NULL OR c.class = key_rotate.class COLLATE "C") THEN
      UPDATE journey.policy q SET epoch = q.epoch + 1 WHERE q.id = c.id;
      changed := changed + 1;
    END IF;
    FOR i IN 1 .. coalesce(cardinality(c.paths), 0) LOOP
      IF c.paths[i].epoch IS NOT NULL AND (key_rotate.class IS NULL OR c.paths[i].class = key_rotate.class COLLATE "C") THEN
        c.paths[i].epoch := c.paths[i].epoch + 1;
        changed := changed + 1;
      END IF;
    END LOOP;
    UPDATE journey.policy q SET paths = c.paths WHERE q.id = c.id AND q.paths IS DISTINCT FROM c.paths;
  END LOOP;
  PERFORM journey.make_subject_keys(r.base)
  FROM journey.protected_relation r
  WHERE EXISTS (SELECT FROM journey._epochs(r.base));
  RETURN changed;
END
$$;
COMMENT ON FUNCTION journey.key_rotate(text) IS
  'Moves all masks of a class of data that use a key, or of all classes, on to their next epoch, from the next statement of any reader on, '
  'and makes the data keys that encrypted columns then need. Returns how many masks that were. '
  'An error, with what to do, if there is no usable root key. For superusers.';
REVOKE EXECUTE ON FUNCTION journey.key_rotate(text) FROM PUBLIC;
