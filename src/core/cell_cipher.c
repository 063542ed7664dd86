/*
 * cell_cipher.c
 *	  Encrypted cells and the data keys of subjects, see cell_cipher.h.
 */
#include "cell_cipher.h"

#include <string.h>

#include "bytes.h"

#define VERSION			1
#define LEAST_PADDED	32

/* The two keys of messages, and what they are bound to. */
typedef struct CellKeys
{
	uint8_t		seal[JN_KEY_SIZE];
	uint8_t		nonce[JN_KEY_SIZE];
	uint8_t		bound[JN_KEY_SIZE];
} CellKeys;

static size_t
padded_size(size_t size)
{
	size_t		padded = LEAST_PADDED;

	while (padded < size + 2)
		padded *= 2;
	return padded;
}

size_t
jn_cell_cipher_size(size_t size)
{
	return JN_CELL_HEAD + padded_size(size) + JN_SEAL_EXTRA;
}

static JnStatus
get_keys(CellKeys *keys, const uint8_t data_key[JN_KEY_SIZE], const JnCellPlace *place, JnError *err)
{
	static const uint8_t nobody[JN_KEY_SIZE] = {0};
	uint8_t		head[5] = {VERSION};
	JnBytes		fields[3] = {{head, sizeof(head)}, place->column, place->subject};
	JnStatus	status;

	jn_store32(head + 1, place->epoch);
	/* what is bound is no secret: its hash needs no key, only its lengths in between */
	status = jn_key_label(keys->bound, nobody, fields, 3, err);
	if (status == JN_OK)
		status = jn_key_derive(keys->seal, data_key, JN_KEY_CELL_SEAL, err);
	if (status == JN_OK)
		status = jn_key_derive(keys->nonce, data_key, JN_KEY_CELL_NONCE, err);
	return status;
}

JnStatus
jn_cell_encrypt(uint8_t *out, const uint8_t data_key[JN_KEY_SIZE], const JnCellPlace *place,
				JnTokenKind kind, const void *data, size_t size, JnError *err)
{
	size_t		padded = padded_size(size);
	uint8_t    *nonce = out + 5;
	uint8_t    *plain = out + JN_CELL_HEAD;
	uint8_t		hash[JN_KEY_SIZE];
	CellKeys	keys;
	JnBytes		parts[2] = {{keys.bound, sizeof(keys.bound)}, {plain, padded}};
	JnStatus	status;

	out[0] = VERSION;
	jn_store32(out + 1, place->epoch);
	plain[0] = (uint8_t) kind;
	if (size > 0)
		memcpy(plain + 1, data, size);
	plain[size + 1] = 0x80;
	memset(plain + size + 2, 0, padded - size - 2);

	status = get_keys(&keys, data_key, place, err);
	if (status == JN_OK)
		status = jn_hash(hash, sizeof(hash), keys.nonce, sizeof(keys.nonce), parts, 2, err);
	if (status == JN_OK)
	{
		memcpy(nonce, hash, JN_NONCE_SIZE);
		status = jn_seal(plain, keys.seal, nonce, keys.bound, sizeof(keys.bound), plain, padded, err);
	}
	jn_wipe(&keys, sizeof(keys));
	if (status != JN_OK)
		jn_wipe(out, jn_cell_cipher_size(size));
	return status;
}

JnStatus
jn_cell_epoch(const uint8_t *message, size_t size, uint32_t *epoch, JnError *err)
{
	if (size < JN_CELL_HEAD + LEAST_PADDED + JN_SEAL_EXTRA || message[0] != VERSION)
		return jn_fail(err, JN_UNSEAL, 0, 0, 0);
	*epoch = jn_load32(message + 1);
	return JN_OK;
}

JnStatus
jn_cell_decrypt(uint8_t *out, const uint8_t data_key[JN_KEY_SIZE], const JnCellPlace *place,
				const uint8_t *message, size_t size, JnTokenKind *kind,
				const uint8_t **data, size_t *data_size, JnError *err)
{
	CellKeys	keys;
	uint32_t	epoch;
	size_t		end;
	JnStatus	status = jn_cell_epoch(message, size, &epoch, err);

	if (status != JN_OK)
		return status;
	if (epoch != place->epoch)
		return jn_fail(err, JN_UNSEAL, 0, 0, 0);
	status = get_keys(&keys, data_key, place, err);
	if (status == JN_OK)
		status = jn_unseal(out, keys.seal, message + 5, keys.bound, sizeof(keys.bound),
						   message + JN_CELL_HEAD, size - JN_CELL_HEAD, err);
	jn_wipe(&keys, sizeof(keys));
	if (status != JN_OK)
		return status;

	/* authentic, so we wrote it; but never trust a length */
	end = size - JN_CELL_HEAD - JN_SEAL_EXTRA;
	while (end > 1 && out[end - 1] == 0)
		end--;
	if (end < 2 || out[end - 1] != 0x80)
		return jn_fail(err, JN_UNSEAL, 0, 0, 0);
	*kind = (JnTokenKind) out[0];
	*data = out + 1;
	*data_size = end - 2;
	return JN_OK;
}

/* What a wrapped key is bound to: the subject and the epoch. */
static JnStatus
wrap_binding(uint8_t bound[JN_KEY_SIZE], uint8_t wrap_key[JN_KEY_SIZE], const uint8_t root[JN_KEY_SIZE],
			 JnBytes subject, uint32_t epoch, JnError *err)
{
	uint8_t		epoch_bytes[4];
	JnBytes		fields[2] = {{epoch_bytes, sizeof(epoch_bytes)}, subject};
	JnStatus	status = jn_key_derive(wrap_key, root, JN_KEY_WRAP, err);

	jn_store32(epoch_bytes, epoch);
	if (status == JN_OK)
		status = jn_key_label(bound, wrap_key, fields, 2, err);
	return status;
}

JnStatus
jn_data_key_new(uint8_t wrapped[JN_WRAPPED_SIZE], const uint8_t root[JN_KEY_SIZE],
				JnBytes subject, uint32_t epoch, JnError *err)
{
	uint8_t		bound[JN_KEY_SIZE];
	uint8_t		wrap_key[JN_KEY_SIZE];
	uint8_t		key[JN_KEY_SIZE];
	JnStatus	status = wrap_binding(bound, wrap_key, root, subject, epoch, err);

	if (status == JN_OK)
	{
		jn_random(key, sizeof(key));
		jn_random(wrapped, JN_NONCE_SIZE);
		status = jn_seal(wrapped + JN_NONCE_SIZE, wrap_key, wrapped, bound, sizeof(bound), key, sizeof(key), err);
	}
	jn_wipe(wrap_key, sizeof(wrap_key));
	jn_wipe(key, sizeof(key));
	return status;
}

JnStatus
jn_data_key_open(uint8_t out[JN_KEY_SIZE], const uint8_t root[JN_KEY_SIZE], JnBytes subject, uint32_t epoch,
				 const uint8_t wrapped[JN_WRAPPED_SIZE], JnError *err)
{
	uint8_t		bound[JN_KEY_SIZE];
	uint8_t		wrap_key[JN_KEY_SIZE];
	JnStatus	status = wrap_binding(bound, wrap_key, root, subject, epoch, err);

	if (status == JN_OK)
		status = jn_unseal(out, wrap_key, wrapped, bound, sizeof(bound), wrapped + JN_NONCE_SIZE,
						   JN_KEY_SIZE + JN_SEAL_EXTRA, err);
	jn_wipe(wrap_key, sizeof(wrap_key));
	return status;
}
