/*
 * fuzz_fact_bytes.c
 *	  Fuzzes the reader of what is known about all subjects.
 *
 * The header and the hash are made right first, or nothing would get behind
 * them; the first bytes of the input say how many of each there are.
 */
#include "bytes.h"
#include "fact_bytes.h"

#include "fuzz.h"

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnFactHeader header = {.running_count = -1};
	JnFactReader r;
	JnNumbered	numbered;
	JnFact		fact;
	JnFactWord	word;
	JnError		err;
	JnStatus	status;
	const uint8_t *few;
	uint64_t	places;
	uint8_t    *bytes;
	const char *name;
	uint32_t	name_size = 1;
	uint32_t	facts;
	bool		found;

	/* as it is */
	if (jn_fact_read_header(data, size, &header, &err) == JN_OK)
		EXPECT(header.running_count <= JN_FACT_RUNNING && header.series <= JN_SERIES_MOST);
	if (size < 8)
		return;
	memset(&header, 0, sizeof(header));
	header.running_count = -1;
	header.facts = jn_load16(data);
	header.series = data[2] % (JN_SERIES_MOST + 1);
	header.names = jn_load32(data + 4);
	data += 8;
	size -= 8;

	bytes = jn_alloc(env, JN_FACT_HEADER + size);
	memcpy(bytes + JN_FACT_HEADER, data, size);
	EXPECT(jn_fact_seal(bytes, size, &header, &err) == JN_OK);
	status = jn_fact_open(&r, bytes, JN_FACT_HEADER + size, &err);
	EXPECT(status == JN_OK);
	for (uint32_t i = 0; i < header.facts && status == JN_OK; i++)
	{
		status = jn_fact_next(&r, &fact, &err);
		for (uint32_t j = 0; status == JN_OK && j < fact.words; j++)
			status = jn_fact_next_word(&r, &word, &err);
	}
	if (status == JN_OK)
		status = jn_fact_series(&r, &numbered, &places, &few, &err);
	if (status == JN_OK)
	{
		uint16_t   *more = jn_alloc(env, (size_t) (places + 1) * sizeof(uint16_t));

		EXPECT(places <= 2 * size);
		status = jn_fact_more(&r, places, few, more, &err);
	}
	while (status == JN_OK && name_size > 0)
	{
		status = jn_fact_next_name(&r, &name, &name_size, &facts, &err);
		EXPECT(status != JN_OK || (name_size <= JN_FACT_NAME && facts <= header.facts));
	}
	if (status != JN_OK)
		EXPECT(err.at <= JN_FACT_HEADER + size);
	else
		EXPECT(r.p == r.end);

	/* forgetting reads what reading reads, and leaves bytes that can be read */
	status = jn_fact_forget(bytes, JN_FACT_HEADER + size, (const char *) data, size < 9 ? size : 9, &found, &err);
	if (status == JN_OK)
		EXPECT(jn_fact_open(&r, bytes, JN_FACT_HEADER + size, &err) == JN_OK);
}
