/*
 * pattern_words.c
 *	  The words of a pattern: signs, names and intervals.
 */
#include "pattern.h"
#include "pattern_words.h"

#include "../text.h"
#include "../utf8.h"

#define US_PER_SECOND	INT64_C(1000000)
#define US_PER_MINUTE	(60 * US_PER_SECOND)
#define US_PER_HOUR		(60 * US_PER_MINUTE)
#define US_PER_DAY		(24 * US_PER_HOUR)

/* ---- characters ---- */

JnStatus
jn_words_fail(JnWords *w, JnStatus status, const char *at)
{
	return jn_fail(w->err, status, (size_t) (at - w->text), 0, 0);
}

void
jn_words_space(JnWords *w)
{
	w->p = jn_skip_space(w->env, w->p, w->end);
	if (++w->work % 1024 == 0)
		jn_tick(w->env);
}

bool
jn_words_accept(JnWords *w, const char *word)
{
	size_t		size = strlen(word);

	if ((size_t) (w->end - w->p) < size || memcmp(w->p, word, size) != 0)
		return false;
	w->p += size;
	return true;
}

bool
jn_words_comes(JnWords *w, char c)
{
	jn_words_space(w);
	return w->p < w->end && *w->p == c;
}

static inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether a letter, or what counts as one, stands at p. */
static inline bool
is_letter_like(const char *p, const char *end)
{
	size_t		size = (size_t) (end - p);

	return is_letter(*p) || jn_is_digit(*p) || *p == '_'
		|| ((unsigned char) *p >= 0x80 && !jn_is_ellipsis(p, size) && !jn_is_arrow(p, size));
}

/* Whether a plain name may begin at p: "$pageview" does, as nothing could follow the end of the journey. */
static inline bool
begins_plain(const char *p, const char *end)
{
	return is_letter_like(p, end) || (*p == '$' && p + 1 < end && is_letter_like(p + 1, end));
}

bool
jn_words_plain_comes(const JnWords *w)
{
	return w->p < w->end && begins_plain(w->p, w->end);
}

/* The end of the plain name at p, or p if there is none. */
static const char *
plain_end(JnWords *w, const char *p)
{
	const char *name_end;

	if (p == w->end || !begins_plain(p, w->end))
		return p;
	for (name_end = p; p < w->end; p++)
	{
		if (begins_plain(p, w->end) || *p == ':' || *p == '/')
			name_end = p + 1;
		else if (*p != '.' && *p != '-')
			break;
		if ((size_t) (p - w->text) % JN_TICK_EVERY == 0)
			jn_tick(w->env);
	}
	return name_end;
}

bool
jn_words_accept_word(JnWords *w, const char *word)
{
	size_t		size = (size_t) (plain_end(w, w->p) - w->p);

	if (size != strlen(word))
		return false;
	for (size_t i = 0; i < size; i++)
		if ((w->p[i] | 0x20) != word[i])
			return false;
	w->p += size;
	return true;
}

/* ---- names ---- */

static JnStatus
read_quoted(JnWords *w, JnName *name)
{
	const char *begin = w->p;
	uint64_t	size = 0;
	const char *p = begin + 1;
	char	   *copy;

	for (;; p++, size++)
	{
		if (p == w->end)
			return jn_words_fail(w, JN_PATTERN_OPEN, begin);
		if (*p == '"' && (++p == w->end || *p != '"'))
			break;
		if (size % JN_TICK_EVERY == 0)
			jn_tick(w->env);
	}
	w->p = p;
	if (size > JN_MAX_NAME)
		return jn_fail(w->err, JN_NAME_LONG, (size_t) (begin - w->text), (int64_t) size, JN_MAX_NAME);
	copy = jn_alloc(w->env, (size_t) size + 1);
	p = begin + 1;
	for (uint64_t i = 0; i < size; i++, p++)
	{
		copy[i] = *p;
		p += *p == '"';
	}
	*name = (JnName) {copy, (uint32_t) size};
	return JN_OK;
}

