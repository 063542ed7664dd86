/*
 * journey.c
 *	  Reading a journey: header, sections, proof, facts, comparison, variant.
 *
 * [view 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:05Z] in its 47 bytes:
 *
 *	 01						version 1
 *	 02						unit second, nothing wide
 *	 00 00					no further tracks
 *	 02 00 00 00			2 steps
 *	 00 c8 ac 6c 4f ea 02 00		first, 820576800000000 us after 2000-01-01
 *	 40 13 f9 6c 4f ea 02 00		last, 5000000 us later
 *	 00 00 40 00 00 00 00 80		presence: "cart" is bit 22, "view" bit 63
 *	 02 | 04 04 | c a r t v i e w	the names, ascending
 *	 01 00					codes: view, cart
 *	 00 | 05				times: one length, one difference of 5 s
 *
 * The order of the names is the order of their codes, so comparing two steps
 * of one dictionary never looks at a name.
 */
#include "journey.h"

#include "words.h"

/* Dictionaries up to this size are handled without allocating. */
#define FEW_NAMES	64

/* ---- header and sections ---- */

JnStatus
jn_header_read(const uint8_t *p, size_t size, JnHeader *head, JnError *err)
{
	if (size < 1)
		return jn_fail(err, JN_BYTES_SHORT, 0, 0, JN_HEADER_SIZE);
	if (p[JN_AT_VERSION] > JN_FORMAT_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, JN_AT_VERSION, p[JN_AT_VERSION], JN_FORMAT_VERSION);
	if (p[JN_AT_VERSION] < JN_FORMAT_VERSION)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_AT_VERSION, 0, 0);
	if (size < JN_HEADER_SIZE)
		return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, JN_HEADER_SIZE);

	head->flags = p[JN_AT_FLAGS];
	head->tracks = jn_load16(p + JN_AT_TRACKS);
	head->n = jn_load32(p + JN_AT_STEPS);
	head->first = (int64_t) jn_load64(p + JN_AT_FIRST);
	head->last = (int64_t) jn_load64(p + JN_AT_LAST);
	head->presence = jn_load64(p + JN_AT_PRESENCE);

	if (head->flags & ~(unsigned) JN_FLAGS_KNOWN)
		return jn_fail(err, JN_BYTES_TRACKS, JN_AT_FLAGS, head->flags & ~(unsigned) JN_FLAGS_KNOWN, JN_FLAGS_KNOWN);
	if (head->tracks & ~(unsigned) JN_TRACKS_KNOWN)
		return jn_fail(err, JN_BYTES_TRACKS, JN_AT_TRACKS, head->tracks & ~(unsigned) JN_TRACKS_KNOWN,
					   JN_TRACKS_KNOWN);
	if (jn_unit_us(head->flags & JN_FLAG_UNIT) == 0)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_AT_FLAGS, 0, 0);
	if (head->n == 0)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_AT_STEPS, 0, 0);
	return JN_OK;
}

JnStatus
jn_journey_open(const uint8_t *p, size_t size, JnJourney *j, JnError *err)
{
	JnStatus	status = jn_header_read(p, size, &j->head, err);
	size_t		at = JN_HEADER_SIZE;
	size_t		used;

	if (status != JN_OK)
		return status;
	j->bytes = p;
	j->size = size;
	status = jn_labels_open(p + at, size - at, j->head.n, JN_LABEL_EVENT, &j->event, &used, err);
	if (status != JN_OK)
		return jn_fail_behind(err, at);
	at += used;
	j->times = p + at;
	j->times_size = size - at;
	if (jn_times_fit(j->times, j->times_size, j->head.flags, j->head.n, err) != JN_OK)
		return jn_fail_behind(err, at);
	return JN_OK;
}

/* ---- proof ---- */

/* What the presence bits must be. */
static uint64_t
presence_of(const JnEnv *env, const JnLabels *events)
{
	uint64_t	presence = 0;
	JnNames		names;

	jn_names_open(&names, events);
	for (uint32_t i = 0; i < events->names; i++)
	{
		JnName		name = jn_names_next(&names);

		presence |= jn_presence(name.data, name.size);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return presence;
}

JnStatus
jn_journey_validate(const JnEnv *env, const uint8_t *p, size_t size, JnJourney *j, JnError *err)
{
	JnStatus	status;

	if (size > JN_MAX_BYTES)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_MAX_BYTES, 0, 0);
	status = jn_journey_open(p, size, j, err);
	if (status != JN_OK)
		return status;
	if (!jn_time_ok(j->head.first))
		return jn_fail(err, JN_TIME_RANGE, JN_AT_FIRST, j->head.first, 0);
	if (!jn_time_ok(j->head.last))
		return jn_fail(err, JN_TIME_RANGE, JN_AT_LAST, j->head.last, 0);
	if (j->head.last < j->head.first)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_AT_LAST, 0, 0);

	if (jn_labels_check(env, p + JN_HEADER_SIZE, &j->event, j->head.n, JN_LABEL_EVENT, err) != JN_OK)
		return jn_fail_behind(err, JN_HEADER_SIZE);
	if (presence_of(env, &j->event) != j->head.presence)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_AT_PRESENCE, 0, 0);
	if (jn_times_check(env, j->times, j->times_size, j->head.flags, j->head.n,
					   j->head.first, j->head.last, err) != JN_OK)
		return jn_fail_behind(err, (size_t) (j->times - p));
	return JN_OK;
}

/* ---- names ---- */

int64_t
jn_journey_find(const JnJourney *j, const char *name, size_t size)
{
	uint32_t	code;

	if (size > JN_MAX_NAME || (j->head.presence & jn_presence(name, size)) == 0)
		return -1;
	code = jn_labels_find(&j->event, name, size);
	return code == JN_NO_LABEL ? -1 : (int64_t) code;
}

