/*
 * test_mask.c
 *	  Partial texts against a slow version that counts characters, and tokens.
 */
#include "mask.h"
#include "utf8.h"

#include "unit.h"

static const uint8_t *
count_key(void)
{
	static uint8_t key[32];

	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) i;
	return key;
}

/* Masks a copy of the text that ends where ASan looks. */
static size_t
mask_copy(const JnPartial *mask, const char *text, size_t size, char *out)
{
	char	   *copy = size ? malloc(size) : NULL;
	char	   *room = malloc(jn_partial_room(mask));
	size_t		n;

	if (size)
		memcpy(copy, text, size);
	n = jn_mask_partial(mask, copy, size, room);
	CHECK(n <= jn_partial_room(mask));
	memcpy(out, room, n);
	free(copy);
	free(room);
	return n;
}

static void
check_partial(int first, int last, int hidden, const char *text, const char *expected)
{
	JnPartial	mask = {first, last, hidden};
	char		got[4096];
	size_t		n = mask_copy(&mask, text, strlen(text), got);

	CHECK_TEXT(got, n, expected);
}

TEST(ends_are_shown)
{
	check_partial(1, 0, 4, "alice", "a****");
	check_partial(2, 2, 3, "1234567", "12***67");
	check_partial(0, 4, 4, "4111111111111111", "****1111");
	check_partial(0, 0, 4, "anything", "****");
	check_partial(1, 0, 1, "ab", "a*");
}

/* However long the hidden part is, there are as many fillers. */
TEST(the_length_is_hidden)
{
	check_partial(1, 1, 4, "abbbbc", "a****c");
	check_partial(1, 1, 4, "abbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc", "a****c");
}

TEST(short_texts_are_hidden_whole)
{
	check_partial(1, 1, 4, "abbbc", "****");
	check_partial(1, 1, 4, "ab", "****");
	check_partial(1, 1, 4, "a", "****");
	check_partial(1, 1, 4, "", "****");
	check_partial(255, 255, 1, "abc", "*");
	check_partial(3, 0, 1, "abc", "*");
}

TEST(characters_are_counted_not_bytes)
{
	/* Korean: three bytes each */
	check_partial(1, 1, 2, "박철수민", "박**민");
	check_partial(1, 1, 2, "박철수", "**");
	check_partial(2, 0, 3, "서울특별시", "서울***");
	/* emoji: four bytes, and one of several code points */
	check_partial(1, 1, 1, "😁😂😃", "😁*😃");
	check_partial(0, 1, 1, "👨\xe2\x80\x8d👩\xe2\x80\x8d👧", "*👧");
	/* a combining mark counts for itself */
	check_partial(1, 0, 1, "e\xcc\x81t", "e*");
	check_partial(2, 0, 1, "e\xcc\x81t", "e\xcc\x81*");
	/* two bytes */
	check_partial(1, 1, 1, "éàü", "é*ü");
}

TEST(null_is_like_an_empty_text)
{
	JnPartial	mask = {2, 2, 5};
	char		out[64];

	CHECK_TEXT(out, jn_mask_partial(&mask, NULL, 0, out), "*****");
}

/* Where each character of a valid text begins; returns how many. */
static int
character_starts(const char *text, size_t size, size_t *starts)
{
	int			n = 0;

	for (size_t i = 0; i < size; i++)
		if (((unsigned char) text[i] & 0xc0) != 0x80)
			starts[n++] = i;
	starts[n] = size;
	return n;
}

TEST(same_as_the_slow_version)
{
	static const char *const alphabet[] = {"a", "z", "é", "박", "€", "😁", "\xcc\x81", "*"};
	unsigned	seed = 42;

	for (int round = 0; round < 20000; round++)
	{
		char		text[64];
		char		want[256];
		char		got[4096];
		size_t		starts[32];
		size_t		size = 0;
		size_t		want_size = 0;
		int			length;
		int			n;
		JnPartial	mask;

#define NEXT(k)		((int) ((seed = seed * 1103515245u + 12345u) >> 16) % (k))
		length = NEXT(12);
		for (int i = 0; i < length; i++)
		{
			const char *c = alphabet[NEXT(8)];

			memcpy(text + size, c, strlen(c));
			size += strlen(c);
		}
		mask = (JnPartial) {NEXT(5), NEXT(5), 1 + NEXT(4)};
		n = character_starts(text, size, starts);
		if (n >= mask.keep_first + mask.keep_last + mask.min_hidden)
		{
			memcpy(want, text, starts[mask.keep_first]);
			want_size = starts[mask.keep_first];
		}
		memset(want + want_size, '*', (size_t) mask.min_hidden);
		want_size += (size_t) mask.min_hidden;
		if (n >= mask.keep_first + mask.keep_last + mask.min_hidden)
		{
			size_t		tail = starts[n - mask.keep_last];

			memcpy(want + want_size, text + tail, size - tail);
			want_size += size - tail;
		}
		CHECK_BYTES(got, mask_copy(&mask, text, size, got), want, want_size);
	}
}