JnStatus
jn_words_name(JnWords *w, JnName *name)
{
	const char *begin;
	const char *end;
	size_t		valid;

	jn_words_space(w);
	begin = w->p;
	if (begin < w->end && *begin == '"')
	{
		JnStatus	status = read_quoted(w, name);

		if (status != JN_OK)
			return status;
	}
	else
	{
		end = plain_end(w, begin);
		if (end == begin)
			return jn_words_fail(w, JN_PATTERN_NAME, begin);
		if (end - begin > JN_MAX_NAME)
			return jn_fail(w->err, JN_NAME_LONG, (size_t) (begin - w->text), end - begin, JN_MAX_NAME);
		*name = (JnName) {begin, (uint32_t) (end - begin)};
		w->p = end;
	}
	valid = jn_utf8_check(name->data, name->size);
	if (valid < name->size)
		return jn_fail(w->err, JN_NAME_UTF8, (size_t) (begin - w->text) + valid, 0, 0);
	return JN_OK;
}

/* ---- intervals ---- */

/* Units by their names, as in the server's intervals; 0 for those without a fixed length. */
static const struct
{
	const char *name;
	int64_t		us;
}			unit[] = {
	{"us", 1}, {"usec", 1}, {"usecs", 1}, {"microsecond", 1}, {"microseconds", 1},
	{"ms", 1000}, {"msec", 1000}, {"msecs", 1000}, {"millisecond", 1000}, {"milliseconds", 1000},
	{"s", US_PER_SECOND}, {"sec", US_PER_SECOND}, {"secs", US_PER_SECOND}, {"second", US_PER_SECOND},
	{"seconds", US_PER_SECOND},
	{"m", US_PER_MINUTE}, {"min", US_PER_MINUTE}, {"mins", US_PER_MINUTE}, {"minute", US_PER_MINUTE},
	{"minutes", US_PER_MINUTE},
	{"h", US_PER_HOUR}, {"hr", US_PER_HOUR}, {"hrs", US_PER_HOUR}, {"hour", US_PER_HOUR}, {"hours", US_PER_HOUR},
	{"d", US_PER_DAY}, {"day", US_PER_DAY}, {"days", US_PER_DAY},
	{"w", 7 * US_PER_DAY}, {"week", 7 * US_PER_DAY}, {"weeks", 7 * US_PER_DAY},
	{"mon", 0}, {"mons", 0}, {"month", 0}, {"months", 0}, {"y", 0}, {"yr", 0}, {"yrs", 0}, {"year", 0}, {"years", 0},
	{"decade", 0}, {"decades", 0}, {"century", 0}, {"centuries", 0}, {"millennium", 0}, {"millennia", 0},
	{"dec", 0}, {"decs", 0}, {"c", 0}, {"cent", 0}, {"mil", 0}, {"mils", 0},
};

#define UNITS	(sizeof(unit) / sizeof(unit[0]))

/* Reads a unit and gives its microseconds; without one, seconds. */
static JnStatus
read_unit(JnWords *w, int64_t *us)
{
	const char *begin;
	size_t		size;

	jn_words_space(w);
	begin = w->p;
	while (w->p < w->end && is_letter(*w->p))
		w->p++;
	size = (size_t) (w->p - begin);
	*us = US_PER_SECOND;
	if (size == 0)
		return JN_OK;
	for (size_t u = 0; u < UNITS; u++)
	{
		size_t		k = 0;

		while (k < size && unit[u].name[k] == (begin[k] | 0x20))
			k++;
		if (k < size || unit[u].name[k] != '\0')
			continue;
		*us = unit[u].us;
		return *us > 0 ? JN_OK : jn_words_fail(w, JN_PATTERN_MONTHS, begin);
	}
	return jn_words_fail(w, JN_PATTERN_INTERVAL, begin);
}

