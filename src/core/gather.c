/*
 * gather.c
 *	  A journey made of steps of another one, or of two.
 *
 * Each column of labels goes through three passes: one over the picks marks
 * which names are in use (none is needed if all steps are picked); one over
 * the names of both journeys, which are in order, merges those and numbers
 * them; one over the picks writes their numbers.  With new names of events the
 * second pass sorts.
 */
#include "gather.h"

#include "dict.h"
#include "name_set.h"

/* Codes translated at a time. */
#define CHUNK	512

void
jn_picks_new(const JnEnv *env, JnPicks *picks, uint32_t room)
{
	picks->n = 0;
	picks->step = jn_alloc(env, jn_array_size((uint64_t) room + 1, sizeof(uint32_t)));
	picks->time = jn_alloc(env, jn_array_size((uint64_t) room + 1, sizeof(int64_t)));
}

void
jn_picks_free(const JnEnv *env, JnPicks *picks)
{
	jn_release(env, picks->time);
	jn_release(env, picks->step);
}

/* ---- columns ---- */

/* The label of a step in the numbers of its journey, or JN_NO_LABEL. */
static inline uint32_t
old_label(const JnGatherColumn *c, uint32_t step)
{
	const JnLabels *labels = c->labels[step / JN_OF_SECOND];

	return labels != NULL ? jn_labels_code(labels, step % JN_OF_SECOND) : JN_NO_LABEL;
}

