/*
 * population_fn.c
 *	  Questions about one value that are asked of whole populations.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "core/sessions.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_session_count);

Datum
journey_session_count(PG_FUNCTION_ARGS)
{
	int64		gap = journey_interval_us(PG_GETARG_INTERVAL_P(1), "gap");
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	void	   *value = journey_open(PG_GETARG_DATUM(0), &j);
	uint32		sessions = jn_session_count(&env, &j, gap);

	/* a scan calls it for each row: what was fetched from TOAST goes at once */
	PG_FREE_IF_COPY(value, 0);
	PG_RETURN_INT32(sessions);
}

PG_FUNCTION_INFO_V1(journey_set_session_count);

Datum
journey_set_session_count(PG_FUNCTION_ARGS)
{
	int64		gap = journey_interval_us(PG_GETARG_INTERVAL_P(1), "gap");
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSet		set;
	void	   *value = journey_set_open(PG_GETARG_DATUM(0), &set);
	uint32		sessions = jn_set_session_count(&env, &set, gap);

	PG_FREE_IF_COPY(value, 0);
	PG_RETURN_INT32(sessions);
}
