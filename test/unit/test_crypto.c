/*
 * test_crypto.c
 *	  libsodium through our words, against published vectors.
 *
 * The first BLAKE2b vector is from RFC 7693, the keyed ones from the reference
 * implementation's known answers; the others were computed with libsodium
 * 1.0.18 when they were chosen, and must never change: tokens in people's
 * databases depend on them.
 */
#include "crypto.h"
#include "mask.h"

#include "unit.h"

/* Bytes from hexadecimal digits; returns how many. */
static size_t
unhex(const char *digits, uint8_t *out)
{
	size_t		n = strlen(digits) / 2;

	for (size_t i = 0; i < n; i++)
	{
		unsigned	byte;

		sscanf(digits + 2 * i, "%2x", &byte);
		out[i] = (uint8_t) byte;
	}
	return n;
}

/* The key 00 01 02 ... */
static const uint8_t *
count_key(void)
{
	static uint8_t key[64];

	for (int i = 0; i < 64; i++)
		key[i] = (uint8_t) i;
	return key;
}

static void
check_hash(size_t key_size, const void *data, size_t size, const char *expected)
{
	uint8_t		want[64];
	uint8_t		got[64];
	size_t		n = unhex(expected, want);
	JnBytes		part = {data, size};
	JnError		err;

	CHECK_INT(jn_hash(got, n, key_size ? count_key() : NULL, key_size, &part, 1, &err), JN_OK);
	CHECK_BYTES(got, n, want, n);
}

