/*
 * journey_set_value.c
 *	  A value of the type journey_set as a Datum.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/set.h"
#include "core/set_build.h"
#include "core/set_text.h"
#include "glue.h"
#include "journey_set_value.h"

/* Bytes of a line of the cache. */
#define LINE			64

/*
 * Asks the processor for all of a value, and for the next one if a scan goes
 * through pages of one value each as they lie in memory: where it came from tells.
 * Its own foresight ends with the page, and does not know where in a value a
 * question looks.  Where that is not so nothing is lost but some instructions.
 *
 * A value that no page can hold has just been put together in memory, and asking
 * for each line of it would take millions of requests: it is left alone.
 */
static inline void
look_ahead(const char *p, size_t size)
{
	static const char *before;
	uintptr_t	stride = (uintptr_t) p - (uintptr_t) before;
	size_t		end = size;

	before = p;
	if (size > BLCKSZ)
		return;
	if (size > BLCKSZ / 2 && stride <= 2 * BLCKSZ)
		end += BLCKSZ;
	for (size_t at = 0; at < end; at += LINE)
		__builtin_prefetch(p + at);
}

struct varlena *
journey_set_open(Datum value, JnSet *s)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(value);
	JnError		err;

	look_ahead(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	if (jn_set_open((const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), s, &err) != JN_OK)
		journey_report_stored(&err, "journey_set");
	return v;
}

void
journey_set_open_header(Datum value, JnSetHeader *head)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(value);
	JnError		err;

	/* a slice is a copy, so take one only if the value is not at hand */
	if (VARATT_IS_EXTERNAL(v) || VARATT_IS_COMPRESSED(v))
		v = PG_DETOAST_DATUM_SLICE(value, 0, JN_SET_HEADER_SIZE);
	if (jn_set_header_read((const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), head, &err) != JN_OK)
		journey_report_stored(&err, "journey_set");
}

Datum
journey_set_finish(const JnEnv *env, JnSetBuild *build)
{
	size_t		size = jn_set_build_finish(env, build);
	struct varlena *v = palloc(VARHDRSZ + size);

	SET_VARSIZE(v, VARHDRSZ + size);
	jn_set_build_write(env, build, (uint8_t *) VARDATA(v));
	return PointerGetDatum(v);
}

Datum
journey_set_key_text(const JnKey *key)
{
	char		text[JN_KEY_WIDTH];

	if (key->kind == JN_KEY_TEXT)
		return PointerGetDatum(cstring_to_text_with_len(key->data, key->size));
	return PointerGetDatum(cstring_to_text_with_len(text, jn_key_write(key, text)));
}
