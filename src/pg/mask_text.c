/*
 * mask_text.c
 *	  Masks of texts: their ends, their beginning, and made-up ones.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/fake.h"
#include "core/mask.h"
#include "core/noise.h"
#include "masks.h"

const char *
journey_mask_text(Datum value, Oid base, int *size)
{
	text	   *t = DatumGetTextPP(value);

	*size = VARSIZE_ANY_EXHDR(t);
	if (base == BPCHAROID)
		*size = bpchartruelen(VARDATA_ANY(t), *size);
	return VARDATA_ANY(t);
}

/* ----- the ends ----- */

static Datum
show_partial(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	const JnPartial *partial = mask->state;
	text	   *result = palloc(VARHDRSZ + jn_partial_room(partial));
	int			size = 0;
	const char *value = cell->isnull ? NULL : journey_mask_text(cell->raw, mask->base, &size);

	size = (int) jn_mask_partial(partial, value, size, VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + size);
	return PointerGetDatum(result);
}

void
journey_mask_open_partial(JourneyMask *mask, const JourneyOptions *options)
{
	JnPartial  *partial = palloc(sizeof(JnPartial));

	mask->state = partial;
	if (journey_is_text(mask->base) &&
		journey_option_int(options, "keep_first", 0, JN_PARTIAL_MAX_KEEP, &partial->keep_first) &&
		journey_option_int(options, "keep_last", 0, JN_PARTIAL_MAX_KEEP, &partial->keep_last) &&
		journey_option_int(options, "min_hidden", 1, JN_PARTIAL_MAX_HIDDEN, &partial->min_hidden))
		mask->show = show_partial;
}

/* ----- made-up texts ----- */

typedef struct Fake
{
	JourneyMaskKey key;
	JnFakeKind	kind;
} Fake;

static Datum
show_fake(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	Fake	   *fake = mask->state;
	const uint8 *key = journey_mask_key(&fake->key, mask, cell->purpose);
	char		text[JN_FAKE_SIZE];
	JnCellValue value = {.subject = cell->subject,.subject_size = cell->subject_size};
	int			size = 0;
	uint64_t	bits;
	JnError		error;

	if (!cell->isnull)
	{
		value.kind = JN_TOKEN_TEXT;
		value.data = journey_mask_text(cell->raw, mask->base, &size);
		value.size = size;
	}
	if (key == NULL || jn_cell_bits(&bits, key, &value, &error) != JN_OK)
	{
		*isnull = true;
		return (Datum) 0;
	}
	size = (int) jn_fake(fake->kind, bits, text);
	return PointerGetDatum(cstring_to_text_with_len(text, size));
}

void
journey_mask_open_fake(JourneyMask *mask, const JourneyOptions *options)
{
	Fake	   *fake = palloc(sizeof(Fake));
	char	   *kind = journey_option_text(options, "kind");

	if (!journey_is_text(mask->base) || kind == NULL)
		return;
	fake->kind = jn_fake_kind(kind);
	mask->state = fake;
	if (fake->kind != JN_FAKE_KINDS && journey_mask_key_open(&fake->key, mask, options, JN_KEY_FAKE, "class"))
		mask->show = show_fake;
}
