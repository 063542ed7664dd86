/*
 * test_cell_cipher.c
 *	  Encrypted cells, data keys, and the letters of both.
 */
#include "base64url.h"
#include "cell_cipher.h"

#include "unit.h"

static const uint8_t *
count_key(void)
{
	static uint8_t key[32];

	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) i;
	return key;
}

static JnCellPlace
place_of(const char *column, const char *subject, uint32_t epoch)
{
	return (JnCellPlace)
	{
		{
			column, strlen(column)
		},
		{
			subject, strlen(subject)
		}, epoch
	};
}

TEST(there_and_back)
{
	JnCellPlace place = place_of("public.t.c", "alice", 3);
	uint8_t		data[600];
	JnError		err;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t) (i % 3 ? 0 : 0x80);
	for (size_t size = 0; size < sizeof(data); size++)
	{
		size_t		sealed_size = jn_cell_cipher_size(size);
		uint8_t    *sealed = malloc(sealed_size);
		uint8_t    *plain = malloc(sealed_size);
		const uint8_t *got;
		size_t		got_size;
		uint32_t	epoch;
		JnTokenKind kind;

		CHECK_INT(jn_cell_encrypt(sealed, count_key(), &place, JN_TOKEN_BYTES, data, size, &err), JN_OK);
		CHECK_INT(jn_cell_epoch(sealed, sealed_size, &epoch, &err), JN_OK);
		CHECK_INT(epoch, 3);
		CHECK_INT(jn_cell_decrypt(plain, count_key(), &place, sealed, sealed_size, &kind, &got, &got_size, &err), JN_OK);
		CHECK_INT(kind, JN_TOKEN_BYTES);
		CHECK_BYTES(got, got_size, data, size);
		free(sealed);
		free(plain);
	}
}

/* Lengths are hidden but for their order of magnitude; a missing value looks like a short one. */
TEST(sizes)
{
	CHECK_INT(jn_cell_cipher_size(0), 29 + 32 + 16);
	CHECK_INT(jn_cell_cipher_size(30), 29 + 32 + 16);
	CHECK_INT(jn_cell_cipher_size(31), 29 + 64 + 16);
	CHECK_INT(jn_cell_cipher_size(62), 29 + 64 + 16);
	CHECK_INT(jn_cell_cipher_size(63), 29 + 128 + 16);
	CHECK(jn_cell_cipher_size(JN_CELL_MAX_DATA) < JN_MAX_BYTES);
}

TEST(the_same_cell_is_the_same_message)
{
	JnCellPlace place = place_of("c", "alice", 0);
	uint8_t		a[77];
	uint8_t		b[77];
	JnError		err;

	CHECK_INT(jn_cell_encrypt(a, count_key(), &place, JN_TOKEN_TEXT, "secret", 6, &err), JN_OK);
	CHECK_INT(jn_cell_encrypt(b, count_key(), &place, JN_TOKEN_TEXT, "secret", 6, &err), JN_OK);
	CHECK_BYTES(a, 77, b, 77);
	CHECK_INT(jn_cell_encrypt(b, count_key(), &place, JN_TOKEN_TEXT, "secreT", 6, &err), JN_OK);
	CHECK(memcmp(a + 5, b + 5, 24) != 0);
	CHECK_INT(jn_cell_encrypt(b, count_key(), &place, JN_TOKEN_BYTES, "secret", 6, &err), JN_OK);
	CHECK(memcmp(a + 5, b + 5, 24) != 0);
	place.subject = (JnBytes) {"bob", 3};
	CHECK_INT(jn_cell_encrypt(b, count_key(), &place, JN_TOKEN_TEXT, "secret", 6, &err), JN_OK);
	CHECK(memcmp(a + 5, b + 5, 24) != 0);
}

