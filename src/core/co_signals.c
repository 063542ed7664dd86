/*
 * co_signals.c
 *	  Which topics' points come together, or follow one another, more often
 *	  than chance; the method is told in co_signals.h.
 *
 * For one topic as exposure, the moments at which a case would be a hit are a
 * few intervals, put in order and merged once.  A case is looked up there by
 * bisection, at its own time and moved by whole blocks.
 *
 *	 exposures		 |          | |
 *	 covered	 [---------]  [----------]		together
 *	 cases			 x   x			x	x		3 hits
 *
 * The distribution of the hits is a sum of independent ones, one for each
 * block that has cases, each with as many equally probable outcomes as its
 * stratum has blocks: convolved one after another, in doubles.  All terms are
 * positive, so each probability, and the sum of a tail, is right to some 1e-13
 * of itself, however small.
 */
#include "co_signals.h"

#include <assert.h>

#include "fdr.h"
#include "similar.h"

#define DAY		INT64_C(86400000000)

/* Moments first .. last at which a case is a hit. */
typedef struct Covered
{
	int64_t		first;
	int64_t		last;
} Covered;

/* What is the same for all pairs. */
typedef struct Search
{
	const JnPoints *a;
	const JnPoints *b;
	const JnCoTerms *terms;
	int64_t		start;			/* the first point of all, microseconds */
	uint64_t	whole;			/* blocks that end before the last point of all does */
	uint64_t	strata;			/* that these are divided into; 0 if there are none */

	Covered    *covered;		/* by the topic at hand */
	uint32_t	covers;
	double	   *chance;			/* of so many hits, for the pair at hand */
	double	   *next;			/* the same with one block more */
	uint32_t   *outcomes;		/* by hits: blocks of a stratum in which the cases of one have so many */
	uint32_t	hit_room;		/* length of these three */
	uint64_t   *lag;			/* of the hits, for their median */
	uint32_t	lag_room;
	size_t		work;			/* since the last tick */

	JnCoSignals *found;
	uint32_t	room;
} Search;

static inline void
worked(const JnEnv *env, Search *s, size_t work)
{
	s->work += work;
	if (s->work >= JN_TICK_EVERY)
	{
		s->work = 0;
		jn_tick(env);
	}
}

/* Makes an array large enough; what was in it is lost. */
static void *
room_for(const JnEnv *env, void *array, uint64_t n, size_t element)
{
	jn_release(env, array);
	return jn_alloc(env, jn_array_size(n, element));
}

/* The first and the last time of both; false if there are no points. */
static bool
time_span(const JnPoints *a, const JnPoints *b, int64_t *first, int64_t *last)
{
	bool		any = false;

	for (int side = 0; side < 2; side++)
	{
		const JnPoints *p = side == 0 ? a : b;

		for (uint32_t t = 0; p != NULL && t < p->topic.names; t++)
		{
			int64_t		low = p->time[p->begin[t]];
			int64_t		high = p->time[p->begin[t + 1] - 1];

			*first = any && *first < low ? *first : low;
			*last = any && *last > high ? *last : high;
			any = true;
		}
	}
	return any;
}

int64_t
jn_co_block(const JnPoints *a, const JnPoints *b, int64_t horizon)
{
	static const int64_t rhythm[] = {DAY, 7 * DAY};
	int64_t		first;
	int64_t		last;

	if (time_span(a, b, &first, &last))
		for (int i = 0; i < 2; i++)
			if (horizon <= rhythm[i] / 4 && ((uint64_t) last - (uint64_t) first) / (uint64_t) rhythm[i] >= 14)
				return rhythm[i];
	return horizon < 1 ? 1 : horizon < INT64_MAX / 10 ? horizon * 10 : INT64_MAX;
}


/* ----- hits ----- */

/* Finds the moments at which a case is a hit of these exposures. */
static void
cover(const JnEnv *env, Search *s, const int64_t *time, uint32_t n)
{
	int64_t		horizon = s->terms->horizon;

	s->covered = room_for(env, s->covered, n, sizeof(Covered));
	s->covers = 0;
	for (uint32_t i = 0; i < n; i++)
	{
		/* times are far above INT64_MIN, but not below INT64_MAX */
		int64_t		first = s->terms->follows ? time[i] + 1 : time[i] - horizon;
		int64_t		last = time[i] < INT64_MAX - horizon ? time[i] + horizon : INT64_MAX;

		worked(env, s, 1);
		if (last < first)		/* follows at once: never */
			continue;
		if (s->covers > 0 && first - 1 <= s->covered[s->covers - 1].last)
			s->covered[s->covers - 1].last = last;
		else
			s->covered[s->covers++] = (Covered) {first, last};
	}
}

