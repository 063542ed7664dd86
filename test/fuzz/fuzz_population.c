/*
 * fuzz_population.c
 *	  Fuzzes the reader of states of whole populations.
 *
 * What it accepts is written again as the same bytes, tells rows that fit, and
 * merges with itself.
 */
#include "population.h"

#include "fuzz.h"

static void
check_rows(const JnEnv *env, JnTally *t, const JnTallyRows *rows)
{
	for (uint32_t i = 0; i < rows->rows; i++)
	{
		JnTallyFacts facts = jn_tally_facts(env, t, rows, i);

		EXPECT(facts.subjects >= 1 && facts.subjects <= facts.n);
		EXPECT(facts.event.size <= JN_MAX_NAME && facts.next.size <= JN_MAX_NAME);
		EXPECT(i == 0 || rows->order[i] > rows->order[i - 1]);
	}
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnTally		t;
	JnTally		twice;
	JnTallyRows rows;
	JnError		err = {0};
	size_t		again;
	uint8_t    *bytes;

	if (jn_tally_read(env, NULL, 0, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	EXPECT(jn_tally_read(env, &t, 42, data, size, &err) == JN_OK);
	rows = jn_tally_rows(env, &t);
	check_rows(env, &t, &rows);
	EXPECT(jn_tally_size(env, &t, &rows, &again, &err) == JN_OK && again == size);
	bytes = jn_alloc(env, size);
	jn_tally_write(env, &t, &rows, bytes);
	EXPECT(memcmp(bytes, data, size) == 0);

	EXPECT(jn_tally_read(env, &twice, 7, data, size, &err) == JN_OK);
	if (jn_tally_merge(env, &twice, &t, &err) == JN_OK)
	{
		JnTallyRows both = jn_tally_rows(env, &twice);

		EXPECT(both.rows == rows.rows && both.names == rows.names);
		check_rows(env, &twice, &both);
	}
	else
		EXPECT(err.status == JN_TOO_MANY_POINTS);
}
