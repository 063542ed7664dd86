/*
 * fuzz_gap.c
 *	  Fuzzes the reader of a histogram of pauses, and what is told of it.
 *
 * Bytes that are accepted are the one form of what they say; whatever the
 * counts, a valley lies among pauses that were counted.
 */
#include "adaptive_gap.h"

#include "fuzz.h"

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnPauses	pauses;
	JnPauses	twice;
	JnError		err;
	uint8_t		bytes[JN_PAUSES_MAX_SIZE];
	int64_t		gap;
	uint32_t	bucket;

	(void) env;
	if (jn_pauses_read(data, size, &pauses, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	EXPECT(jn_pauses_size(&pauses) == size);
	jn_pauses_write(&pauses, bytes);
	EXPECT(memcmp(bytes, data, size) == 0);
	if (jn_pauses_valley(&pauses, &gap))
	{
		uint64_t	before = 0;
		uint64_t	behind = 0;

		EXPECT(gap > 0);
		bucket = jn_pause_bucket((uint64_t) gap);
		for (uint32_t b = 0; b < JN_PAUSE_BUCKETS; b++)
		{
			before |= b <= bucket ? pauses.count[b] : 0;
			behind |= b >= bucket ? pauses.count[b] : 0;
		}
		EXPECT(before > 0 && behind > 0);
	}
	twice = pauses;
	jn_pauses_merge(&twice, &pauses);
	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
		EXPECT(twice.count[b] == UINT64_MAX || twice.count[b] == 2 * pauses.count[b]);
}