TEST(blake2b_plain)
{
	JnError		err;

	CHECK_INT(jn_crypto_init(&err), JN_OK);
	CHECK_INT(jn_crypto_init(&err), JN_OK);
	check_hash(0, "abc", 3,
			   "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
			   "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	check_hash(0, NULL, 0,
			   "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST(blake2b_keyed)
{
	check_hash(64, NULL, 0,
			   "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
			   "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568");
	check_hash(64, "\0", 1,
			   "961f6dd1e4dd30f63901690c512e78e4b45e4742ed197c3c5e45c549fd25f2e4"
			   "187b0bc9fe30492b16b0d0bc4ef9b0f34c7003fac09a5ef1532e69430234cebd");
	check_hash(32, NULL, 0,
			   "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d");
	check_hash(32, "alice@example.com", 17,
			   "db991e0af62a5b7d9e0e5a5f11998b39f2ca17cbfb97aa709fd8829304b66f44");
	check_hash(32, "alice@example.com", 17, "5e6c9ded4b512df3e49598a25df84679");
}

TEST(parts_are_one_message)
{
	JnBytes		parts[4] = {{"al", 2}, {NULL, 0}, {"ice@example.co", 14}, {"m", 1}};
	JnBytes		whole = {"alice@example.com", 17};
	uint8_t		a[32];
	uint8_t		b[32];
	JnError		err;

	CHECK_INT(jn_hash(a, 32, count_key(), 32, parts, 4, &err), JN_OK);
	CHECK_INT(jn_hash(b, 32, count_key(), 32, &whole, 1, &err), JN_OK);
	CHECK_BYTES(a, 32, b, 32);
}

TEST(hash_sizes_out_of_range)
{
	uint8_t		out[65];
	JnError		err;

	CHECK_INT(jn_hash(out, 15, NULL, 0, NULL, 0, &err), JN_CRYPTO);
	CHECK_INT(jn_hash(out, 65, NULL, 0, NULL, 0, &err), JN_CRYPTO);
	CHECK_INT(jn_hash(out, 32, count_key(), 65, NULL, 0, &err), JN_CRYPTO);
	CHECK_INT(err.status, JN_CRYPTO);
}

TEST(keys_for_uses)
{
	static const struct
	{
		int			use;
		const char *key;
	}			vectors[] = {
		{0, "1bfccafff5aec180be4b8b4ccd0379b3372e1aa4f063d2461f179312daf22c6a"},
		{JN_KEY_FINGERPRINT, "7ec95f65198b742573b6bc4fea447a40e9c7a3943a3b285f85bacf80ccd5b69a"},
		{JN_KEY_TOKEN, "9d919a1a89ba942a30a1a6395e6b2874d0fe110c77609a532d019a013708ab5b"},
	};

	for (int i = 0; i < 3; i++)
	{
		uint8_t		want[32];
		uint8_t		got[32];
		JnError		err;

		unhex(vectors[i].key, want);
		CHECK_INT(jn_key_derive(got, count_key(), (JnKeyUse) vectors[i].use, &err), JN_OK);
		CHECK_BYTES(got, 32, want, 32);
	}
}

/* Lists of fields that would be the same without their lengths. */
TEST(labels_are_not_ambiguous)
{
	static const JnBytes lists[][3] = {
		{{"ab", 2}, {"c", 1}, {"", 0}},
		{{"a", 1}, {"bc", 2}, {"", 0}},
		{{"", 0}, {"abc", 3}, {"", 0}},
		{{"abc", 3}, {"", 0}, {"", 0}},
		{{"", 0}, {"", 0}, {"abc", 3}},
	};
	enum
	{
		N = sizeof(lists) / sizeof(lists[0])
	};
	uint8_t		keys[N + 1][32];
	JnError		err;

	for (int i = 0; i < N; i++)
		CHECK_INT(jn_key_label(keys[i], count_key(), lists[i], 3, &err), JN_OK);
	CHECK_INT(jn_key_label(keys[N], count_key(), lists[0], 2, &err), JN_OK);
	for (int i = 0; i <= N; i++)
		for (int k = 0; k < i; k++)
			CHECK(memcmp(keys[i], keys[k], 32) != 0);
}

/* The label's bytes are what the header says: lengths of 32 bits, little-endian. */
TEST(labels_are_keyed_hashes)
{
	JnBytes		fields[2] = {{"analytics", 9}, {"email", 5}};
	JnBytes		message = {"\t\0\0\0analytics\5\0\0\0email", 22};
	uint8_t		got[32];
	uint8_t		want[32];
	JnError		err;

	CHECK_INT(jn_key_label(got, count_key(), fields, 2, &err), JN_OK);
	CHECK_INT(jn_hash(want, 32, count_key(), 32, &message, 1, &err), JN_OK);
	CHECK_BYTES(got, 32, want, 32);
}

static void
check_key_text(const char *text, JnStatus status, size_t at)
{
	uint8_t		key[32];
	JnError		err = {0};
	size_t		size = strlen(text);
	char	   *copy = malloc(size + 1);	/* so that ASan sees its end */

	memcpy(copy, text, size);
	CHECK_INT(jn_key_parse(copy, size, key, &err), status);
	CHECK_INT(err.at, at);
	if (status == JN_OK)
	{
		CHECK_INT(key[0], 0x00);
		CHECK_INT(key[31], 0xff);
	}
	else
		for (int i = 0; i < 32; i++)
			CHECK_INT(key[i], 0);
	free(copy);
}

#define D16		"0011223344556677"
#define D62		D16 D16 D16 "00112233445566"

TEST(key_files)
{
	check_key_text(D62 "ff", JN_OK, 0);
	check_key_text(D62 "FF", JN_OK, 0);
	check_key_text(D62 "ff\n", JN_OK, 0);

	check_key_text("", JN_KEY_FORMAT, 0);
	check_key_text("\n", JN_KEY_FORMAT, 0);
	check_key_text(D62, JN_KEY_FORMAT, 62);
	check_key_text(D62 "f", JN_KEY_FORMAT, 63);
	check_key_text(D62 "f\n", JN_KEY_FORMAT, 63);
	check_key_text(D62 "fg", JN_KEY_FORMAT, 63);
	check_key_text(" " D62 "ff", JN_KEY_FORMAT, 0);
	check_key_text("0x" D62, JN_KEY_FORMAT, 1);
	check_key_text(D62 "ff0", JN_KEY_FORMAT, 64);
	check_key_text(D62 "ff ", JN_KEY_FORMAT, 64);
	check_key_text(D62 "ff\r\n", JN_KEY_FORMAT, 64);
	check_key_text(D62 "ff\n\n", JN_KEY_FORMAT, 65);
	check_key_text("0011223344556677:" D62 "ff", JN_KEY_FORMAT, 16);
}

TEST(guarded_memory)
{
	JnGuarded  *guarded = NULL;
	JnError		err;

	CHECK_INT(jn_guarded_new(&guarded, count_key(), &err), JN_OK);
	CHECK(jn_guarded_key(guarded) != count_key());
	CHECK_BYTES(jn_guarded_key(guarded), 32, count_key(), 32);
	jn_guarded_free(guarded);
	jn_guarded_free(NULL);
}

TEST(comparing_and_wiping)
{
	uint8_t		a[40];
	uint8_t		b[40];

	memset(a, 7, sizeof(a));
	memset(b, 7, sizeof(b));
	CHECK(jn_same_secret(a, b, sizeof(a)));
	b[39] ^= 1;
	CHECK(!jn_same_secret(a, b, sizeof(a)));
	CHECK(jn_same_secret(a, b, 39));
	jn_wipe(a, 39);
	for (int i = 0; i < 39; i++)
		CHECK_INT(a[i], 0);
	CHECK_INT(a[39], 7);
}
