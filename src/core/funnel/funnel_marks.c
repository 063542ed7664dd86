/*
 * funnel_marks.c
 *	  From the steps of a journey to those that a funnel is about.
 *
 * Most steps of a journey fill no step of a funnel, and a table by code tells so
 * for each of them.  What is left are the marks, on which the searches run.
 *
 *	 journey	view  help  cart  return  view  cart  purchase		exclude return
 *	 place		0     1     2     3       4     5     6
 *	 marks		0:view      2:cart        4:view 5:cart 6:purchase
 *	 era		0           0             1      1      1
 */
#include "funnel_own.h"

/* Differences read at a time. */
#define PIECE			512

/* Ties up to this many are put in order by insertion. */
#define FEW_TIES		16

static void
grow_marks(const JnEnv *env, JnFunnel *f)
{
	uint32_t	room = f->mark_room > 0 ? 2 * f->mark_room : 64;
	size_t		masks = jn_array_size((uint64_t) room * f->words, sizeof(uint64_t));

	f->mark = f->mark_room > 0 ? jn_resize(env, f->mark, jn_array_size(room, sizeof(Mark)))
		: jn_alloc(env, jn_array_size(room, sizeof(Mark)));
	f->mask = f->mark_room > 0 ? jn_resize(env, f->mask, masks) : jn_alloc(env, masks);
	f->mark_room = room;
}

static void
add_ban(const JnEnv *env, JnFunnel *f, int64_t time, uint32_t place)
{
	if (f->bans == f->ban_room)
	{
		uint32_t	room = f->ban_room > 0 ? 2 * f->ban_room : 16;

		f->ban = f->ban_room > 0 ? jn_resize(env, f->ban, jn_array_size(room, sizeof(Ban)))
			: jn_alloc(env, jn_array_size(room, sizeof(Ban)));
		f->ban_room = room;
	}
	f->ban[f->bans++] = (Ban) {time, place};
}

static void
swap_marks(JnFunnel *f, uint32_t a, uint32_t b)
{
	Mark		mark = f->mark[a];

	f->mark[a] = f->mark[b];
	f->mark[b] = mark;
	for (uint32_t w = 0; w < f->words; w++)
	{
		uint64_t	word = f->mask[(size_t) a * f->words + w];

		f->mask[(size_t) a * f->words + w] = f->mask[(size_t) b * f->words + w];
		f->mask[(size_t) b * f->words + w] = word;
	}
}

/*
 * Puts marks from .. to-1 in the order of "key", which is below "keys";
 * those of one key stay in order.
 */