/* Number of intervals that begin at or before a moment, given that at least "from" do. */
static inline uint32_t
begun(const Search *s, int64_t moment, uint32_t from)
{
	uint32_t	low = from;
	uint32_t	high = s->covers;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (s->covered[middle].first <= moment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many cases, in order, are hits when they are moved by "shift", modulo 2^64. */
static uint32_t
count_hits(const JnEnv *env, Search *s, const int64_t *time, uint32_t n, uint64_t shift)
{
	uint32_t	hits = 0;
	uint32_t	at = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		int64_t		moment = (int64_t) ((uint64_t) time[i] + shift);

		worked(env, s, 4);
		if (at == 0 || at < s->covers)
			at = begun(s, moment, at);
		hits += at > 0 && s->covered[at - 1].last >= moment;
	}
	return hits;
}


/* ----- chance ----- */

/* The number of the block that a time is in; those behind the whole ones count as one. */
static uint64_t
block_of(const Search *s, int64_t time)
{
	uint64_t	block = ((uint64_t) time - (uint64_t) s->start) / (uint64_t) s->terms->block;

	return block < s->whole ? block : s->whole;
}

/*
 * The blocks first .. end-1 of the stratum that a block is in.  Strata are as
 * equal as can be; the longer ones come first.
 */
static void
stratum_of(const Search *s, uint64_t block, uint64_t *first, uint64_t *end)
{
	uint64_t	size = s->whole / s->strata;
	uint64_t	longer = s->whole % s->strata;	/* strata that have one block more */

	if (block == s->whole)
	{
		*first = block;
		*end = block + 1;
	}
	else if (block < longer * (size + 1))
	{
		*first = block - block % (size + 1);
		*end = *first + size + 1;
	}
	else
	{
		*first = block - (block - longer * (size + 1)) % size;
		*end = *first + size;
	}
}

/*
 * Fills chance[] with the distribution of the hits, which are at most "most",
 * and returns the mean.
 */
static double
distribution(const JnEnv *env, Search *s, const int64_t *time, uint32_t n, uint32_t *most)
{
	double		mean = 0;

	if (s->hit_room < n + 1)
	{
		s->chance = room_for(env, s->chance, (uint64_t) n + 1, sizeof(double));
		s->next = room_for(env, s->next, (uint64_t) n + 1, sizeof(double));
		s->outcomes = room_for(env, s->outcomes, (uint64_t) n + 1, sizeof(uint32_t));
		s->hit_room = n + 1;
	}
	s->chance[0] = 1;
	*most = 0;

	for (uint32_t i = 0; i < n;)
	{
		uint64_t	block = block_of(s, time[i]);
		uint32_t	cases = 1;
		uint32_t	outcomes;
		uint32_t	largest = 0;
		uint64_t	first;
		uint64_t	end;
		uint64_t	sum = 0;
		double	   *swap;

		while (i + cases < n && block_of(s, time[i + cases]) == block)
			cases++;
		stratum_of(s, block, &first, &end);
		s->outcomes[0] = 0;
		outcomes = (uint32_t) (end - first);
		for (uint32_t k = 0; k < outcomes; k++)
		{
			uint64_t	shift = (first + k - block) * (uint64_t) s->terms->block;
			uint32_t	hits = count_hits(env, s, &time[i], cases, shift);

			for (; largest < hits; s->outcomes[largest] = 0)
				largest++;
			s->outcomes[hits]++;
			sum += hits;
		}
		i += cases;
		mean += (double) sum / outcomes;
		if (largest == 0)
			continue;			/* certainly none */

		for (uint32_t k = 0; k <= *most + largest; k++)
			s->next[k] = 0;
		for (uint32_t hits = 0; hits <= largest; hits++)
		{
			double		share = (double) s->outcomes[hits] / outcomes;

			worked(env, s, 1);
			if (share == 0)
				continue;
			for (uint32_t k = 0; k <= *most; k++)
				s->next[k + hits] += s->chance[k] * share;
			worked(env, s, *most);
		}
		swap = s->chance;
		s->chance = s->next;
		s->next = swap;
		*most += largest;
	}
	return mean;
}


/* ----- pairs ----- */

/* Time from an exposure to a case, as a number that orders like it. */
static inline uint64_t
lag_key(int64_t lag)
{
	return (uint64_t) lag ^ UINT64_C(1) << 63;
}

static int
compare_lags(void *ctx, uint32_t a, uint32_t b)
{
	const uint64_t *lag = *(const uint64_t **) ctx;

	return (lag[a] > lag[b]) - (lag[a] < lag[b]);
}

/*
 * The median time from the nearest exposure to a hit: the lower of two middle
 * ones, so that it is a time that was there.  If they are together, an exposure
 * after a case counts as negative, and of two as near the one before it.
 */
static int64_t
median_lag(const JnEnv *env, Search *s, const int64_t *exposure, uint32_t exposures, const int64_t *time, uint32_t n)
{
	JnOrder		order = {compare_lags, &s->lag};
	uint32_t	hits = 0;
	uint32_t	before = 0;		/* exposures that can be before the case */
	uint32_t   *list;
	int64_t		median;

	if (s->lag_room < n)
	{
		s->lag = room_for(env, s->lag, n, sizeof(uint64_t));
		s->lag_room = n;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	since = UINT64_MAX; /* the exposure before, and until the one after */
		uint64_t	until = UINT64_MAX;

		worked(env, s, 2);
		while (before < exposures && (s->terms->follows ? exposure[before] < time[i] : exposure[before] <= time[i]))
		{
			before++;
			worked(env, s, 1);
		}
		if (before > 0)
			since = (uint64_t) time[i] - (uint64_t) exposure[before - 1];
		if (!s->terms->follows && before < exposures)
			until = (uint64_t) exposure[before] - (uint64_t) time[i];
		if (since <= until && since <= (uint64_t) s->terms->horizon)
			s->lag[hits++] = lag_key((int64_t) since);
		else if (until < since && until <= (uint64_t) s->terms->horizon)
			s->lag[hits++] = lag_key(-(int64_t) until);
	}
	list = jn_alloc(env, jn_array_size(hits, sizeof(uint32_t)));
	for (uint32_t i = 0; i < hits; i++)
		list[i] = i;
	jn_order_sort(env, &order, list, hits);
	median = (int64_t) (s->lag[list[(hits - 1) / 2]] ^ UINT64_C(1) << 63);
	jn_release(env, list);
	return median;
}

/*
 * Tests the cases of a topic against what is covered now, and keeps the pair if
 * there is a hit; "mirrored" if the exposures are those of b.
 */
static JnStatus
test_pair(const JnEnv *env, Search *s, const JnPoints *exposures, uint32_t exposure, const JnPoints *cases, uint32_t topic,
		  bool mirrored, JnError *err)
{
	const int64_t *time = &cases->time[cases->begin[topic]];
	uint32_t	n = jn_points_count(cases, topic);
	JnCoSignal	pair = {.a = mirrored ? topic : exposure,.b = mirrored ? exposure : topic};
	uint32_t	most;
	double		tail = 0;

	s->found->tested++;
	pair.hits = count_hits(env, s, time, n, 0);
	if (pair.hits == 0)
		return JN_OK;
	pair.expected = distribution(env, s, time, n, &most);
	assert(most >= pair.hits);
	for (uint32_t k = most + 1; k-- > pair.hits;)
		tail += s->chance[k];
	worked(env, s, most - pair.hits);
	pair.p = tail < 1 ? tail : 1;
	pair.lag = median_lag(env, s, &exposures->time[exposures->begin[exposure]], jn_points_count(exposures, exposure),
						  time, n);
	if (mirrored)
		pair.lag = -pair.lag;

	if (s->found->n == s->room)
	{
		if (s->room == JN_MAX_ALL_POINTS)
			return jn_fail(err, JN_TOO_MANY_POINTS, 0, (int64_t) s->room + 1, JN_MAX_ALL_POINTS);
		s->room = s->room < 64 ? 64 : s->room < JN_MAX_ALL_POINTS / 2 ? s->room * 2 : JN_MAX_ALL_POINTS;
		s->found->pair = s->found->pair == NULL ? jn_alloc(env, jn_array_size(s->room, sizeof(JnCoSignal)))
			: jn_resize(env, s->found->pair, jn_array_size(s->room, sizeof(JnCoSignal)));
	}
	s->found->pair[s->found->n++] = pair;
	return JN_OK;
}

/* Whether a topic's points are the exposures if they are together with another's: the more frequent, or else the first. */
static bool
is_exposure(const JnPoints *p, uint32_t topic, const JnPoints *q, uint32_t other, bool first)
{
	uint32_t	n = jn_points_count(p, topic);
	uint32_t	m = jn_points_count(q, other);

	return n != m ? n > m : first;
}

/* All pairs that have a topic as exposure; "swapped" if it is of the second collection. */
static JnStatus
test_exposure(const JnEnv *env, Search *s, const JnPoints *exposures, uint32_t topic, const JnPoints *cases, bool swapped,
			  JnError *err)
{
	bool		same = exposures == cases;
	bool		covered = false;

	for (uint32_t other = 0; other < cases->topic.names; other++)
	{
		JnStatus	status;

		worked(env, s, 1);
		if (jn_points_count(cases, other) < s->terms->min_points || (same && other == topic))
			continue;
		if (!s->terms->follows && !is_exposure(exposures, topic, cases, other, same ? topic < other : !swapped))
			continue;
		if (!covered)
			cover(env, s, &exposures->time[exposures->begin[topic]], jn_points_count(exposures, topic));
		covered = true;
		status = test_pair(env, s, exposures, topic, cases, other,
						   swapped || (same && !s->terms->follows && other < topic), err);
		if (status != JN_OK)
			return status;
	}
	return JN_OK;
}

static int
compare_pairs(void *ctx, uint32_t a, uint32_t b)
{
	const JnCoSignal *x = &((const JnCoSignals *) ctx)->pair[a];
	const JnCoSignal *y = &((const JnCoSignals *) ctx)->pair[b];
	double		lift_x = x->hits / x->expected;
	double		lift_y = y->hits / y->expected;

	if (x->q != y->q)
		return x->q < y->q ? -1 : 1;
	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	if (lift_x != lift_y)
		return lift_x > lift_y ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* Adds the q-values and brings the pairs into order. */
static void
order_pairs(const JnEnv *env, JnCoSignals *found)
{
	JnOrder		order = {compare_pairs, found};
	double	   *p = jn_alloc(env, jn_array_size(found->n, sizeof(double)));
	double	   *q = jn_alloc(env, jn_array_size(found->n, sizeof(double)));
	uint32_t   *list = jn_alloc(env, jn_array_size(found->n, sizeof(uint32_t)));
	JnCoSignal *ordered = jn_alloc(env, jn_array_size(found->n, sizeof(JnCoSignal)));

	for (uint32_t i = 0; i < found->n; i++)
	{
		p[i] = found->pair[i].p;
		list[i] = i;
	}
	jn_q_values(env, p, found->n, found->tested, q);
	for (uint32_t i = 0; i < found->n; i++)
		found->pair[i].q = q[i];
	jn_order_sort(env, &order, list, found->n);
	for (uint32_t i = 0; i < found->n; i++)
		ordered[i] = found->pair[list[i]];
	jn_release(env, found->pair);
	found->pair = ordered;
	jn_release(env, list);
	jn_release(env, q);
	jn_release(env, p);
}

JnStatus
jn_co_signals(const JnEnv *env, const JnPoints *a, const JnPoints *b, const JnCoTerms *terms, JnCoSignals *found,
			  JnError *err)
{
	Search		s = {.a = a,.b = b,.terms = terms,.found = found};
	int64_t		last;
	JnStatus	status = JN_OK;

	*found = (JnCoSignals) {0};
	if (!time_span(a, b, &s.start, &last))
		return JN_OK;
	s.whole = ((uint64_t) last - (uint64_t) s.start + 1) / (uint64_t) terms->block;
	s.strata = (s.whole + terms->blocks / 2) / terms->blocks;
	if (s.strata == 0)
		s.strata = 1;

	for (uint32_t topic = 0; topic < a->topic.names && status == JN_OK; topic++)
		if (jn_points_count(a, topic) >= terms->min_points)
			status = test_exposure(env, &s, a, topic, b == NULL ? a : b, false, err);
	if (b != NULL && !terms->follows)
		for (uint32_t topic = 0; topic < b->topic.names && status == JN_OK; topic++)
			if (jn_points_count(b, topic) >= terms->min_points)
				status = test_exposure(env, &s, b, topic, a, true, err);
	if (status == JN_OK && found->n > 0)
		order_pairs(env, found);
	return status;
}
