/*
 * similar_text.c
 *	  Texts that are alike: an exact join of sets of trigrams with themselves.
 *
 * Comparing all pairs of 100 000 texts would be five thousand million
 * comparisons.  What makes do with fewer (Chaudhuri, Ganti, Kaushik 2006;
 * Bayardo, Ma, Srikant 2007; Xiao et al. 2011, "PPJoin"):
 *
 * 1. Trigrams are numbered from the rarest to the most frequent, and each set
 *	  is kept in that order.  Sets that share at least k of their a and b
 *	  trigrams share one among the first a - k + 1 and the first b - k + 1: so
 *	  only these prefixes, of rare trigrams, are looked up in an index.
 * 2. The tolerance bounds how much the sizes may differ.  Sets come in
 *	  ascending size, so lists of the index lose their beginnings for good.
 * 3. The place of the first common trigram in both sets bounds how many can
 *	  follow, and so does the number of bits that differ between signatures of
 *	  256 bits ("bitmap filter", Sandes, Teodoro, Melo 2020).
 * 4. What is left is compared by merging, which gives up as soon as too few
 *	  trigrams remain.
 *
 * And since only the groups are asked for, not the pairs:
 *
 * 5. Sets that are in one group already are passed over, and when all sets
 *	  are in one group the work is done.
 *
 * None of the filters guesses.  Each derives from jn_trigrams_near() itself,
 * which falls when sets grow apart, so rounding cannot open a gap between the
 * definition and what is found: the least number of common trigrams for two
 * sizes is looked up with it, not computed by a formula.
 */
#include "similar_text.h"

#include <string.h>

#include "bytes.h"

#define BLANK			((uint64_t) ' ')
#define CODE_BITS		21
#define TRIGRAM_MASK	((UINT64_C(1) << (3 * CODE_BITS)) - 1)

/* Slots of the dictionary at first; a power of two. */
#define SLOTS_MIN		1024

/* Sets up to this size are sorted by insertion. */
#define INSERTION_MAX	40

/* Words of a signature. */
#define SIGNATURE_WORDS	4

/* A distinct trigram. */
typedef struct Token
{
	uint64_t	trigram;		/* three code points of 21 bits */
	uint32_t	texts;			/* that have it */
	uint32_t	last;			/* the latest text that has it, from 1 */
} Token;

/* A text; its tokens are token[start .. start + size - 1] of the collection. */
typedef struct Set
{
	uint64_t	signature[SIGNATURE_WORDS]; /* a bit set for each member */
	size_t		start;
	uint32_t	size;
	uint32_t	element;
} Set;

/* What is looked at of a set most often, kept small for the sake of caches. */
typedef struct Glance
{
	uint64_t	signature[2];	/* folded: half as long */
	uint32_t	element;
	uint32_t	looked;			/* 1 + the set that it was last compared with */
} Glance;

struct JnTrigrams
{
	Token	   *token;			/* the dictionary, in the order of appearance */
	uint32_t	tokens;
	uint32_t	token_room;
	uint32_t   *slot;			/* open addressing: 1 + index into token[], 0 = free */
	uint32_t	slots;			/* a power of two, at least twice the tokens */

	uint32_t   *member;			/* the tokens of all sets, one set after another */
	size_t		members;
	size_t		member_room;

	Set		   *set;
	uint32_t	sets;
	uint32_t	set_room;

	size_t		work;			/* since the last tick */
};

/*
 * Where a set is found by one of its first tokens.  The sizes stand here too:
 * most postings are passed over without a look at their sets.
 */
typedef struct Posting
{
	uint32_t	set;
	uint32_t	size;			/* of the set; ascending in each list */
	uint32_t	rest;			/* its members from the token on */
} Posting;

/* Counts work and ticks when there was enough of it. */
static inline void
worked(const JnEnv *env, JnTrigrams *t, size_t work)
{
	t->work += work;
	if (t->work >= JN_TICK_EVERY)
	{
		t->work = 0;
		jn_tick(env);
	}
}


/* ----- collecting texts ----- */

