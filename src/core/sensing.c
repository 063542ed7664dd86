/*
 * sensing.c
 *	  Which sets of the dictionary hold the sense is found first; then a step
 *	  costs a look at its code.
 */
#include "sensing.h"

uint8_t *
jn_sense_sets(const JnEnv *env, const JnLabels *labels, JnName sense)
{
	uint8_t    *with = jn_alloc(env, labels->names);
	JnNames		names;
	bool		any = false;

	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		JnName		rest = jn_names_next(&names);
		JnName		one;

		with[i] = 0;
		while (with[i] == 0 && jn_set_next(&rest, &one))
			with[i] = jn_name_compare(one, sense) == 0;
		any |= with[i] != 0;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (any)
		return with;
	jn_release(env, with);
	return NULL;
}

void
jn_sensed_rows(const JnEnv *env, const JnLabels *labels, const uint8_t *with, uint32_t from, uint32_t to, uint8_t *has,
			   JnSensed *sensed)
{
	memset(sensed, 0, sizeof(JnSensed));
	for (uint32_t i = 0; i < to - from; i++)
	{
		uint32_t	code = jn_labels_code(labels, from + i);
		bool		here = code != JN_NO_LABEL && with[code] != 0;

		if (has != NULL)
			has[i] = here;
		if (here)
		{
			if (sensed->steps++ == 0)
				sensed->first = i;
			sensed->last = i;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sensed->restored = sensed->last + 1 < to - from;
}

void
jn_sensed(const JnEnv *env, const JnJourney *j, JnName sense, JnSensed *sensed, uint8_t **step_has)
{
	uint8_t    *with;
	uint8_t    *has = NULL;

	memset(sensed, 0, sizeof(JnSensed));
	if (step_has != NULL)
		*step_has = NULL;
	if (!jn_has_track(&j->head, JN_SENSES))
		return;
	with = jn_sense_sets(env, &j->label[JN_SENSES], sense);
	if (with == NULL)
		return;
	if (step_has != NULL)
		has = *step_has = jn_alloc(env, j->head.n);
	jn_sensed_rows(env, &j->label[JN_SENSES], with, 0, j->head.n, has, sensed);
	jn_release(env, with);
}

void
jn_sensed_times(const JnEnv *env, const JnJourney *j, const JnSensed *sensed, int64_t *first, uint64_t *restore_time)
{
	*first = jn_journey_time(env, j, sensed->first);
	*restore_time = sensed->restored ? jn_time_span(*first, jn_journey_time(env, j, sensed->last + 1)) : 0;
}