bool
jn_words_digits(JnWords *w, int64_t *number)
{
	const char *begin = w->p;

	for (*number = 0; w->p < w->end && jn_is_digit(*w->p); w->p++)
	{
		if (*number >= INT64_C(10000000000000000))
			return false;
		*number = *number * 10 + (*w->p - '0');
	}
	return w->p > begin;
}

/* Reads the digits behind a point, as parts of a million, rounded. */
static bool
read_fraction(JnWords *w, int64_t *millionths)
{
	const char *begin = w->p;
	int64_t		weight = 100000;

	for (*millionths = 0; w->p < w->end && jn_is_digit(*w->p); w->p++, weight /= 10)
	{
		*millionths += weight * (*w->p - '0');
		if (w->p - begin == 6)
			*millionths += *w->p >= '5';
	}
	return w->p > begin;
}

/* Adds count * us to the sum, if it stays below 2^62. */
static bool
add_product(int64_t *sum, int64_t count, int64_t us)
{
	int64_t		most = (INT64_C(1) << 62) - *sum;

	if (count > most / us)
		return false;
	*sum += count * us;
	return true;
}

/* Reads minutes, and seconds, behind the hours and their colon. */
static JnStatus
read_clock(JnWords *w, const char *begin, int64_t hours, int64_t *sum)
{
	int64_t		minutes;
	int64_t		seconds = 0;
	int64_t		millionths = 0;

	if (!jn_words_digits(w, &minutes) || minutes > 59)
		return jn_words_fail(w, JN_PATTERN_INTERVAL, begin);
	if (jn_words_accept(w, ":") && (!jn_words_digits(w, &seconds) || seconds > 59))
		return jn_words_fail(w, JN_PATTERN_INTERVAL, begin);
	if (jn_words_accept(w, ".") && !read_fraction(w, &millionths))
		return jn_words_fail(w, JN_PATTERN_INTERVAL, begin);
	if (!add_product(sum, hours, US_PER_HOUR))
		return jn_words_fail(w, JN_PATTERN_INTERVAL_RANGE, begin);
	*sum += minutes * US_PER_MINUTE + seconds * US_PER_SECOND + millionths;
	return JN_OK;
}

/* Reads one part of an interval and adds it to the sum. */
static JnStatus
read_part(JnWords *w, int64_t *sum)
{
	const char *begin = w->p;
	int64_t		whole;
	int64_t		millionths = 0;
	int64_t		part;
	int64_t		us;
	JnStatus	status;

	if (!jn_words_digits(w, &whole))
		return jn_words_fail(w, w->p > begin ? JN_PATTERN_INTERVAL_RANGE : JN_PATTERN_INTERVAL, begin);
	if (jn_words_accept(w, ":"))
		return read_clock(w, begin, whole, sum);
	if (jn_words_accept(w, ".") && !read_fraction(w, &millionths))
		return jn_words_fail(w, JN_PATTERN_INTERVAL, begin);
	status = read_unit(w, &us);
	if (status != JN_OK)
		return status;
	/* below a week, rounded */
	part = millionths * (us / 1000000) + (millionths * (us % 1000000) + 500000) / 1000000;
	if (!add_product(sum, whole, us) || !add_product(sum, part, 1))
		return jn_words_fail(w, JN_PATTERN_INTERVAL_RANGE, begin);
	return JN_OK;
}

JnStatus
jn_words_interval(JnWords *w, int64_t *us)
{
	const char *begin;
	bool		quoted;

	jn_words_space(w);
	if (jn_words_accept_word(w, "interval"))
		jn_words_space(w);
	begin = w->p;
	quoted = jn_words_accept(w, "'");
	jn_words_space(w);
	*us = 0;
	do
	{
		JnStatus	status = read_part(w, us);

		if (status != JN_OK)
			return status;
		jn_words_space(w);
	} while (w->p < w->end && jn_is_digit(*w->p));
	if (quoted && !jn_words_accept(w, "'"))
		return jn_words_fail(w, w->p == w->end ? JN_PATTERN_OPEN : JN_PATTERN_INTERVAL, w->p == w->end ? begin : w->p);
	return JN_OK;
}
