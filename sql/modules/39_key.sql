--| # The key
--|
--| Tokens, noise, encryption and signatures need a root key: 64 hexadecimal digits in a file that belongs to the
--| server's user and that nobody else can read, named by `journey.key_file`.
--|
--|     openssl rand -hex 32 > journey.key && chmod 600 journey.key
--|     ALTER SYSTEM SET journey.key_file = 'journey.key';

CREATE FUNCTION journey.key_check() RETURNS text
  LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED
  AS 'MODULE_PATHNAME', 'journey_key_check';
COMMENT ON FUNCTION journey.key_check() IS
  'The fingerprint of the root key, which tells keys apart and says nothing else about them. '
  'An error, with what to do, if there is no usable key. For superusers.';
REVOKE EXECUTE ON FUNCTION journey.key_check() FROM PUBLIC;

--| ## Signatures
--|
--| Receipts and the head of the ledger are signed (Ed25519) with a key that
--| follows from the root key. Whoever holds the public key can check them, here
--| or with any other program.

CREATE FUNCTION journey.signing_key() RETURNS text
  LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED
  AS 'MODULE_PATHNAME', 'journey_signing_key';
COMMENT ON FUNCTION journey.signing_key() IS
  'The public key that checks this server''s signatures, 64 hexadecimal digits; keep a copy elsewhere. '
  'An error, with what to do, if there is no usable root key. For superusers.';
REVOKE EXECUTE ON FUNCTION journey.signing_key() FROM PUBLIC;

CREATE FUNCTION journey._sign(message bytea) RETURNS bytea
  LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED
  AS 'MODULE_PATHNAME', 'journey__sign';
COMMENT ON FUNCTION journey._sign(bytea) IS
  'The signature of a message, 64 bytes, always the same for the same message. '
  'An error, with what to do, if there is no usable root key. For functions of the extension.';
REVOKE EXECUTE ON FUNCTION journey._sign(bytea) FROM PUBLIC;

CREATE FUNCTION journey._verify(message bytea, signature bytea, public_key text) RETURNS boolean
  LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000
  AS 'MODULE_PATHNAME', 'journey__verify';
COMMENT ON FUNCTION journey._verify(bytea, bytea, text) IS
  'Whether the owner of the public key, 64 hexadecimal digits, signed the message; false for anything that is no key or no signature. '
  'Needs no root key. Some 100 microseconds.';
