/*
 * build.c
 *	  The builder of journeys: the object, and how steps come in.
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
 * Memory.  The first block holds the builder and room for a few steps and
 * names, since an aggregate may have a million builders of a handful of steps
 * each.  Arrays grow out of it by doubling.
 */
#include "build_own.h"

/* Dictionaries of others up to this size are handled without allocating. */
#define FEW_FOREIGN		64

/* Room in the first block, which has 256 bytes, or 128 if the names are shared. */
#define FIRST_STEPS		5
#define FIRST_SHARED	4
#define FIRST_NAMES		3
#define FIRST_TEXT		32

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
free_tracks(const JnEnv *env, JnBuildTracks *tracks)
{
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		JnBuildColumn *c = tracks->column[t];

		if (c == NULL)
			continue;
		jn_dict_release(env, &c->dict);
		jn_release(env, c->code);
		jn_release(env, c);
	}
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
		JnBuildColumn *c = b->tracks->column[t];

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
JnStatus
jn_build_grow(const JnEnv *env, JnBuild *b, uint32_t count, JnError *err)
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
			JnBuildColumn *c = b->tracks->column[t];

			if (c != NULL)
				c->code = jn_resize(env, c->code, jn_array_size(room, sizeof(uint32_t)));
		}
		if (b->tracks->value != NULL)
			b->tracks->value = jn_resize(env, b->tracks->value, jn_array_size(room, sizeof(uint64_t)));
	}
	b->room = (uint32_t) room;
	return JN_OK;
}

/* ---- tracks ---- */

static JnBuildTracks *
need_tracks(const JnEnv *env, JnBuild *b)
{
	if (b->tracks == NULL)
	{
		JnBuildTracks *tracks = jn_alloc(env, sizeof(JnBuildTracks));

		memset(tracks, 0, sizeof(JnBuildTracks));
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
JnBuildColumn *
jn_build_column(const JnEnv *env, JnBuild *b, JnTrack track)
{
	JnBuildTracks *tracks = need_tracks(env, b);

	if (tracks->column[track] == NULL)
	{
		JnBuildColumn *c = jn_alloc(env, sizeof(JnBuildColumn));

		jn_dict_init(&c->dict, c->first_entry, FIRST_LABELS, c->first_text, FIRST_LABEL_TEXT);
		c->given = 0;
		c->code = jn_alloc(env, jn_array_size(b->room, sizeof(uint32_t)));
		fill_none(env, c->code, b->n);
		tracks->column[track] = c;
	}
	return tracks->column[track];
}

/* The column of values, made at the first need. */
uint64_t *
jn_build_values(const JnEnv *env, JnBuild *b)
{
	JnBuildTracks *tracks = need_tracks(env, b);

	if (tracks->value == NULL)
	{
		uint64_t   *value = jn_alloc(env, jn_array_size(b->room, sizeof(uint64_t)));

		fill_no_value(env, value, b->n);
		tracks->value = value;
	}
	return tracks->value;
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
	status = jn_build_make_room(env, b, 1, err);
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
		const JnBuildColumn *c = b->tracks != NULL ? b->tracks->column[t] : NULL;
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
			jn_build_values(env, b)[i] = jn_value_key(step->value);
			b->tracks->values++;
		}
		else
		{
			JnBuildColumn *c = jn_build_column(env, b, t);
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
uint32_t
jn_build_count_labels(const JnEnv *env, const uint32_t *code, uint32_t count)
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
adopt_labels(const JnEnv *env, JnBuild *b, JnBuildColumn *c, const JnName *name, uint32_t names, uint32_t count,
			 JnError *err)
{
	c->given += jn_build_count_labels(env, c->code + b->n, count);
	return jn_dict_map(env, &c->dict, name, names, c->code + b->n, count, err);
}

/* Likewise the values, which stand behind the last step already. */
void
jn_build_adopt_values(const JnEnv *env, JnBuild *b, uint32_t count)
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
			uint64_t   *key = jn_build_values(env, b);

			jn_values_decode(env, jn_walk_values(env, w), count, key + b->n);
			jn_build_adopt_values(env, b, count);
		}
		else
		{
			const JnLabels *labels = &j->label[t];
			JnBuildColumn *c = jn_build_column(env, b, t);

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
	JnStatus	status = jn_build_make_room(env, b, count, err);
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
	status = jn_build_make_room(env, b, to - from, err);
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
		if (!jn_build_has(from, t))
			add_none(env, into, t, from->n);
		else if (t == JN_VALUE)
		{
			uint64_t   *key = jn_build_values(env, into);

			memcpy(key + into->n, from->tracks->value, from->n * sizeof(uint64_t));
			into->tracks->values += from->tracks->values;
		}
		else
		{
			const JnBuildColumn *other = from->tracks->column[t];
			JnBuildColumn *c = jn_build_column(env, into, t);

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
	JnStatus	status = jn_build_make_room(env, into, from->n, err);

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
