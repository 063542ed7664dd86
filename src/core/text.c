/*
 * text.c
 *	  The text form of a journey, see text.h for the grammar.
 *
 * Days are counted by arithmetic of our own, so that no zone file, locale or
 * setting has a say.  It is easier with years that begin in March: then the
 * day that comes and goes is the last one, months have 31 30 31 30 31 days
 * over and over, and month m (0 = March) begins at day (153 m + 2) / 5.  400
 * such years always have 146097 days.  (Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms", 2014, proves these formulas.)  Day 0 is 2000-01-01; 2000-03-01 begins
 * a span of 400 years, 60 days later.
 *
 * The reader goes from left to right, once, and never steps back but for the
 * " BC" that may or may not follow a time.
 */
#include "text.h"

#include "words.h"

#define US_PER_SECOND	INT64_C(1000000)
#define US_PER_DAY		(86400 * US_PER_SECOND)
#define DAYS_PER_ERA	INT64_C(146097)

/* ---- the calendar ---- */

static inline int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days from 2000-01-01; year 0 is 1 BC. */
static int64_t
days_from_date(int64_t year, int month, int day)
{
	int64_t		y = month > 2 ? year : year - 1;
	int			m = month > 2 ? month - 3 : month + 9;
	int64_t		era = floor_div(y - 2000, 400);
	int64_t		year_of_era = y - 2000 - 400 * era;

	return 60 + era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
		+ (153 * m + 2) / 5 + day - 1;
}

