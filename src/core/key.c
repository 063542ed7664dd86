/*
 * key.c
 *	  Keys of subjects of any kind: their order, their hash, their bytes.
 */
#include "key.h"

int
jn_key_order(const JnKey *a, const JnKey *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return jn_key_compare(a, b);
}

uint64_t
jn_key_hash(const JnKey *key, uint64_t salt)
{
	uint64_t	h = key->kind == JN_KEY_BIGINT ? (uint64_t) key->number : jn_hash64(key->data, key->size);

	return jn_mix64(h ^ salt);
}

JnKey
jn_key_keep(const JnEnv *env, const JnKey *key)
{
	JnKey		kept = *key;

	if (key->kind != JN_KEY_BIGINT)
	{
		char	   *data = jn_alloc(env, key->size + 1);

		if (key->size > 0)
			memcpy(data, key->data, key->size);
		kept.data = data;
	}
	return kept;
}

size_t
jn_key_size(const JnKey *key)
{
	switch (key->kind)
	{
		case JN_KEY_BIGINT:
			return 1 + 8;
		case JN_KEY_TEXT:
			return 1 + jn_varint_size(key->size) + key->size;
		default:
			return 1 + JN_UUID_SIZE;
	}
}

uint8_t *
jn_key_put(const JnKey *key, uint8_t *out)
{
	*out++ = (uint8_t) key->kind;
	if (key->kind == JN_KEY_BIGINT)
	{
		jn_store64(out, (uint64_t) key->number);
		return out + 8;
	}
	if (key->kind == JN_KEY_TEXT)
		out = jn_varint_put(out, key->size);
	if (key->size > 0)
		memcpy(out, key->data, key->size);
	return out + key->size;
}

JnStatus
jn_key_get(const uint8_t *p, size_t size, size_t *at, JnKey *key, JnError *err)
{
	size_t		begin = *at;
	const uint8_t *next = p + begin + 1;
	uint32_t	bytes = 8;

	if (begin == size)
		return jn_too_short(size, (uint64_t) size + 1, err);
	if (p[begin] >= JN_KEY_KINDS)
		return jn_corrupt_at(begin, err);
	*key = (JnKey) {(JnKeyKind) p[begin], 0, 0, NULL};
	if (key->kind == JN_KEY_UUID)
		bytes = JN_UUID_SIZE;
	else if (key->kind == JN_KEY_TEXT)
	{
		next = jn_varint_get(next, p + size, &bytes);
		if (next == NULL)
			return jn_corrupt_at(begin + 1, err);
	}
	*at = (size_t) (next - p);
	if (size - *at < bytes)
		return jn_too_short(size, (uint64_t) *at + bytes, err);
	if (key->kind == JN_KEY_BIGINT)
		key->number = (int64_t) jn_load64(next);
	else
	{
		key->size = bytes;
		key->data = (const char *) next;
		if (jn_key_check(key, err) != JN_OK)
			return jn_fail_behind(err, *at);
	}
	*at += bytes;
	return JN_OK;
}
