/*
 * golden.h
 *	  Journeys as bytes, worked out from format.h by another program: the
 *	  format is frozen, these may never change.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "model.h"

typedef struct Golden
{
	const char *name;
	const char *text;			/* text form, as it is written */
	const char *hex;			/* version flags tracks n, first last, presence, names, codes, times */
} Golden;

/* In the order of GoldenNumber. */
static const Golden golden[] = {
	{
		"one step",
		"[view 2000-01-01T00:00:00Z]",
		"01 02 00 00 01 00 00 00 "
		"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
		"00 00 40 00 00 00 00 00 "
		"01 04 76 69 65 77"
	},
	{
		"seconds",
		"[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:05Z]",
		"01 02 00 00 02 00 00 00 "
		"00 c8 ac 6c 4f ea 02 00 40 13 f9 6c 4f ea 02 00 "
		"00 00 40 00 00 00 00 80 "
		"02 04 04 63 61 72 74 76 69 65 77 "
		"01 00 00 05"
	},
	{
		"milliseconds",
		"[a 2000-01-01T00:00:00Z, a 2000-01-01T00:00:05.25Z, a 2000-01-01T00:00:05.251Z]",
		"01 01 00 00 03 00 00 00 "
		"00 00 00 00 00 00 00 00 b8 1f 50 00 00 00 00 00 "
		"00 04 00 00 00 00 00 00 "
		"01 01 61 "
		"01 82 14 01"
	},
	{
		"microseconds, ties and the empty name",
		"[b 1999-12-31T23:59:59.999999Z, \"\" 1999-12-31T23:59:59.999999Z, b 2000-01-01T00:00:00Z, "
		"b 2000-01-01T00:00:00.0003Z, \"\" 2000-01-01T00:00:00.07Z, b 2000-01-01T00:00:20Z]",
		"01 00 00 00 06 00 00 00 "
		"ff ff ff ff ff ff ff ff 00 2d 31 01 00 00 00 00 "
		"00 40 00 00 00 00 00 01 "
		"02 00 01 62 "
		"01 00 01 01 00 01 90 03 00 01 2c 01 44 10 01 90 1b 30 01"
	},
	{
		"200 years in between",
		"[x 1725-12-30T10:00:00Z, x 1926-01-01T10:00:00Z]",
		"01 06 00 00 02 00 00 00 "
		"00 28 49 87 de 47 e1 ff 00 e8 e0 ca 29 b4 f7 ff "
		"00 00 00 00 00 04 00 00 "
		"01 01 78 "
		"01 00 00 00 03 ff ff ff ff 00 27 32 78 01 00 00 00"
	},
	{
		"from end to end",
		"[カート 4714-11-24T00:00:00Z BC, \"\"\"end\"\"\" 294276-12-31T23:59:59.999999Z]",
		"01 04 00 00 02 00 00 00 "
		"00 a0 1f 41 c1 7c 0f fd ff 9f b2 b3 5b ff ff 7f "
		"00 00 00 00 28 00 00 00 "
		"02 05 09 22 65 6e 64 22 e3 82 ab e3 83 bc e3 83 88 "
		"01 00 01 00 00 00 03 ff ff ff ff ff ff 92 72 9a 82 f0 82"
	},
	{
		"the narrowest wide difference",
		"[a 2000-01-01T00:00:00Z, a 2000-01-01T01:11:34.967294Z, a 2000-01-01T02:23:09.934589Z]",
		"01 04 00 00 03 00 00 00 "
		"00 00 00 00 00 00 00 00 fd ff ff ff 01 00 00 00 "
		"00 04 00 00 00 00 00 00 "
		"01 01 61 "
		"01 00 00 00 0f fe ff ff ff ff ff ff ff ff ff ff ff 00 00 00 00"
	},
};

#define GOLDENS	(sizeof(golden) / sizeof(golden[0]))

typedef enum GoldenNumber
{
	GOLDEN_ONE_STEP,
	GOLDEN_SECONDS,
	GOLDEN_MILLISECONDS,
	GOLDEN_MICROSECONDS,
	GOLDEN_WIDE_SECONDS,
	GOLDEN_END_TO_END,
	GOLDEN_NARROWEST_WIDE
} GoldenNumber;

static inline Bytes
golden_bytes(const JnEnv *env, GoldenNumber number)
{
	const char *hex = golden[number].hex;
	Bytes		b = {jn_alloc(env, strlen(hex) / 3 + 1), strlen(hex) / 3 + 1};

	for (size_t i = 0; i < b.size; i++)
		b.data[i] = (uint8_t) strtoul(hex + 3 * i, NULL, 16);
	return b;
}

#endif							/* GOLDEN_H */