static void
date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t		era = floor_div(days - 60, DAYS_PER_ERA);
	int64_t		d = days - 60 - era * DAYS_PER_ERA;
	int64_t		y;
	int			m;

	/* without the days that leap years add, all years are 365 days long */
	y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	d -= 365 * y + y / 4 - y / 100;
	m = (int) (5 * d + 2) / 153;
	*day = (int) d - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = 2000 + 400 * era + y + (m >= 10);
}

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
	int64_t		days = floor_div(time, US_PER_DAY);
	int64_t		us = time % US_PER_DAY + (time % US_PER_DAY < 0 ? US_PER_DAY : 0);
	int			second = (int) (us / US_PER_SECOND);
	int			fraction = (int) (us % US_PER_SECOND);
	char	   *p = out;
	int64_t		year;
	int			month;
	int			day;

	date_from_days(days, &year, &month, &day);
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
accept(Clock *c, char one)
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
	if (accept(c, ':') || (c->p < c->end && is_digit(*c->p)))
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
	if (accept(c, ':'))
	{
		if (!get_pair(c, 0, 59, &second) || (accept(c, '.') && !get_fraction(c, &fraction)))
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
	*days = days_from_date(year, month, day);
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

/* Where the reader is. */
typedef struct Reader
{
	const JnEnv *env;
	const char *text;
	const char *p;
	const char *end;
	JnError    *err;
	char		name[JN_MAX_NAME];	/* the name of a step, without its quotes */
	size_t		name_size;
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

/* Skips white space and reads the given character. */
static JnStatus
expect(Reader *r, char c)
{
	skip_space(r);
	if (r->p == r->end || *r->p != c)
		return fail_at(r, JN_TEXT_SYNTAX, r->p, 0, 0);
	r->p++;
	return JN_OK;
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

/* Takes a byte of a name; too long ones are counted to the end. */
static inline void
take(Reader *r, char c)
{
	if (r->name_size < JN_MAX_NAME)
		r->name[r->name_size] = c;
	if (++r->name_size % JN_TICK_EVERY == 0)
		jn_tick(r->env);
}

/* Reads a name into r->name. */
static JnStatus
read_name(Reader *r)
{
	const char *begin;

	skip_space(r);
	begin = r->p;
	r->name_size = 0;
	if (r->p < r->end && *r->p == '"')
	{
		for (r->p++;; r->p++)
		{
			if (r->p == r->end)
				return fail_at(r, JN_TEXT_SYNTAX, r->p, 0, 0);
			if (*r->p == '"')
			{
				r->p++;
				if (r->p == r->end || *r->p != '"')
					break;
			}
			take(r, *r->p);
		}
	}
	else
	{
		if (r->p == r->end || !begins_plain(*r->p))
			return fail_at(r, JN_TEXT_SYNTAX, r->p, 0, 0);
		for (; r->p < r->end && is_plain(*r->p); r->p++)
			take(r, *r->p);
	}
	if (r->name_size > JN_MAX_NAME)
		return fail_at(r, JN_NAME_LONG, begin, (int64_t) r->name_size, JN_MAX_NAME);
	return JN_OK;
}

/* Where byte "at" of r->name, which was read from p on, stands in the text. */
static size_t
offset_in_text(const Reader *r, const char *p, size_t at)
{
	if (*p != '"')
		return (size_t) (p - r->text) + at;
	for (p++; at > 0; at--)
		p += *p == '"' ? 2 : 1;
	return (size_t) (p - r->text);
}

static JnStatus
read_step(Reader *r, JnBuild *b)
{
	const char *at_name;
	const char *at_time;
	int64_t		time;
	JnStatus	status;

	skip_space(r);
	at_name = r->p;
	status = read_name(r);
	if (status != JN_OK)
		return status;
	skip_space(r);
	at_time = r->p;
	if (r->p == r->end || !is_digit(*r->p))
		return fail_at(r, JN_TEXT_SYNTAX, r->p, 0, 0);
	status = jn_time_read(&r->p, r->end, &time, r->err);
	if (status != JN_OK)
	{
		r->err->at += (size_t) (at_time - r->text);
		return status;
	}
	status = jn_build_add(r->env, b, time, r->name, r->name_size, r->err);
	if (status == JN_NAME_UTF8)
		r->err->at = offset_in_text(r, at_name, r->err->at);
	else if (status != JN_OK)
		r->err->at = (size_t) (at_name - r->text);
	return status;
}

JnStatus
jn_text_read(const JnEnv *env, const char *text, size_t size, JnBuild *b, JnError *err)
{
	Reader		r;
	JnStatus	status;

	r.env = env;
	r.text = text;
	r.p = text;
	r.end = text + size;
	r.err = err;
	r.name_size = 0;

	status = expect(&r, '[');
	while (status == JN_OK)
	{
		status = read_step(&r, b);
		if (status != JN_OK)
			break;
		if (jn_build_steps(b) % 1024 == 0)
			jn_tick(env);
		skip_space(&r);
		if (r.p < r.end && *r.p == ',')
			r.p++;
		else
		{
			status = expect(&r, ']');
			break;
		}
	}
	if (status != JN_OK)
		return status;
	skip_space(&r);
	return r.p == r.end ? JN_OK : fail_at(&r, JN_TEXT_SYNTAX, r.p, 0, 0);
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

/*
 * Writes the text form at out, or only measures it if out is NULL; one
 * function, so that the two cannot disagree.
 */
static uint64_t
write_text(const JnEnv *env, const JnJourney *j, char *out)
{
	JnWords		words;
	uint64_t	size = 2 + 2 * (uint64_t) (j->head.n - 1);
	char	   *p = out;
	JnWalk		w;

	jn_words_open(env, &words, &j->event, is_bare);
	for (jn_walk_open(&w, j); w.next < j->head.n; jn_walk_next(&w))
	{
		const JnWord *step = &words.word[jn_journey_code(j, w.next)];
		char		time[JN_TIME_TEXT];
		size_t		time_size = jn_time_write(w.time, time);

		size += step->size + 1 + time_size;
		if (out != NULL)
		{
			*p++ = w.next == 0 ? '[' : ',';
			if (w.next > 0)
				*p++ = ' ';
			p = jn_word_write(step, p);
			*p++ = ' ';
			memcpy(p, time, time_size);
			p += time_size;
		}
		if (w.next % 1024 == 1023)
			jn_tick(env);
	}
	if (out != NULL)
		*p = ']';
	jn_words_close(env, &words);
	return size;
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