JnTrigrams *
jn_trigrams_new(const JnEnv *env)
{
	JnTrigrams *t = jn_alloc(env, sizeof(JnTrigrams));

	memset(t, 0, sizeof(JnTrigrams));
	t->slots = SLOTS_MIN;
	t->slot = jn_alloc(env, t->slots * sizeof(uint32_t));
	memset(t->slot, 0, t->slots * sizeof(uint32_t));
	t->token_room = SLOTS_MIN / 2;
	t->token = jn_alloc(env, t->token_room * sizeof(Token));
	t->member_room = SLOTS_MIN;
	t->member = jn_alloc(env, t->member_room * sizeof(uint32_t));
	t->set_room = 64;
	t->set = jn_alloc(env, t->set_room * sizeof(Set));
	return t;
}

void
jn_trigrams_free(const JnEnv *env, JnTrigrams *t)
{
	jn_release(env, t->slot);
	jn_release(env, t->token);
	jn_release(env, t->member);
	jn_release(env, t->set);
	jn_release(env, t);
}

/* The slot of a trigram, or the free one where it belongs. */
static inline uint32_t *
find_slot(JnTrigrams *t, uint64_t trigram)
{
	uint32_t	at = (uint32_t) jn_mix64(trigram) & (t->slots - 1);

	while (t->slot[at] != 0 && t->token[t->slot[at] - 1].trigram != trigram)
		at = (at + 1) & (t->slots - 1);
	return &t->slot[at];
}

/* Doubles the dictionary. */
static void
grow_tokens(const JnEnv *env, JnTrigrams *t)
{
	t->token_room *= 2;
	t->token = jn_resize(env, t->token, jn_array_size(t->token_room, sizeof(Token)));
	t->slots *= 2;
	jn_release(env, t->slot);
	t->slot = jn_alloc(env, jn_array_size(t->slots, sizeof(uint32_t)));
	memset(t->slot, 0, t->slots * sizeof(uint32_t));
	for (uint32_t i = 0; i < t->tokens; i++)
	{
		*find_slot(t, t->token[i].trigram) = i + 1;
		worked(env, t, 1);
	}
}

/* Adds a trigram to the set in the making, unless it has it. */
static inline void
add_trigram(const JnEnv *env, JnTrigrams *t, uint64_t trigram)
{
	uint32_t   *slot = find_slot(t, trigram);
	uint32_t	i = *slot - 1;

	if (*slot == 0)
	{
		if (t->tokens == t->token_room)
		{
			grow_tokens(env, t);
			slot = find_slot(t, trigram);
		}
		i = t->tokens++;
		*slot = i + 1;
		t->token[i] = (Token) {trigram, 0, 0};
	}
	if (t->token[i].last == t->sets + 1)
		return;
	t->token[i].last = t->sets + 1;
	t->token[i].texts++;

	if (t->members == t->member_room)
	{
		t->member_room *= 2;
		t->member = jn_resize(env, t->member, jn_array_size(t->member_room, sizeof(uint32_t)));
	}
	t->member[t->members++] = i;
}

/* White space that a text in NFKC can have; the many blanks are U+0020 there. */
static inline bool
is_white(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0x1680
		|| code == 0x2028 || code == 0x2029;
}

void
jn_trigrams_add(const JnEnv *env, JnTrigrams *t, const uint32_t *code, size_t n, uint32_t element)
{
	uint64_t	trigram = BLANK << CODE_BITS | BLANK;
	size_t		start = t->members;
	bool		gap = false;	/* white space was passed since the last character */
	bool		any = false;

	for (size_t i = 0; i < n; i++)
	{
		worked(env, t, 1);
		if (is_white(code[i]))
		{
			gap = any;
			continue;
		}
		if (gap)
		{
			trigram = (trigram << CODE_BITS | BLANK) & TRIGRAM_MASK;
			add_trigram(env, t, trigram);
		}
		trigram = (trigram << CODE_BITS | code[i]) & TRIGRAM_MASK;
		add_trigram(env, t, trigram);
		gap = false;
		any = true;
	}
	add_trigram(env, t, (trigram << CODE_BITS | BLANK) & TRIGRAM_MASK);

	if (t->sets == t->set_room)
	{
		t->set_room *= 2;
		t->set = jn_resize(env, t->set, jn_array_size(t->set_room, sizeof(Set)));
	}
	t->set[t->sets++] = (Set) {.start = start,.size = (uint32_t) (t->members - start),.element = element};
	worked(env, t, 16);
}


/* ----- ordering tokens and sets ----- */

/* Rare before frequent; of equally frequent ones any fixed order does. */
static int
compare_tokens(void *ctx, uint32_t a, uint32_t b)
{
	const Token *token = ctx;

	if (token[a].texts != token[b].texts)
		return token[a].texts < token[b].texts ? -1 : 1;
	return (token[a].trigram > token[b].trigram) - (token[a].trigram < token[b].trigram);
}

