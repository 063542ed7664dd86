/*
 * gaps.c
 *	  Many lengths of time, and their median.
 *
 * An aggregate over a whole population holds one of these for each of some
 * hundred transitions, and most transitions are frequent.  What counts is that
 * 8 kB are enough for any of them and that a transition seen twice takes far
 * less.  So there are three shapes, each made of what the one before leaves:
 *
 *	 few		room for 4, 8, ... 64 lengths, doubling
 *	 many		pieces of 64 lengths each, up to 1024; the first is the one above
 *	 histogram	pieces of 128 counters of 32 bits, each made when its first
 *				bucket is met; what a counter cannot hold is carried into a
 *				second row of pieces that hardly anybody ever needs
 */
#include "gaps.h"

#include <assert.h>

#define FEW_MIN			4
#define FEW_MAX			(JN_GAPS_PIECE / 8)
#define EXACT_PIECES	(JN_GAPS_EXACT / FEW_MAX)
#define COUNTERS		(JN_GAPS_PIECE / 4)
#define COUNT_PIECES	((JN_GAPS_BUCKETS + COUNTERS - 1) / COUNTERS)

#define HISTOGRAM		UINT32_MAX

#define BUCKET_BYTES	10

struct JnGapPieces
{
	union
	{
		uint64_t   *gap[EXACT_PIECES];
		uint32_t   *count[COUNT_PIECES];	/* NULL: none in these buckets */
	}			at;
	uint32_t  **carry;			/* higher halves of the counts, or NULL */
};

_Static_assert(JN_GAPS_EXACT % FEW_MAX == 0, "exact gaps fill their pieces");

static inline bool
is_histogram(const JnGaps *g)
{
	return g->kept == HISTOGRAM;
}

/* Kept length number i. */
static inline uint64_t *
gap_at(const JnGaps *g, uint32_t i)
{
	return g->room <= FEW_MAX ? &g->at.few[i] : &g->at.many->at.gap[i / FEW_MAX][i % FEW_MAX];
}

/* ---- counting ---- */

/* The counter of a bucket in a row of pieces. */
static inline uint32_t *
counter(const JnEnv *env, uint32_t **piece, uint32_t bucket)
{
	uint32_t  **one = &piece[bucket / COUNTERS];

	if (*one == NULL)
	{
		*one = jn_alloc(env, JN_GAPS_PIECE);
		memset(*one, 0, JN_GAPS_PIECE);
	}
	return &(*one)[bucket % COUNTERS];
}

static void
count_gaps(const JnEnv *env, JnGaps *g, uint32_t bucket, uint64_t more)
{
	JnGapPieces *h = g->at.many;
	uint32_t   *low = counter(env, h->at.count, bucket);
	uint64_t	sum = *low + (more & UINT32_MAX);
	uint64_t	carry = (sum >> 32) + (more >> 32);

	*low = (uint32_t) sum;
	if (carry == 0)
		return;
	if (h->carry == NULL)
	{
		h->carry = jn_alloc(env, COUNT_PIECES * sizeof(uint32_t *));
		memset(h->carry, 0, COUNT_PIECES * sizeof(uint32_t *));
	}
	*counter(env, h->carry, bucket) += (uint32_t) carry;
}

/* The same for one length. */
static inline void
count_one(const JnEnv *env, JnGaps *g, uint64_t gap)
{
	uint32_t	bucket = jn_gap_bucket(gap);
	uint32_t   *piece = g->at.many->at.count[bucket / COUNTERS];

	/* nearly always a counter that has room */
	if (piece != NULL && piece[bucket % COUNTERS] < UINT32_MAX)
		piece[bucket % COUNTERS]++;
	else
		count_gaps(env, g, bucket, 1);
}

static uint64_t
counted(const JnGaps *g, uint32_t bucket)
{
	const JnGapPieces *h = g->at.many;
	const uint32_t *low = h->at.count[bucket / COUNTERS];
	const uint32_t *high = h->carry != NULL ? h->carry[bucket / COUNTERS] : NULL;
	uint64_t	count = low != NULL ? low[bucket % COUNTERS] : 0;

	return high != NULL ? count | (uint64_t) high[bucket % COUNTERS] << 32 : count;
}

/* Makes a histogram of what is kept. */
static void
make_histogram(const JnEnv *env, JnGaps *g)
{
	JnGaps		old = *g;

	g->at.many = jn_alloc(env, sizeof(JnGapPieces));
	memset(g->at.many, 0, sizeof(JnGapPieces));
	g->kept = HISTOGRAM;
	for (uint32_t i = 0; i < old.kept; i++)
		count_gaps(env, g, jn_gap_bucket(*gap_at(&old, i)), 1);
	if (old.room > FEW_MAX)
	{
		for (uint32_t i = 0; i < old.room / FEW_MAX; i++)
			jn_release(env, old.at.many->at.gap[i]);
		jn_release(env, old.at.many);
	}
	else if (old.room > 0)
		jn_release(env, old.at.few);
}

