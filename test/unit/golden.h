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
	const char *hex;			/* version flags tracks n, first last, presence, directory, names, codes, times,
								 * tracks */
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
	{
		"all of an interaction",
		"[purchase@store 2026-01-01T10:00:00Z {decision=upsell, action=offer, persona=parent, value=19.99, sense=angry, sense=tired}]",
		"01 02 3f 00 01 00 00 00 "
		"00 c8 ac 6c 4f ea 02 00 00 c8 ac 6c 4f ea 02 00 "
		"00 08 00 00 00 00 00 00 "
		"08 00 00 00 09 00 00 00 08 00 00 00 09 00 00 00 0a 00 00 00 0e 00 00 00 "
		"01 08 70 75 72 63 68 61 73 65 "
		"00 01 05 73 74 6f 72 65 00 01 06 75 70 73 65 6c 6c 00 01 05 6f 66 66 65 72 00 01 06 70 61 72 65 "
		"6e 74 02 00 cf 07 00 00 00 00 00 00 00 01 0b 61 6e 67 72 79 00 74 69 72 65 64"
	},
	{
		"tracks that some steps do not have",
		"[view@web 2026-01-01T10:00:00Z, view 2026-01-01T10:00:01Z {decision=x, value=5}, pay@app 2026-01-01T10:00:02Z {action=\"\", persona=\"a b\", value=-250, sense=joy}]",
		"01 02 3f 00 03 00 00 00 "
		"00 c8 ac 6c 4f ea 02 00 80 4c cb 6c 4f ea 02 00 "
		"00 00 40 00 00 04 00 00 "
		"0d 00 00 00 07 00 00 00 06 00 00 00 09 00 00 00 0d 00 00 00 09 00 00 00 "
		"02 03 04 70 61 79 76 69 65 77 01 01 00 "
		"00 01 01 "
		"01 02 03 03 61 70 70 77 65 62 02 00 01 01 01 01 78 00 01 00 01 01 00 00 00 01 01 01 03 61 20 62 "
		"00 00 01 80 06 01 06 ff ff ff ff ff ff ff ff 00 01 01 03 6a 6f 79 00 00 01"
	},
	{
		"values that are no decimals",
		"[a 2000-01-01T00:00:00Z {value=0.3333333333333333}, a 2000-01-01T00:00:01Z {value=NaN}, a 2000-01-01T00:00:02Z, a 2000-01-01T00:00:03Z {value=-Infinity}, a 2000-01-01T00:00:04Z {value=5e-324}]",
		"01 02 10 00 05 00 00 00 "
		"00 00 00 00 00 00 00 00 00 09 3d 00 00 00 00 00 "
		"00 04 00 00 00 00 00 00 "
		"2b 00 00 00 "
		"01 01 61 "
		"00 01 01 01 01 "
		"8f 1b 08 00 00 00 00 00 00 00 00 55 55 55 55 55 55 d5 3f 00 00 00 00 00 00 f8 7f 00 00 00 00 00 "
		"00 f0 ff 01 00 00 00 00 00 00 00"
	},
	{
		"one channel and one value throughout",
		"[a@web 2000-01-01T00:00:00Z {value=-0.25}, b@web 2000-01-01T00:01:00Z {value=-0.25}, a@web 2000-01-01T00:02:00Z {value=-0.25}]",
		"01 02 11 00 03 00 00 00 "
		"00 00 00 00 00 00 00 00 00 0e 27 07 00 00 00 00 "
		"00 44 00 00 00 00 00 00 "
		"06 00 00 00 0a 00 00 00 "
		"02 01 01 61 62 00 01 00 "
		"00 3c 3c "
		"00 01 03 77 65 62 02 00 e7 ff ff ff ff ff ff ff"
	},
	{
		"one double throughout",
		"[a 2000-01-01T00:00:00Z {value=Infinity, sense=x}, a 2000-01-01T00:00:00.000001Z {value=Infinity, sense=x, sense=y}]",
		"01 00 30 00 02 00 00 00 "
		"00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 "
		"00 04 00 00 00 00 00 00 "
		"0a 00 00 00 0a 00 00 00 "
		"01 01 61 "
		"00 01 "
		"0f 00 00 00 00 00 00 00 f0 7f 00 02 01 03 78 78 00 79 00 01"
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
	GOLDEN_NARROWEST_WIDE,
	GOLDEN_ALL_TRACKS,
	GOLDEN_GAPS,
	GOLDEN_DOUBLES,
	GOLDEN_CONSTANT,
	GOLDEN_ONE_DOUBLE
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
