/*
 * adaptive_gap.c
 *	  The gap between sessions, learned from the pauses between interactions.
 *
 * All arithmetic behind the counters is on doubles, added, multiplied and
 * divided in one order: no function of a math library, so no machine has an
 * answer of its own.
 */
#include "adaptive_gap.h"

#define VERSION			1

/* Differences that are read at once. */
#define CHUNK			1024

/* Passes of smoothing after which a valley that still has several minima is given up. */
#define MAX_PASSES		1024

/* ---- counting ---- */

static void
add_section(const JnEnv *env, JnPauses *pauses, const uint8_t *times, size_t size, unsigned flags, uint32_t differences)
{
	JnTimesReader reader;
	uint64_t	d[CHUNK];

	jn_times_open(&reader, times, size, flags, differences + 1);
	for (uint32_t done = 0; done < differences;)
	{
		uint32_t	n = differences - done < CHUNK ? differences - done : CHUNK;

		jn_times_differences(&reader, n, d);
		for (uint32_t i = 0; i < n; i++)
			jn_pauses_add(pauses, d[i]);
		done += n;
		if (done % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

void
jn_pauses_add_journey(const JnEnv *env, JnPauses *pauses, const JnJourney *j)
{
	add_section(env, pauses, j->times, j->times_size, j->head.flags, j->head.n - 1);
}

void
jn_pauses_add_set(const JnEnv *env, JnPauses *pauses, const JnSet *s)
{
	add_section(env, pauses, s->times, s->times_size, s->head.flags, jn_set_differences(s));
}

void
jn_pauses_add_times(const JnEnv *env, JnPauses *pauses, const int64_t *time, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
	{
		jn_pauses_add(pauses, jn_time_span(time[i - 1], time[i]));
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

void
jn_pauses_merge(JnPauses *into, const JnPauses *from)
{
	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
		if (__builtin_add_overflow(into->count[b], from->count[b], &into->count[b]))
			into->count[b] = UINT64_MAX;
}

/* ---- the valley ---- */

/* What is looked at: a stretch of buckets from .. to. */
typedef struct Stretch
{
	int			from;
	int			to;
} Stretch;

/* Marks the buckets of all stretches of width w that are proven to be lower than others on both sides. */
static void
prove_valleys(const double *count, int w, bool *proven)
{
	double		sum[JN_PAUSE_BUCKETS];	/* of the stretch that begins here */
	double		before[JN_PAUSE_BUCKETS];	/* the highest that begins here or before */
	double		behind[JN_PAUSE_BUCKETS];	/* and here or later */
	int			stretches = JN_PAUSE_BUCKETS - w + 1;

	for (int b = 0; b < stretches; b++)
	{
		sum[b] = 0;
		for (int i = 0; i < w; i++)
			sum[b] += count[b + i];
	}
	for (int b = 0; b < stretches; b++)
		before[b] = b > 0 && before[b - 1] > sum[b] ? before[b - 1] : sum[b];
	for (int b = stretches - 1; b >= 0; b--)
		behind[b] = b < stretches - 1 && behind[b + 1] > sum[b] ? behind[b + 1] : sum[b];

	for (int b = w; b + w < stretches; b++)
	{
		double		v = sum[b];
		double		s = before[b - w] < behind[b + w] ? before[b - w] : behind[b + w];

		if (2 * v <= s && s > 0 && (s - v) * (s - v) >= 16 * (s + v))
			for (int i = 0; i < w; i++)
				proven[b + i] = true;
	}
}

/* The variance between the pauses before the middle of a bucket and behind it; both sides have some. */
static double
variance_between(const double *count, int bucket)
{
	double		n[2] = {count[bucket] / 2, count[bucket] / 2};
	double		mean[2] = {n[0] * bucket, n[1] * bucket};
	double		apart;

	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
		if (b != bucket)
		{
			n[b > bucket] += count[b];
			mean[b > bucket] += count[b] * b;
		}
	apart = mean[1] / n[1] - mean[0] / n[0];
	return n[0] * n[1] * apart * apart;
}

/* The proven valley that tells two classes best apart; false if there is none. */
static bool
best_valley(const double *count, const bool *proven, Stretch *best)
{
	double		most = 0;

	for (int from = 0; from < JN_PAUSE_BUCKETS; from++)
	{
		Stretch		here = {from, from};
		bool		is_best = false;

		if (!proven[from])
			continue;
		for (; here.to < JN_PAUSE_BUCKETS && proven[here.to]; here.to++)
		{
			double		variance = variance_between(count, here.to);

			if (variance > most)
			{
				most = variance;
				is_best = true;
			}
		}
		here.to--;
		if (is_best)
			*best = here;
		from = here.to;
	}
	return most > 0;
}

/* One pass of smoothing: each bucket becomes half of itself and a quarter of each neighbour. */
static void
smooth(double *count)
{
	double		before = 0;

	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
	{
		double		here = count[b];
		double		behind = b + 1 < JN_PAUSE_BUCKETS ? count[b + 1] : 0;

		count[b] = (before + 2 * here + behind) / 4;
		before = here;
	}
}

/* How many minima begin in a stretch, and the last of them, which may be flat. */
static int
minima(const double *count, Stretch in, Stretch *last)
{
	int			n = 0;

	for (int b = in.from; b <= in.to; b++)
	{
		int			end = b;

		if (b == 0 || count[b] >= count[b - 1])
			continue;
		while (end + 1 < JN_PAUSE_BUCKETS && count[end + 1] == count[b])
			end++;
		if (end + 1 == JN_PAUSE_BUCKETS || count[end + 1] < count[b])
			continue;
		*last = (Stretch) {b, end};
		n++;
	}
	return n;
}

/* The place of a minimum on the scale of buckets, on which b is the beginning of bucket b. */
static double
place_of(const double *count, Stretch minimum)
{
	int			b = minimum.from;
	double		curve;

	if (minimum.to > b)
		return (minimum.from + minimum.to + 1) / 2.0;
	curve = count[b - 1] - 2 * count[b] + count[b + 1];
	return b + 0.5 + (count[b - 1] - count[b + 1]) / (2 * curve);
}

/* Where in a valley its lowest place is. */
static double
lowest_place(double *count, Stretch valley)
{
	Stretch		minimum = valley;
	double		place = (valley.from + valley.to + 1) / 2.0;
	bool		flat = false;
	int			passes;

	for (passes = 0; passes < MAX_PASSES; passes++)
	{
		int			found = minima(count, valley, &minimum);

		if (found == 0)
			return place;
		if (found == 1)
		{
			place = place_of(count, minimum);
			if (minimum.to == minimum.from)
				break;
			flat = true;
		}
		smooth(count);
	}
	if (flat)
		return place;
	for (int more = passes > 0 ? passes : 1; more > 0; more--)
		smooth(count);
	return minima(count, valley, &minimum) == 1 ? place_of(count, minimum) : place;
}

/* 2 to the power of "place", by a parabola within each octave: exact at its ends, elsewhere within 0.3 percent. */
static int64_t
microseconds_of(double place)
{
	int			octave = place < JN_PAUSE_BUCKETS ? (int) place : JN_PAUSE_BUCKETS - 1;
	double		f = place - octave;
	double		us = (double) (UINT64_C(1) << octave) * (1 + f * (0.6563 + 0.3437 * f));

	if (us >= 60e6 && us < 9e18)
		return (int64_t) (us / 1e6 + 0.5) * 1000000;
	if (us >= 60e3 && us < 9e18)
		return (int64_t) (us / 1e3 + 0.5) * 1000;
	return us >= 9e18 ? INT64_MAX - 1 : us < 1.5 ? 1 : (int64_t) (us + 0.5);
}

bool
jn_pauses_valley(const JnPauses *pauses, int64_t *gap)
{
	double		count[JN_PAUSE_BUCKETS];
	bool		proven[JN_PAUSE_BUCKETS] = {false};
	Stretch		valley = {0, 0};

	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
		count[b] = (double) pauses->count[b];
	for (int w = 1; w <= JN_VALLEY_WIDTH; w++)
		prove_valleys(count, w, proven);
	if (!best_valley(count, proven, &valley))
		return false;
	*gap = microseconds_of(lowest_place(count, valley));
	return true;
}

/* ---- bytes ---- */

size_t
jn_pauses_size(const JnPauses *pauses)
{
	size_t		size = 2;

	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
		if (pauses->count[b] > 0)
			size += 9;
	return size;
}

void
jn_pauses_write(const JnPauses *pauses, uint8_t *out)
{
	*out++ = VERSION;
	*out++ = (uint8_t) ((jn_pauses_size(pauses) - 2) / 9);
	for (int b = 0; b < JN_PAUSE_BUCKETS; b++)
		if (pauses->count[b] > 0)
		{
			*out = (uint8_t) b;
			jn_store64(out + 1, pauses->count[b]);
			out += 9;
		}
}

JnStatus
jn_pauses_read(const uint8_t *p, size_t size, JnPauses *pauses, JnError *err)
{
	unsigned	buckets;
	int			last = -1;

	*pauses = (JnPauses)
	{
		{
			0
		}
	};
	if (size < 2)
		return jn_too_short(size, 2, err);
	if (p[0] != VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], VERSION);
	buckets = p[1];
	if (size < 2 + 9 * (size_t) buckets)
		return jn_too_short(size, 2 + 9 * (uint64_t) buckets, err);
	if (size > 2 + 9 * (size_t) buckets)
		return jn_corrupt_at(2 + 9 * (size_t) buckets, err);
	for (size_t at = 2; at < size; at += 9)
	{
		uint64_t	count = jn_load64(p + at + 1);

		if (p[at] <= last || p[at] >= JN_PAUSE_BUCKETS || count == 0)
			return jn_corrupt_at(at, err);
		last = p[at];
		pauses->count[last] = count;
	}
	return JN_OK;
}