/* Makes room for a further length. */
static void
grow(const JnEnv *env, JnGaps *g)
{
	if (g->room == 0)
	{
		g->at.few = jn_alloc(env, FEW_MIN * sizeof(uint64_t));
		g->room = FEW_MIN;
	}
	else if (g->room < FEW_MAX)
	{
		g->at.few = jn_resize(env, g->at.few, 2 * g->room * sizeof(uint64_t));
		g->room *= 2;
	}
	else
	{
		if (g->room == FEW_MAX)
		{
			JnGapPieces *many = jn_alloc(env, sizeof(JnGapPieces));

			many->at.gap[0] = g->at.few;
			many->carry = NULL;
			g->at.many = many;
		}
		g->at.many->at.gap[g->room / FEW_MAX] = jn_alloc(env, JN_GAPS_PIECE);
		g->room += FEW_MAX;
	}
}

void
jn_gaps_add_slowly(const JnEnv *env, JnGaps *g, uint64_t gap)
{
	if (is_histogram(g))
		count_one(env, g, gap);
	else if (g->kept == JN_GAPS_EXACT)
	{
		make_histogram(env, g);
		count_gaps(env, g, jn_gap_bucket(gap), 1);
	}
	else
	{
		if (g->kept == g->room)
			grow(env, g);
		*gap_at(g, g->kept++) = gap;
	}
}

void
jn_gaps_add_all(const JnEnv *env, JnGaps *g, uint32_t n, const uint64_t *gap)
{
	uint32_t	i = 0;

	while (i < n && !is_histogram(g))
		jn_gaps_add(env, g, gap[i++]);
	for (; i < n; i++)
		count_one(env, g, gap[i]);
}

void
jn_gaps_merge(const JnEnv *env, JnGaps *into, const JnGaps *from)
{
	if (!is_histogram(from))
	{
		for (uint32_t i = 0; i < from->kept; i++)
			jn_gaps_add(env, into, *gap_at(from, i));
		return;
	}
	if (!is_histogram(into))
		make_histogram(env, into);
	for (uint32_t bucket = 0; bucket < JN_GAPS_BUCKETS; bucket++)
	{
		uint64_t	count = counted(from, bucket);

		if (count > 0)
			count_gaps(env, into, bucket, count);
	}
}

/* ---- order ---- */

/* Copies what is kept. */
static void
copy_out(const JnGaps *g, uint64_t *gap)
{
	for (uint32_t i = 0; i < g->kept; i++)
		gap[i] = *gap_at(g, i);
}

/* Lets gap[hole] sink to its place in the heap of n. */
static void
sink(uint64_t *gap, uint32_t hole, uint32_t n)
{
	uint64_t	one = gap[hole];

	for (uint32_t child; (child = 2 * hole + 1) < n; hole = child)
	{
		if (child + 1 < n && gap[child + 1] > gap[child])
			child++;
		if (gap[child] <= one)
			break;
		gap[hole] = gap[child];
	}
	gap[hole] = one;
}

/* Brings few gaps into ascending order: heap sort, which no order makes slow. */
static void
sort(uint64_t *gap, uint32_t n)
{
	for (uint32_t i = n / 2; i-- > 0;)
		sink(gap, i, n);
	for (uint32_t left = n; left-- > 1;)
	{
		uint64_t	largest = gap[0];

		gap[0] = gap[left];
		gap[left] = largest;
		sink(gap, 0, left);
	}
}

static inline uint64_t
middle_of_three(uint64_t a, uint64_t b, uint64_t c)
{
	if (a > b)
	{
		uint64_t	smaller = b;

		b = a;
		a = smaller;
	}
	return c <= a ? a : c >= b ? b : c;
}

/*
 * Puts the gap at "rank" in its place, none larger before it and none smaller
 * behind: quickselect, and a sort if the pivots are bad.
 */
static void
select_rank(uint64_t *gap, uint32_t n, uint32_t rank)
{
	uint32_t	from = 0;
	uint32_t	to = n;			/* the rank is in gap[from .. to-1] */

	for (int round = 0; to - from > 16 && round < 20; round++)
	{
		uint64_t	pivot = middle_of_three(gap[from], gap[from + (to - from) / 2], gap[to - 1]);
		uint32_t	i = from;
		uint32_t	k = to - 1;

		/* the pivot is among them, so neither search runs away */
		for (;;)
		{
			uint64_t	left;

			while (gap[i] < pivot)
				i++;
			while (gap[k] > pivot)
				k--;
			if (i >= k)
				break;
			left = gap[i];
			gap[i++] = gap[k];
			gap[k--] = left;
		}

		/* before i nothing is above the pivot, behind k nothing below */
		if (rank < i)
			to = i;
		else if (rank > k)
			from = k + 1;
		else
			return;
	}
	sort(gap + from, to - from);
}

/* The length at a rank of the histogram, from 0. */
static uint64_t
counted_rank(const JnGaps *g, uint64_t rank)
{
	uint32_t	bucket = 0;

	for (; bucket < JN_GAPS_BUCKETS - 1; bucket++)
	{
		uint64_t	count = counted(g, bucket);

		if (rank < count)
			break;
		rank -= count;
	}
	return jn_gap_middle(bucket);
}

