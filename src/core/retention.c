/*
 * retention.c
 *	  Whether and when a subject came back.
 *
 * Bounds are turned into times once a subject, and then a loop over its times
 * compares numbers: no time is put into a period by asking a calendar that the
 * loop before has not asked.
 */
#include "retention.h"

/* ---- retention ---- */

/* A time as the question sees it. */
static inline int64_t
cut_time(JnCalendar *cut, int64_t time)
{
	return cut == NULL ? time : jn_calendar_start(cut, jn_calendar_number(cut, time));
}

void
jn_retention(const JnEnv *env, JnCalendar *calendar, JnCalendar *cut, const JnRetentionAsk *ask,
			 int64_t first, const int64_t *again, uint32_t n, uint8_t *bucket)
{
	int64_t		number = jn_calendar_number(calendar, first);
	int64_t		origin = ask->rolling ? cut_time(cut, first) : 0;
	int64_t		begin;
	int64_t		last = 0;		/* when it was there last, */
	bool		back = false;	/* if it was */
	uint32_t	i = 0;

#define BOUND(k) \
	(ask->rolling ? jn_calendar_later(calendar, origin, ask->bound[k]) \
	 : jn_calendar_start(calendar, number + ask->bound[k]))

	while (n > 0 && again[n - 1] > ask->as_of)
		n--;
	if (n > 0)
	{
		back = true;
		last = ask->rolling ? cut_time(cut, again[n - 1]) : again[n - 1];
	}

	begin = BOUND(0);
	for (uint32_t k = 0; k < ask->buckets; k++)
	{
		int64_t		end = BOUND(k + 1);
		bool		there = false;

		if (k % 1024 == 1023)
			jn_tick(env);
		for (; i < n; i++)
		{
			int64_t		time = ask->rolling ? cut_time(cut, again[i]) : again[i];

			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
			if (time >= end)
				break;
			there |= time >= begin;
		}
		if (ask->unbounded)
			there = back && last >= begin;
		bucket[k] = end > ask->as_of ? JN_BUCKET_OPEN : there ? JN_BUCKET_BACK : JN_BUCKET_AWAY;
		begin = end;
	}
#undef BOUND
}

/* ---- lifecycle ---- */

void
jn_life_open(const JnEnv *env, JnLife *life, JnCalendar *calendar, const JnLifeAsk *ask,
			 const int64_t *time, uint32_t n)
{
	*life = (JnLife) {.ask = ask,.calendar = calendar,.time = time,.n = n};
	while (life->n > 0 && time[life->n - 1] > ask->as_of)
		if (--life->n % JN_TICK_EVERY == 0)
			jn_tick(env);
	if (life->n == 0)
		return;
	life->at = jn_calendar_number(calendar, time[0]);
	life->last = jn_calendar_number(calendar, ask->as_of);
}

/* The state of a period without a step, "away" periods after the last one with one; *end as below. */
static JnLifeState
away_state(const JnLife *life, int64_t *end)
{
	const JnLifeAsk *ask = life->ask;
	int64_t		away = life->at - life->active;
	int64_t		change;
	JnLifeState state;

	if (life->at == life->last)
		return JN_LIFE_OPEN;
	if (ask->plain || away > ask->far)
		return JN_LIFE_DORMANT;
	state = away <= ask->near ? JN_LIFE_RISK_NEAR : JN_LIFE_RISK_FAR;
	change = life->active + 1 + (state == JN_LIFE_RISK_NEAR ? ask->near : ask->far);
	if (change < *end)
		*end = change;
	return state;
}

bool
jn_life_next(const JnEnv *env, JnLife *life, JnLifeRun *run)
{
	bool		begins = life->next == 0;
	int64_t		there;

	if (life->n == 0 || life->at > life->last)
		return false;

	/* the next period with a step; none is behind */
	there = life->next < life->n ? jn_calendar_number(life->calendar, life->time[life->next]) : life->last + 1;
	run->from = life->at;
	if (there > life->at)
	{
		run->to = there <= life->last ? there : life->last;

		/* the last period is told by itself: it is not over */
		if (life->at == life->last)
			run->to = life->last + 1;
		run->state = away_state(life, &run->to);
		life->at = run->to;
		return true;
	}

	do
	{
		if (life->next % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
		life->next++;
	} while (life->next < life->n && life->time[life->next] < life->calendar->now_end);
	if (begins)
		run->state = JN_LIFE_NEW;
	else if (there - life->active <= life->ask->near)
		run->state = JN_LIFE_CURRENT;
	else
		run->state = life->ask->plain || there - life->active > life->ask->far ? JN_LIFE_RESURRECTED : JN_LIFE_REACTIVATED;
	life->active = there;
	life->at = run->to = there + 1;
	return true;
}

/* ---- stickiness ---- */

bool
jn_stick_next(const JnEnv *env, JnCalendar *within, JnCalendar *calendar, const int64_t *time, uint32_t n,
			  uint32_t *next, JnStick *stick)
{
	uint32_t	i = *next;
	int64_t		end;

	if (i >= n)
		return false;
	*stick = (JnStick) {jn_calendar_number(within, time[i]), 0};
	end = within->now_end;
	while (i < n && time[i] < end)
	{
		int64_t		stop;

		jn_calendar_number(calendar, time[i]);
		stop = calendar->now_end < end ? calendar->now_end : end;
		stick->active++;
		do
		{
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
			i++;
		} while (i < n && time[i] < stop);
	}
	*next = i;
	return true;
}