/* ---- times ---- */

int64_t
jn_journey_time(const JnEnv *env, const JnJourney *j, uint32_t i)
{
	return jn_times_at(env, j->times, j->times_size, j->head.flags, j->head.n,
					   j->head.first, j->head.last, i);
}

/* ---- comparison ---- */

/*
 * Gives each name of two dictionaries its place in the order of both
 * together: equal names, equal places.
 */
static void
rank_names(const JnEnv *env, const JnJourney *a, const JnJourney *b, uint32_t *rank_a, uint32_t *rank_b)
{
	JnNames		names_a;
	JnNames		names_b;
	JnName		name_a;
	JnName		name_b;
	uint32_t	i = 0;
	uint32_t	k = 0;

	jn_names_open(&names_a, &a->event);
	jn_names_open(&names_b, &b->event);
	name_a = jn_names_next(&names_a);
	name_b = jn_names_next(&names_b);
	for (uint32_t rank = 0; i < a->event.names || k < b->event.names; rank++)
	{
		int			order = i == a->event.names ? 1 : k == b->event.names ? -1 : jn_name_compare(name_a, name_b);

		if (order <= 0)
		{
			rank_a[i++] = rank;
			if (i < a->event.names)
				name_a = jn_names_next(&names_a);
		}
		if (order >= 0)
		{
			rank_b[k++] = rank;
			if (k < b->event.names)
				name_b = jn_names_next(&names_b);
		}
		if (rank % 1024 == 1023)
			jn_tick(env);
	}
}

/* Compares the steps, names by their ranks. */
static int
compare_steps(const JnEnv *env, const JnJourney *a, const JnJourney *b,
			  const uint32_t *rank_a, const uint32_t *rank_b)
{
	JnWalk		x;
	JnWalk		y;

	jn_walk_open(&x, a);
	jn_walk_open(&y, b);
	while (x.next < a->head.n && y.next < b->head.n)
	{
		uint32_t	name_x = rank_a[jn_journey_code(a, x.next)];
		uint32_t	name_y = rank_b[jn_journey_code(b, y.next)];

		if (x.time != y.time)
			return x.time < y.time ? -1 : 1;
		if (name_x != name_y)
			return name_x < name_y ? -1 : 1;
		jn_walk_next(&x);
		jn_walk_next(&y);
		if (x.next % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	return (a->head.n > b->head.n) - (a->head.n < b->head.n);
}

int
jn_journey_compare(const JnEnv *env, const JnJourney *a, const JnJourney *b)
{
	uint32_t	few[2 * FEW_NAMES];
	uint32_t   *rank = few;
	size_t		names = (size_t) a->event.names + b->event.names;
	int			order;

	/* most pairs differ at once */
	if (a->head.first != b->head.first)
		return a->head.first < b->head.first ? -1 : 1;
	if (a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0)
		return 0;

	if (names > 2 * FEW_NAMES)
		rank = jn_alloc(env, names * sizeof(uint32_t));
	rank_names(env, a, b, rank, rank + a->event.names);
	order = compare_steps(env, a, b, rank, rank + a->event.names);
	if (rank != few)
		jn_release(env, rank);
	return order;
}

uint64_t
jn_journey_hash(const JnJourney *j, uint64_t seed)
{
	return jn_mix64(jn_hash64(j->bytes, j->size) ^ seed);
}

/* ---- variant ---- */

uint64_t
jn_journey_variant_hash(const JnEnv *env, const JnJourney *j)
{
	uint64_t	few[FEW_NAMES];
	uint64_t   *hash = few;
	uint64_t	h = j->head.n;
	JnNames		names;

	if (j->event.names > FEW_NAMES)
		hash = jn_alloc(env, j->event.names * sizeof(uint64_t));
	jn_names_open(&names, &j->event);
	for (uint32_t i = 0; i < j->event.names; i++)
	{
		JnName		name = jn_names_next(&names);

		hash[i] = jn_hash64(name.data, name.size);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < j->head.n; i++)
	{
		h = jn_mix64(h) ^ hash[jn_journey_code(j, i)];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (hash != few)
		jn_release(env, hash);
	return jn_mix64(h);
}

#define ARROW		" > "
#define ARROW_SIZE	3

/* Whether a name stands in a variant without quotes. */
static bool
is_bare(JnName name)
{
	bool		bare = name.size > 0 && name.data[0] != ' ' && name.data[name.size - 1] != ' ';

	for (uint32_t i = 0; i < name.size; i++)
	{
		unsigned char c = (unsigned char) name.data[i];

		bare &= c >= 0x20 && c != 0x7f && c != '>' && c != '"';
	}
	return bare;
}

uint64_t
jn_journey_variant_size(const JnEnv *env, const JnJourney *j)
{
	JnWords		words;
	uint64_t	size = (uint64_t) (j->head.n - 1) * ARROW_SIZE;

	jn_words_open(env, &words, j, is_bare);
	for (uint32_t i = 0; i < j->head.n; i++)
	{
		size += words.word[jn_journey_code(j, i)].size;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_words_close(env, &words);
	return size;
}

void
jn_journey_variant_write(const JnEnv *env, const JnJourney *j, char *out)
{
	JnWords		words;

	jn_words_open(env, &words, j, is_bare);
	for (uint32_t i = 0; i < j->head.n; i++)
	{
		if (i > 0)
		{
			memcpy(out, ARROW, ARROW_SIZE);
			out += ARROW_SIZE;
		}
		out = jn_word_write(&words.word[jn_journey_code(j, i)], out);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	jn_words_close(env, &words);
}