uint64_t
jn_gaps_median(const JnEnv *env, const JnGaps *g, uint64_t n)
{
	uint64_t	gap[JN_GAPS_EXACT];
	uint64_t	lower;
	uint64_t	upper;

	assert(n > 0 && (is_histogram(g) ? n > JN_GAPS_EXACT : n == g->kept));
	jn_tick(env);
	if (is_histogram(g))
	{
		lower = counted_rank(g, (n - 1) / 2);
		upper = n % 2 == 0 ? counted_rank(g, n / 2) : lower;
	}
	else
	{
		uint32_t	rank = (g->kept - 1) / 2;

		copy_out(g, gap);
		select_rank(gap, g->kept, rank);
		lower = upper = gap[rank];
		if (n % 2 == 0)
			for (upper = gap[++rank]; ++rank < g->kept;)
				upper = gap[rank] < upper ? gap[rank] : upper;
	}
	return lower + (upper - lower) / 2;
}

uint64_t
jn_gaps_rank(const JnEnv *env, const JnGaps *g, uint64_t n, uint64_t rank)
{
	uint64_t	gap[JN_GAPS_EXACT];

	assert(rank < n && (is_histogram(g) ? n > JN_GAPS_EXACT : n == g->kept));
	jn_tick(env);
	if (is_histogram(g))
		return counted_rank(g, rank);
	copy_out(g, gap);
	select_rank(gap, g->kept, (uint32_t) rank);
	return gap[rank];
}

/* ---- bytes ---- */

static uint32_t
used_buckets(const JnGaps *g)
{
	uint32_t	used = 0;

	for (uint32_t bucket = 0; bucket < JN_GAPS_BUCKETS; bucket++)
		used += counted(g, bucket) > 0;
	return used;
}

size_t
jn_gaps_size(const JnGaps *g, uint64_t n)
{
	return n <= JN_GAPS_EXACT ? 8 * (size_t) n : 4 + BUCKET_BYTES * (size_t) used_buckets(g);
}

void
jn_gaps_write(const JnEnv *env, const JnGaps *g, uint64_t n, uint8_t *out)
{
	uint64_t	gap[JN_GAPS_EXACT];

	assert(is_histogram(g) ? n > JN_GAPS_EXACT : n == g->kept);
	jn_tick(env);
	if (n <= JN_GAPS_EXACT)
	{
		copy_out(g, gap);
		sort(gap, g->kept);
		for (uint32_t i = 0; i < g->kept; i++)
			jn_store64(out + 8 * (size_t) i, gap[i]);
		return;
	}
	jn_store32(out, used_buckets(g));
	out += 4;
	for (uint32_t bucket = 0; bucket < JN_GAPS_BUCKETS; bucket++)
	{
		uint64_t	count = counted(g, bucket);

		if (count == 0)
			continue;
		jn_store16(out, (uint16_t) bucket);
		jn_store64(out + 2, count);
		out += BUCKET_BYTES;
	}
}

/* Whether "need" bytes are there. */
static JnStatus
read_exact(const JnEnv *env, JnGaps *g, const uint8_t *p, uint32_t n, JnError *err)
{
	uint64_t	before = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	gap = jn_load64(p + 8 * (size_t) i);

		if (gap < before)
			return jn_corrupt_at(8 * (size_t) i, err);
		if (g != NULL)
			jn_gaps_add(env, g, gap);
		before = gap;
	}
	return JN_OK;
}

static JnStatus
read_histogram(const JnEnv *env, JnGaps *g, const uint8_t *p, uint32_t buckets, uint64_t n, JnError *err)
{
	uint32_t	least = 0;		/* the next bucket may be */

	if (g != NULL && !is_histogram(g))
		make_histogram(env, g);
	for (uint32_t i = 0; i < buckets; i++)
	{
		size_t		at = 4 + BUCKET_BYTES * (size_t) i;
		uint32_t	bucket = jn_load16(p + at);
		uint64_t	count = jn_load64(p + at + 2);

		if (bucket < least || bucket >= JN_GAPS_BUCKETS || count == 0 || count > n)
			return jn_corrupt_at(at, err);
		if (g != NULL)
			count_gaps(env, g, bucket, count);
		n -= count;
		least = bucket + 1;
	}
	return n == 0 ? JN_OK : jn_corrupt_at(0, err);
}

JnStatus
jn_gaps_read(const JnEnv *env, JnGaps *g, const uint8_t *p, size_t size, uint64_t n, size_t *used, JnError *err)
{
	JnStatus	status;
	uint32_t	buckets;

	jn_tick(env);
	if (n <= JN_GAPS_EXACT)
	{
		*used = 8 * (size_t) n;
		status = jn_check_size(size, *used, err);
		return status != JN_OK ? status : read_exact(env, g, p, (uint32_t) n, err);
	}
	status = jn_check_size(size, 4, err);
	if (status != JN_OK)
		return status;
	buckets = jn_load32(p);
	status = jn_check_size(size, 4 + BUCKET_BYTES * (uint64_t) buckets, err);
	if (status != JN_OK)
		return status;
	*used = 4 + BUCKET_BYTES * (size_t) buckets;
	return read_histogram(env, g, p, buckets, n, err);
}
