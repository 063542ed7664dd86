/*
 * fuzz_tcf.c
 *	  Fuzzes the readers of consent strings of other systems.
 *
 * What a GPP string is written as must have the length that was measured, and
 * need no escape: a byte below a blank or above '~' would have to come from
 * outside.
 */
#include "gpp.h"
#include "tcf.h"

#include "fuzz.h"

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnTcf	   *tcf = jn_alloc(env, sizeof(JnTcf));
	JnPen		measure = {NULL, 0};
	JnPen		pen;
	char	   *out;
	JnError		err;

	if (jn_tcf_read(env, (const char *) data, size, tcf, &err) == JN_OK)
	{
		EXPECT(tcf->version == 2);
		EXPECT((jn_tcf_purposes(tcf, 1) & ~jn_tcf_any_purposes(tcf)) == 0);
		EXPECT((jn_tcf_any_interests(tcf) & 1) == 0);
		jn_tcf_free(env, tcf);
	}
	else
		EXPECT(err.at <= size);

	if (jn_gpp_write((const char *) data, size, &measure, &err) != JN_OK)
	{
		EXPECT(err.at <= size);
		return;
	}
	out = jn_alloc(env, (size_t) measure.size);
	pen = (JnPen) {out, 0};
	EXPECT(jn_gpp_write((const char *) data, size, &pen, &err) == JN_OK);
	EXPECT(pen.size == measure.size);
	for (uint64_t i = 0; i < pen.size; i++)
		EXPECT(out[i] >= ' ' && out[i] <= '~');
}
