/*
 * build.c
 *	  The builder of journeys: steps, tracks, order, bytes.
 *
 * Steps are two arrays in one block, time[] and code[], 12 bytes a step; codes
 * come from a dictionary (dict.h), which jn_build_finish() puts in order: then
 * a code is also the rank of its name, and two steps of one time compare by
 * code.
 *
 * Shared names.  Where the rows of many subjects come mixed, adding a step
 * means waiting for memory: its builder, its arrays, and what finding the name
 * looks at.  A builder that shares a vocabulary (common.h) has only the first
 * two of its own.  Its codes stay what they are in the vocabulary; the names
 * that it uses, in order, are picked out when it is written.
 *
 * Tracks.  A journey without tracks pays one pointer for them.  The first step
 * that has a label in a track makes a column for it, codes and a dictionary of
 * their own, with JN_NO_LABEL for all steps before; values are a column of
 * keys.  A column is as long as the other arrays from then on.
 *
 * Order.  Without tracks the sorter moves both arrays, by time and code.  With
 * tracks it moves times and the numbers of the steps; steps of one time that
 * are not yet in order are sorted by one column after the other, from the last
 * one to the event, stably; then each column is rearranged once.
 *
 * Memory.  The first block holds the builder and room for a few steps and
 * names, since an aggregate may have a million builders of a handful of steps
 * each.  Arrays grow out of it by doubling.
 */
#include "build.h"

#include "common.h"
#include "sort.h"
#include "values.h"

/* Dictionaries of others up to this size are handled without allocating. */
#define FEW_FOREIGN		64

/* Room in the first block, which has 256 bytes, or 128 if the names are shared. */
#define FIRST_STEPS		5
#define FIRST_SHARED	4
#define FIRST_NAMES		3
#define FIRST_TEXT		32

/* Room for names in the block of a label column. */
#define FIRST_LABELS	2
#define FIRST_LABEL_TEXT	24

/* A label track: as long as the steps. */
typedef struct Column
{
	uint32_t   *code;			/* of dict, or JN_NO_LABEL */
	uint32_t	given;			/* steps that have a label */
	JnDict		dict;
	JnDictEntry first_entry[FIRST_LABELS];
	char		first_text[FIRST_LABEL_TEXT];
} Column;

typedef struct Tracks
{
	Column	   *column[JN_TRACKS];	/* NULL before its first label; [JN_VALUE] is not used */
	uint64_t   *value;			/* keys of values.h; NULL before the first value */
	uint32_t	values;			/* steps that have a value */
	JnValuesPlan values_plan;	/* of finish, for write */
	uint32_t	size[JN_TRACKS];	/* likewise: bytes of each section, 0 if absent */
} Tracks;

struct JnBuild
{
	int64_t    *time;			/* n steps; microseconds */
	uint32_t   *code;			/* of common, or else dict; in the same block as time, behind its room */
	uint32_t	n;
	uint32_t	room;			/* steps that fit */
	JnCommon   *common;			/* names of events, shared with others; or NULL */
	JnDict	   *dict;			/* names of events, our own; or NULL */
	Tracks	   *tracks;			/* NULL as long as no step has any */
	JnTimesPlan times_plan;		/* of finish, for write */
	bool		keep_ties;		/* steps of one time stay as they came */
	bool		steps_lent;		/* they are in the first block */
	bool		dict_lent;		/* likewise */
};

/* The first block of a builder that has its own names, */
typedef struct Alone
{
	JnBuild		build;
	int64_t		time[FIRST_STEPS];
	uint32_t	code[FIRST_STEPS];
	JnDict		dict;
	JnDictEntry entry[FIRST_NAMES];
	char		text[FIRST_TEXT];
} Alone;

/* and of one that shares them. */
typedef struct Sharing
{
	JnBuild		build;
	int64_t		time[FIRST_SHARED];
	uint32_t	code[FIRST_SHARED];
} Sharing;

_Static_assert(sizeof(Alone) <= 256 && sizeof(Sharing) <= 128, "many groups have a builder at the same time");

#define STEP_SIZE	(sizeof(int64_t) + sizeof(uint32_t))

/* ---- the object ---- */

JnBuild *
jn_build_new(const JnEnv *env, bool keep_ties)
{
	Alone	   *first = jn_alloc(env, sizeof(Alone));

	jn_dict_init(&first->dict, first->entry, FIRST_NAMES, first->text, FIRST_TEXT);
	first->build = (JnBuild)
	{
		.time = first->time,.code = first->code,.room = FIRST_STEPS,.dict = &first->dict,
			.keep_ties = keep_ties,.steps_lent = true,.dict_lent = true
	};
	return &first->build;
}

JnBuild *
jn_build_new_sharing(const JnEnv *env, bool keep_ties, JnCommon *common)
{
	Sharing    *first = jn_alloc(env, sizeof(Sharing));

	first->build = (JnBuild)
	{
		.time = first->time,.code = first->code,.room = FIRST_SHARED,.common = common,
			.keep_ties = keep_ties,.steps_lent = true
	};
	return &first->build;
}

static void
free_tracks(const JnEnv *env, Tracks *tracks)
{
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		Column	   *c = tracks->column[t];

		if (c == NULL)
			continue;
		jn_dict_release(env, &c->dict);
		jn_release(env, c->code);
		jn_release(env, c);
	}
	if (tracks->value != NULL)
		jn_release(env, tracks->value);
	jn_release(env, tracks);
}

void
jn_build_free(const JnEnv *env, JnBuild *b)
{
	if (!b->steps_lent)
		jn_release(env, b->time);
	if (b->dict != NULL)
		jn_dict_release(env, b->dict);
	if (b->dict != NULL && !b->dict_lent)
		jn_release(env, b->dict);
	if (b->tracks != NULL)
		free_tracks(env, b->tracks);
	jn_release(env, b);
}

