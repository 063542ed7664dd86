/*
 * journey.c
 *	  Reading a journey: header, sections, proof, steps, comparison, variant.
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

/* ---- header and sections ---- */

JnStatus
jn_header_read(const uint8_t *p, size_t size, JnHeader *head, JnError *err)
{
	if (size < 1)
		return jn_fail(err, JN_BYTES_SHORT, 0, 0, JN_HEADER_SIZE);
	if (p[JN_AT_VERSION] > JN_FORMAT_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, JN_AT_VERSION, p[JN_AT_VERSION], JN_FORMAT_VERSION);
	if (p[JN_AT_VERSION] < JN_FORMAT_VERSION)
		return jn_corrupt_at(JN_AT_VERSION, err);
	if (size < JN_HEADER_SIZE)
		return jn_too_short(size, JN_HEADER_SIZE, err);

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
		return jn_corrupt_at(JN_AT_FLAGS, err);
	if (head->n == 0)
		return jn_corrupt_at(JN_AT_STEPS, err);
	return JN_OK;
}

/* Bytes of the directory: a u32 for each track. */
static size_t
directory_size(unsigned tracks)
{
	size_t		size = 0;

	for (; tracks != 0; tracks &= tracks - 1)
		size += 4;
	return size;
}

/* Reads the directory and gives where the tracks begin: they fill the value to its end. */
static JnStatus
read_directory(const uint8_t *p, size_t size, unsigned tracks, size_t *tracks_at, JnError *err)
{
	size_t		end = JN_HEADER_SIZE + directory_size(tracks);
	uint64_t	sections = 0;

	if (size < end)
		return jn_too_short(size, end, err);
	for (size_t at = JN_HEADER_SIZE; at < end; at += 4)
		sections += jn_load32(p + at);
	if (size - end < sections)
		return jn_too_short(size, end + sections, err);
	*tracks_at = size - (size_t) sections;
	return JN_OK;
}

/*
 * Makes an error in the section at offset "at" one of the whole value, and
 * returns its status.  A section that ends too early for what it claims shows
 * a value that was cut off only if nothing follows it.
 */
static JnStatus
fail_in_section(JnError *err, size_t at, bool last)
{
	if (err->status == JN_BYTES_SHORT && !last)
		return jn_corrupt_at(at + err->at, err);
	return jn_fail_behind(err, at);
}

/* Opens the tracks, which lie one behind the other from offset "at" on. */
static JnStatus
open_tracks(JnJourney *j, size_t at, JnError *err)
{
	const uint8_t *entry = j->bytes + JN_HEADER_SIZE;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
	{
		JnStatus	status;
		size_t		size;
		size_t		used;

		if (!jn_has_track(&j->head, track))
			continue;
		size = used = jn_load32(entry);
		if (track == JN_VALUE)
			status = jn_values_open(j->bytes + at, size, j->head.n, &j->values, err);
		else
			status = jn_labels_open(j->bytes + at, size, j->head.n, jn_track_kind(track), &j->label[track], &used, err);
		if (status != JN_OK)
			return fail_in_section(err, at, false);
		if (used != size)
			return jn_corrupt_at(at + used, err);
		at += size;
		entry += 4;
	}
	return JN_OK;
}

