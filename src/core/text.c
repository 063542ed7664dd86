/*
 * text.c
 *	  The text form of a journey, see text.h for the grammar.
 *
 * Days are counted by arithmetic of our own (date.h), so that no zone file,
 * locale or setting has a say.
 *
 * The reader goes from left to right, once, and never steps back but for the
 * " BC" that may or may not follow a time.
 */
#include "text.h"

#include "date.h"
#include "number.h"
#include "pen.h"
#include "senses.h"
#include "utf8.h"
#include "words.h"

#define US_PER_SECOND	INT64_C(1000000)
#define US_PER_DAY		(86400 * US_PER_SECOND)

/* ---- the calendar ---- */

static int
days_in_month(int64_t year, int month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* ---- writing ---- */

/* Writes a number with at least "digits" digits and returns the byte after it. */
static char *
put_number(char *out, int64_t v, int digits)
{
	char		reversed[20];
	int			n = 0;

	do
	{
		reversed[n++] = (char) ('0' + v % 10);
		v /= 10;
	} while (v > 0);
	for (; digits > n; digits--)
		*out++ = '0';
	while (n > 0)
		*out++ = reversed[--n];
	return out;
}

static char *
put_pair(char *out, int v)
{
	out[0] = (char) ('0' + v / 10);
	out[1] = (char) ('0' + v % 10);
	return out + 2;
}

size_t
jn_time_write(int64_t time, char *out)
{
	int64_t		days = jn_floor_div(time, US_PER_DAY);
	int64_t		us = time % US_PER_DAY + (time % US_PER_DAY < 0 ? US_PER_DAY : 0);
	int			second = (int) (us / US_PER_SECOND);
	int			fraction = (int) (us % US_PER_SECOND);
	char	   *p = out;
	int64_t		year;
	int			month;
	int			day;

	jn_date_from_days(days, &year, &month, &day);
	p = put_number(p, year > 0 ? year : 1 - year, 4);
	*p++ = '-';
	p = put_pair(p, month);
	*p++ = '-';
	p = put_pair(p, day);
	*p++ = 'T';
	p = put_pair(p, second / 3600);
	*p++ = ':';
	p = put_pair(p, second / 60 % 60);
	*p++ = ':';
	p = put_pair(p, second % 60);
	if (fraction > 0)
	{
		*p++ = '.';
		p = put_number(p, fraction, 6);
		while (p[-1] == '0')
			p--;
	}
	*p++ = 'Z';
	if (year <= 0)
	{
		memcpy(p, " BC", 3);
		p += 3;
	}
	return (size_t) (p - out);
}

/* ---- reading times ---- */

const char *
jn_skip_space(const JnEnv *env, const char *p, const char *end)
{
	for (size_t i = 1; p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')); i++, p++)
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	return p;
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads "least" to "most" digits; returns the byte after them, or NULL. */
static const char *
get_number(const char *p, const char *end, int least, int most, int *v)
{
	int			n = 0;

	*v = 0;
	while (n < most && p < end && is_digit(*p))
	{
		*v = *v * 10 + (*p++ - '0');
		n++;
	}
	return n >= least ? p : NULL;
}

/* What has been read of a time, and where each number began. */
typedef struct Clock
{
	const char *p;
	const char *end;
	const char *wrong;			/* first byte that cannot be read, if any */
} Clock;

/* Reads a number of two digits from "least" to "most". */
static bool
get_pair(Clock *c, int least, int most, int *v)
{
	const char *next = get_number(c->p, c->end, 2, 2, v);

	if (next == NULL)
	{
		c->wrong = c->p + (c->p < c->end && is_digit(*c->p));
		return false;
	}
	if (*v < least || *v > most)
	{
		c->wrong = c->p;
		return false;
	}
	c->p = next;
	return true;
}

/* Reads one character out of a few; gives it, or 0. */
static char
get_one(Clock *c, const char *few)
{
	if (c->p < c->end && *c->p != '\0' && strchr(few, *c->p) != NULL)
		return *c->p++;
	c->wrong = c->p;
	return 0;
}

/* Whether the next character is the given one; moves past it. */
static bool
get_if(Clock *c, char one)
{
	if (c->p == c->end || *c->p != one)
		return false;
	c->p++;
	return true;
}

/* Reads the fraction after the point, in microseconds; a seventh digit is no zone. */
static bool
get_fraction(Clock *c, int *us)
{
	const char *begin = c->p;
	const char *next = get_number(c->p, c->end, 1, 6, us);

	if (next == NULL)
	{
		c->wrong = c->p;
		return false;
	}
	for (int64_t digits = next - begin; digits < 6; digits++)
		*us *= 10;
	c->p = next;
	return true;
}

/* Reads the zone, in seconds east of UTC. */
static bool
get_zone(Clock *c, int *east)
{
	char		sign = get_one(c, "Z+-");
	int			hours;
	int			minutes = 0;

	*east = 0;
	if (sign == 0)
		return false;
	if (sign == 'Z')
		return true;
	if (!get_pair(c, 0, 15, &hours))
		return false;
	if (get_if(c, ':') || (c->p < c->end && is_digit(*c->p)))
	{
		if (!get_pair(c, 0, 59, &minutes))
			return false;
	}
	*east = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

/* Reads all of a time; false with c->wrong set. */
static bool
get_time(Clock *c, int64_t *days, int64_t *us)
{
	const char *at_day;
	const char *begin = c->p;
	const char *next;
	int			digits;
	int			month;
	int			day;
	int			hour;
	int			minute;
	int			second = 0;
	int			fraction = 0;
	int			east;
	int64_t		year;

	next = get_number(c->p, c->end, 4, 6, &digits);
	if (next == NULL)
	{
		while (c->p < c->end && is_digit(*c->p))
			c->p++;
		c->wrong = c->p;
		return false;
	}
	c->p = next;
	if (!get_one(c, "-") || !get_pair(c, 1, 12, &month) || !get_one(c, "-"))
		return false;
	at_day = c->p;
	if (!get_pair(c, 1, 31, &day) || !get_one(c, "T ")
		|| !get_pair(c, 0, 23, &hour) || !get_one(c, ":") || !get_pair(c, 0, 59, &minute))
		return false;
	if (get_if(c, ':'))
	{
		if (!get_pair(c, 0, 59, &second) || (get_if(c, '.') && !get_fraction(c, &fraction)))
			return false;
	}
	if (!get_zone(c, &east))
		return false;

	year = digits;
	if (c->end - c->p >= 3 && memcmp(c->p, " BC", 3) == 0)
	{
		c->p += 3;
		year = 1 - year;
	}
	if (digits == 0)
	{
		c->wrong = begin;
		return false;
	}
	if (day > days_in_month(year, month))
	{
		c->wrong = at_day;
		return false;
	}
	*days = jn_days_from_date(year, month, day);
	*us = (hour * 3600 + minute * 60 + second - east) * US_PER_SECOND + fraction;
	return true;
}

JnStatus
jn_time_read(const char **p, const char *end, int64_t *time, JnError *err)
{
	Clock		c = {*p, end, NULL};
	int64_t		days;
	int64_t		us;

	if (!get_time(&c, &days, &us))
		return jn_fail(err, JN_TEXT_TIME, (size_t) (c.wrong - *p), 0, 0);

	/* days first: a year may be too far away for microseconds */
	if (days < JN_TIME_MIN / US_PER_DAY - 1)
		return jn_fail(err, JN_TIME_RANGE, 0, INT64_MIN, 0);
	if (days > JN_TIME_END / US_PER_DAY)
		return jn_fail(err, JN_TIME_RANGE, 0, INT64_MAX, 0);
	*time = days * US_PER_DAY + us;
	if (!jn_time_ok(*time))
		return jn_fail(err, JN_TIME_RANGE, 0, *time, 0);
	*p = c.p;
	return JN_OK;
}

/* ---- reading journeys ---- */

/* The names of a step: labels by their JnTrack, then the event. */
#define EVENT		JN_TRACKS
#define NAMES		(JN_TRACKS + 1)

/* Where the reader is, and the step that it reads. */
typedef struct Reader
{
	const JnEnv *env;
	const char *text;
	const char *p;
	const char *end;
	JnError    *err;
	JnStep		step;
	JnSenseSet	senses;
	const char *begin[NAMES];	/* where the names of the step begin in the text */
	char		copy[NAMES][JN_MAX_NAME];	/* those that had quotes, without them */
} Reader;

/* Fails at the byte p. */
static JnStatus
fail_at(const Reader *r, JnStatus status, const char *p, int64_t found, int64_t limit)
{
	return jn_fail(r->err, status, (size_t) (p - r->text), found, limit);
}

static void
skip_space(Reader *r)
{
	r->p = jn_skip_space(r->env, r->p, r->end);
}

/* Whether the next character is the given one; moves past it. */
static bool
accept_here(Reader *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* The same behind white space. */
static bool
accept(Reader *r, char c)
{
	skip_space(r);
	return accept_here(r, c);
}

/* Skips white space and reads the given character. */
static JnStatus
expect(Reader *r, char c)
{
	return accept(r, c) ? JN_OK : fail_at(r, JN_TEXT_SYNTAX, r->p, 0, 0);
}

/* Whether a plain name may begin with, or hold, this byte. */
static inline bool
begins_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || (unsigned char) c >= 0x80;
}

static inline bool
is_plain(char c)
{
	return begins_plain(c) || c == '.' || c == ':' || c == '/' || c == '-';
}

/* Reads a quoted name into copy[], which has room for JN_MAX_NAME; gives all its bytes. */
static JnStatus
read_quoted(Reader *r, char *copy, size_t *size)
{
	*size = 0;
	for (r->p++;; r->p++)
	{
		if (r->p == r->end)
			return fail_at(r, JN_TEXT_SYNTAX, r->p, 0, 0);
		if (*r->p == '"')
		{
			r->p++;
			if (r->p == r->end || *r->p != '"')
				return JN_OK;
		}
		if (*size < JN_MAX_NAME)
			copy[*size] = *r->p;
		if (++*size % JN_TICK_EVERY == 0)
			jn_tick(r->env);
	}
}

/* Reads the name at hand, into copy[] if it had quotes. */
static JnStatus
read_name_into(Reader *r, char *copy, JnName *name)
{
	const char *begin = r->p;
	size_t		size;

	if (begin < r->end && *begin == '"')
	{
		JnStatus	status = read_quoted(r, copy, &size);

		if (status != JN_OK)
			return status;
		name->data = copy;
	}
	else
	{
		if (begin == r->end || !begins_plain(*begin))
			return fail_at(r, JN_TEXT_SYNTAX, begin, 0, 0);
		for (size = 0; r->p < r->end && is_plain(*r->p); r->p++)
			if (++size % JN_TICK_EVERY == 0)
				jn_tick(r->env);
		name->data = begin;
	}
	if (size > JN_MAX_NAME)
		return fail_at(r, JN_NAME_LONG, begin, (int64_t) size, JN_MAX_NAME);
	name->size = (uint32_t) size;
	return JN_OK;
}

/* The same for a name of the step, which stays valid until the next one of its kind. */
static JnStatus
read_name(Reader *r, unsigned kind, JnName *name)
{
	r->begin[kind] = r->p;
	return read_name_into(r, r->copy[kind], name);
}

/* Fails at byte "at" of the name that was read from p on. */
static JnStatus
fail_in_name(const Reader *r, JnStatus status, const char *p, size_t at)
{
	if (*p != '"')
		return fail_at(r, status, p + at, 0, 0);
	for (p++; at > 0; at--)
		p += *p == '"' ? 2 : 1;
	return fail_at(r, status, p, 0, 0);
}

static JnStatus
read_time(Reader *r)
{
	const char *begin;

	skip_space(r);
	begin = r->p;
	if (begin == r->end || !is_digit(*begin))
		return fail_at(r, JN_TEXT_SYNTAX, begin, 0, 0);
	if (jn_time_read(&r->p, r->end, &r->step.time, r->err) != JN_OK)
		return jn_fail_behind(r->err, (size_t) (begin - r->text));
	return JN_OK;
}

static JnStatus
read_value(Reader *r)
{
	const char *begin = r->p;

	if (jn_number_read(&r->p, r->end, &r->step.value, r->err) != JN_OK)
		return jn_fail_behind(r->err, (size_t) (begin - r->text));
	return JN_OK;
}

static JnStatus
read_sense(Reader *r)
{
	const char *begin = r->p;
	JnName		sense;
	JnStatus	status = read_name(r, JN_SENSES, &sense);

	if (status != JN_OK)
		return status;
	status = jn_senses_add(&r->senses, sense.data, sense.size, r->err);
	if (status == JN_NAME_UTF8)
		return fail_in_name(r, status, begin, r->err->at);
	if (status != JN_OK)
		return fail_at(r, status, begin, r->err->found, r->err->limit);
	r->step.label[JN_SENSES] = jn_senses_label(&r->senses);
	return JN_OK;
}

/* The words of attributes; that of the channel is its place. */
static const char *const attribute[JN_TRACKS] = {
	[JN_DECISION] = "decision",
	[JN_ACTION] = "action",
	[JN_PERSONA] = "persona",
	[JN_VALUE] = "value",
	[JN_SENSES] = "sense",
};

/* Reads the word of an attribute that may stand here. */
static JnStatus
read_attribute_word(Reader *r, JnTrack *track)
{
	const char *begin;
	size_t		size;

	skip_space(r);
	begin = r->p;
	while (r->p < r->end && *r->p >= 'a' && *r->p <= 'z' && r->p - begin < 16)
		r->p++;
	size = (size_t) (r->p - begin);
	for (*track = JN_DECISION; *track < JN_TRACKS; (*track)++)
		if (strlen(attribute[*track]) == size && memcmp(attribute[*track], begin, size) == 0)
			break;
	if (*track == JN_TRACKS || (*track != JN_SENSES && (r->step.tracks >> *track & 1)))
		return fail_at(r, JN_TEXT_SYNTAX, begin, 0, 0);
	return JN_OK;
}

/* Reads the attributes behind the brace. */
static JnStatus
read_attributes(Reader *r)
{
	jn_senses_clear(&r->senses);
	do
	{
		JnTrack		track;
		JnStatus	status = read_attribute_word(r, &track);

		if (status == JN_OK)
			status = expect(r, '=');
		if (status != JN_OK)
			return status;
		skip_space(r);
		status = track == JN_VALUE ? read_value(r)
			: track == JN_SENSES ? read_sense(r)
			: read_name(r, track, &r->step.label[track]);
		if (status != JN_OK)
			return status;
		r->step.tracks |= 1U << track;
	} while (accept(r, ','));
	return expect(r, '}');
}

/* Adds the step that was read. */
static JnStatus
add_step(Reader *r, JnBuild *b)
{
	JnStatus	status = jn_build_add_step(r->env, b, &r->step, r->err);

	if (status == JN_NAME_UTF8)
	{
		/* in which name? */
		for (unsigned kind = 0; kind < NAMES; kind++)
		{
			JnName		name = kind == EVENT ? r->step.event : r->step.label[kind];
			size_t		valid;

			/* senses were proven one by one, values have no name */
			if (kind == JN_SENSES || kind == JN_VALUE || (kind != EVENT && (r->step.tracks >> kind & 1) == 0))
				continue;
			valid = jn_utf8_check(name.data, name.size);
			if (valid < name.size)
				return fail_in_name(r, status, r->begin[kind], valid);
		}
	}
	else if (status != JN_OK)
		r->err->at = (size_t) (r->begin[EVENT] - r->text);
	return status;
}

static JnStatus
read_step(Reader *r, JnBuild *b)
{
	JnStatus	status;

	r->step.tracks = 0;
	skip_space(r);
	status = read_name(r, EVENT, &r->step.event);
	if (status == JN_OK && accept_here(r, '@'))
	{
		r->step.tracks |= 1U << JN_CHANNEL;
		status = read_name(r, JN_CHANNEL, &r->step.label[JN_CHANNEL]);
	}
	if (status == JN_OK)
		status = read_time(r);
	if (status == JN_OK && accept(r, '{'))
		status = read_attributes(r);
	if (status == JN_OK)
		status = add_step(r, b);
	return status;
}

static void
start(Reader *r, const JnEnv *env, const char *text, size_t size, size_t at, JnError *err)
{
	r->env = env;
	r->text = text;
	r->p = text + at;
	r->end = text + size;
	r->err = err;
	r->step.time = 0;
}

/* Reads the first step, with parentheses if "ghost" asks for them and they are there. */
static JnStatus
read_first(Reader *r, JnBuild *b, bool *ghost)
{
	JnStatus	status;

	if (ghost == NULL || !(*ghost = accept(r, '(')))
		return read_step(r, b);
	status = read_step(r, b);
	return status == JN_OK ? expect(r, ')') : status;
}

/* Moves past three dots, if "more" asks for them and they are there. */
static bool
accept_dots(Reader *r, bool *more)
{
	if (more == NULL)
		return false;
	skip_space(r);
	*more = r->end - r->p >= 3 && memcmp(r->p, "...", 3) == 0;
	r->p += *more ? 3 : 0;
	return *more;
}

/* Reads all steps between the brackets; gives the time of the first one. */
static JnStatus
read_steps(Reader *r, JnBuild *b, bool *ghost, int64_t *first, bool *more)
{
	JnStatus	status = expect(r, '[');

	if (status == JN_OK)
		status = read_first(r, b, ghost);
	*first = r->step.time;
	if (more != NULL)
		*more = false;
	while (status == JN_OK && accept(r, ',') && !accept_dots(r, more))
	{
		status = read_step(r, b);
		if (jn_build_steps(b) % 1024 == 0)
			jn_tick(r->env);
	}
	return status == JN_OK ? expect(r, ']') : status;
}

JnStatus
jn_text_read(const JnEnv *env, const char *text, size_t size, JnBuild *b, JnError *err)
{
	Reader		r;
	int64_t		first;
	JnStatus	status;

	start(&r, env, text, size, 0, err);
	status = read_steps(&r, b, NULL, &first, NULL);
	if (status != JN_OK)
		return status;
	skip_space(&r);
	return r.p == r.end ? JN_OK : fail_at(&r, JN_TEXT_SYNTAX, r.p, 0, 0);
}

JnStatus
jn_text_read_part(const JnEnv *env, const char *text, size_t size, size_t *at, JnBuild *b,
				  bool *ghost, int64_t *ghost_time, bool *more, JnError *err)
{
	Reader		r;
	JnStatus	status;

	start(&r, env, text, size, *at, err);
	status = read_steps(&r, b, ghost, ghost_time, more);
	*at = (size_t) (r.p - text);
	return status;
}

JnStatus
jn_text_read_name(const JnEnv *env, const char *text, size_t size, size_t *at, char copy[JN_MAX_NAME], JnName *name,
				  JnError *err)
{
	Reader		r;
	JnStatus	status;

	start(&r, env, text, size, *at, err);
	status = read_name_into(&r, copy, name);
	*at = (size_t) (r.p - text);
	return status;
}

/* ---- writing journeys ---- */

/* Whether a name stands in the text form without quotes. */
static bool
is_bare(JnName name)
{
	bool		bare = name.size > 0 && begins_plain(name.data[0]);

	for (uint32_t i = 0; i < name.size; i++)
		bare &= is_plain(name.data[i]);
	return bare;
}

static void
put_word(JnPen *pen, const JnWord *word)
{
	if (pen->out != NULL)
		pen->out = jn_word_write(word, pen->out);
	pen->size += word->size;
}

/* Writes the word of an attribute, behind what separates it from the one before. */
static void
put_attribute(JnPen *pen, JnTrack track, bool *first)
{
	jn_pen_put(pen, *first ? " {" : ", ", 2);
	jn_pen_say(pen, attribute[track]);
	jn_pen_say(pen, "=");
	*first = false;
}

static void
put_name(JnPen *pen, JnName name)
{
	JnWord		word = jn_word(name, is_bare);

	put_word(pen, &word);
}

/* Writes a set of senses, an attribute each. */
static void
put_senses(JnPen *pen, JnName senses, bool *first)
{
	JnName		sense;

	while (jn_set_next(&senses, &sense))
	{
		put_attribute(pen, JN_SENSES, first);
		put_name(pen, sense);
	}
}

/* Writes the attributes of the step to which the walk has come. */
static void
put_attributes(const JnEnv *env, JnPen *pen, const JnWords *words, JnWalk *w)
{
	const JnJourney *j = w->j;
	char		number[JN_NUMBER_TEXT];
	double		value;
	bool		first = true;

	for (JnTrack track = JN_DECISION; track < JN_TRACKS; track++)
	{
		uint32_t	code;

		if (!jn_has_track(&j->head, track))
			continue;
		if (track == JN_VALUE)
		{
			if (!jn_values_next(jn_walk_values(env, w), &value))
				continue;
			put_attribute(pen, track, &first);
			jn_pen_put(pen, number, jn_number_write(value, number));
			continue;
		}
		code = jn_labels_code(&j->label[track], w->next);
		if (code == JN_NO_LABEL)
			continue;
		if (track == JN_SENSES)
			put_senses(pen, words[track].word[code].name, &first);
		else
		{
			put_attribute(pen, track, &first);
			put_word(pen, &words[track].word[code]);
		}
	}
	if (!first)
		jn_pen_say(pen, "}");
}

static uint64_t
write_text(const JnEnv *env, const JnJourney *j, char *out)
{
	JnPen		pen = {out, 0};
	JnWords		events;
	JnWords		words[JN_TRACKS];
	JnWalk		w;

	jn_words_open(env, &events, &j->event, is_bare);
	for (JnTrack track = 0; track < JN_TRACKS; track++)
		if (track != JN_VALUE && jn_has_track(&j->head, track))
			jn_words_open(env, &words[track], &j->label[track], is_bare);

	jn_pen_say(&pen, "[");
	for (jn_walk_open(&w, j); w.next < j->head.n; jn_walk_next(&w))
	{
		uint32_t	channel = jn_journey_label(j, JN_CHANNEL, w.next);
		char		time[JN_TIME_TEXT];

		if (w.next > 0)
			jn_pen_say(&pen, ", ");
		put_word(&pen, &events.word[jn_journey_code(j, w.next)]);
		if (channel != JN_NO_LABEL)
		{
			jn_pen_say(&pen, "@");
			put_word(&pen, &words[JN_CHANNEL].word[channel]);
		}
		jn_pen_say(&pen, " ");
		jn_pen_put(&pen, time, jn_time_write(w.time, time));
		if (j->head.tracks != 0)
			put_attributes(env, &pen, words, &w);
		if (w.next % 1024 == 1023)
			jn_tick(env);
	}
	jn_pen_say(&pen, "]");

	for (JnTrack track = 0; track < JN_TRACKS; track++)
		if (track != JN_VALUE && jn_has_track(&j->head, track))
			jn_words_close(env, &words[track]);
	jn_words_close(env, &events);
	return pen.size;
}

uint64_t
jn_text_size(const JnEnv *env, const JnJourney *j)
{
	return write_text(env, j, NULL);
}

void
jn_text_write(const JnEnv *env, const JnJourney *j, char *out)
{
	write_text(env, j, out);
}

uint64_t
jn_text_write_name(JnName name, char *out)
{
	JnPen		pen = {out, 0};

	put_name(&pen, name);
	return pen.size;
}

uint64_t
jn_text_write_step(const JnStep *step, char *out)
{
	JnPen		pen = {out, 0};
	char		text[JN_TIME_TEXT > JN_NUMBER_TEXT ? JN_TIME_TEXT : JN_NUMBER_TEXT];
	bool		first = true;

	put_name(&pen, step->event);
	if (step->tracks >> JN_CHANNEL & 1)
	{
		jn_pen_say(&pen, "@");
		put_name(&pen, step->label[JN_CHANNEL]);
	}
	jn_pen_say(&pen, " ");
	jn_pen_put(&pen, text, jn_time_write(step->time, text));
	for (JnTrack track = JN_DECISION; track < JN_TRACKS; track++)
	{
		if ((step->tracks >> track & 1) == 0)
			continue;
		if (track == JN_SENSES)
			put_senses(&pen, step->label[track], &first);
		else
		{
			put_attribute(&pen, track, &first);
			if (track == JN_VALUE)
				jn_pen_put(&pen, text, jn_number_write(step->value, text));
			else
				put_name(&pen, step->label[track]);
		}
	}
	if (!first)
		jn_pen_say(&pen, "}");
	return pen.size;
}