void
jn_build_reset(JnBuild *b)
{
	b->n = 0;
	if (b->dict != NULL)
		jn_dict_reset(b->dict);
	if (b->tracks == NULL)
		return;
	b->tracks->values = 0;
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		Column	   *c = b->tracks->column[t];

		if (c != NULL)
		{
			c->given = 0;
			jn_dict_reset(&c->dict);
		}
	}
}

uint32_t
jn_build_steps(const JnBuild *b)
{
	return b->n;
}

/* Gives times and codes more room. */
static void
grow_steps(const JnEnv *env, JnBuild *b, uint32_t room)
{
	size_t		size = jn_array_size(room, STEP_SIZE);
	int64_t    *time;

	if (b->steps_lent)
	{
		time = jn_alloc(env, size);
		memcpy(time, b->time, b->n * sizeof(int64_t));
		memcpy(time + room, b->code, b->n * sizeof(uint32_t));
	}
	else
	{
		time = jn_resize(env, b->time, size);
		memmove(time + room, time + b->room, b->n * sizeof(uint32_t));
	}
	b->time = time;
	b->code = (uint32_t *) (time + room);
	b->steps_lent = false;
}

/* Makes room for "count" more steps where there is none. */
static JnStatus
grow_room(const JnEnv *env, JnBuild *b, uint32_t count, JnError *err)
{
	uint64_t	need = (uint64_t) b->n + count;
	uint64_t	room = 2 * (uint64_t) b->room;

	if (need > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) need, JN_MAX_STEPS);
	room = room < need ? need : room < JN_MAX_STEPS ? room : JN_MAX_STEPS;
	grow_steps(env, b, (uint32_t) room);
	if (b->tracks != NULL)
	{
		for (JnTrack t = 0; t < JN_TRACKS; t++)
		{
			Column	   *c = b->tracks->column[t];

			if (c != NULL)
				c->code = jn_resize(env, c->code, jn_array_size(room, sizeof(uint32_t)));
		}
		if (b->tracks->value != NULL)
			b->tracks->value = jn_resize(env, b->tracks->value, jn_array_size(room, sizeof(uint64_t)));
	}
	b->room = (uint32_t) room;
	return JN_OK;
}

/* Makes room for "count" more steps. */
static inline JnStatus
make_room(const JnEnv *env, JnBuild *b, uint32_t count, JnError *err)
{
	return count <= b->room - b->n ? JN_OK : grow_room(env, b, count, err);
}

/* ---- tracks ---- */

static Tracks *
need_tracks(const JnEnv *env, JnBuild *b)
{
	if (b->tracks == NULL)
	{
		Tracks	   *tracks = jn_alloc(env, sizeof(Tracks));

		memset(tracks, 0, sizeof(Tracks));
		b->tracks = tracks;
	}
	return b->tracks;
}

/* Writes JN_NO_LABEL "count" times. */
static void
fill_none(const JnEnv *env, uint32_t *code, uint32_t count)
{
	for (uint32_t done = 0; done < count;)
	{
		uint32_t	part = count - done > JN_TICK_EVERY ? JN_TICK_EVERY : count - done;

		memset(code + done, 0xff, part * sizeof(uint32_t));
		done += part;
		jn_tick(env);
	}
}

/* Writes JN_NO_VALUE "count" times. */
static void
fill_no_value(const JnEnv *env, uint64_t *key, uint32_t count)
{
	for (uint32_t done = 0; done < count;)
	{
		uint32_t	part = count - done > JN_TICK_EVERY ? JN_TICK_EVERY : count - done;

		memset(key + done, 0xff, part * sizeof(uint64_t));
		done += part;
		jn_tick(env);
	}
}

/* The column of a track, made at the first need. */
static Column *
need_column(const JnEnv *env, JnBuild *b, JnTrack track)
{
	Tracks	   *tracks = need_tracks(env, b);

	if (tracks->column[track] == NULL)
	{
		Column	   *c = jn_alloc(env, sizeof(Column));

		jn_dict_init(&c->dict, c->first_entry, FIRST_LABELS, c->first_text, FIRST_LABEL_TEXT);
		c->given = 0;
		c->code = jn_alloc(env, jn_array_size(b->room, sizeof(uint32_t)));
		fill_none(env, c->code, b->n);
		tracks->column[track] = c;
	}
	return tracks->column[track];
}

/* The column of values, made at the first need. */
static uint64_t *
need_values(const JnEnv *env, JnBuild *b)
{
	Tracks	   *tracks = need_tracks(env, b);

	if (tracks->value == NULL)
	{
		uint64_t   *value = jn_alloc(env, jn_array_size(b->room, sizeof(uint64_t)));

		fill_no_value(env, value, b->n);
		tracks->value = value;
	}
	return tracks->value;
}

/* Whether some step has something in a track. */
static inline bool
has_track(const JnBuild *b, JnTrack track)
{
	const Tracks *tracks = b->tracks;

	if (tracks == NULL)
		return false;
	if (track == JN_VALUE)
		return tracks->values > 0;
	return tracks->column[track] != NULL && tracks->column[track]->given > 0;
}

/* The next step has nothing in any track: say so in those that have a column. */
static void
put_none(JnBuild *b)
{
	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (b->tracks->column[t] != NULL)
			b->tracks->column[t]->code[b->n] = JN_NO_LABEL;
	if (b->tracks->value != NULL)
		b->tracks->value[b->n] = JN_NO_VALUE;
}

/* ---- names of events ---- */

/*
 * Makes "count" codes of one dictionary codes of another.  The list of names
 * that takes has those of the codes if they are fewer, else all there are.
 */
