/*
 * fuzz_batch.c
 *	  Fuzzes the reader of batches of changes, and folding them.
 *
 * Bytes that are read as changes can be written again, and are read as the same
 * changes then. Folded into no sets they leave sets that are valid, or are
 * refused: so whatever stands in a table of changes, a store stays one.
 */
#include "store_merge.h"

#include "fuzz.h"

/* Where a set is written to. */
typedef struct Sink
{
	const JnEnv *env;
	uint8_t    *bytes;
	size_t		size;
} Sink;

static void
check(Sink *sink)
{
	JnSet		s;
	JnError		err;

	EXPECT(jn_set_validate(sink->env, sink->bytes, sink->size, &s, &err) == JN_OK);
}

static void
drop(void *context, uint32_t set)
{
	(void) context;
	(void) set;
	EXPECT(false);
}

static void
keep(void *context, JnSetBuild *b)
{
	Sink	   *sink = context;

	sink->size = jn_set_build_finish(sink->env, b);
	sink->bytes = jn_alloc(sink->env, sink->size);
	jn_set_build_write(sink->env, b, sink->bytes);
	check(sink);
}

static uint8_t *
room(void *context, size_t size)
{
	Sink	   *sink = context;

	EXPECT(false);
	return jn_alloc(sink->env, size);
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	Sink		sink = {.env = env};
	JnStoreSink functions = {drop, keep, room, &sink};
	JnBatch		batch;
	JnBatchReader r;
	JnBatchReader again;
	JnError		err;
	bool		found = true;
	bool		inserted;
	bool		writable = true;
	uint32_t	changes = 0;

	if (jn_batch_read(&r, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	jn_batch_open(&batch, r.change.key.kind, r.tracks);
	for (;;)
	{
		if (jn_batch_next(env, &r, &found, &err) != JN_OK)
		{
			EXPECT(err.at <= size);
			break;
		}
		if (!found)
			break;
		changes++;

		/* names are proved where they are used */
		writable = writable && jn_batch_add(env, &batch, &r.change, &err) == JN_OK;
	}
	jn_batch_done(env, &r);
	if (writable && changes > 0)
	{
		EXPECT(batch.changes == changes);
		EXPECT(jn_batch_read(&again, batch.bytes, batch.size, &err) == JN_OK);
		EXPECT(jn_batch_read(&r, data, size, &err) == JN_OK);
		for (uint32_t i = 0; i < changes; i++)
		{
			EXPECT(jn_batch_next(env, &r, &found, &err) == JN_OK && found);
			EXPECT(jn_batch_next(env, &again, &found, &err) == JN_OK && found);
			EXPECT(r.change.gone == again.change.gone && r.change.time == again.change.time);
			EXPECT(r.change.value == again.change.value && jn_key_compare(&r.change.key, &again.change.key) == 0);
			EXPECT(jn_name_compare(r.change.event, again.change.event) == 0);
			for (unsigned t = 0; t < JN_TRACKS; t++)
				EXPECT((r.change.label[t].data == NULL) == (again.change.label[t].data == NULL)
					   && (r.change.label[t].data == NULL || jn_name_compare(r.change.label[t], again.change.label[t]) == 0));
		}
		jn_batch_done(env, &r);
		jn_batch_done(env, &again);
	}
	if (changes > 0)
		(void) jn_store_merge(env, NULL, 0, data, size, changes % 3 * UINT64_C(86400000000), JN_SET_PAGE_SIZE, &functions, &inserted,
							  &err);
}