JnStatus
jn_journey_open(const uint8_t *p, size_t size, JnJourney *j, JnError *err)
{
	JnStatus	status = jn_header_read(p, size, &j->head, err);
	size_t		at = JN_HEADER_SIZE;
	size_t		end = size;
	size_t		used;

	if (status != JN_OK)
		return status;
	j->bytes = p;
	j->size = size;
	if (j->head.tracks != 0)
	{
		status = read_directory(p, size, j->head.tracks, &end, err);
		if (status == JN_OK)
			status = open_tracks(j, end, err);
		if (status != JN_OK)
			return status;
		at += directory_size(j->head.tracks);
	}

	if (jn_labels_open(p + at, end - at, j->head.n, JN_LABEL_EVENT, &j->event, &used, err) != JN_OK)
		return fail_in_section(err, at, end == size);
	at += used;
	j->times = p + at;
	j->times_size = end - at;
	if (jn_times_fit(j->times, j->times_size, j->head.flags, j->head.n, err) != JN_OK)
		return fail_in_section(err, at, end == size);
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

/* The sections of an opened journey, each against its own rules. */
static JnStatus
check_tracks(const JnEnv *env, const JnJourney *j, JnError *err)
{
	const uint8_t *entry = j->bytes + JN_HEADER_SIZE;
	const uint8_t *section = j->times + j->times_size;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
	{
		JnStatus	status;

		if (!jn_has_track(&j->head, track))
			continue;
		if (track == JN_VALUE)
			status = jn_values_check(env, section, &j->values, err);
		else
			status = jn_labels_check(env, section, &j->label[track], j->head.n, jn_track_kind(track), err);
		if (status != JN_OK)
			return fail_in_section(err, (size_t) (section - j->bytes), false);
		section += jn_load32(entry);
		entry += 4;
	}
	return JN_OK;
}

JnStatus
jn_journey_validate(const JnEnv *env, const uint8_t *p, size_t size, JnJourney *j, JnError *err)
{
	const uint8_t *events;
	JnStatus	status;

	if (size > JN_MAX_BYTES)
		return jn_corrupt_at(JN_MAX_BYTES, err);
	status = jn_journey_open(p, size, j, err);
	if (status != JN_OK)
		return status;
	if (!jn_time_ok(j->head.first))
		return jn_fail(err, JN_TIME_RANGE, JN_AT_FIRST, j->head.first, 0);
	if (!jn_time_ok(j->head.last))
		return jn_fail(err, JN_TIME_RANGE, JN_AT_LAST, j->head.last, 0);
	if (j->head.last < j->head.first)
		return jn_corrupt_at(JN_AT_LAST, err);

	events = p + JN_HEADER_SIZE + directory_size(j->head.tracks);
	if (jn_labels_check(env, events, &j->event, j->head.n, JN_LABEL_EVENT, err) != JN_OK)
		return jn_fail_behind(err, (size_t) (events - p));
	if (presence_of(env, &j->event) != j->head.presence)
		return jn_corrupt_at(JN_AT_PRESENCE, err);
	if (jn_times_check(env, j->times, j->times_size, j->head.flags, j->head.n,
					   j->head.first, j->head.last, err) != JN_OK)
		return fail_in_section(err, (size_t) (j->times - p), j->head.tracks == 0);
	return check_tracks(env, j, err);
}

/* ---- times ---- */

int64_t
jn_journey_time(const JnEnv *env, const JnJourney *j, uint32_t i)
{
	return jn_times_at(env, j->times, j->times_size, j->head.flags, j->head.n,
					   j->head.first, j->head.last, i);
}

/* ---- whole steps ---- */

void
jn_step_reader_open(const JnEnv *env, JnStepReader *r, const JnJourney *j)
{
	size_t		names = j->event.names;
	JnName	   *next;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
		if (track != JN_VALUE && jn_has_track(&j->head, track))
			names += j->label[track].names;
	r->names = names <= JN_FEW_NAMES ? r->few : jn_alloc(env, jn_array_size(names, sizeof(JnName)));

	next = r->event = r->names;
	jn_labels_names(&j->event, next);
	next += j->event.names;
	for (JnTrack track = 0; track < JN_TRACKS; track++)
		if (track != JN_VALUE && jn_has_track(&j->head, track))
		{
			r->label[track] = next;
			jn_labels_names(&j->label[track], next);
			next += j->label[track].names;
			jn_tick(env);
		}
	jn_walk_open(&r->walk, j);
}

void
jn_step_reader_close(const JnEnv *env, JnStepReader *r)
{
	if (r->names != r->few)
		jn_release(env, r->names);
}

/* The tracks of step i, to which the walk has come. */
static void
read_tracks(const JnEnv *env, JnStepReader *r, uint32_t i, JnStep *step)
{
	const JnJourney *j = r->walk.j;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
	{
		uint32_t	code;

		if (track == JN_VALUE || !jn_has_track(&j->head, track))
			continue;
		code = jn_labels_code(&j->label[track], i);
		if (code == JN_NO_LABEL)
			continue;
		step->label[track] = r->label[track][code];
		step->tracks |= 1U << track;
	}
	if (jn_has_track(&j->head, JN_VALUE) && jn_values_next(jn_walk_values(env, &r->walk), &step->value))
		step->tracks |= 1U << JN_VALUE;
}

bool
jn_step_reader_next(const JnEnv *env, JnStepReader *r, JnStep *step)
{
	const JnJourney *j = r->walk.j;
	uint32_t	i = r->walk.next;

	if (i == j->head.n)
		return false;
	step->time = r->walk.time;
	step->event = r->event[jn_journey_code(j, i)];
	step->tracks = 0;
	if (j->head.tracks != 0)
		read_tracks(env, r, i, step);
	jn_walk_next(&r->walk);
	return true;
}

/* ---- comparison ---- */

/* Codes of two columns as places in the order of the names of both: equal names, equal places. */
typedef struct Ranks
{
	uint32_t   *a;
	uint32_t   *b;
} Ranks;

/*
 * Gives each name of two columns its rank.  Takes the room for that from
 * "room" and returns what is left.
 */
static uint32_t *
rank_names(const JnEnv *env, const JnLabels *a, const JnLabels *b, Ranks *ranks, uint32_t *room)
{
	JnNames		names_a;
	JnNames		names_b;
	JnName		name_a;
	JnName		name_b;
	uint32_t	i = 0;
	uint32_t	k = 0;

	ranks->a = room;
	ranks->b = room + a->names;
	jn_names_open(&names_a, a);
	jn_names_open(&names_b, b);
	name_a = jn_names_next(&names_a);
	name_b = jn_names_next(&names_b);
	for (uint32_t rank = 0; i < a->names || k < b->names; rank++)
	{
		int			order = i == a->names ? 1 : k == b->names ? -1 : jn_name_compare(name_a, name_b);

		if (order <= 0)
		{
			ranks->a[i++] = rank;
			if (i < a->names)
				name_a = jn_names_next(&names_a);
		}
		if (order >= 0)
		{
			ranks->b[k++] = rank;
			if (k < b->names)
				name_b = jn_names_next(&names_b);
		}
		if (rank % 1024 == 1023)
			jn_tick(env);
	}
	return ranks->b + b->names;
}

/* Two journeys that are being compared, and the ranks of the tracks that both have. */
typedef struct Pair
{
	const JnEnv *env;
	JnWalk		a;
	JnWalk		b;
	Ranks		event;
	Ranks		label[JN_TRACKS];
} Pair;

/* The place of a step's label: none is after all, and a track of one journey needs no ranks. */
static inline uint32_t
label_place(const JnWalk *w, JnTrack track, const uint32_t *rank)
{
	uint32_t	code = jn_journey_label(w->j, track, w->next);

	return code == JN_NO_LABEL || rank == NULL ? code : rank[code];
}

static inline uint64_t
value_place(const JnEnv *env, JnWalk *w)
{
	double		value;

	if (!jn_has_track(&w->j->head, JN_VALUE) || !jn_values_next(jn_walk_values(env, w), &value))
		return JN_NO_VALUE;
	return jn_value_key(value);
}

/* Compares the tracks of two steps. */
static int
compare_tracks(Pair *p)
{
	unsigned	tracks = p->a.j->head.tracks | p->b.j->head.tracks;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
	{
		uint64_t	a;
		uint64_t	b;

		if ((tracks >> track & 1) == 0)
			continue;
		if (track == JN_VALUE)
		{
			a = value_place(p->env, &p->a);
			b = value_place(p->env, &p->b);
		}
		else
		{
			a = label_place(&p->a, track, p->label[track].a);
			b = label_place(&p->b, track, p->label[track].b);
		}
		if (a != b)
			return a < b ? -1 : 1;
	}
	return 0;
}

static int
compare_steps(Pair *p)
{
	const JnJourney *a = p->a.j;
	const JnJourney *b = p->b.j;
	bool		tracks = (a->head.tracks | b->head.tracks) != 0;

	while (p->a.next < a->head.n && p->b.next < b->head.n)
	{
		uint32_t	event_a = p->event.a[jn_journey_code(a, p->a.next)];
		uint32_t	event_b = p->event.b[jn_journey_code(b, p->b.next)];
		int			order;

		if (p->a.time != p->b.time)
			return p->a.time < p->b.time ? -1 : 1;
		if (event_a != event_b)
			return event_a < event_b ? -1 : 1;
		if (tracks && (order = compare_tracks(p)) != 0)
			return order;
		jn_walk_next(&p->a);
		jn_walk_next(&p->b);
		if (p->a.next % JN_TICK_EVERY == 0)
			jn_tick(p->env);
	}
	return (a->head.n > b->head.n) - (a->head.n < b->head.n);
}

int
jn_journey_compare(const JnEnv *env, const JnJourney *a, const JnJourney *b)
{
	uint32_t	few[2 * JN_FEW_NAMES];
	uint32_t   *room = few;
	uint32_t   *next;
	size_t		names = (size_t) a->event.names + b->event.names;
	unsigned	common = a->head.tracks & b->head.tracks & ~(1U << JN_VALUE);
	Pair		p;
	int			order;

	/* most pairs differ at once */
	if (a->head.first != b->head.first)
		return a->head.first < b->head.first ? -1 : 1;
	if (a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0)
		return 0;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
		if (common >> track & 1)
			names += (size_t) a->label[track].names + b->label[track].names;
	if (names > 2 * JN_FEW_NAMES)
		room = jn_alloc(env, jn_array_size(names, sizeof(uint32_t)));

	next = rank_names(env, &a->event, &b->event, &p.event, room);
	for (JnTrack track = 0; track < JN_TRACKS; track++)
		if (common >> track & 1)
			next = rank_names(env, &a->label[track], &b->label[track], &p.label[track], next);
		else
			p.label[track] = (Ranks) {NULL, NULL};
	p.env = env;
	jn_walk_open(&p.a, a);
	jn_walk_open(&p.b, b);
	order = compare_steps(&p);
	if (room != few)
		jn_release(env, room);
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
	uint64_t	few[JN_FEW_NAMES];
	uint64_t   *hash = few;
	uint64_t	h = j->head.n;
	JnNames		names;

	if (j->event.names > JN_FEW_NAMES)
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

bool
jn_variant_bare(JnName name)
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

	jn_words_open(env, &words, &j->event, jn_variant_bare);
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

	jn_words_open(env, &words, &j->event, jn_variant_bare);
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