/* Marks the names in use by 1 in the maps, and finds out whether there are gaps. */
static void
mark_used(const JnEnv *env, const JnGather *g, JnGatherColumn *c)
{
	const JnPicks *picks = g->picks;
	uint64_t	all = 0;

	for (int s = 0; s < 2; s++)
	{
		if (g->source[s] == NULL)
			continue;
		all += g->source[s]->head.n;
		c->gaps |= c->labels[s] == NULL || c->labels[s]->gaps;
		if (c->labels[s] != NULL)
			for (uint32_t i = 0; i < c->labels[s]->names; i++)
				c->map[s][i] = 1;
	}
	if (picks->n == all)
		return;

	c->gaps = false;
	for (int s = 0; s < 2; s++)
		if (c->labels[s] != NULL)
			memset(c->map[s], 0, c->labels[s]->names * sizeof(uint32_t));
	for (uint32_t i = 0; i < picks->n; i++)
	{
		uint32_t	label = old_label(c, picks->step[i]);

		if (label == JN_NO_LABEL)
			c->gaps = true;
		else
			c->map[picks->step[i] / JN_OF_SECOND][label] = 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* The names in use of one journey, one after another. */
typedef struct Stream
{
	JnNames		names;
	uint32_t   *map;
	uint32_t	left;			/* names to come */
	JnName		name;			/* the current one */
	uint32_t   *place;			/* its place in the map, NULL at the end */
} Stream;

static void
stream_next(const JnEnv *env, Stream *s)
{
	s->place = NULL;
	while (s->left > 0 && s->place == NULL)
	{
		s->name = jn_names_next(&s->names);
		if (*s->map != 0)
			s->place = s->map;
		s->map++;
		if (--s->left % 1024 == 0)
			jn_tick(env);
	}
}

static void
stream_open(const JnEnv *env, Stream *s, const JnLabels *labels, uint32_t *map)
{
	*s = (Stream) {.map = map};
	if (labels == NULL)
		return;
	jn_names_open(&s->names, labels);
	s->left = labels->names;
	stream_next(env, s);
}

/* Numbers the names in use in the order of both journeys together. */
static void
merge_names(const JnEnv *env, JnGatherColumn *c)
{
	Stream		a;
	Stream		b;

	stream_open(env, &a, c->labels[0], c->map[0]);
	stream_open(env, &b, c->labels[1], c->map[1]);
	while (a.place != NULL || b.place != NULL)
	{
		int			order = b.place == NULL ? -1 : a.place == NULL ? 1 : jn_name_compare(a.name, b.name);

		c->name[c->names] = order <= 0 ? a.name : b.name;
		if (order <= 0)
		{
			*a.place = c->names;
			stream_next(env, &a);
		}
		if (order >= 0)
		{
			*b.place = c->names;
			stream_next(env, &b);
		}
		c->names++;
	}
}

/* Numbers the new names of events in use. */
static void
sort_names(const JnEnv *env, JnGatherColumn *c, const JnName *event)
{
	JnNameSet	set;
	uint32_t	used = 0;

	for (uint32_t i = 0; i < c->labels[0]->names; i++)
		if (c->map[0][i] != 0)
			c->name[used++] = event[i];
	jn_name_set_make(env, c->name, used, &set);
	c->names = set.count;
	for (uint32_t i = 0; i < c->labels[0]->names; i++)
	{
		if (c->map[0][i] != 0)
			c->map[0][i] = (uint32_t) jn_name_set_find(&set, event[i]);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
}

/* Plans a column; "event" has other names for the first journey, or is NULL. */
static void
plan_column(const JnEnv *env, JnGather *g, JnGatherColumn *c, JnLabelKind kind, const JnName *event)
{
	mark_used(env, g, c);
	if (event != NULL)
		sort_names(env, c, event);
	else
		merge_names(env, c);
	if (c->names == 0)
		return;
	c->size = (kind != JN_LABEL_EVENT) + jn_varint_size(c->names)
		+ (uint64_t) g->picks->n * jn_code_width(c->names + c->gaps);
	c->same = c->labels[0] != NULL && c->names == c->labels[0]->names;
	for (uint32_t i = 0; i < c->names; i++)
	{
		c->same = c->same && c->name[i].data == c->labels[0]->name_data + c->text;
		c->size += jn_varint_size(c->name[i].size);
		c->text += c->name[i].size;
	}
	c->size += c->text;
}

/* Writes the lengths of the names, and the names, and returns the byte after them. */
static uint8_t *
write_names(const JnEnv *env, const JnGatherColumn *c, uint8_t *p)
{
	if (c->same)
	{
		/* there they stand one behind the other */
		size_t		size = (size_t) (c->labels[0]->name_data - (const char *) c->labels[0]->lengths) + (size_t) c->text;

		memcpy(p, c->labels[0]->lengths, size);
		return p + size;
	}
	for (uint32_t i = 0; i < c->names; i++)
		p = jn_varint_put(p, c->name[i].size);
	for (uint32_t i = 0; i < c->names; i++)
	{
		memcpy(p, c->name[i].data, c->name[i].size);
		p += c->name[i].size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return p;
}

/* Writes a column and returns the byte after it. */
static uint8_t *
write_column(const JnEnv *env, const JnGather *g, const JnGatherColumn *c, JnLabelKind kind, uint8_t *p)
{
	uint32_t	n = g->picks->n;
	unsigned	width = jn_code_width(c->names + c->gaps);
	uint32_t	code[CHUNK];

	if (kind != JN_LABEL_EVENT)
		*p++ = c->gaps;
	p = write_names(env, c, jn_varint_put(p, c->names));
	for (uint32_t done = 0; done < n && width > 0; done += CHUNK)
	{
		const uint32_t *step = g->picks->step + done;
		uint32_t	count = n - done < CHUNK ? n - done : CHUNK;

		for (uint32_t i = 0; i < count; i++)
		{
			code[i] = old_label(c, step[i]);
			if (code[i] != JN_NO_LABEL)
				code[i] = c->map[step[i] / JN_OF_SECOND][code[i]];
		}
		p = jn_codes_write(env, code, count, width, c->gaps, p);
	}
	return p;
}

/* ---- values ---- */

/* Reads the values of the picks. */
static void
gather_values(const JnEnv *env, JnGather *g)
{
	const JnPicks *picks = g->picks;
	JnValuesReader reader[2];
	bool		has[2] = {false};

	for (int s = 0; s < 2; s++)
		if (g->source[s] != NULL && jn_has_track(&g->source[s]->head, JN_VALUE))
		{
			has[s] = true;
			jn_values_reader_open(&reader[s], &g->source[s]->values);
		}
	if (!has[0] && !has[1])
		return;
	g->value = jn_alloc(env, jn_array_size(picks->n, sizeof(uint64_t)));
	for (uint32_t i = 0; i < picks->n; i++)
	{
		uint32_t	s = picks->step[i] / JN_OF_SECOND;
		uint32_t	step = picks->step[i] % JN_OF_SECOND;
		double		value;

		g->value[i] = JN_NO_VALUE;
		if (!has[s])
			continue;
		if (reader[s].next < step)
			jn_values_skip(env, &reader[s], step - reader[s].next);
		if (jn_values_next(&reader[s], &value))
			g->value[i] = jn_value_key(value);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	g->values = jn_values_plan(env, g->value, picks->n);
}

/* ---- the whole ---- */

/* Looks where the columns come from, and gives them memory for their names. */
static void
open_columns(const JnEnv *env, JnGather *g)
{
	uint64_t	names = 0;
	JnName	   *name;
	uint32_t   *map;

	for (int s = 0; s < 2; s++)
	{
		const JnJourney *j = g->source[s];

		if (j == NULL)
			continue;
		g->event.labels[s] = &j->event;
		names += j->event.names;
		for (JnTrack t = 0; t < JN_TRACKS; t++)
			if (t != JN_VALUE && jn_has_track(&j->head, t))
			{
				g->label[t].labels[s] = &j->label[t];
				names += j->label[t].names;
			}
	}
	name = g->names = names <= JN_GATHER_FEW ? g->few_names : jn_alloc(env, jn_array_size(names, sizeof(JnName)));
	map = g->maps = names <= JN_GATHER_FEW ? g->few_maps : jn_alloc(env, jn_array_size(names, sizeof(uint32_t)));
	for (JnTrack t = 0; t <= JN_TRACKS; t++)
	{
		JnGatherColumn *c = t < JN_TRACKS ? &g->label[t] : &g->event;

		c->name = name;
		for (int s = 0; s < 2; s++)
			if (c->labels[s] != NULL)
			{
				c->map[s] = map;
				map += c->labels[s]->names;
				name += c->labels[s]->names;
			}
	}
}

JnStatus
jn_gather_plan(const JnEnv *env, JnGather *g, const JnPicks *picks, const JnJourney *first, const JnJourney *second,
			   const JnName *event, size_t *size, JnError *err)
{
	uint64_t	bytes = JN_HEADER_SIZE;

	if (picks->n > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, picks->n, JN_MAX_STEPS);
	*g = (JnGather)
	{
		.picks = picks,.source =
		{
			first, second
		}
	};
	open_columns(env, g);
	plan_column(env, g, &g->event, JN_LABEL_EVENT, event);
	g->times = jn_times_plan(env, picks->time, picks->n);
	bytes += g->event.size + g->times.size;
	gather_values(env, g);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	track = g->values.size;

		if (t != JN_VALUE)
		{
			if (g->label[t].labels[0] != NULL || g->label[t].labels[1] != NULL)
				plan_column(env, g, &g->label[t], jn_track_kind(t), NULL);
			track = g->label[t].size;
		}
		if (track == 0)
			continue;
		g->tracks |= 1U << t;
		bytes += sizeof(uint32_t) + track;
	}
	if (bytes > JN_MAX_BYTES)
	{
		jn_gather_close(env, g);
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, JN_MAX_BYTES);
	}
	*size = (size_t) bytes;
	return JN_OK;
}

void
jn_gather_write(const JnEnv *env, const JnGather *g, uint8_t *out)
{
	const JnPicks *picks = g->picks;
	uint64_t	presence = g->event.same ? g->source[0]->head.presence : 0;
	uint8_t    *p = out + JN_HEADER_SIZE;

	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (g->tracks >> t & 1)
		{
			jn_store32(p, (uint32_t) (t == JN_VALUE ? g->values.size : g->label[t].size));
			p += sizeof(uint32_t);
		}
	for (uint32_t i = 0; i < g->event.names && !g->event.same; i++)
	{
		presence |= jn_presence(g->event.name[i].data, g->event.name[i].size);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	p = write_column(env, g, &g->event, JN_LABEL_EVENT, p);
	jn_times_write(env, &g->times, picks->time, picks->n, p);
	p += g->times.size;
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if ((g->tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
		{
			jn_values_write(env, &g->values, g->value, picks->n, p);
			p += g->values.size;
		}
		else
			p = write_column(env, g, &g->label[t], jn_track_kind(t), p);
	}

	out[JN_AT_VERSION] = JN_FORMAT_VERSION;
	out[JN_AT_FLAGS] = (uint8_t) (g->times.unit | (g->times.wide > 0 ? JN_FLAG_WIDE : 0));
	jn_store16(out + JN_AT_TRACKS, (uint16_t) g->tracks);
	jn_store32(out + JN_AT_STEPS, picks->n);
	jn_store64(out + JN_AT_FIRST, (uint64_t) picks->time[0]);
	jn_store64(out + JN_AT_LAST, (uint64_t) picks->time[picks->n - 1]);
	jn_store64(out + JN_AT_PRESENCE, presence);
}

void
jn_gather_close(const JnEnv *env, JnGather *g)
{
	if (g->value != NULL)
		jn_release(env, g->value);
	if (g->names != g->few_names)
		jn_release(env, g->names);
	if (g->maps != g->few_maps)
		jn_release(env, g->maps);
}
