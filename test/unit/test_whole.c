/*
 * test_whole.c
 *	  The whole journeys of the subjects of sets, against the rows that were
 *	  packed: whatever the size of the sets, their order, and what was merged or
 *	  written and read in between.
 */
#include "lexicon.h"
#include "pack.h"
#include "spill.h"
#include "whole.h"

#define MAX_SUBJECTS	40
#define MAX_ROWS		4000
#define MAX_SETS		4000
#define TEXT_ROOM		(64 * MAX_ROWS)

static const char *const names[] = {"view", "cart", "purchase", "a", "", "zoo", "カート", "rather a long name of an event"};

/* Sets one behind the other. */
static uint8_t bytes[1 << 20];
static size_t begin[MAX_SETS + 1];
static uint32_t sets;

/* What every subject must look like, and what was shown, a line each. */
static char expected[TEXT_ROOM];
static char shown[TEXT_ROOM];
static size_t shown_size;
static uint32_t shown_subjects;

static JnName
name_of(const char *text)
{
	return (JnName) {text, (uint32_t) strlen(text)};
}

static size_t
put_step(char *out, int64_t time, JnName event, JnName channel, double value)
{
	return (size_t) sprintf(out, "%" PRId64 " %.*s/%.*s/%.0f;", time, (int) event.size, event.data,
							(int) channel.size, channel.data, value);
}

/* Where the visitor is. */
typedef struct Place
{
	const JnColumns *columns;
	bool		tracks;			/* are looked at */
	bool		times;			/* are read by the visitor */
} Place;

/*
 * Names in front of their codes, whether read from a set or joined: what
 * jn_lexicon_map() takes for granted.  That it reads no more is ASan's part.
 */
static void
check_names(const JnColumns *c)
{
	static UnitEnv own;
	const uint32_t *number;
	JnName		last = {NULL, 0};
	JnLexicon	l;

	unit_env_clear(&own);
	jn_lexicon_init(&own.env, &l, 5);
	number = jn_lexicon_map(&own.env, &l, c->event, c->rows);
	for (uint32_t i = 0; i < c->event->names; i++)
	{
		last = jn_labels_name(c->event, i);
		CHECK(number[i] < l.names && jn_name_compare(l.name[number[i]], last) == 0);
	}
	CHECK((const uint8_t *) last.data + last.size == c->event->codes);
	unit_env_clear(&own);
}

static JnStatus
take_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	(void) env;
	(void) err;
	((Place *) context)->columns = columns;
	check_names(columns);
	return JN_OK;
}

static JnStatus
take_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	Place	   *place = context;
	const JnColumns *c = subject->columns;
	int64_t		time = subject->start;

	(void) err;
	CHECK(place->columns == c);
	CHECK(subject->from < subject->to && subject->to <= c->rows);
	shown_subjects++;
	if (!place->times)
		return JN_OK;
	for (uint32_t i = subject->from; i < subject->to; i++)
	{
		JnName		event = jn_labels_name(c->event, jn_labels_code(c->event, i));
		JnName		channel = {"", 0};
		double		value = 0;

		if (i > subject->from)
			time = jn_time_after(time, jn_times_next(subject->times));
		CHECK(c->presence & jn_presence(event.data, event.size));
		if (c->tracks >> JN_CHANNEL & 1)
		{
			uint32_t	code = jn_labels_code(&c->label[JN_CHANNEL], i);

			if (code != JN_NO_LABEL)
				channel = jn_labels_name(&c->label[JN_CHANNEL], code);
		}
		if (c->tracks >> JN_VALUE & 1)
			jn_values_at(env, c->values, i, &value);
		shown_size += put_step(shown + shown_size, time, event, channel, value);
	}
	shown[shown_size++] = '\n';
	return JN_OK;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Puts the lines of a text in order. */
static void
sort_lines(char *text)
{
	static char *line[MAX_SUBJECTS * 4];
	static char copy[TEXT_ROOM];
	uint32_t	n = 0;
	char	   *out = text;

	strcpy(copy, text);
	for (char *one = strtok(copy, "\n"); one != NULL; one = strtok(NULL, "\n"))
		line[n++] = one;
	qsort(line, n, sizeof(char *), compare_lines);
	for (uint32_t i = 0; i < n; i++)
		out += sprintf(out, "%s\n", line[i]);
}

