/*
 * funnel_rows.c
 *	  What a funnel over a population says of each of its steps.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

#include "compat.h"
#include "funnel_rows.h"
#include "glue.h"

void
journey_funnel_end(const JnEnv *env, JnFunnelTally *tally)
{
	JnError		err = {0};

	if (jn_funnel_tally_rest(env, tally, &err) != JN_OK)
		journey_report(&err, "journey");
}

void
journey_funnel_notice(const JnFunnelSpec *spec, const uint8 *known)
{
	uint32		i;

	for (i = 0; i < spec->atoms.count; i++)
	{
		const JnName *name = &spec->text[i];

		if (known[i])
			continue;
		if (i < spec->terms.steps)
			ereport(NOTICE,
					(errmsg("no event in the data is step %.*s", (int) name->size, name->data)));
		else
			ereport(NOTICE,
					(errmsg("no event in the data is excluded by %.*s", (int) name->size, name->data)));
	}
}

static double
share(uint64 of, uint64 all)
{
	return all > 0 ? (double) of / (double) all : get_float8_nan();
}

/* The rank of the 90th percentile of n: the least with nine tenths of them up to it. */
static uint64
p90_rank(uint64 n)
{
	return n - n / 10 - 1;
}

/* The name of step i: what was asked; without order, how many of them. */
static text *
step_name(const JnFunnelTally *tally, uint32 i)
{
	const JnName *name = &tally->spec.text[i];

	if (tally->spec.terms.mode == JN_FUNNEL_UNORDERED)
		return cstring_to_text(psprintf("any %u of %u", i + 1, tally->spec.terms.steps));
	return cstring_to_text_with_len(name->data, name->size);
}

void
journey_funnel_row(const JnEnv *env, const JnFunnelTally *tally, uint32 i, FunnelRow *row)
{
	const JnFunnelStep *step = &tally->step[i];
	const JnFunnelStep *first = &tally->step[0];
	uint64		n = step->entered;
	uint32		previous = i;

	memset(row, 0, sizeof(*row));
	row->step = i + 1;
	row->name = step_name(tally, i);
	row->subjects = tally->subjects;
	row->entered = n;
	row->converted = step->converted;
	row->open = step->open;
	row->lost = step->lost;
	row->excluded = step->excluded;
	row->known = tally->seen[i];
	row->of_all = share(n, tally->subjects);
	row->of_first = share(n, first->entered);
	row->of_first_low = row->of_first_high = get_float8_nan();
	if (first->entered > 0)
		jn_wilson(n, first->entered, &row->of_first_low, &row->of_first_high);

	/* who left out an optional step comes from the one before it */
	do
		previous -= previous > 0;
	while (previous > 0 && tally->spec.terms.optional != NULL && tally->spec.terms.optional[previous]);
	row->of_previous = i == 0 ? row->of_all : share(n, tally->step[previous].entered);

	row->timed = i > 0 && n > 0;
	if (row->timed)
	{
		row->median_from_previous = jn_gaps_median(env, &step->from_previous, n);
		row->p90_from_previous = jn_gaps_rank(env, &step->from_previous, n, p90_rank(n));
		row->median_from_first = jn_gaps_median(env, jn_funnel_from_first(tally, i), n);
		row->p90_from_first = jn_gaps_rank(env, jn_funnel_from_first(tally, i), n, p90_rank(n));
	}
}