/* Sorts numbers, by insertion if they are few, else by their bytes from the lowest; spare[] is as long. */
static void
sort_members(const JnEnv *env, JnTrigrams *t, uint32_t *v, uint32_t n, uint32_t *spare)
{
	if (n <= INSERTION_MAX)
	{
		for (uint32_t i = 1; i < n; i++)
		{
			uint32_t	x = v[i];
			uint32_t	k = i;

			for (; k > 0 && v[k - 1] > x; k--)
				v[k] = v[k - 1];
			v[k] = x;
		}
		worked(env, t, 2 * n);
		return;
	}

	/* four passes, so the numbers end where they began */
	for (unsigned shift = 0; shift < 32; shift += 8)
	{
		uint32_t	at[256] = {0};
		uint32_t   *swap = v;
		uint32_t	sum = 0;

		for (uint32_t i = 0; i < n; i++)
			at[v[i] >> shift & 255]++;
		for (unsigned d = 0; d < 256; d++)
		{
			uint32_t	count = at[d];

			at[d] = sum;
			sum += count;
		}
		for (uint32_t i = 0; i < n; i++)
			spare[at[v[i] >> shift & 255]++] = v[i];
		v = spare;
		spare = swap;
		worked(env, t, n);
	}
}

/* Replaces tokens by their ranks, in ascending order within each set, and signs the sets. */
static void
rank_tokens(const JnEnv *env, JnTrigrams *t)
{
	uint32_t   *list = jn_alloc(env, jn_array_size(t->tokens, sizeof(uint32_t)));
	uint32_t   *rank = jn_alloc(env, jn_array_size(t->tokens, sizeof(uint32_t)));
	JnOrder		order = {compare_tokens, t->token};
	uint32_t	largest = 0;
	uint32_t   *spare;

	for (uint32_t i = 0; i < t->tokens; i++)
	{
		list[i] = i;
		worked(env, t, 1);
	}
	jn_order_sort(env, &order, list, t->tokens);
	for (uint32_t i = 0; i < t->tokens; i++)
	{
		rank[list[i]] = i;
		worked(env, t, 1);
	}
	jn_release(env, list);

	for (uint32_t s = 0; s < t->sets; s++)
		if (t->set[s].size > largest)
			largest = t->set[s].size;
	spare = jn_alloc(env, jn_array_size(largest, sizeof(uint32_t)));
	for (uint32_t s = 0; s < t->sets; s++)
	{
		Set		   *set = &t->set[s];
		uint32_t   *member = &t->member[set->start];

		for (uint32_t i = 0; i < set->size; i++)
		{
			unsigned	bit;

			member[i] = rank[member[i]];
			bit = (unsigned) jn_mix64(member[i]) % (64 * SIGNATURE_WORDS);
			set->signature[bit / 64] |= UINT64_C(1) << (bit % 64);
		}
		sort_members(env, t, member, set->size, spare);
	}
	jn_release(env, spare);
	jn_release(env, rank);
}

/* Small sets first; of one size, by what they hold, so that equal ones are neighbours. */
static int
compare_sets(void *ctx, uint32_t a, uint32_t b)
{
	const JnTrigrams *t = ctx;
	const Set  *x = &t->set[a];
	const Set  *y = &t->set[b];

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	for (uint32_t i = 0; i < x->size; i++)
	{
		uint32_t	p = t->member[x->start + i];
		uint32_t	q = t->member[y->start + i];

		if (p != q)
			return p < q ? -1 : 1;
	}
	return 0;
}

/* Brings the sets into the order of compare_sets() and keeps one of each kind of equal ones; links the others to it. */
static void
order_sets(const JnEnv *env, JnTrigrams *t, JnGroups *g)
{
	uint32_t   *list = jn_alloc(env, jn_array_size(t->sets, sizeof(uint32_t)));
	Set		   *ordered = jn_alloc(env, jn_array_size(t->sets, sizeof(Set)));
	JnOrder		order = {compare_sets, t};
	uint32_t	kept = 0;

	for (uint32_t s = 0; s < t->sets; s++)
		list[s] = s;
	jn_order_sort(env, &order, list, t->sets);
	for (uint32_t s = 0; s < t->sets; s++)
	{
		const Set  *set = &t->set[list[s]];

		worked(env, t, 1 + set->size);
		if (s > 0 && compare_sets(t, list[s - 1], list[s]) == 0)
			jn_groups_link(g, ordered[kept - 1].element, set->element);
		else
			ordered[kept++] = *set;
	}
	jn_release(env, list);
	jn_release(env, t->set);
	t->set = ordered;
	t->sets = kept;
}