/* Packs random journeys into sets of "size" bytes; fills expected[] and bytes[]. */
static void
make_sets(uint64_t *seed, size_t size, uint64_t chunk, JnKeyKind kind, bool tracks)
{
	JnPackOptions options = {kind, tracks ? 1u << JN_CHANNEL | 1u << JN_VALUE : 0, chunk, 1 << 20, size, 0};
	uint32_t	subjects = 1 + unit_below(seed, 12);
	char	   *out = expected;
	Spills		spills;
	JnPack	   *p;
	JnError		err;
	size_t		end = 0;
	size_t		one;

	spills_init(&spills);
	p = jn_pack_new(ENV, &spills.spill, &options);
	for (uint32_t s = 0; s < subjects; s++)
	{
		static const uint64_t units[] = {1, 1000, 1000000, UINT64_C(3600000000)};
		uint64_t	unit = units[unit_below(seed, 4)];
		uint32_t	steps = 1 + unit_below(seed, unit_below(seed, 3) ? 12 : 250);
		uint32_t	kinds = 1 + unit_below(seed, 8);
		bool		labeled = tracks && unit_below(seed, 3);
		int64_t		time = (int64_t) (unit_below(seed, 1000) * unit);
		char		text[40];
		JnKey		key = {.kind = kind,.number = kind == JN_KEY_BIGINT ? s : 0,.data = text};

		if (kind == JN_KEY_TEXT)
			key.size = (uint32_t) sprintf(text, "somebody %u", s);
		else if (kind == JN_KEY_UUID)
			key.size = (uint32_t) sprintf(text, "0123456789abcd%02u", s);
		for (uint32_t i = 0; i < steps; i++)
		{
			uint32_t	pick = unit_below(seed, kinds);
			JnRow		row = {.key = key,.seq = JN_NO_SEQ,.value = JN_NO_VALUE};
			JnName		channel = {"", 0};
			double		value = 0;

			/* ties would be put in the order of names */
			time += (int64_t) ((1 + unit_below(seed, 300)) * unit) * (unit_below(seed, 60) ? 1 : unit > 1000000 ? 2000 : INT64_C(5000000));
			row.time = time;
			CHECK_INT(jn_pack_code(ENV, p, JN_SET_EVENT, name_of(names[pick]), &row.event, &err), JN_OK);
			for (unsigned t = 0; t < JN_TRACKS; t++)
				row.label[t] = JN_NO_LABEL;
			if (labeled && unit_below(seed, 2))
			{
				channel = name_of(names[unit_below(seed, 4)]);
				CHECK_INT(jn_pack_code(ENV, p, JN_CHANNEL, channel, &row.label[JN_CHANNEL], &err), JN_OK);
			}
			if (labeled && unit_below(seed, 2))
			{
				value = unit_below(seed, 100000);
				row.value = jn_value_key(value);
			}
			CHECK_INT(jn_pack_add(ENV, p, &row, &err), JN_OK);
			out += put_step(out, time, name_of(names[pick]), channel, value);
		}
		*out++ = '\n';
	}
	*out = '\0';
	CHECK_INT(jn_pack_finish(ENV, p, &err), JN_OK);
	for (sets = 0; jn_pack_next(ENV, p, &one, &err) == JN_OK && one > 0; sets++)
	{
		begin[sets] = end;
		jn_pack_write(ENV, p, bytes + end);
		end += one;
	}
	begin[sets] = end;
	jn_pack_free(ENV, p);
	spills_end(&spills);
	sort_lines(expected);
}

static void
open_set(uint32_t i, JnSet *s)
{
	JnError		err;

	if (!CHECK_INT(jn_set_open(bytes + begin[i], begin[i + 1] - begin[i], s, &err), JN_OK))
		abort();
}

