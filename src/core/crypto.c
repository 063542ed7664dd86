/*
 * crypto.c
 *	  libsodium, behind the words of crypto.h.
 *
 * Every call of the library is checked, though none of those below can fail
 * with the sizes we give: a key or a digest must never be what happened to be
 * in memory.
 */
#include "crypto.h"

#include <string.h>

#include <sodium.h>

#include "bytes.h"

/* The eight bytes that keep our subkeys apart from those of other programs. */
static const char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "journey\0";

struct JnGuarded
{
	uint8_t		key[JN_KEY_SIZE];
};

JnStatus
jn_crypto_init(JnError *err)
{
	/* 0 the first time, 1 later */
	if (sodium_init() < 0)
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	return JN_OK;
}

JnStatus
jn_hash(uint8_t *out, size_t size, const uint8_t *key, size_t key_size,
		const JnBytes *parts, int nparts, JnError *err)
{
	crypto_generichash_state state;
	bool		ok;

	if (size < JN_HASH_MIN || size > JN_HASH_MAX || key_size > JN_HASH_KEY_MAX)
		return jn_fail(err, JN_CRYPTO, 0, (int64_t) size, JN_HASH_MAX);

	ok = crypto_generichash_init(&state, key, key_size, size) == 0;
	for (int i = 0; ok && i < nparts; i++)
		ok = parts[i].size == 0 ||
			crypto_generichash_update(&state, parts[i].data, parts[i].size) == 0;
	ok = ok && crypto_generichash_final(&state, out, size) == 0;
	/* the state holds the key until the first block is through */
	sodium_memzero(&state, sizeof(state));
	if (!ok)
	{
		sodium_memzero(out, size);
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	}
	return JN_OK;
}

JnStatus
jn_key_derive(uint8_t out[JN_KEY_SIZE], const uint8_t root[JN_KEY_SIZE],
			  JnKeyUse use, JnError *err)
{
	if (crypto_kdf_derive_from_key(out, JN_KEY_SIZE, (uint64_t) use,
								   kdf_context, root) != 0)
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	return JN_OK;
}

JnStatus
jn_key_label(uint8_t out[JN_KEY_SIZE], const uint8_t key[JN_KEY_SIZE],
			 const JnBytes *fields, int nfields, JnError *err)
{
	crypto_generichash_state state;
	bool		ok;

	ok = crypto_generichash_init(&state, key, JN_KEY_SIZE, JN_KEY_SIZE) == 0;
	for (int i = 0; ok && i < nfields; i++)
	{
		uint8_t		size[4];

		if (fields[i].size > UINT32_MAX)
		{
			sodium_memzero(&state, sizeof(state));
			return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) fields[i].size, UINT32_MAX);
		}
		jn_store32(size, (uint32_t) fields[i].size);
		ok = crypto_generichash_update(&state, size, sizeof(size)) == 0 &&
			(fields[i].size == 0 ||
			 crypto_generichash_update(&state, fields[i].data, fields[i].size) == 0);
	}
	ok = ok && crypto_generichash_final(&state, out, JN_KEY_SIZE) == 0;
	sodium_memzero(&state, sizeof(state));
	if (!ok)
	{
		sodium_memzero(out, JN_KEY_SIZE);
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	}
	return JN_OK;
}

JnStatus
jn_seal(uint8_t *out, const uint8_t key[JN_KEY_SIZE], const uint8_t nonce[JN_NONCE_SIZE],
		const void *bound, size_t bound_size,
		const void *message, size_t size, JnError *err)
{
	if (crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, message, size, bound, bound_size,
												   NULL, nonce, key) != 0)
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	return JN_OK;
}

JnStatus
jn_unseal(uint8_t *out, const uint8_t key[JN_KEY_SIZE], const uint8_t nonce[JN_NONCE_SIZE],
		  const void *bound, size_t bound_size,
		  const uint8_t *sealed, size_t size, JnError *err)
{
	if (size < JN_SEAL_EXTRA)
		return jn_fail(err, JN_UNSEAL, 0, 0, 0);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, size, bound, bound_size,
												   nonce, key) != 0)
	{
		sodium_memzero(out, size - JN_SEAL_EXTRA);
		return jn_fail(err, JN_UNSEAL, 0, 0, 0);
	}
	return JN_OK;
}

JnStatus
jn_sign_public_key(uint8_t out[JN_PUBLIC_KEY_SIZE], const uint8_t seed[JN_KEY_SIZE], JnError *err)
{
	uint8_t		secret[crypto_sign_SECRETKEYBYTES];
	bool		ok = crypto_sign_seed_keypair(out, secret, seed) == 0;

	sodium_memzero(secret, sizeof(secret));
	return ok ? JN_OK : jn_fail(err, JN_CRYPTO, 0, 0, 0);
}

JnStatus
jn_sign(uint8_t out[JN_SIGNATURE_SIZE], const uint8_t seed[JN_KEY_SIZE],
		const void *message, size_t size, JnError *err)
{
	uint8_t		public_key[JN_PUBLIC_KEY_SIZE];
	uint8_t		secret[crypto_sign_SECRETKEYBYTES];
	bool		ok = crypto_sign_seed_keypair(public_key, secret, seed) == 0 &&
	crypto_sign_detached(out, NULL, message, size, secret) == 0;

	sodium_memzero(secret, sizeof(secret));
	return ok ? JN_OK : jn_fail(err, JN_CRYPTO, 0, 0, 0);
}

bool
jn_verify(const uint8_t signature[JN_SIGNATURE_SIZE], const uint8_t public_key[JN_PUBLIC_KEY_SIZE],
		  const void *message, size_t size)
{
	return crypto_sign_verify_detached(signature, message, size, public_key) == 0;
}

void
jn_random(void *out, size_t size)
{
	randombytes_buf(out, size);
}

static bool
is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

JnStatus
jn_key_parse(const char *text, size_t size, uint8_t out[JN_KEY_SIZE],
			 JnError *err)
{
	size_t		written = 0;
	size_t		at = 0;

	if ((size == JN_KEY_DIGITS ||
		 (size == JN_KEY_DIGITS + 1 && text[JN_KEY_DIGITS] == '\n')) &&
		sodium_hex2bin(out, JN_KEY_SIZE, text, JN_KEY_DIGITS, NULL, &written, NULL) == 0 &&
		written == JN_KEY_SIZE)
		return JN_OK;

	sodium_memzero(out, JN_KEY_SIZE);
	while (at < size && at < JN_KEY_DIGITS && is_hex_digit(text[at]))
		at++;
	if (at == JN_KEY_DIGITS && text[at] == '\n')
		at++;
	return jn_fail(err, JN_KEY_FORMAT, at, (int64_t) size, JN_KEY_DIGITS);
}

JnStatus
jn_guarded_new(JnGuarded **out, const uint8_t key[JN_KEY_SIZE], JnError *err)
{
	JnGuarded  *guarded = sodium_malloc(sizeof(JnGuarded));

	if (guarded == NULL)
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	memcpy(guarded->key, key, JN_KEY_SIZE);
	if (sodium_mprotect_readonly(guarded) != 0)
	{
		sodium_free(guarded);
		return jn_fail(err, JN_CRYPTO, 0, 0, 0);
	}
	*out = guarded;
	return JN_OK;
}

const uint8_t *
jn_guarded_key(const JnGuarded *guarded)
{
	return guarded->key;
}

void
jn_guarded_free(JnGuarded *guarded)
{
	/* makes the pages writable again, wipes them, checks the canary */
	sodium_free(guarded);
}

void
jn_wipe(void *data, size_t size)
{
	sodium_memzero(data, size);
}