/* ----- the join ----- */

/* The least number of common trigrams that sets of a and b need; min(a, b) + 1 if no number does. */
static uint32_t
least_overlap(uint32_t a, uint32_t b, double tolerance)
{
	uint32_t	low = 0;
	uint32_t	high = (a < b ? a : b) + 1;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (jn_trigrams_near(a, b, middle, tolerance))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The smallest size that a set may have to be near to one of a. */
static uint32_t
least_size(uint32_t a, double tolerance)
{
	uint32_t	low = 1;
	uint32_t	high = a;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (jn_trigrams_near(a, middle, middle, tolerance))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The number of bits in each byte. */
static inline uint64_t
bits_by_byte(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	return (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

/* How many bits differ between two words each of two signatures. */
static inline uint64_t
bits_differing(const uint64_t *x, const uint64_t *y)
{
	uint64_t	bits = bits_by_byte(x[0] ^ y[0]) + bits_by_byte(x[1] ^ y[1]);

	return bits * UINT64_C(0x0101010101010101) >> 56;
}

/*
 * Whether x and y have at least "need" members in common.  They have none
 * before their places px and py, and the same one there.
 */
static bool
overlap_reaches(const JnEnv *env, JnTrigrams *t, const Set *x, uint32_t px, const Set *y, uint32_t py, uint32_t need)
{
	const uint32_t *a = &t->member[x->start + px];
	const uint32_t *b = &t->member[y->start + py];
	uint32_t	left_a = x->size - px;	/* not yet looked at */
	uint32_t	left_b = y->size - py;

	/* each member that is in one set only brings the other closer to falling short */
	worked(env, t, 4);
	while (need > 0)
	{
		if (left_a < need || left_b < need)
			return false;
		if (*a == *b)
		{
			need--;
			a++, left_a--;
			b++, left_b--;
		}
		else if (*a < *b)
			a++, left_a--;
		else
			b++, left_b--;
	}
	worked(env, t, x->size - px - left_a);
	return true;
}

/* What the join needs beside the collection. */
typedef struct Join
{
	JnTrigrams *t;
	JnGroups   *g;
	uint32_t	apart;			/* groups that the sets are in still */
	Glance	   *glance;			/* by set */
	Posting    *posting;
	size_t	   *begin;			/* by token: its postings are begin .. end-1 */
	size_t	   *end;
	uint32_t   *need;			/* by size: least overlap with the set at hand */
} Join;

/* How many members of a set are in the index: enough to be found by sets that are no smaller. */
static uint32_t
indexed(uint32_t size, double tolerance)
{
	return size - least_overlap(size, size, tolerance) + 1;
}

/* Makes room in the index for the prefixes of all sets. */
static void
plan_index(const JnEnv *env, Join *join, double tolerance)
{
	JnTrigrams *t = join->t;
	size_t		bytes = jn_array_size(t->tokens, sizeof(size_t));
	size_t		sum = 0;
	uint32_t	size = 0;
	uint32_t	prefix = 0;

	join->begin = jn_alloc(env, bytes);
	join->end = jn_alloc(env, bytes);
	memset(join->begin, 0, bytes);
	for (uint32_t x = 0; x < t->sets; x++)
	{
		const Set  *set = &t->set[x];

		if (set->size != size)
			prefix = indexed(size = set->size, tolerance);
		for (uint32_t i = 0; i < prefix; i++)
			join->begin[t->member[set->start + i]]++;
		worked(env, t, prefix);
	}
	for (uint32_t i = 0; i < t->tokens; i++)
	{
		size_t		count = join->begin[i];

		join->begin[i] = join->end[i] = sum;
		sum += count;
		worked(env, t, 1);
	}
	join->posting = jn_alloc(env, jn_array_size(sum, sizeof(Posting)));
}

/* Compares set x with those in the index that share a member of its first "prefix". */
static void
probe(const JnEnv *env, Join *join, uint32_t x, uint32_t prefix, uint32_t smallest)
{
	JnTrigrams *t = join->t;
	JnGroups   *g = join->g;
	const Set  *set = &t->set[x];
	uint32_t	root = jn_groups_find(g, set->element);

	for (uint32_t i = 0; i < prefix; i++)
	{
		uint32_t	token = t->member[set->start + i];
		uint32_t	rest = set->size - i;
		size_t		begin = join->begin[token];
		size_t		end = join->end[token];

		/* later sets are no smaller, so what is too small now is so for good */
		while (begin < end && join->posting[begin].size < smallest)
			begin++;
		worked(env, t, 1 + (begin - join->begin[token]));
		join->begin[token] = begin;

		for (size_t p = begin; p < end; p++)
		{
			Posting		posting = join->posting[p];
			uint32_t	need = join->need[posting.size - smallest];
			uint64_t	spare;	/* members that only one of them may have */
			Glance	   *glance;
			const Set  *other;

			/* common members are from here on */
			worked(env, t, 1);
			if (rest < need || posting.rest < need)
				continue;
			glance = &join->glance[posting.set];
			if (glance->looked == x + 1)
				continue;
			glance->looked = x + 1;
			spare = (uint64_t) set->size + posting.size - 2 * (uint64_t) need;
			if (bits_differing(join->glance[x].signature, glance->signature) > spare || jn_groups_find(g, glance->element) == root)
				continue;
			other = &t->set[posting.set];
			if (bits_differing(set->signature, other->signature)
				+ bits_differing(set->signature + 2, other->signature + 2) > spare)
				continue;
			if (overlap_reaches(env, t, set, i, other, other->size - posting.rest, need))
			{
				jn_groups_link(g, set->element, other->element);
				root = jn_groups_find(g, root);
				if (--join->apart == 1)
					return;
			}
		}
	}
}

/* Puts the first "prefix" members of set x into the index. */
static void
index_set(Join *join, uint32_t x, uint32_t prefix)
{
	const Set  *set = &join->t->set[x];

	for (uint32_t i = 0; i < prefix; i++)
		join->posting[join->end[join->t->member[set->start + i]]++] = (Posting) {x, set->size, set->size - i};
}

static void
join_sets(const JnEnv *env, Join *join, double tolerance)
{
	JnTrigrams *t = join->t;
	uint32_t	largest = t->set[t->sets - 1].size;
	uint32_t	size = 0;
	uint32_t	smallest = 0;
	uint32_t	probed = 0;
	uint32_t	prefix = 0;

	plan_index(env, join, tolerance);
	join->need = jn_alloc(env, jn_array_size(largest, sizeof(uint32_t)));
	join->glance = jn_alloc(env, jn_array_size(t->sets, sizeof(Glance)));
	for (uint32_t x = 0; x < t->sets; x++)
	{
		const Set  *set = &t->set[x];

		join->glance[x] = (Glance) {.element = set->element};
		for (int i = 0; i < 2; i++)
			join->glance[x].signature[i] = set->signature[i] | set->signature[i + 2];
		worked(env, t, 1);
	}

	for (uint32_t x = 0; x < t->sets && join->apart > 1; x++)
	{
		if (t->set[x].size != size)
		{
			size = t->set[x].size;
			smallest = least_size(size, tolerance);
			for (uint32_t b = smallest; b <= size; b++)
			{
				join->need[b - smallest] = least_overlap(size, b, tolerance);
				worked(env, t, 16);
			}
			probed = size - join->need[0] + 1;
			prefix = indexed(size, tolerance);
		}
		probe(env, join, x, probed, smallest);
		index_set(join, x, prefix);
		worked(env, t, prefix);
	}
	jn_release(env, join->glance);
	jn_release(env, join->need);
	jn_release(env, join->posting);
	jn_release(env, join->end);
	jn_release(env, join->begin);
}

void
jn_trigrams_link(const JnEnv *env, JnTrigrams *t, double tolerance, JnGroups *g)
{
	Join		join = {.t = t,.g = g};

	if (t->sets == 0)
		return;
	if (tolerance >= 1)			/* no two texts are further apart */
	{
		for (uint32_t s = 1; s < t->sets; s++)
		{
			jn_groups_link(g, t->set[0].element, t->set[s].element);
			worked(env, t, 1);
		}
		return;
	}

	rank_tokens(env, t);
	order_sets(env, t, g);
	join.apart = t->sets;
	join_sets(env, &join, tolerance);
}
