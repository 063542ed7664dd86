/*
 * test_bytes.c
 *	  Loads, stores, varints and the stable hash.
 */
#include "bytes.h"

#include "unit.h"

TEST(bytes_little_endian_at_any_address)
{
	uint8_t		b[16];

	for (size_t at = 0; at < 8; at++)
	{
		memset(b, 0xee, sizeof(b));
		jn_store64(b + at, UINT64_C(0x8877665544332211));
		for (size_t i = 0; i < 8; i++)
			CHECK_INT(b[at + i], 0x11 * (i + 1));
		CHECK(jn_load64(b + at) == UINT64_C(0x8877665544332211));
		CHECK(jn_load32(b + at) == 0x44332211);
		CHECK(jn_load16(b + at + 6) == 0x8877);
		jn_store32(b + at, 0xfffefdfc);
		CHECK_BYTES(b + at, 4, "\xfc\xfd\xfe\xff", 4);
		jn_store16(b + at, 0x8001);
		CHECK_BYTES(b + at, 2, "\x01\x80", 2);
	}
}

TEST(bytes_varint_round_trip)
{
	static const uint32_t v[] = {0, 1, 127, 128, 255, 16383, 16384, 2097151, 2097152, 268435455, 268435456, UINT32_MAX};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
	{
		uint8_t		b[6];
		uint32_t	got = 0;
		size_t		size = (size_t) (jn_varint_put(b, v[i]) - b);

		CHECK_INT(size, jn_varint_size(v[i]));
		CHECK(jn_varint_get(b, b + size, &got) == b + size);
		CHECK_INT(got, v[i]);
		for (size_t cut = 0; cut < size; cut++)
			CHECK(jn_varint_get(b, b + cut, &got) == NULL);
	}
}

TEST(bytes_varint_refused)
{
	static const struct
	{
		const char *what;
		uint8_t		b[6];
		size_t		size;
	}			bad[] = {
		{"nothing", {0}, 0},
		{"cut off", {0x80}, 1},
		{"zero in two bytes", {0x80, 0x00}, 2},
		{"one in three bytes", {0x81, 0x80, 0x00}, 3},
		{"33 bits", {0xff, 0xff, 0xff, 0xff, 0x1f}, 5},
		{"six bytes", {0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 6},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		uint32_t	got;

		if (!CHECK(jn_varint_get(bad[i].b, bad[i].b + bad[i].size, &got) == NULL))
			printf("  %s\n", bad[i].what);
	}
}

/* The hash is part of the format: these may never change.  Worked out by another program. */
TEST(bytes_hash_is_frozen)
{
	static const struct
	{
		const char *text;
		uint64_t	hash;
	}			frozen[] = {
		{"", UINT64_C(0xe220a8397b1dcdaf)},
		{"a", UINT64_C(0x2971c9ebfb09c2ca)},
		{"view", UINT64_C(0x591c711645e50c62)},
		{"purchase", UINT64_C(0x2db4e897afd2ea95)},
		{"add to cart", UINT64_C(0xc2369a3deb66e07b)},
		{"page_view_home_1", UINT64_C(0xfbb23d61b297ca10)},
		{"カート", UINT64_C(0x971f1cd412af402d)},
	};

	for (size_t i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++)
		if (!CHECK(jn_hash64(frozen[i].text, strlen(frozen[i].text)) == frozen[i].hash))
			printf("  %s: 0x%016" PRIx64 "\n", frozen[i].text, jn_hash64(frozen[i].text, strlen(frozen[i].text)));
}
