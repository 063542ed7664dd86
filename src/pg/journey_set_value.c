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

/*
 * A value was proven when it came in, so bytes that cannot be opened were
 * damaged since, unless a newer version wrote them.
 */
pg_noreturn static void
report_stored(const JnError *err)
{
	if (err->status == JN_BYTES_VERSION || err->status == JN_BYTES_TRACKS)
		journey_report(err, "journey_set");
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored journey_set is damaged"),
			 errdetail("What stands at byte %zu breaks a rule of the format.", err->at)));
}

struct varlena *
journey_set_open(Datum value, JnSet *s)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(value);
	JnError		err;

	if (jn_set_open((const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), s, &err) != JN_OK)
		report_stored(&err);
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
		report_stored(&err);
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