/* A visitor that writes down what it sees, from nothing on. */
static JnVisitor
writer(Place *place)
{
	shown_size = 0;
	shown_subjects = 0;
	*place = (Place) {.times = true};
	return (JnVisitor) {take_columns, take_subject, place};
}

static void
check_shown(void)
{
	shown[shown_size] = '\0';
	sort_lines(shown);
	CHECK(strcmp(shown, expected) == 0);
}

/* Writes and reads what is held; it must stay the same to the byte. */
static void
send_over(JnWhole *w)
{
	uint64_t	size = jn_whole_size(w);
	uint8_t    *one = malloc((size_t) size);
	uint8_t    *two = malloc((size_t) size);
	JnWhole		read = {.tracks = w->tracks,.salt = w->salt + 1};
	JnError		err;
	size_t		took;

	if (one == NULL || two == NULL)
		abort();
	CHECK(jn_whole_write(ENV, w, one) == one + size);
	CHECK_INT(jn_whole_read(ENV, NULL, one, (size_t) size, &took, &err), JN_OK);
	CHECK_INT(jn_whole_read(ENV, &read, one, (size_t) size, &took, &err), JN_OK);
	CHECK_INT(took, size);
	CHECK_INT(jn_whole_size(&read), size);
	CHECK(jn_whole_write(ENV, &read, two) == two + size);
	CHECK(memcmp(one, two, (size_t) size) == 0);
	free(one);
	free(two);
	jn_whole_release(ENV, w);
	*w = read;
}

#define MERGED	4

/* Any order of the sets, any number of objects that are merged in any order, sent or not. */
TEST(any_order_shows_the_same)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 400; round++)
	{
		bool		tracks = round % 2;
		JnWhole		w[MERGED];
		uint32_t	order[MAX_SETS];
		Place		place;
		JnVisitor	visitor;
		JnError		err;

		make_sets(&seed, 120 + unit_below(&seed, 1000), round % 5 == 0 ? UINT64_C(50000000) : 0,
				  (JnKeyKind) unit_below(&seed, JN_KEY_KINDS), tracks);
		for (uint32_t i = 0; i < sets; i++)
		{
			uint32_t	k = unit_below(&seed, i + 1);

			order[i] = order[k];
			order[k] = i;
		}
		if (round % 3 == 0)
			for (uint32_t i = 0; i < sets; i++)
				order[i] = i;
		for (uint32_t i = 0; i < MERGED; i++)
			w[i] = (JnWhole) {.tracks = tracks ? 1u << JN_CHANNEL | 1u << JN_VALUE : 0,.salt = unit_random(&seed)};
		visitor = writer(&place);
		for (uint32_t i = 0; i < sets; i++)
		{
			JnSet		s;
			JnWhole    *one = &w[round % 2 ? unit_below(&seed, MERGED) : 0];

			open_set(order[i], &s);
			CHECK_INT(jn_whole_set(ENV, one, &s, &visitor, &err), JN_OK);
			if (unit_below(&seed, 20) == 0)
				send_over(one);
		}
		for (uint32_t i = 1; i < MERGED; i++)
		{
			CHECK_INT(jn_whole_merge(ENV, &w[0], &w[i], &visitor, &err), JN_OK);
			if (unit_below(&seed, 2))
				send_over(&w[0]);
			jn_whole_release(ENV, &w[i]);
		}

		/* all are there, so nothing is left */
		CHECK_INT(w[0].subjects, 0);
		CHECK_INT(w[0].sets, 0);
		CHECK(w[0].set == NULL);
		check_shown();
		jn_whole_release(ENV, &w[0]);
		if (unit_failed_checks > 0)
			return;
	}
	CHECK_INT(unit_env.bytes, 0);
}

