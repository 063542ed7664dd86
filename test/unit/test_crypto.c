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

TEST(wiping)
{
	uint8_t		a[40];

	memset(a, 7, sizeof(a));
	jn_wipe(a, 39);
	for (int i = 0; i < 39; i++)
		CHECK_INT(a[i], 0);
	CHECK_INT(a[39], 7);
}

/* draft-irtf-cfrg-xchacha, A.3 */
TEST(sealing)
{
	static const char message[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip "
	"for the future, sunscreen would be it.";
	size_t		size = sizeof(message) - 1;
	uint8_t		key[32];
	uint8_t		nonce[24];
	uint8_t		bound[16];
	uint8_t		want[256];
	uint8_t		got[256];
	uint8_t		opened[256];
	size_t		nbound = unhex("50515253c0c1c2c3c4c5c6c7", bound);
	size_t		nwant = unhex("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa644"
							  "0bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e"
							  "3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
							  "c0875924c1c7987947deafd8780acf49", want);
	JnError		err;

	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) (0x80 + i);
	for (int i = 0; i < 24; i++)
		nonce[i] = (uint8_t) (0x40 + i);

	CHECK_INT(nwant, size + JN_SEAL_EXTRA);
	CHECK_INT(jn_seal(got, key, nonce, bound, nbound, message, size, &err), JN_OK);
	CHECK_BYTES(got, nwant, want, nwant);
	CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, nwant, &err), JN_OK);
	CHECK_BYTES(opened, size, message, size);

	/* any bit of the sealed bytes, the binding, the nonce or the key */
	for (size_t bit = 0; bit < nwant * 8; bit++)
	{
		got[bit / 8] ^= (uint8_t) (1 << bit % 8);
		CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, nwant, &err), JN_UNSEAL);
		CHECK_INT(err.at + (size_t) err.found + (size_t) err.limit, 0);
		got[bit / 8] ^= (uint8_t) (1 << bit % 8);
	}
	for (size_t bit = 0; bit < nbound * 8; bit++)
	{
		bound[bit / 8] ^= (uint8_t) (1 << bit % 8);
		CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, nwant, &err), JN_UNSEAL);
		bound[bit / 8] ^= (uint8_t) (1 << bit % 8);
	}
	nonce[23] ^= 1;
	CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, nwant, &err), JN_UNSEAL);
	nonce[23] ^= 1;
	key[0] ^= 1;
	CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, nwant, &err), JN_UNSEAL);
	key[0] ^= 1;
	for (size_t i = 0; i < size; i++)
		CHECK_INT(opened[i], 0);
	for (size_t i = 0; i < nwant; i++)
		CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, i, &err), JN_UNSEAL);
	CHECK_INT(jn_unseal(opened, key, nonce, bound, nbound, got, nwant, &err), JN_OK);

	/* nothing at all can be sealed too */
	CHECK_INT(jn_seal(got, key, nonce, NULL, 0, NULL, 0, &err), JN_OK);
	CHECK_INT(jn_unseal(opened, key, nonce, NULL, 0, got, JN_SEAL_EXTRA, &err), JN_OK);
}

/* RFC 8032, 7.1 */
TEST(signing)
{
	static const struct
	{
		const char *seed;
		const char *message;
		const char *public_key;
		const char *signature;
	}			vectors[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
		{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
			"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
			"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
		"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
	};

	/* the order of the group, little-endian: S + L is the same point, written in another way */
	static const char order[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

	for (int i = 0; i < 3; i++)
	{
		uint8_t		seed[32];
		uint8_t		message[8];
		uint8_t		want[64];
		uint8_t		key[32];
		uint8_t		got[64];
		uint8_t		l[32];
		size_t		size = unhex(vectors[i].message, message);
		unsigned	carry = 0;
		JnError		err;

		unhex(vectors[i].seed, seed);
		CHECK_INT(jn_sign_public_key(key, seed, &err), JN_OK);
		unhex(vectors[i].public_key, want);
		CHECK_BYTES(key, 32, want, 32);
		CHECK_INT(jn_sign(got, seed, message, size, &err), JN_OK);
		unhex(vectors[i].signature, want);
		CHECK_BYTES(got, 64, want, 64);
		CHECK(jn_verify(got, key, message, size));

		for (int bit = 0; bit < 512; bit++)
		{
			got[bit / 8] ^= (uint8_t) (1 << bit % 8);
			CHECK(!jn_verify(got, key, message, size));
			got[bit / 8] ^= (uint8_t) (1 << bit % 8);
		}
		CHECK(!jn_verify(got, key, "other", 5));
		key[5] ^= 4;
		CHECK(!jn_verify(got, key, message, size));
		key[5] ^= 4;

		unhex(order, l);
		for (int k = 0; k < 32; k++)
		{
			carry += (unsigned) got[32 + k] + l[k];
			got[32 + k] = (uint8_t) carry;
			carry >>= 8;
		}
		CHECK(!jn_verify(got, key, message, size));
	}
}

/* Keys of small order, under which one signature fits every message. */
TEST(keys_of_small_order)
{
	static const char *const keys[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	};
	uint8_t		key[32];
	uint8_t		signature[64] = {0};

	for (int i = 0; i < 4; i++)
	{
		unhex(keys[i], key);
		memcpy(signature, key, 32);
		CHECK(!jn_verify(signature, key, "anything", 8));
	}
}

TEST(random_bytes)
{
	uint8_t		a[32];
	uint8_t		b[32];

	jn_random(a, sizeof(a));
	jn_random(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
}