static void
order_marks(const JnEnv *env, JnFunnel *f, uint32_t from, uint32_t to, uint32_t keys, uint32_t (*key) (const Mark *mark))
{
	uint32_t   *at;
	Mark	   *mark;
	uint64_t   *mask;
	size_t		row = f->words * sizeof(uint64_t);
	uint32_t	sum = 0;

	if (to - from <= FEW_TIES)
	{
		for (uint32_t i = from + 1; i < to; i++)
			for (uint32_t k = i; k > from && key(&f->mark[k - 1]) > key(&f->mark[k]); k--)
				swap_marks(f, k - 1, k);
		return;
	}
	at = jn_alloc(env, jn_array_size((uint64_t) keys + 1, sizeof(uint32_t)));
	mark = jn_alloc(env, jn_array_size(to - from, sizeof(Mark)));
	mask = jn_alloc(env, jn_array_size(to - from, row));
	memset(at, 0, ((size_t) keys + 1) * sizeof(uint32_t));
	for (uint32_t i = from; i < to; i++)
		at[key(&f->mark[i])]++;
	for (uint32_t k = 0; k < keys; k++)
	{
		uint32_t	n = at[k];

		at[k] = sum;
		sum += n;
	}
	for (uint32_t i = from; i < to; i++)
	{
		uint32_t	k = at[key(&f->mark[i])]++;

		mark[k] = f->mark[i];
		memcpy(mask + (size_t) k * f->words, mask_of(f, i), row);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	memcpy(f->mark + from, mark, (to - from) * sizeof(Mark));
	memcpy(f->mask + (size_t) from * f->words, mask, (to - from) * row);
	jn_release(env, mask);
	jn_release(env, mark);
	jn_release(env, at);
}

static uint32_t
least_of(const Mark *mark)
{
	return mark->least;
}

static uint32_t
label_of(const Mark *mark)
{
	return mark->label;
}

/* Steps of one time whose order is that of the funnel. */
typedef struct Ties
{
	int64_t		time;
	uint32_t	place;			/* of the first of them */
	uint32_t	from;			/* its marks */
	uint32_t	bans;			/* those of them that are excluded */
} Ties;

/* Puts the ties in order: marks by the step that they fill, the excluded ones last. */
static void
end_ties(const JnEnv *env, JnFunnel *f, const Ties *ties, uint32_t place)
{
	order_marks(env, f, ties->from, f->marks, f->terms->steps, least_of);
	for (uint32_t i = ties->from; i < f->marks; i++)
		f->mark[i].place = ties->place + (i - ties->from);
	for (uint32_t i = 0; i < ties->bans; i++)
		add_ban(env, f, ties->time, place - ties->bans + i);
}

/* Adds a step of the journey, if it is a mark or excluded. */
static void
add_step(const JnEnv *env, JnFunnel *f, uint32_t row, uint32_t place, int64_t time, Ties *ties)
{
	const JnFunnelTerms *terms = f->terms;
	uint32_t	excluded = terms->atoms->count - terms->steps;
	uint64_t   *mask;
	Mark	   *mark;

	if (f->marks == f->mark_room)
		grow_marks(env, f);
	mask = f->mask + (size_t) f->marks * f->words;
	jn_atoms_row(env, &f->binding, row, mask);
	if (excluded > 0)
	{
		if (bit_below(mask, terms->atoms->count) != UINT32_MAX
			&& bit_below(mask, terms->atoms->count) >= terms->steps)
		{
			if (terms->ties == JN_TIES_STEP)
				ties->bans++;
			else
				add_ban(env, f, time, place);
			return;
		}
	}
	mark = &f->mark[f->marks];
	*mark = (Mark) {time, place, f->bans, 0, UINT32_MAX};
	for (uint32_t w = 0; w < f->words && mark->least == UINT32_MAX; w++)
		if (mask[w] != 0)
			mark->least = 64 * w + (uint32_t) __builtin_ctzll(mask[w]);
	if (mark->least == UINT32_MAX)
		return;
	if (terms->hold)
	{
		mark->label = f->columns->tracks >> terms->hold_track & 1
			? jn_labels_code(&f->columns->label[terms->hold_track], row) : JN_NO_LABEL;
		if (mark->label == JN_NO_LABEL)
			return;
	}
	f->marks++;
}

void
jn_funnel_mark(const JnEnv *env, JnFunnel *f, const JnSubject *subject)
{
	const JnLabels *event = f->columns->event;
	bool		by_step = f->terms->ties == JN_TIES_STEP;
	int64_t		time = subject->start;
	Ties		ties = {time, 0, 0, 0};
	uint64_t	gap[PIECE];

	f->places = subject->to - subject->from;
	f->marks = 0;
	f->bans = 0;
	for (uint32_t done = 0; done < f->places;)
	{
		uint32_t	count = f->places - done < PIECE ? f->places - done : PIECE;

		/* the first step of all has no difference before it */
		jn_times_differences(subject->times, count - (done == 0), gap + (done == 0));
		gap[0] = done == 0 ? 0 : gap[0];
		for (uint32_t i = 0; i < count; i++)
		{
			uint32_t	row = subject->from + done + i;
			uint32_t	code = jn_code_load(event->codes, event->width, row);

			time = jn_time_after(time, gap[i]);
			if (by_step && time != ties.time)
			{
				end_ties(env, f, &ties, done + i);
				ties = (Ties) {time, done + i, f->marks, 0};
			}
			if (f->interesting[code < event->names ? code : 0])
				add_step(env, f, row, done + i, time, &ties);
		}
		done += count;
		jn_tick(env);
	}
	if (by_step)
		end_ties(env, f, &ties, f->places);
	if (f->terms->hold && f->marks > 0)
		order_marks(env, f, 0, f->marks, f->columns->label[f->terms->hold_track].names, label_of);
}