/* Nothing is read or written out of bounds, whatever the bytes are. */
TEST(bytes_that_are_not_utf8)
{
	unsigned	seed = 7;

	for (int round = 0; round < 20000; round++)
	{
		char		text[24];
		char		got[4096];
		size_t		size = (size_t) NEXT(24);
		JnPartial	mask = {NEXT(6), NEXT(6), 1 + NEXT(4)};

		for (size_t i = 0; i < size; i++)
			text[i] = (char) (NEXT(3) ? 0x80 + NEXT(128) : NEXT(128));
		mask_copy(&mask, text, size, got);
	}
	check_partial(1, 1, 1, "\xf0\x9f", "*");
	check_partial(1, 0, 1, "\x80\x80\x80", "\x80*");

	/* each byte that is not UTF-8 is a character of its own, from either end */
	check_partial(0, 1, 1, "a\xed\xa0", "*\xa0");
	check_partial(1, 0, 1, "\xed\xa0z", "\xed*");
	check_partial(0, 1, 1, "secret\x80\x80\x80", "*\x80");
	check_partial(0, 2, 1, "é\x80", "*");
	check_partial(0, 1, 1, "aé\x80", "*\x80");
	check_partial(0, 2, 1, "aé\x80", "*é\x80");
}

TEST(token_of_a_value)
{
	uint8_t		token[16];
	uint8_t		want[16];
	char		text[JN_TOKEN_TEXT_SIZE];
	JnBytes		message = {"\1alice@example.com", 18};
	JnError		err;

	CHECK_INT(jn_token(token, count_key(), JN_TOKEN_TEXT, "alice@example.com", 17, &err), JN_OK);
	CHECK_INT(jn_hash(want, 16, count_key(), 32, &message, 1, &err), JN_OK);
	CHECK_BYTES(token, 16, want, 16);

	jn_token_text(token, text);
	for (size_t i = 4; i < sizeof(text); i++)
		CHECK((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '2' && text[i] <= '7'));
}

TEST(kinds_do_not_meet)
{
	uint8_t		tokens[5][16];
	JnError		err;

	for (int kind = 0; kind < 5; kind++)
		CHECK_INT(jn_token(tokens[kind], count_key(), (JnTokenKind) kind, NULL, 0, &err), JN_OK);
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < i; k++)
			CHECK(memcmp(tokens[i], tokens[k], 16) != 0);
}

TEST(keys_do_not_meet)
{
	static const struct
	{
		const char *purpose;
		const char *token_class;
		uint32_t	epoch;
	}			labels[] = {
		{"", "", 0}, {"analytics", "", 0}, {"", "analytics", 0}, {"analytics", "email", 0},
		{"analytics", "email", 1}, {"analytics", "email", 256}, {"marketing", "email", 0},
		{"analyticse", "mail", 0},
	};
	enum
	{
		N = sizeof(labels) / sizeof(labels[0])
	};
	uint8_t		keys[N][32];
	uint8_t		again[32];
	JnError		err;

	for (int i = 0; i < N; i++)
		CHECK_INT(jn_mask_key(keys[i], count_key(), JN_KEY_TOKEN, labels[i].purpose, labels[i].token_class,
							  labels[i].epoch, &err), JN_OK);
	for (int i = 0; i < N; i++)
		for (int k = 0; k < i; k++)
			CHECK(memcmp(keys[i], keys[k], 32) != 0);
	CHECK_INT(jn_mask_key(again, count_key(), JN_KEY_TOKEN, "analytics", "email", 0, &err), JN_OK);
	CHECK_BYTES(again, 32, keys[3], 32);
}

TEST(token_forms)
{
	static const uint8_t zero[16] = {0};
	uint8_t		ones[16];
	uint8_t		count[16];
	uint8_t		uuid[16];
	char		text[JN_TOKEN_TEXT_SIZE];

	memset(ones, 0xff, sizeof(ones));
	for (int i = 0; i < 16; i++)
		count[i] = (uint8_t) i;

	jn_token_text(zero, text);
	CHECK_TEXT(text, sizeof(text), "tok_aaaaaaaaaaaaaaaaaaaaaaaaaa");
	jn_token_text(ones, text);
	CHECK_TEXT(text, sizeof(text), "tok_77777777777777777777777774");
	jn_token_text(count, text);
	CHECK_TEXT(text, sizeof(text), "tok_aaaqeayeaudaocajbifqydiob4");

	jn_token_uuid(zero, uuid);
	CHECK_INT(uuid[6], 0x80);
	CHECK_INT(uuid[8], 0x80);
	jn_token_uuid(ones, uuid);
	CHECK_INT(uuid[6], 0x8f);
	CHECK_INT(uuid[8], 0xbf);
	CHECK_INT(uuid[15], 0xff);

	CHECK_INT(jn_token_int64(zero), 0);
	CHECK_INT(jn_token_int64(ones), -1);
	CHECK_INT(jn_token_int64(count), INT64_C(0x0706050403020100));
}

static void
check_beginning(int keep, const char *text, const char *expected)
{
	size_t		size = strlen(text);
	char	   *copy = malloc(size + 1);	/* so that ASan sees its end */
	char	   *room = malloc(4 * (size_t) keep);

	memcpy(copy, text, size);
	CHECK_TEXT(room, jn_mask_beginning(keep, copy, size, room), expected);
	free(copy);
	free(room);
}

/* Never all of a text, so nothing of one that is as short as what is kept. */
TEST(beginnings)
{
	check_beginning(2, "12345", "12");
	check_beginning(2, "123", "12");
	check_beginning(2, "12", "");
	check_beginning(2, "1", "");
	check_beginning(2, "", "");
	check_beginning(2, "서울특별시", "서울");
	check_beginning(2, "서울", "");
	check_beginning(1, "😁😂", "😁");
	check_beginning(1, "\xf0\x9f", "\xf0");
	check_beginning(255, "abc", "");
	CHECK_INT(jn_mask_beginning(3, NULL, 0, NULL), 0);
}