/* Of what is not all there each subject is shown once, with what is there, in any order of the sets. */
TEST(rest_shows_what_is_there)
{
	uint64_t	seed = 7;

	for (int round = 0; round < 200; round++)
	{
		static char first[TEXT_ROOM];
		uint32_t	subjects = 0;
		uint64_t	without = unit_random(&seed);

		make_sets(&seed, 150 + unit_below(&seed, 300), 0, JN_KEY_TEXT, false);
		for (int turn = 0; turn < 3; turn++)
		{
			JnWhole		w = {.salt = unit_random(&seed)};
			Place		place;
			JnVisitor	visitor = writer(&place);
			JnError		err;

			for (uint32_t i = 0; i < sets; i++)
			{
				uint32_t	k = turn == 0 ? i : turn == 1 ? sets - 1 - i : (i + sets / 2) % sets;
				JnSet		s;

				if (without >> (k % 64) & 1)
					continue;
				open_set(k, &s);
				CHECK_INT(jn_whole_set(ENV, &w, &s, &visitor, &err), JN_OK);
			}
			CHECK_INT(jn_whole_rest(ENV, &w, &visitor, &err), JN_OK);
			subjects = shown_subjects;
			CHECK_INT(jn_whole_rest(ENV, &w, &visitor, &err), JN_OK);
			CHECK_INT(shown_subjects - subjects, w.subjects);
			jn_whole_release(ENV, &w);

			shown[shown_size] = '\0';
			sort_lines(shown);
			if (turn == 0)
				strcpy(first, shown);
			CHECK(strcmp(shown, first) == 0);
		}
	}
	CHECK_INT(unit_env.bytes, 0);
}

/* Who does not read times leaves the place of the next subject's right. */
TEST(times_may_stay_unread)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 50; round++)
	{
		JnWhole		w = {0};
		Place		place;
		JnVisitor	visitor;
		JnError		err;
		uint32_t	subjects;

		make_sets(&seed, 8000, 0, JN_KEY_BIGINT, false);
		visitor = writer(&place);
		for (uint32_t i = 0; i < sets; i++)
		{
			JnSet		s;

			open_set(i, &s);
			CHECK_INT(jn_whole_set(ENV, &w, &s, &visitor, &err), JN_OK);
		}
		subjects = shown_subjects;
		visitor = writer(&place);
		place.times = false;
		for (uint32_t i = 0; i < sets; i++)
		{
			JnSet		s;

			open_set(i, &s);
			CHECK_INT(jn_whole_set(ENV, &w, &s, &visitor, &err), JN_OK);
		}
		CHECK_INT(shown_subjects, subjects);
		jn_whole_release(ENV, &w);
	}
}

/* Bytes that were made up, or are cut off, are refused or harmless. */
TEST(bytes_from_outside_are_proven)
{
	uint64_t	seed = 11;
	JnWhole		w = {0};
	Place		place;
	JnVisitor	visitor;
	JnError		err;
	uint8_t    *p;
	size_t		size;
	size_t		took;

	do
	{
		JnSet		s;

		jn_whole_release(ENV, &w);
		make_sets(&seed, 150, 0, JN_KEY_TEXT, false);
		visitor = writer(&place);
		for (uint32_t i = 0; i + 1 < sets; i += 2)
		{
			open_set(i, &s);
			CHECK_INT(jn_whole_set(ENV, &w, &s, &visitor, &err), JN_OK);
		}
	} while (w.sets < 3);
	size = (size_t) jn_whole_size(&w);
	p = malloc(size);
	if (p == NULL)
		abort();
	jn_whole_write(ENV, &w, p);
	jn_whole_release(ENV, &w);
	for (size_t cut = 0; cut < size; cut++)
	{
		uint8_t    *copy = malloc(cut + 1);

		if (copy == NULL)
			abort();
		memcpy(copy, p, cut);
		CHECK(jn_whole_read(ENV, NULL, copy, cut, &took, &err) != JN_OK);
		free(copy);
	}
	for (int round = 0; round < 5000; round++)
	{
		size_t		at = unit_below(&seed, (uint32_t) size);
		uint8_t		old = p[at];

		p[at] = (uint8_t) unit_random(&seed);
		visitor = writer(&place);
		if (jn_whole_read(ENV, &w, p, size, &took, &err) == JN_OK)
			CHECK_INT(jn_whole_rest(ENV, &w, &visitor, &err), JN_OK);
		jn_whole_release(ENV, &w);
		p[at] = old;
	}
	free(p);
}
