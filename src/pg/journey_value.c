/*
 * journey_value.c
 *	  A value of the type journey as a Datum.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "core/build.h"
#include "core/journey.h"
#include "glue.h"
#include "journey_value.h"

/* Bytes of a line of the cache, and so many of them are asked for ahead: two or three values of usual size. */
#define LINE			64
#define LINES_AHEAD		9

/*
 * Asks the processor for the value that comes next.  Its own foresight does not
 * reach there: a page fills from its end, so in the order of a scan the next
 * tuple stands before this one.  From the lowest tuple of a page the scan leaps
 * to the highest of another; if that page follows in memory, so will the next
 * one, and it is asked for.  Where that is not so nothing is lost but some
 * instructions.
 */
static inline void
look_ahead(Datum value)
{
	static const char *before;
	const char *p = DatumGetPointer(value);
	uintptr_t	leap = (uintptr_t) p - (uintptr_t) before;
	int			line;

	before = p;
	for (line = 1; line <= LINES_AHEAD; line++)
		__builtin_prefetch(p - line * LINE);
	if (leap > BLCKSZ && leap <= 2 * BLCKSZ)
		for (line = 1; line <= BLCKSZ / LINE; line++)
			__builtin_prefetch(p + line * LINE);
}

struct varlena *
journey_open(Datum value, JnJourney *j)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(value);
	JnError		err;

	look_ahead(value);
	if (jn_journey_open((const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), j, &err) != JN_OK)
		journey_report_stored(&err, "journey");
	return v;
}

void
journey_open_header(Datum value, JnHeader *head)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(value);
	JnError		err;

	look_ahead(value);
	/* a slice is a copy, so take one only if the value is not at hand */
	if (VARATT_IS_EXTERNAL(v) || VARATT_IS_COMPRESSED(v))
		v = PG_DETOAST_DATUM_SLICE(value, 0, JN_HEADER_SIZE);
	if (jn_header_read((const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), head, &err) != JN_OK)
		journey_report_stored(&err, "journey");
}

struct varlena *
journey_fetch(Datum value, JnHeader *head)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(value);
	JnError		err;

	look_ahead(value);
	if (jn_header_read((const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), head, &err) != JN_OK)
		journey_report_stored(&err, "journey");
	return v;
}

Datum
journey_finish(const JnEnv *env, JnBuild *build)
{
	struct varlena *v;
	size_t		size;
	JnError		err;

	if (jn_build_finish(env, build, &size, &err) != JN_OK)
		journey_report(&err, "journey");
	v = palloc(VARHDRSZ + size);
	SET_VARSIZE(v, VARHDRSZ + size);
	jn_build_write(env, build, (uint8_t *) VARDATA(v));
	return PointerGetDatum(v);
}

Datum
journey_gather(const JnEnv *env, const JnPicks *picks, const JnJourney *first, const JnJourney *second,
			   const JnName *event)
{
	JnGather	gather;
	struct varlena *v;
	size_t		size;
	JnError		err;

	if (jn_gather_plan(env, &gather, picks, first, second, event, &size, &err) != JN_OK)
		journey_report(&err, "journey");
	v = palloc(VARHDRSZ + size);
	SET_VARSIZE(v, VARHDRSZ + size);
	jn_gather_write(env, &gather, (uint8_t *) VARDATA(v));
	jn_gather_close(env, &gather);
	return PointerGetDatum(v);
}

bool
journey_step_index(const JnHeader *head, int32 n, uint32 *index)
{
	int64		i = n > 0 ? (int64) n - 1 : (int64) head->n + n;

	if (n == 0 || i < 0 || i >= head->n)
		return false;
	*index = (uint32) i;
	return true;
}
