/*
 * test_chain.c
 *	  Leaves and links of the ledger.  The hashes stand in people's databases:
 *	  those written out here, which another program worked out, must never
 *	  change.
 */
#include "chain.h"

#include "unit.h"

static void
hex(const uint8_t *bytes, char *out)
{
	for (int i = 0; i < JN_CHAIN_HASH; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
}

#define CHECK_HEX(bytes, want) \
	do { \
		char		got_[2 * JN_CHAIN_HASH + 1]; \
		hex(bytes, got_); \
		CHECK_TEXT(got_, 2 * JN_CHAIN_HASH, want); \
	} while (0)

/* What the comment of chain.h says, byte by byte. */
TEST(chain_leaf_is_the_hash_of_these_bytes)
{
	const JnBytes fields[] = {{"abc", 3}, {NULL, 0}, {"", 0}};
	const uint8_t bytes[] = {
		0, 1, 3, 0, 0, 0,
		1, 3, 0, 0, 0, 'a', 'b', 'c',
		0,
		1, 0, 0, 0, 0
	};
	const JnBytes whole = {bytes, sizeof(bytes)};
	uint8_t		leaf[JN_CHAIN_HASH];
	uint8_t		want[JN_CHAIN_HASH];
	JnError		err;

	CHECK_INT(jn_crypto_init(&err), JN_OK);
	CHECK_INT(jn_chain_leaf(leaf, fields, 3, &err), JN_OK);
	CHECK_INT(jn_hash(want, sizeof(want), NULL, 0, &whole, 1, &err), JN_OK);
	CHECK_BYTES(leaf, sizeof(leaf), want, sizeof(want));
}

TEST(chain_link_is_the_hash_of_these_bytes)
{
	uint8_t		bytes[2 + 8 + 2 * JN_CHAIN_HASH] = {1, 1, 2, 1};
	const JnBytes whole = {bytes, sizeof(bytes)};
	uint8_t		link[JN_CHAIN_HASH];
	uint8_t		want[JN_CHAIN_HASH];
	JnError		err;

	memset(bytes + 10, 0xbe, JN_CHAIN_HASH);
	memset(bytes + 10 + JN_CHAIN_HASH, 0x1e, JN_CHAIN_HASH);
	CHECK_INT(jn_hash(want, sizeof(want), NULL, 0, &whole, 1, &err), JN_OK);

	CHECK_INT(jn_chain_link(link, 258, bytes + 10, bytes + 10 + JN_CHAIN_HASH, &err), JN_OK);
	CHECK_BYTES(link, sizeof(link), want, sizeof(want));

	/* in place */
	memcpy(link, bytes + 10, JN_CHAIN_HASH);
	CHECK_INT(jn_chain_link(link, 258, link, bytes + 10 + JN_CHAIN_HASH, &err), JN_OK);
	CHECK_BYTES(link, sizeof(link), want, sizeof(want));

	/* nothing before is zeros before */
	memset(bytes + 2, 0, 8 + JN_CHAIN_HASH);
	bytes[2] = 1;
	CHECK_INT(jn_hash(want, sizeof(want), NULL, 0, &whole, 1, &err), JN_OK);
	CHECK_INT(jn_chain_link(link, 1, NULL, bytes + 10 + JN_CHAIN_HASH, &err), JN_OK);
	CHECK_BYTES(link, sizeof(link), want, sizeof(want));
}

TEST(chain_hashes_stay)
{
	const JnBytes fields[] = {{"give", 4}, {NULL, 0}};
	uint8_t		leaf[JN_CHAIN_HASH];
	uint8_t		link[JN_CHAIN_HASH];
	JnError		err;

	CHECK_INT(jn_chain_leaf(leaf, fields, 2, &err), JN_OK);
	CHECK_INT(jn_chain_link(link, 1, NULL, leaf, &err), JN_OK);
	CHECK_HEX(leaf, "069facdcfd02df5661c8ff5c59b4fde218efff4daa44747879f0ef39b395c19d");
	CHECK_HEX(link, "d8796460a15d7aae4d374857607d5a3cea712bee5d31008596bb4bced631b9c3");
}

/* Lists that a careless encoding would mix up. */
TEST(chain_no_two_lists_are_the_same)
{
	static const struct
	{
		JnBytes		fields[3];
		int			n;
	}			lists[] = {
		{{{NULL, 0}}, 0},
		{{{NULL, 0}}, 1},
		{{{"", 0}}, 1},
		{{{"\0", 1}}, 1},
		{{{"\1\0\0\0\0", 5}}, 1},
		{{{"", 0}, {"", 0}}, 2},
		{{{NULL, 0}, {"", 0}}, 2},
		{{{"", 0}, {NULL, 0}}, 2},
		{{{"ab", 2}, {"c", 1}}, 2},
		{{{"a", 1}, {"bc", 2}}, 2},
		{{{"abc", 3}, {"", 0}}, 2},
		{{{"abc", 3}}, 1},
		{{{"a", 1}, {"b", 1}, {"c", 1}}, 3},
		{{{"c", 1}, {"b", 1}, {"a", 1}}, 3},
	};
	const int	n = sizeof(lists) / sizeof(lists[0]);
	uint8_t		leaves[sizeof(lists) / sizeof(lists[0])][JN_CHAIN_HASH];
	JnError		err;

	for (int i = 0; i < n; i++)
	{
		CHECK_INT(jn_chain_leaf(leaves[i], lists[i].fields, lists[i].n, &err), JN_OK);
		for (int j = 0; j < i; j++)
			CHECK(memcmp(leaves[i], leaves[j], JN_CHAIN_HASH) != 0);
	}
}

TEST(chain_every_bit_counts)
{
	uint8_t		data[5] = {'h', 'e', 'l', 'l', 'o'};
	const JnBytes field = {data, sizeof(data)};
	uint8_t		before[JN_CHAIN_HASH] = {7};
	uint8_t		leaf[JN_CHAIN_HASH];
	uint8_t		first[JN_CHAIN_HASH];
	uint8_t		other[JN_CHAIN_HASH];
	JnError		err;

	CHECK_INT(jn_chain_leaf(leaf, &field, 1, &err), JN_OK);
	for (int bit = 0; bit < 40; bit++)
	{
		data[bit / 8] ^= 1 << bit % 8;
		CHECK_INT(jn_chain_leaf(other, &field, 1, &err), JN_OK);
		CHECK(memcmp(leaf, other, JN_CHAIN_HASH) != 0);
		data[bit / 8] ^= 1 << bit % 8;
	}

	CHECK_INT(jn_chain_link(first, 5, before, leaf, &err), JN_OK);
	for (int bit = 0; bit < 8 * JN_CHAIN_HASH; bit++)
	{
		before[bit / 8] ^= 1 << bit % 8;
		CHECK_INT(jn_chain_link(other, 5, before, leaf, &err), JN_OK);
		CHECK(memcmp(first, other, JN_CHAIN_HASH) != 0);
		before[bit / 8] ^= 1 << bit % 8;

		leaf[bit / 8] ^= 1 << bit % 8;
		CHECK_INT(jn_chain_link(other, 5, before, leaf, &err), JN_OK);
		CHECK(memcmp(first, other, JN_CHAIN_HASH) != 0);
		leaf[bit / 8] ^= 1 << bit % 8;
	}
	CHECK_INT(jn_chain_link(other, 6, before, leaf, &err), JN_OK);
	CHECK(memcmp(first, other, JN_CHAIN_HASH) != 0);
}

TEST(chain_refuses_what_it_cannot_hold)
{
	JnBytes		fields[JN_CHAIN_FIELDS + 1];
	uint8_t		leaf[JN_CHAIN_HASH];
	JnError		err;

	for (int i = 0; i <= JN_CHAIN_FIELDS; i++)
		fields[i] = (JnBytes) {"x", 1};
	CHECK_INT(jn_chain_leaf(leaf, fields, JN_CHAIN_FIELDS, &err), JN_OK);
	CHECK_INT(jn_chain_leaf(leaf, fields, JN_CHAIN_FIELDS + 1, &err), JN_ARGUMENT);
	CHECK_INT(jn_chain_leaf(leaf, fields, -1, &err), JN_ARGUMENT);
#if SIZE_MAX > UINT32_MAX
	fields[1].size = (size_t) UINT32_MAX + 1;
	CHECK_INT(jn_chain_leaf(leaf, fields, 2, &err), JN_TOO_LARGE);
#endif
}