static JnStatus
map_dict(const JnEnv *env, JnDict *into, const JnDict *from, uint32_t *code, uint32_t count, JnError *err)
{
	JnName		few[FEW_FOREIGN];
	uint32_t	names = from->names < count ? from->names : count;
	JnName	   *name = few;
	JnStatus	status;

	few[0] = (JnName) {NULL, 0};
	if (names > FEW_FOREIGN)
		name = jn_alloc(env, names * sizeof(JnName));
	for (uint32_t i = 0; i < names; i++)
	{
		if (names == from->names)
			name[i] = jn_dict_name(from, i);
		else if (code[i] != JN_NO_LABEL)
		{
			name[i] = jn_dict_name(from, code[i]);
			code[i] = i;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	status = jn_dict_map(env, into, name, names, code, count, err);
	if (name != few)
		jn_release(env, name);
	return status;
}

/* Goes on with names of our own. */
static JnStatus
leave_common(const JnEnv *env, JnBuild *b, JnError *err)
{
	const JnDict *common = &b->common->dict;
	JnDict	   *dict = jn_alloc(env, sizeof(JnDict));

	jn_dict_init(dict, NULL, 0, NULL, 0);
	b->common = NULL;
	b->dict = dict;
	return map_dict(env, dict, common, b->code, b->n, err);
}

/* Makes sure that the names are our own. */
static inline JnStatus
own_names(const JnEnv *env, JnBuild *b, JnError *err)
{
	return b->common == NULL ? JN_OK : leave_common(env, b, err);
}

/* The dictionary that the codes are of. */
static inline const JnDict *
names_of(const JnBuild *b)
{
	return b->common != NULL ? &b->common->dict : b->dict;
}

/* The code of an event. */
static inline JnStatus
event_code(const JnEnv *env, JnBuild *b, const char *name, size_t size, uint32_t *code, JnError *err)
{
	JnStatus	status = JN_OK;

	if (b->common != NULL)
	{
		status = jn_common_code(b->common, name, size, code, err);
		if (status != JN_OK || *code != JN_NO_LABEL)
			return status;
		status = leave_common(env, b, err);
	}
	return status == JN_OK ? jn_dict_code(env, b->dict, name, size, JN_LABEL_EVENT, code, err) : status;
}

/* ---- adding a step ---- */

JnStatus
jn_build_add(const JnEnv *env, JnBuild *b, int64_t time, const char *name, size_t size, JnError *err)
{
	uint32_t	code;
	JnStatus	status;

	if (!jn_time_ok(time))
		return jn_fail(err, JN_TIME_RANGE, 0, time, 0);
	if (size > JN_MAX_NAME)
		return jn_fail(err, JN_NAME_LONG, 0, (int64_t) size, JN_MAX_NAME);
	status = make_room(env, b, 1, err);
	if (status != JN_OK)
		return status;
	status = event_code(env, b, name, size, &code, err);
	if (status != JN_OK)
		return status;
	if (b->tracks != NULL)
		put_none(b);
	b->time[b->n] = time;
	b->code[b->n] = code;
	b->n++;
	return JN_OK;
}

/* Proves the labels of a step that its tracks do not know yet. */
static JnStatus
check_labels(const JnBuild *b, const JnStep *step, JnError *err)
{
	static const JnDict empty = {0};

	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		const Column *c = b->tracks != NULL ? b->tracks->column[t] : NULL;
		const JnDict *dict = c != NULL ? &c->dict : &empty;
		JnName		label = step->label[t];
		JnStatus	status = JN_OK;

		if (t == JN_VALUE || (step->tracks >> t & 1) == 0)
			continue;
		if (label.size > JN_MAX_NAME || jn_dict_find(dict, label.data, label.size) == JN_NO_LABEL)
			status = jn_dict_check(dict, label, jn_track_kind(t), err);
		if (status != JN_OK)
			return status;
	}
	return JN_OK;
}

JnStatus
jn_build_add_step(const JnEnv *env, JnBuild *b, const JnStep *step, JnError *err)
{
	JnStatus	status = JN_OK;
	uint32_t	i = b->n;

	/* all that can be refused first, so that the builder stays as it was */
	if (step->tracks & ~((1U << JN_TRACKS) - 1))
		return jn_fail(err, JN_ARGUMENT, 0, step->tracks, (1 << JN_TRACKS) - 1);
	if (step->tracks != 0)
		status = check_labels(b, step, err);
	if (status == JN_OK)
		status = jn_build_add(env, b, step->time, step->event.data, step->event.size, err);
	if (status != JN_OK || step->tracks == 0)
		return status;

	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if ((step->tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
		{
			need_values(env, b)[i] = jn_value_key(step->value);
			b->tracks->values++;
		}
		else
		{
			Column	   *c = need_column(env, b, t);
			JnName		label = step->label[t];

			/* cannot fail any more */
			jn_dict_code(env, &c->dict, label.data, label.size, jn_track_kind(t), &c->code[i], err);
			c->given++;
		}
	}
	return JN_OK;
}

/* ---- adding many ---- */

/* Steps among code[0 .. count-1] that have a label. */
static uint32_t
count_labels(const JnEnv *env, const uint32_t *code, uint32_t count)
{
	uint32_t	given = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		given += code[i] != JN_NO_LABEL;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return given;
}

static uint32_t
count_values(const JnEnv *env, const uint64_t *key, uint32_t count)
{
	uint32_t	given = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		given += key[i] != JN_NO_VALUE;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return given;
}

/* The next "count" steps have nothing in a track. */
static void
add_none(const JnEnv *env, JnBuild *b, JnTrack track, uint32_t count)
{
	if (b->tracks == NULL)
		return;
	if (track == JN_VALUE && b->tracks->value != NULL)
		fill_no_value(env, b->tracks->value + b->n, count);
	if (track != JN_VALUE && b->tracks->column[track] != NULL)
		fill_none(env, b->tracks->column[track]->code + b->n, count);
}

/*
 * Takes in the labels of "count" steps, which stand in the column behind the
 * last step already, but with codes of another dictionary.
 */
static JnStatus
adopt_labels(const JnEnv *env, JnBuild *b, Column *c, const JnName *name, uint32_t names, uint32_t count,
			 JnError *err)
{
	c->given += count_labels(env, c->code + b->n, count);
	return jn_dict_map(env, &c->dict, name, names, c->code + b->n, count, err);
}

/* Likewise the values, which stand behind the last step already. */
static void
adopt_values(const JnEnv *env, JnBuild *b, uint32_t count)
{
	b->tracks->values += count_values(env, b->tracks->value + b->n, count);
}

/* The names of the label tracks of a walk's journey, one track's after the other's, read once. */
static const JnName *
walk_labels(const JnEnv *env, JnWalk *w)
{
	size_t		names = 0;
	JnName	   *name;

	if (w->label != NULL)
		return w->label;
	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && jn_has_track(&w->j->head, t))
			names += w->j->label[t].names;
	name = jn_alloc(env, jn_array_size(names + 1, sizeof(JnName)));
	w->label = name;
	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && jn_has_track(&w->j->head, t))
		{
			jn_labels_names(&w->j->label[t], name);
			name += w->j->label[t].names;
		}
	return w->label;
}

