/*
 * sign_fn.c
 *	  Signing and checking signatures, for receipts and the head of the ledger, and
 *	  naming subjects in what others will keep.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/crypto.h"
#include "glue.h"
#include "keyfile.h"

PG_FUNCTION_INFO_V1(journey__sign);
PG_FUNCTION_INFO_V1(journey__verify);
PG_FUNCTION_INFO_V1(journey_subject_digest);

/* _sign(message bytea) */
Datum
journey__sign(PG_FUNCTION_ARGS)
{
	bytea	   *message = PG_GETARG_BYTEA_PP(0);
	bytea	   *result = palloc(VARHDRSZ + JN_SIGNATURE_SIZE);

	journey_sign(VARDATA_ANY(message), VARSIZE_ANY_EXHDR(message), (uint8 *) VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + JN_SIGNATURE_SIZE);
	PG_RETURN_BYTEA_P(result);
}

/* _verify(message bytea, signature bytea, public_key text) */
Datum
journey__verify(PG_FUNCTION_ARGS)
{
	bytea	   *message = PG_GETARG_BYTEA_PP(0);
	bytea	   *signature = PG_GETARG_BYTEA_PP(1);
	text	   *digits = PG_GETARG_TEXT_PP(2);
	uint8		key[JN_PUBLIC_KEY_SIZE];
	JnError		error;

	/* a public key is written as the key of a key file is */
	if (jn_crypto_init(&error) != JN_OK ||
		jn_key_parse(VARDATA_ANY(digits), VARSIZE_ANY_EXHDR(digits), key, &error) != JN_OK)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(VARSIZE_ANY_EXHDR(signature) == JN_SIGNATURE_SIZE &&
				   jn_verify((const uint8 *) VARDATA_ANY(signature), key,
							 VARDATA_ANY(message), VARSIZE_ANY_EXHDR(message)));
}

/*
 * subject_digest(subject text): without a key, whoever has a receipt could try
 * all names.
 */
Datum
journey_subject_digest(PG_FUNCTION_ARGS)
{
	text	   *subject = PG_GETARG_TEXT_PP(0);
	JnBytes		name = {VARDATA_ANY(subject), VARSIZE_ANY_EXHDR(subject)};
	uint8		key[JN_KEY_SIZE];
	uint8		digest[JN_KEY_SIZE];
	char		digits[2 * JN_KEY_SIZE];
	JnStatus	status;
	JnError		error;

	status = jn_key_derive(key, journey_require_root_key(), JN_KEY_DIGEST, &error);
	if (status == JN_OK)
		status = jn_hash(digest, sizeof(digest), key, sizeof(key), &name, 1, &error);
	jn_wipe(key, sizeof(key));
	if (status != JN_OK)
		journey_report(&error, "digest");
	hex_encode((const char *) digest, sizeof(digest), digits);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(digits, sizeof(digits)));
}
