--| # Consent: the ledger can be checked
--|
--| Triggers keep everybody but superusers from changing what was recorded. What
--| a superuser does cannot be prevented, but it can be seen: each entry of the
--| ledger has a place in a chain of hashes, each of which depends on all entries
--| before it. Whoever changes, removes, adds or moves an entry has to make the
--| rest of the chain anew, and whoever has kept a head of it elsewhere will see
--| that.
--|
--| Places are given when transactions commit, in that order and without gaps:
--| what was rolled back leaves none. (The positions of `seq` have gaps, as those
--| of every sequence do.) Consent that is being recorded waits for others at the
--| commit only; a prepared transaction keeps the others waiting until it is
--| finished.
--|
--| `pg_dump` saves the chain with the ledger, and it can be checked against the
--| same heads after a restore, also on another machine and version.

CREATE TABLE journey.chain (
  place   bigint   PRIMARY KEY,
  seq     bigint   NOT NULL UNIQUE,
  version smallint NOT NULL,
  hash    bytea    NOT NULL
);
ALTER TABLE journey.chain ALTER hash SET STORAGE PLAIN;
COMMENT ON TABLE journey.chain IS
'The entries of journey.ledger in the order in which they were committed.';
COMMENT ON COLUMN journey.chain.place IS 'From 1, without gaps.';
COMMENT ON COLUMN journey.chain.seq IS 'Position of the entry in the ledger.';
COMMENT ON COLUMN journey.chain.version IS 'How entries are written for the hash.';
COMMENT ON COLUMN journey.chain.hash IS 'BLAKE2b over the place, the hash before, and the entry with the names of its subject and purpose.';

SELECT pg_catalog.pg_extension_config_dump('journey.chain', '');

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journey.chain
  FOR EACH STATEMENT EXECUTE FUNCTION journey._ledger_refuse();
ALTER TABLE journey.chain ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION journey._ledger_chain() RETURNS trigger
  AS 'MODULE_PATHNAME', 'journey__ledger_chain'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._ledger_chain() IS
'Trigger of journey.ledger: gives a new entry its place in journey.chain when the transaction commits. Writers wait for each other from then to the end of the commit.';
REVOKE EXECUTE ON FUNCTION journey._ledger_chain() FROM PUBLIC;

--| Copied rows come with their place in the chain.
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON journey.ledger
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT NEW.copied)
  EXECUTE FUNCTION journey._ledger_chain();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER chain;

--| ## Heads
--|
--|     SELECT * FROM journey.ledger_head();
--|
--| Keep what it gives where those who run the database cannot change it: with a
--| notary, in a public place, on paper. The signature proves that it is a head
--| of this ledger, not only that it is some number.

CREATE TYPE journey.signed_head AS (
  place     bigint,
  hash      bytea,
  at        timestamptz,
  signature bytea
);
COMMENT ON TYPE journey.signed_head IS
'How far the ledger''s chain went at a time, signed.';
COMMENT ON COLUMN journey.signed_head.place IS 'The last place of the chain.';
COMMENT ON COLUMN journey.signed_head.hash IS 'The hash there.';
COMMENT ON COLUMN journey.signed_head.at IS 'When it was signed.';
COMMENT ON COLUMN journey.signed_head.signature IS 'Ed25519, over the text "journey ledger head 1", the place, the hash and the time in microseconds since 2000, numbers as 64 bits with the highest byte first.';

--| Without a key there are heads without a signature.
CREATE FUNCTION journey._sign_if_key(message bytea) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN journey._sign(message);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'there is no signature, because there is no usable key'
    USING HINT = 'A superuser learns more from journey.key_check().';
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._sign_if_key(bytea) IS
'The signature of a message, or NULL and a notice if there is no usable root key.';
REVOKE EXECUTE ON FUNCTION journey._sign_if_key(bytea) FROM PUBLIC;

--| What is signed: the type says so.
CREATE FUNCTION journey._head_message(place bigint, hash bytea, at timestamptz) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT convert_to('journey ledger head 1', 'UTF8') || int8send(place) || hash || timestamptz_send(at)
$$;
COMMENT ON FUNCTION journey._head_message(bigint, bytea, timestamptz) IS
'The bytes that the signature of a head is made over.';
REVOKE EXECUTE ON FUNCTION journey._head_message(bigint, bytea, timestamptz) FROM PUBLIC;

CREATE FUNCTION journey.ledger_head() RETURNS journey.signed_head
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  head journey.signed_head;
BEGIN
  SELECT c.place, c.hash INTO head.place, head.hash FROM journey.chain c ORDER BY c.place DESC LIMIT 1;
  IF NOT FOUND THEN
    head.place := 0;
    head.hash := decode(repeat('00', 32), 'hex');
  END IF;
  head.at := clock_timestamp();
  head.signature := journey._sign_if_key(journey._head_message(head.place, head.hash, head.at));
  RETURN head;
END
$$;
COMMENT ON FUNCTION journey.ledger_head() IS
'How far the chain of the consent ledger goes and its hash there, with the time and a signature (NULL and a notice without a key). Give it to ledger_verify() later. An empty ledger has the place 0.';
REVOKE EXECUTE ON FUNCTION journey.ledger_head() FROM PUBLIC;

CREATE FUNCTION journey._ledger_verify(head_place bigint, head_hash bytea, OUT place bigint, OUT seq bigint, OUT problem text)
  RETURNS SETOF record
  AS 'MODULE_PATHNAME', 'journey__ledger_verify'
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 1;
COMMENT ON FUNCTION journey._ledger_verify(bigint, bytea) IS
'What ledger_verify does, without looking at a signature.';
REVOKE EXECUTE ON FUNCTION journey._ledger_verify(bigint, bytea) FROM PUBLIC;

CREATE FUNCTION journey.ledger_verify(head journey.signed_head DEFAULT NULL, public_key text DEFAULT NULL)
RETURNS TABLE (place bigint, seq bigint, problem text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 ROWS 1 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF head IS DISTINCT FROM NULL AND (head.place IS NULL OR head.hash IS NULL) THEN
    RAISE EXCEPTION 'this is no head of a ledger'
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A head has a place and a hash.';
  ELSIF public_key IS NOT NULL
        AND journey._verify(journey._head_message(head.place, head.hash, head.at), head.signature, public_key) IS NOT TRUE THEN
    RETURN QUERY SELECT head.place, NULL::bigint, 'head not signed with this key';
    RETURN;
  END IF;
  RETURN QUERY SELECT v.place, v.seq, v.problem FROM journey._ledger_verify(head.place, head.hash) v;
END
$$;
COMMENT ON FUNCTION journey.ledger_verify(journey.signed_head, text) IS
'Checks the consent ledger against its chain of hashes. No row: all is well. One row: the first entry where something is wrong, by its place in the chain (NULL: in none) and its position in the ledger (NULL: unknown), and what: changed, missing, inserted, reordered, hash changed. With a head that ledger_head() gave earlier also whether the chain went through it: not the anchored head, or missing if it does not reach as far; with a public key also the signature of the head. Reads the whole ledger, some seconds a million entries; can be cancelled.';
REVOKE EXECUTE ON FUNCTION journey.ledger_verify(journey.signed_head, text) FROM PUBLIC;