/* Anywhere else, with another key, or with any bit changed: one error. */
TEST(bound_to_its_place)
{
	static const struct
	{
		const char *column;
		const char *subject;
		uint32_t	epoch;
	}			others[] = {
		{"d", "alice", 1}, {"c", "bob", 1}, {"c", "alice", 2}, {"", "calice", 1}, {"calice", "", 1},
	};
	JnCellPlace place = place_of("c", "alice", 1);
	uint8_t		sealed[77];
	uint8_t		plain[77];
	uint8_t		key[32];
	const uint8_t *data;
	size_t		size;
	JnTokenKind kind;
	JnError		err;

	CHECK_INT(jn_cell_encrypt(sealed, count_key(), &place, JN_TOKEN_TEXT, "secret", 6, &err), JN_OK);
	for (int i = 0; i < 5; i++)
	{
		JnCellPlace other = place_of(others[i].column, others[i].subject, others[i].epoch);

		CHECK_INT(jn_cell_decrypt(plain, count_key(), &other, sealed, 77, &kind, &data, &size, &err), JN_UNSEAL);
	}
	for (int bit = 0; bit < 77 * 8; bit++)
	{
		sealed[bit / 8] ^= (uint8_t) (1 << bit % 8);
		CHECK_INT(jn_cell_decrypt(plain, count_key(), &place, sealed, 77, &kind, &data, &size, &err), JN_UNSEAL);
		CHECK_INT(err.at + (size_t) err.found + (size_t) err.limit, 0);
		sealed[bit / 8] ^= (uint8_t) (1 << bit % 8);
	}
	for (size_t n = 0; n < 77; n++)
		CHECK_INT(jn_cell_decrypt(plain, count_key(), &place, sealed, n, &kind, &data, &size, &err), JN_UNSEAL);
	memcpy(key, count_key(), 32);
	key[31] ^= 1;
	CHECK_INT(jn_cell_decrypt(plain, key, &place, sealed, 77, &kind, &data, &size, &err), JN_UNSEAL);
	CHECK_INT(jn_cell_decrypt(plain, count_key(), &place, sealed, 77, &kind, &data, &size, &err), JN_OK);
}

TEST(data_keys)
{
	JnBytes		alice = {"alice", 5};
	JnBytes		bob = {"bob", 3};
	uint8_t		one[JN_WRAPPED_SIZE];
	uint8_t		two[JN_WRAPPED_SIZE];
	uint8_t		root[32];
	uint8_t		key[32];
	uint8_t		again[32];
	JnError		err;

	CHECK_INT(JN_WRAPPED_SIZE, 72);
	CHECK_INT(jn_data_key_new(one, count_key(), alice, 0, &err), JN_OK);
	CHECK_INT(jn_data_key_new(two, count_key(), alice, 0, &err), JN_OK);
	CHECK(memcmp(one, two, sizeof(one)) != 0);

	CHECK_INT(jn_data_key_open(key, count_key(), alice, 0, one, &err), JN_OK);
	CHECK_INT(jn_data_key_open(again, count_key(), alice, 0, one, &err), JN_OK);
	CHECK_BYTES(key, 32, again, 32);
	CHECK_INT(jn_data_key_open(again, count_key(), alice, 0, two, &err), JN_OK);
	CHECK(memcmp(key, again, 32) != 0);

	CHECK_INT(jn_data_key_open(key, count_key(), bob, 0, one, &err), JN_UNSEAL);
	CHECK_INT(jn_data_key_open(key, count_key(), alice, 1, one, &err), JN_UNSEAL);
	for (int i = 0; i < 32; i++)
		CHECK_INT(key[i], 0);
	memcpy(root, count_key(), 32);
	root[0] ^= 1;
	CHECK_INT(jn_data_key_open(key, root, alice, 0, one, &err), JN_UNSEAL);
	one[71] ^= 1;
	CHECK_INT(jn_data_key_open(key, count_key(), alice, 0, one, &err), JN_UNSEAL);
}

/* RFC 4648, section 10, without padding, and the two letters that differ */
TEST(base64url)
{
	static const struct
	{
		const char *bytes;
		const char *letters;
	}			vectors[] = {
		{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "-_-_"},
	};
	static const char *const bad[] = {"Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm9vY", "Z g", "+/+/", "Zm9v\n", "\xc3\xa9"};
	uint8_t		bytes[16];
	size_t		size;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
	{
		char		letters[16];
		size_t		n = strlen(vectors[i].bytes);

		jn_base64url_write((const uint8_t *) vectors[i].bytes, n, letters);
		CHECK_TEXT(letters, jn_base64url_size(n), vectors[i].letters);
		CHECK(jn_base64url_read(vectors[i].letters, strlen(vectors[i].letters), bytes, &size));
		CHECK_BYTES(bytes, size, vectors[i].bytes, n);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!jn_base64url_read(bad[i], strlen(bad[i]), bytes, &size));
}