/* Adds what the next "count" steps of a walk have in the tracks. */
static JnStatus
add_run_tracks(const JnEnv *env, JnBuild *b, JnWalk *w, uint32_t count, JnError *err)
{
	const JnJourney *j = w->j;
	const JnName *name = walk_labels(env, w);
	JnStatus	status = JN_OK;

	for (JnTrack t = 0; t < JN_TRACKS && status == JN_OK; t++)
	{
		if (!jn_has_track(&j->head, t))
			add_none(env, b, t, count);
		else if (t == JN_VALUE)
		{
			uint64_t   *key = need_values(env, b);

			jn_values_decode(env, jn_walk_values(env, w), count, key + b->n);
			adopt_values(env, b, count);
		}
		else
		{
			const JnLabels *labels = &j->label[t];
			Column	   *c = need_column(env, b, t);

			jn_labels_decode(env, labels, w->next, count, c->code + b->n);
			status = adopt_labels(env, b, c, name, labels->names, count, err);
			name += labels->names;
		}
	}
	return status;
}

JnStatus
jn_build_add_run(const JnEnv *env, JnBuild *b, JnWalk *w, const JnName *name, uint32_t count, JnError *err)
{
	JnStatus	status = make_room(env, b, count, err);
	uint32_t   *code;
	int64_t    *time;

	if (status != JN_OK)
		return status;
	code = b->code + b->n;
	time = b->time + b->n;
	jn_labels_decode(env, &w->j->event, w->next, count, code);
	status = own_names(env, b, err);
	if (status == JN_OK)
		status = jn_dict_map(env, b->dict, name, w->j->event.names, code, count, err);
	if (status == JN_OK && (w->j->head.tracks != 0 || b->tracks != NULL))
		status = add_run_tracks(env, b, w, count, err);
	if (status != JN_OK)
		return status;

	if (w->next == 0 && count > 0)
	{
		/* the usual case, all of it or the beginning: decode in one go */
		jn_times_decode(env, &w->times, w->time, time, count);
		w->next = count - 1;
		w->time = time[count - 1];
		jn_walk_next(w);
	}
	else
	{
		for (uint32_t i = 0; i < count; i++)
		{
			time[i] = w->time;
			jn_walk_next(w);
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
	}
	b->n += count;
	return JN_OK;
}

JnStatus
jn_build_add_journey(const JnEnv *env, JnBuild *b, const JnJourney *j, uint32_t from, uint32_t to, JnError *err)
{
	JnName		few[FEW_FOREIGN];
	JnName	   *name = few;
	JnWalk		w;
	JnStatus	status;

	if (from >= to)
		return JN_OK;
	status = make_room(env, b, to - from, err);
	if (status != JN_OK)
		return status;
	if (j->event.names > FEW_FOREIGN)
		name = jn_alloc(env, j->event.names * sizeof(JnName));
	jn_labels_names(&j->event, name);
	jn_walk_open(&w, j);
	while (w.next < from)
	{
		jn_walk_next(&w);
		if (w.next % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	status = jn_build_add_run(env, b, &w, name, to - from, err);
	jn_walk_close(env, &w);
	if (name != few)
		jn_release(env, name);
	return status;
}

/* Adds what all steps of another builder have in the tracks. */
static JnStatus
merge_tracks(const JnEnv *env, JnBuild *into, const JnBuild *from, JnError *err)
{
	JnStatus	status = JN_OK;

	for (JnTrack t = 0; t < JN_TRACKS && status == JN_OK; t++)
	{
		if (!has_track(from, t))
			add_none(env, into, t, from->n);
		else if (t == JN_VALUE)
		{
			uint64_t   *key = need_values(env, into);

			memcpy(key + into->n, from->tracks->value, from->n * sizeof(uint64_t));
			into->tracks->values += from->tracks->values;
		}
		else
		{
			const Column *other = from->tracks->column[t];
			Column	   *c = need_column(env, into, t);

			memcpy(c->code + into->n, other->code, from->n * sizeof(uint32_t));
			c->given += other->given;
			status = map_dict(env, &c->dict, &other->dict, c->code + into->n, from->n, err);
		}
	}
	return status;
}

JnStatus
jn_build_merge(const JnEnv *env, JnBuild *into, const JnBuild *from, JnError *err)
{
	JnStatus	status = make_room(env, into, from->n, err);

	if (status != JN_OK || from->n == 0)
		return status;
	memcpy(into->time + into->n, from->time, from->n * sizeof(int64_t));
	memcpy(into->code + into->n, from->code, from->n * sizeof(uint32_t));
	status = own_names(env, into, err);
	if (status == JN_OK)
		status = map_dict(env, into->dict, names_of(from), into->code + into->n, from->n, err);
	if (status == JN_OK && (into->tracks != NULL || from->tracks != NULL))
		status = merge_tracks(env, into, from, err);
	if (status == JN_OK)
		into->n += from->n;
	return status;
}

/* ---- order ---- */

/* What tells steps of one time apart: codes or keys, whichever is not NULL. */
typedef struct Field
{
	uint32_t   *code;
	uint64_t   *key;
} Field;

#define MAX_FIELDS	(1 + JN_TRACKS)

/* Tie groups up to this size are sorted without allocating. */
#define FEW_TIED	64

/* Lists the columns in the order in which they decide; returns how many. */
static unsigned
list_fields(JnBuild *b, Field *field)
{
	unsigned	fields = 0;

	field[fields++] = (Field) {.code = b->code};
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if (!has_track(b, t))
			continue;
		if (t == JN_VALUE)
			field[fields++] = (Field) {.key = b->tracks->value};
		else
			field[fields++] = (Field) {.code = b->tracks->column[t]->code};
	}
	return fields;
}

/* What step i has in a column as a number in order; none is the largest. */
static inline int64_t
field_key(const Field *field, uint32_t i)
{
	return field->code != NULL ? (int64_t) field->code[i] : (int64_t) (field->key[i] ^ UINT64_C(1) << 63);
}

/* Whether step i, of the same time as step k, belongs before it. */
static bool
tied_before(const Field *field, unsigned fields, uint32_t i, uint32_t k)
{
	for (unsigned f = 0; f < fields; f++)
	{
		int64_t		x = field_key(&field[f], i);
		int64_t		y = field_key(&field[f], k);

		if (x != y)
			return x < y;
	}
	return false;
}

static bool
in_order(const JnEnv *env, const JnBuild *b, const Field *field, unsigned fields)
{
	for (uint32_t i = 1; i < b->n; i++)
	{
		if (b->time[i] < b->time[i - 1])
			return false;
		if (b->time[i] == b->time[i - 1] && !b->keep_ties && tied_before(field, fields, i, i - 1))
			return false;
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	return true;
}

/* Puts n steps of one time in order: stably by each column, the one that decides last. */
static void
sort_tied(const JnEnv *env, const Field *field, unsigned fields, uint32_t *order, uint32_t n)
{
	int64_t		few[FEW_TIED];
	int64_t    *key = n <= FEW_TIED ? few : jn_alloc(env, jn_array_size(n, sizeof(int64_t)));

	for (unsigned f = fields; f-- > 0;)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			key[i] = field_key(&field[f], order[i]);
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		jn_sort(env, key, order, n, false);
	}
	if (key != few)
		jn_release(env, key);
}

/* Finds the steps of one time in order[], which is by time, and puts them in order. */
static void
sort_ties(const JnEnv *env, const JnBuild *b, const Field *field, unsigned fields, uint32_t *order)
{
	uint32_t	to;

	for (uint32_t from = 0; from < b->n; from = to)
	{
		bool		sorted = true;

		for (to = from + 1; to < b->n && b->time[to] == b->time[from]; to++)
		{
			sorted = sorted && !tied_before(field, fields, order[to], order[to - 1]);
			if (to % JN_TICK_EVERY == 0)
				jn_tick(env);
		}
		if (!sorted)
			sort_tied(env, field, fields, order + from, to - from);
		if (to % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

/* Rearranges a column: element order[i] comes to place i.  "spare" has room for it. */
static void
rearrange(const JnEnv *env, const Field *field, const uint32_t *order, uint32_t n, uint64_t *spare)
{
	uint32_t   *spare_code = (uint32_t *) spare;

	for (uint32_t i = 0; i < n; i++)
	{
		if (field->code != NULL)
			spare_code[i] = field->code[order[i]];
		else
			spare[i] = field->key[order[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (field->code != NULL)
		memcpy(field->code, spare, n * sizeof(uint32_t));
	else
		memcpy(field->key, spare, n * sizeof(uint64_t));
}

/* Whether the times ascend strictly: then nothing else decides. */
static bool
is_ascending(const JnEnv *env, const JnBuild *b)
{
	for (uint32_t i = 1; i < b->n; i++)
	{
		if (b->time[i] <= b->time[i - 1])
			return false;
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	return true;
}

static void
sort_steps(const JnEnv *env, JnBuild *b)
{
	Field		field[MAX_FIELDS];
	unsigned	fields = list_fields(b, field);
	uint32_t   *order;
	uint64_t   *spare;

	if (fields == 1)
	{
		jn_sort(env, b->time, b->code, b->n, !b->keep_ties);
		return;
	}
	if (in_order(env, b, field, fields))
		return;
	order = jn_alloc(env, jn_array_size(b->n, sizeof(uint32_t)));
	for (uint32_t i = 0; i < b->n; i++)
	{
		order[i] = i;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_sort(env, b->time, order, b->n, false);
	if (!b->keep_ties)
		sort_ties(env, b, field, fields, order);
	spare = jn_alloc(env, jn_array_size(b->n, sizeof(uint64_t)));
	for (unsigned f = 0; f < fields; f++)
		rearrange(env, &field[f], order, b->n, spare);
	jn_release(env, spare);
	jn_release(env, order);
}

/* Exchanges shared codes for something else that stands for them. */
static void
exchange(const JnEnv *env, JnBuild *b, const uint16_t *by)
{
	for (uint32_t i = 0; i < b->n; i++)
	{
		b->code[i] = by[b->code[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Puts names and steps in order; shared codes are ranks while the steps are sorted. */
static void
put_in_order(const JnEnv *env, JnBuild *b)
{
	if (b->common == NULL)
		jn_dict_order(env, b->dict, b->code, b->n);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && has_track(b, t))
			jn_dict_order(env, &b->tracks->column[t]->dict, b->tracks->column[t]->code, b->n);
	if (is_ascending(env, b))
		return;
	if (b->common != NULL)
		exchange(env, b, b->common->rank);
	sort_steps(env, b);
	if (b->common != NULL)
		exchange(env, b, b->common->by_rank);
}

/* ---- bytes ---- */

/* Whether some steps have no label in the column. */
static inline bool
has_gaps(const JnBuild *b, const Column *c)
{
	return c->given < b->n;
}

/* Plans the tracks; gives their bytes, directory and all. */
static uint64_t
plan_tracks(const JnEnv *env, JnBuild *b)
{
	uint64_t	bytes = 0;

	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	size = 0;

		if (has_track(b, t))
		{
			if (t == JN_VALUE)
			{
				b->tracks->values_plan = jn_values_plan(env, b->tracks->value, b->n);
				size = b->tracks->values_plan.size;
			}
			else
			{
				const Column *c = b->tracks->column[t];

				size = jn_dict_size(&c->dict, b->n, jn_track_kind(t), has_gaps(b, c));
			}
			bytes += sizeof(uint32_t) + size;
		}

		/* more than fits is more than a value may have */
		b->tracks->size[t] = (uint32_t) size;
	}
	return bytes;
}

/* The names of our steps out of those that we share; the last to pick was most likely jn_build_finish(). */
static const JnCommon *
picked(const JnBuild *b)
{
	if (b->common->picker != b)
		jn_common_pick(b->common, b, b->code, b->n);
	return b->common;
}

/* Bytes of names and codes of the events. */
static uint64_t
events_size(const JnBuild *b)
{
	const JnCommon *c;
	uint64_t	size;

	if (b->common == NULL)
		return jn_dict_size(b->dict, b->n, JN_LABEL_EVENT, false);
	c = b->common;
	jn_common_pick(b->common, b, b->code, b->n);
	size = jn_varint_size(c->picked) + (uint64_t) b->n * jn_code_width(c->picked);
	for (uint32_t i = 0; i < c->picked; i++)
	{
		uint32_t	name_size = c->dict.entry[c->pick[i]].size;

		size += jn_varint_size(name_size) + name_size;
	}
	return size;
}

/* Writes the codes of shared names as numbers among those picked. */
static uint8_t *
write_shared_codes(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	const uint16_t *number = b->common->number;
	unsigned	width = jn_code_width(b->common->picked);

	for (uint32_t i = 0; width > 0 && i < b->n; i++, out += width)
	{
		if (width == 1)
			*out = (uint8_t) number[b->code[i]];
		else
			jn_store16(out, number[b->code[i]]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return out;
}

/* Writes names and codes of the events at p and returns the byte after them. */
static uint8_t *
write_events(const JnEnv *env, const JnBuild *b, uint64_t *presence, uint8_t *p)
{
	const JnCommon *c;

	*presence = 0;
	if (b->common == NULL)
	{
		for (uint32_t i = 0; i < b->dict->names; i++)
		{
			JnName		name = jn_dict_name(b->dict, i);

			*presence |= jn_presence(name.data, name.size);
			if (i % 1024 == 1023)
				jn_tick(env);
		}
		return jn_dict_write(env, b->dict, b->code, b->n, JN_LABEL_EVENT, false, p);
	}
	c = picked(b);
	p = jn_varint_put(p, c->picked);
	for (uint32_t i = 0; i < c->picked; i++)
		p = jn_varint_put(p, c->dict.entry[c->pick[i]].size);
	for (uint32_t i = 0; i < c->picked; i++)
	{
		JnName		name = jn_dict_name(&c->dict, c->pick[i]);

		*presence |= c->presence[c->pick[i]];
		if (name.size > 0)
			memcpy(p, name.data, name.size);
		p += name.size;
	}
	return write_shared_codes(env, b, p);
}

JnStatus
jn_build_finish(const JnEnv *env, JnBuild *b, size_t *size, JnError *err)
{
	uint64_t	bytes;

	if (b->n == 0)
		return jn_fail(err, JN_ARGUMENT, 0, 0, 1);
	put_in_order(env, b);
	b->times_plan = jn_times_plan(env, b->time, b->n);
	bytes = JN_HEADER_SIZE + events_size(b) + b->times_plan.size;
	if (b->tracks != NULL)
		bytes += plan_tracks(env, b);
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

/* Writes the tracks at p. */
static void
write_tracks(const JnEnv *env, const JnBuild *b, uint8_t *p)
{
	const Tracks *tracks = b->tracks;

	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if (tracks->size[t] == 0)
			continue;
		if (t == JN_VALUE)
			jn_values_write(env, &tracks->values_plan, tracks->value, b->n, p);
		else
		{
			const Column *c = tracks->column[t];

			jn_dict_write(env, &c->dict, c->code, b->n, jn_track_kind(t), has_gaps(b, c), p);
		}
		p += tracks->size[t];
	}
}

void
jn_build_write(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	uint64_t	presence;
	unsigned	tracks = 0;
	uint8_t    *p = out + JN_HEADER_SIZE;

	for (JnTrack t = 0; b->tracks != NULL && t < JN_TRACKS; t++)
	{
		if (b->tracks->size[t] == 0)
			continue;
		tracks |= 1U << t;
		jn_store32(p, b->tracks->size[t]);
		p += sizeof(uint32_t);
	}
	p = write_events(env, b, &presence, p);
	jn_times_write(env, &b->times_plan, b->time, b->n, p);
	if (tracks != 0)
		write_tracks(env, b, p + b->times_plan.size);

	out[JN_AT_VERSION] = JN_FORMAT_VERSION;
	out[JN_AT_FLAGS] = (uint8_t) (b->times_plan.unit | (b->times_plan.wide > 0 ? JN_FLAG_WIDE : 0));
	jn_store16(out + JN_AT_TRACKS, (uint16_t) tracks);
	jn_store32(out + JN_AT_STEPS, b->n);
	jn_store64(out + JN_AT_FIRST, (uint64_t) b->time[0]);
	jn_store64(out + JN_AT_LAST, (uint64_t) b->time[b->n - 1]);
	jn_store64(out + JN_AT_PRESENCE, presence);
}

/* ---- state ----
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  1 if steps of one time stay as they came, else 0
 *		  2      2  tracks
 *		  4      4  n, steps
 *		  8    8 n  times
 *				    events: a column
 *				    the tracks by ascending bit: a column each; values 8 n
 *					bytes, keys of values.h
 *
 * A column:
 *
 *		  0      4  k, distinct names; 0 if n = 0
 *		  4    2 k  lengths of the names
 *				    the names
 *				    n codes, as wide as in a journey; in a track 0 is none
 */
#define STATE_VERSION	1
#define STATE_HEADER	8

/* Bytes of a column. */
static size_t
column_size(const JnDict *d, uint32_t n, bool gaps)
{
	return 4 + 2 * (size_t) d->names + d->text_size + (size_t) n * jn_code_width(d->names + gaps);
}

/* The same for shared names. */
static size_t
shared_column_size(const JnBuild *b)
{
	const JnCommon *c = b->common;
	size_t		size;

	jn_common_pick(b->common, b, b->code, b->n);
	size = 4 + 2 * (size_t) c->picked + (size_t) b->n * jn_code_width(c->picked);
	for (uint32_t i = 0; i < c->picked; i++)
		size += c->dict.entry[c->pick[i]].size;
	return size;
}

size_t
jn_build_state_size(const JnBuild *b)
{
	size_t		size = STATE_HEADER + 8 * (size_t) b->n
	+ (b->common != NULL ? shared_column_size(b) : column_size(b->dict, b->n, false));

	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (has_track(b, t))
			size += t == JN_VALUE ? 8 * (size_t) b->n : column_size(&b->tracks->column[t]->dict, b->n, true);
	return size;
}

static uint8_t *
write_column(const JnEnv *env, const JnDict *d, const uint32_t *code, uint32_t n, bool gaps, uint8_t *p)
{
	jn_store32(p, d->names);
	p += 4;
	for (uint32_t i = 0; i < d->names; i++, p += 2)
		jn_store16(p, (uint16_t) jn_dict_name(d, i).size);
	for (uint32_t i = 0; i < d->names; i++)
	{
		JnName		name = jn_dict_name(d, i);

		if (name.size > 0)
			memcpy(p, name.data, name.size);
		p += name.size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return jn_codes_write(env, code, n, jn_code_width(d->names + gaps), gaps, p);
}

static uint8_t *
write_shared_column(const JnEnv *env, const JnBuild *b, uint8_t *p)
{
	const JnCommon *c = picked(b);

	jn_store32(p, c->picked);
	p += 4;
	for (uint32_t i = 0; i < c->picked; i++, p += 2)
		jn_store16(p, c->dict.entry[c->pick[i]].size);
	for (uint32_t i = 0; i < c->picked; i++)
	{
		JnName		name = jn_dict_name(&c->dict, c->pick[i]);

		if (name.size > 0)
			memcpy(p, name.data, name.size);
		p += name.size;
	}
	return write_shared_codes(env, b, p);
}

static uint8_t *
write_numbers(const JnEnv *env, const uint64_t *number, uint32_t n, uint8_t *p)
{
	for (uint32_t i = 0; i < n; i++, p += 8)
	{
		jn_store64(p, number[i]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return p;
}

void
jn_build_state_write(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	unsigned	tracks = 0;
	uint8_t    *p = write_numbers(env, (const uint64_t *) b->time, b->n, out + STATE_HEADER);

	p = b->common != NULL ? write_shared_column(env, b, p) : write_column(env, b->dict, b->code, b->n, false, p);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if (!has_track(b, t))
			continue;
		tracks |= 1U << t;
		if (t == JN_VALUE)
			p = write_numbers(env, b->tracks->value, b->n, p);
		else
			p = write_column(env, &b->tracks->column[t]->dict, b->tracks->column[t]->code, b->n, true, p);
	}
	out[0] = STATE_VERSION;
	out[1] = b->keep_ties;
	jn_store16(out + 2, (uint16_t) tracks);
	jn_store32(out + 4, b->n);
}

/* A state that is being read. */
typedef struct Reader
{
	const uint8_t *p;
	size_t		size;
	size_t		at;				/* of what comes next */
} Reader;

/* Whether "need" bytes come. */
static JnStatus
check_room(const Reader *r, uint64_t need, JnError *err)
{
	if (r->size - r->at >= need)
		return JN_OK;
	return jn_fail(err, JN_BYTES_SHORT, r->size, (int64_t) r->size, (int64_t) (r->at + need));
}

/* Reads and proves the k names of a column; the reader stands at their lengths. */
static JnStatus
read_names(const JnEnv *env, Reader *r, uint32_t k, JnLabelKind kind, JnName *name, JnError *err)
{
	size_t		length = r->at;
	JnStatus	status = JN_OK;

	r->at += 2 * (size_t) k;
	for (uint32_t i = 0; i < k && status == JN_OK; i++, length += 2)
	{
		name[i] = (JnName) {(const char *) r->p + r->at, jn_load16(r->p + length)};
		if (name[i].size > JN_MAX_NAME)
			return jn_fail(err, JN_NAME_LONG, length, name[i].size, JN_MAX_NAME);
		status = check_room(r, name[i].size, err);
		if (status == JN_OK && jn_label_check(name[i], kind, err) != JN_OK)
			return err->status == JN_ARGUMENT ? jn_fail(err, JN_BYTES_CORRUPT, r->at, 0, 0)
				: jn_fail_behind(err, r->at);
		r->at += name[i].size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return status;
}

/* Reads a column of n codes into code[] and d. */
static JnStatus
read_column(const JnEnv *env, Reader *r, uint32_t n, JnLabelKind kind, JnDict *d, uint32_t *code, JnError *err)
{
	bool		gaps = kind != JN_LABEL_EVENT;
	uint32_t	k;
	unsigned	width;
	JnName	   *name;
	JnStatus	status = check_room(r, 4, err);

	if (status != JN_OK)
		return status;
	k = jn_load32(r->p + r->at);
	if (k > n || (k == 0 && n > 0))
		return jn_fail(err, JN_BYTES_CORRUPT, r->at, 0, 0);
	r->at += 4;
	status = check_room(r, 2 * (uint64_t) k, err);
	if (status != JN_OK)
		return status;

	name = jn_alloc(env, jn_array_size((uint64_t) k + 1, sizeof(JnName)));
	status = read_names(env, r, k, kind, name, err);
	width = jn_code_width(k + gaps);
	if (status == JN_OK)
		status = check_room(r, (uint64_t) n * width, err);
	if (status == JN_OK)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			code[i] = jn_code_load(r->p + r->at, width, i) - gaps;
			if (code[i] >= k && !(gaps && code[i] == JN_NO_LABEL))
			{
				status = jn_fail(err, JN_BYTES_CORRUPT, r->at + (size_t) i * width, 0, 0);
				break;
			}
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		r->at += (size_t) n * width;
	}
	if (status == JN_OK)
		status = jn_dict_map(env, d, name, k, code, n, err);
	jn_release(env, name);
	return status;
}

static JnStatus
read_times(const JnEnv *env, Reader *r, JnBuild *b, uint32_t n, JnError *err)
{
	for (uint32_t i = 0; i < n; i++, r->at += 8)
	{
		b->time[i] = (int64_t) jn_load64(r->p + r->at);
		if (!jn_time_ok(b->time[i]))
			return jn_fail(err, JN_TIME_RANGE, r->at, b->time[i], 0);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return JN_OK;
}

static JnStatus
read_values(const JnEnv *env, Reader *r, JnBuild *b, uint32_t n, JnError *err)
{
	JnStatus	status = check_room(r, 8 * (uint64_t) n, err);
	uint64_t   *key;

	if (status != JN_OK)
		return status;
	key = need_values(env, b);
	for (uint32_t i = 0; i < n; i++, r->at += 8)
	{
		key[i] = jn_load64(r->p + r->at);
		if (key[i] != JN_NO_VALUE && jn_value_key(jn_value_of_key(key[i])) != key[i])
			return jn_fail(err, JN_BYTES_CORRUPT, r->at, 0, 0);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	adopt_values(env, b, n);
	return JN_OK;
}

/* Reads the tracks into a builder whose n steps are not counted yet. */
static JnStatus
read_tracks(const JnEnv *env, Reader *r, JnBuild *b, unsigned tracks, uint32_t n, JnError *err)
{
	JnStatus	status = JN_OK;

	for (JnTrack t = 0; t < JN_TRACKS && status == JN_OK; t++)
	{
		if ((tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
			status = read_values(env, r, b, n, err);
		else
		{
			Column	   *c = need_column(env, b, t);

			status = read_column(env, r, n, jn_track_kind(t), &c->dict, c->code, err);
			c->given = status == JN_OK ? count_labels(env, c->code, n) : 0;
		}
	}
	return status;
}

JnStatus
jn_build_state_read(const JnEnv *env, const uint8_t *p, size_t size, JnBuild **b, JnError *err)
{
	Reader		r = {p, size, STATE_HEADER};
	unsigned	tracks;
	uint32_t	n;
	JnBuild    *built;
	JnStatus	status;

	if (size < STATE_HEADER)
		return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, STATE_HEADER);
	if (p[0] != STATE_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], STATE_VERSION);
	if (p[1] > 1)
		return jn_fail(err, JN_BYTES_CORRUPT, 1, 0, 0);
	tracks = jn_load16(p + 2);
	if (tracks >> JN_TRACKS != 0)
		return jn_fail(err, JN_BYTES_TRACKS, 2, tracks >> JN_TRACKS << JN_TRACKS, (1 << JN_TRACKS) - 1);
	n = jn_load32(p + 4);
	status = check_room(&r, 8 * (uint64_t) n, err);
	if (status != JN_OK)
		return status;

	/* the times are there: from here on memory is in proportion to them */
	built = jn_build_new(env, p[1]);
	status = make_room(env, built, n, err);
	if (status == JN_OK)
		status = read_times(env, &r, built, n, err);
	if (status == JN_OK)
		status = read_column(env, &r, n, JN_LABEL_EVENT, built->dict, built->code, err);
	if (status == JN_OK)
		status = read_tracks(env, &r, built, tracks, n, err);
	if (status == JN_OK && r.at < size)
		status = jn_fail(err, JN_BYTES_CORRUPT, r.at, 0, 0);
	if (status != JN_OK)
	{
		jn_build_free(env, built);
		return status;
	}
	built->n = n;
	*b = built;
	return JN_OK;
}
