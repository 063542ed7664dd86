/*
 * pattern_read.c
 *	  Reading the text of a pattern, see pattern.h for the grammar.
 *
 * From left to right, once.  What is open is on a stack: for each parenthesis
 * the alternatives and the sequence that have been read in it, and the link
 * that waits for its right side.  An item is joined to the sequence as soon as
 * it is complete, so precedence needs nothing else: quantifiers bind tighter
 * than links, all links alike, and these tighter than "|".
 */
#include <assert.h>

#include "pattern.h"

#include "../number.h"
#include "../text.h"
#include "../utf8.h"

#define US_PER_SECOND	INT64_C(1000000)
#define US_PER_MINUTE	(60 * US_PER_SECOND)
#define US_PER_HOUR		(60 * US_PER_MINUTE)
#define US_PER_DAY		(24 * US_PER_HOUR)

/* No node. */
#define NONE			UINT32_MAX

/* Largest n of {n}; more copies than that cannot be compiled. */
#define MOST_TIMES		UINT32_C(1000000000)

/* An open parenthesis, or the text itself. */
typedef struct Group
{
	const char *opened;			/* where, NULL for the text */
	bool		permute;		/* PERMUTE( */
	uint32_t	items;			/* of a permutation so far, on the stack of items */
	uint32_t	choice;			/* alternatives that are complete, or NONE */
	uint32_t	sequence;		/* of the present alternative, or NONE */
	bool		linked;			/* a link waits for its right side */
	uint32_t	link;			/* it, or JN_DIRECT */
	const char *link_at;
} Group;

/* An option while its tests may still move. */
typedef struct Draft
{
	JnOption	option;
	uint32_t	first;			/* of its tests */
} Draft;

typedef struct Reader
{
	const JnEnv *env;
	const char *text;
	const char *p;
	const char *end;
	JnError    *err;
	JnPattern  *pattern;
	size_t		work;			/* tokens since the last tick */
	size_t		room[7];		/* of the arrays below and in the pattern */
	Group	   *group;
	uint32_t	groups;
	uint32_t   *open_item;		/* items of open permutations */
	uint32_t	open_items;
	Draft	   *option;
	uint32_t	options;
	JnTest	   *test;
	uint32_t	tests;
} Reader;

enum
{
	ROOM_NODES, ROOM_ATOMS, ROOM_LINKS, ROOM_GROUPS, ROOM_ITEMS, ROOM_OPTIONS, ROOM_TESTS
};

/* ---- arrays that grow ---- */

/* Makes room for one more element behind "used". */
static void *
grow(Reader *r, int which, void *array, uint32_t used, size_t element)
{
	if (used < r->room[which])
		return array;
	r->room[which] = (size_t) jn_larger_room(r->room[which], (uint64_t) used + 1, 8);
	return jn_grow(r->env, array, r->room[which], element);
}

static uint32_t
add_node(Reader *r, JnNode node)
{
	JnPattern  *p = r->pattern;

	p->node = grow(r, ROOM_NODES, p->node, p->nodes, sizeof(JnNode));
	p->node[p->nodes] = node;
	return p->nodes++;
}

/* ---- characters ---- */

static JnStatus
fail(Reader *r, JnStatus status, const char *at)
{
	return jn_fail(r->err, status, (size_t) (at - r->text), 0, 0);
}

static void
skip_space(Reader *r)
{
	r->p = jn_skip_space(r->env, r->p, r->end);
	if (++r->work % 1024 == 0)
		jn_tick(r->env);
}

/* Whether the text goes on with these characters; moves past them. */
static bool
accept(Reader *r, const char *word)
{
	size_t		size = strlen(word);

	if ((size_t) (r->end - r->p) < size || memcmp(r->p, word, size) != 0)
		return false;
	r->p += size;
	return true;
}

/* Whether the next character behind white space is this one, which stays. */
static bool
comes(Reader *r, char c)
{
	skip_space(r);
	return r->p < r->end && *r->p == c;
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
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

	return is_letter(*p) || is_digit(*p) || *p == '_'
		|| ((unsigned char) *p >= 0x80 && !jn_is_ellipsis(p, size) && !jn_is_arrow(p, size));
}

/* Whether a plain name may begin at p: "$pageview" does, as nothing could follow the end of the journey. */
static inline bool
begins_plain(const char *p, const char *end)
{
	return is_letter_like(p, end) || (*p == '$' && p + 1 < end && is_letter_like(p + 1, end));
}

/* The end of the plain name at p, or p if there is none. */
static const char *
plain_end(Reader *r, const char *p)
{
	const char *name_end;

	if (p == r->end || !begins_plain(p, r->end))
		return p;
	for (name_end = p; p < r->end; p++)
	{
		if (begins_plain(p, r->end) || *p == ':' || *p == '/')
			name_end = p + 1;
		else if (*p != '.' && *p != '-')
			break;
		if ((size_t) (p - r->text) % JN_TICK_EVERY == 0)
			jn_tick(r->env);
	}
	return name_end;
}

/* Whether the plain word at hand is this one, of small letters, in whatever case; moves past it. */
static bool
accept_word(Reader *r, const char *word)
{
	size_t		size = (size_t) (plain_end(r, r->p) - r->p);

	if (size != strlen(word))
		return false;
	for (size_t i = 0; i < size; i++)
		if ((r->p[i] | 0x20) != word[i])
			return false;
	r->p += size;
	return true;
}

/* ---- names ---- */

static JnStatus
read_quoted(Reader *r, JnName *name)
{
	const char *begin = r->p;
	uint64_t	size = 0;
	const char *p = begin + 1;
	char	   *copy;

	for (;; p++, size++)
	{
		if (p == r->end)
			return fail(r, JN_PATTERN_OPEN, begin);
		if (*p == '"' && (++p == r->end || *p != '"'))
			break;
		if (size % JN_TICK_EVERY == 0)
			jn_tick(r->env);
	}
	r->p = p;
	if (size > JN_MAX_NAME)
		return jn_fail(r->err, JN_NAME_LONG, (size_t) (begin - r->text), (int64_t) size, JN_MAX_NAME);
	copy = jn_alloc(r->env, (size_t) size + 1);
	p = begin + 1;
	for (uint64_t i = 0; i < size; i++, p++)
	{
		copy[i] = *p;
		p += *p == '"';
	}
	*name = (JnName) {copy, (uint32_t) size};
	return JN_OK;
}

static JnStatus
read_name(Reader *r, JnName *name)
{
	const char *begin;
	const char *end;
	size_t		valid;

	skip_space(r);
	begin = r->p;
	if (begin < r->end && *begin == '"')
	{
		JnStatus	status = read_quoted(r, name);

		if (status != JN_OK)
			return status;
	}
	else
	{
		end = plain_end(r, begin);
		if (end == begin)
			return fail(r, JN_PATTERN_NAME, begin);
		if (end - begin > JN_MAX_NAME)
			return jn_fail(r->err, JN_NAME_LONG, (size_t) (begin - r->text), end - begin, JN_MAX_NAME);
		*name = (JnName) {begin, (uint32_t) (end - begin)};
		r->p = end;
	}
	valid = jn_utf8_check(name->data, name->size);
	if (valid < name->size)
		return jn_fail(r->err, JN_NAME_UTF8, (size_t) (begin - r->text) + valid, 0, 0);
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
read_unit(Reader *r, int64_t *us)
{
	const char *begin;
	size_t		size;

	skip_space(r);
	begin = r->p;
	while (r->p < r->end && is_letter(*r->p))
		r->p++;
	size = (size_t) (r->p - begin);
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
		return *us > 0 ? JN_OK : fail(r, JN_PATTERN_MONTHS, begin);
	}
	return fail(r, JN_PATTERN_INTERVAL, begin);
}

/* Reads digits as a number below 10^17. */
static bool
read_digits(Reader *r, int64_t *number)
{
	const char *begin = r->p;

	for (*number = 0; r->p < r->end && is_digit(*r->p); r->p++)
	{
		if (*number >= INT64_C(10000000000000000))
			return false;
		*number = *number * 10 + (*r->p - '0');
	}
	return r->p > begin;
}

/* Reads the digits behind a point, as parts of a million, rounded. */
static bool
read_fraction(Reader *r, int64_t *millionths)
{
	const char *begin = r->p;
	int64_t		weight = 100000;

	for (*millionths = 0; r->p < r->end && is_digit(*r->p); r->p++, weight /= 10)
	{
		*millionths += weight * (*r->p - '0');
		if (r->p - begin == 6)
			*millionths += *r->p >= '5';
	}
	return r->p > begin;
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
read_clock(Reader *r, const char *begin, int64_t hours, int64_t *sum)
{
	int64_t		minutes;
	int64_t		seconds = 0;
	int64_t		millionths = 0;

	if (!read_digits(r, &minutes) || minutes > 59)
		return fail(r, JN_PATTERN_INTERVAL, begin);
	if (accept(r, ":") && (!read_digits(r, &seconds) || seconds > 59))
		return fail(r, JN_PATTERN_INTERVAL, begin);
	if (accept(r, ".") && !read_fraction(r, &millionths))
		return fail(r, JN_PATTERN_INTERVAL, begin);
	if (!add_product(sum, hours, US_PER_HOUR))
		return fail(r, JN_PATTERN_INTERVAL_RANGE, begin);
	*sum += minutes * US_PER_MINUTE + seconds * US_PER_SECOND + millionths;
	return JN_OK;
}

/* Reads one part of an interval and adds it to the sum. */
static JnStatus
read_part(Reader *r, int64_t *sum)
{
	const char *begin = r->p;
	int64_t		whole;
	int64_t		millionths = 0;
	int64_t		part;
	int64_t		us;
	JnStatus	status;

	if (!read_digits(r, &whole))
		return fail(r, r->p > begin ? JN_PATTERN_INTERVAL_RANGE : JN_PATTERN_INTERVAL, begin);
	if (accept(r, ":"))
		return read_clock(r, begin, whole, sum);
	if (accept(r, ".") && !read_fraction(r, &millionths))
		return fail(r, JN_PATTERN_INTERVAL, begin);
	status = read_unit(r, &us);
	if (status != JN_OK)
		return status;
	/* below a week, rounded */
	part = millionths * (us / 1000000) + (millionths * (us % 1000000) + 500000) / 1000000;
	if (!add_product(sum, whole, us) || !add_product(sum, part, 1))
		return fail(r, JN_PATTERN_INTERVAL_RANGE, begin);
	return JN_OK;
}

static JnStatus
read_interval(Reader *r, int64_t *us)
{
	const char *begin;
	bool		quoted;

	skip_space(r);
	if (accept_word(r, "interval"))
		skip_space(r);
	begin = r->p;
	quoted = accept(r, "'");
	skip_space(r);
	*us = 0;
	do
	{
		JnStatus	status = read_part(r, us);

		if (status != JN_OK)
			return status;
		skip_space(r);
	} while (r->p < r->end && is_digit(*r->p));
	if (quoted && !accept(r, "'"))
		return fail(r, r->p == r->end ? JN_PATTERN_OPEN : JN_PATTERN_INTERVAL, r->p == r->end ? begin : r->p);
	return JN_OK;
}

/* ---- atoms ---- */

/* The words of tracks in tests. */
static const char *const track_word[JN_TRACKS] = {
	[JN_CHANNEL] = "channel",
	[JN_DECISION] = "decision",
	[JN_ACTION] = "action",
	[JN_PERSONA] = "persona",
	[JN_VALUE] = "value",
	[JN_SENSES] = "sense",
};

static JnTest *
add_test(Reader *r, Draft *draft)
{
	r->test = grow(r, ROOM_TESTS, r->test, r->tests, sizeof(JnTest));
	draft->option.tests++;
	return &r->test[r->tests++];
}

/* Reads what compares, "all" of them or only those for names. */
static bool
read_compare(Reader *r, bool all, JnCompare *compare)
{
	static const struct
	{
		const char *sign;
		JnCompare	compare;
	}			sign[] = {
		{"!=", JN_IS_NOT}, {"<>", JN_IS_NOT}, {"=", JN_IS},
		{"<=", JN_AT_MOST}, {">=", JN_AT_LEAST}, {"<", JN_BELOW}, {">", JN_ABOVE},
	};

	skip_space(r);
	for (int i = 0; i < (all ? 7 : 3); i++)
		if (accept(r, sign[i].sign))
		{
			*compare = sign[i].compare;
			return true;
		}
	return false;
}

static JnStatus
read_test(Reader *r, Draft *draft)
{
	JnTest		test = {0};
	const char *begin;
	JnStatus	status;

	skip_space(r);
	begin = r->p;
	for (test.track = 0; test.track < JN_TRACKS; test.track++)
		if (accept_word(r, track_word[test.track]))
			break;
	if (test.track == JN_TRACKS)
		return fail(r, JN_PATTERN_TEST, begin);
	if (!read_compare(r, test.track == JN_VALUE, &test.compare))
		return fail(r, JN_PATTERN_TEST, r->p);
	skip_space(r);
	begin = r->p;
	if (test.track == JN_VALUE)
	{
		status = jn_number_read(&r->p, r->end, &test.value, r->err);
		if (status != JN_OK)
			return fail(r, status == JN_NUMBER_RANGE ? JN_PATTERN_NUMBER_RANGE : JN_PATTERN_NUMBER, begin);
	}
	else
	{
		status = read_name(r, &test.name);
		if (status == JN_OK && test.track == JN_SENSES && test.name.size == 0)
			status = fail(r, JN_SENSE_EMPTY, begin);
		if (status != JN_OK)
			return status;
	}
	*add_test(r, draft) = test;
	return JN_OK;
}

/* Whether a brace comes that begins tests, not a quantifier. */
static bool
tests_come(Reader *r)
{
	const char *p;

	if (!comes(r, '{'))
		return false;
	p = jn_skip_space(r->env, r->p + 1, r->end);
	return p == r->end || (!is_digit(*p) && *p != ',');
}

static JnStatus
read_tests(Reader *r, Draft *draft)
{
	const char *begin = r->p;

	for (r->p++;; r->p++)
	{
		JnStatus	status = read_test(r, draft);

		if (status != JN_OK)
			return r->p == r->end && r->err->at == (size_t) (r->end - r->text) ? fail(r, JN_PATTERN_OPEN, begin) : status;
		if (comes(r, '}'))
			break;
		if (r->p == r->end)
			return fail(r, JN_PATTERN_OPEN, begin);
		if (*r->p != ',')
			return fail(r, JN_PATTERN_SYNTAX, r->p);
	}
	r->p++;
	return JN_OK;
}

/* Whether an option of an atom begins here. */
static bool
option_comes(Reader *r)
{
	return r->p < r->end
		&& (*r->p == '.' || *r->p == '"' || *r->p == '@' || begins_plain(r->p, r->end) || tests_come(r));
}

static JnStatus
read_option(Reader *r)
{
	Draft		draft = {.first = r->tests};
	JnStatus	status = JN_OK;

	skip_space(r);
	if (!option_comes(r))
		return fail(r, JN_PATTERN_NAME, r->p);
	draft.option.any = *r->p == '.' || *r->p == '@' || *r->p == '{';
	if (*r->p == '.')
		r->p++;
	else if (!draft.option.any)
		status = read_name(r, &draft.option.event);
	if (status == JN_OK && accept(r, "@"))
	{
		JnTest		test = {.track = JN_CHANNEL,.compare = JN_IS};

		status = read_name(r, &test.name);
		if (status == JN_OK)
			*add_test(r, &draft) = test;
	}
	if (status == JN_OK && tests_come(r))
		status = read_tests(r, &draft);
	if (status != JN_OK)
		return status;
	r->option = grow(r, ROOM_OPTIONS, r->option, r->options, sizeof(Draft));
	r->option[r->options++] = draft;
	return JN_OK;
}

/* Reads the options between brackets. */
static JnStatus
read_options(Reader *r, bool *negated)
{
	const char *begin = r->p++;

	skip_space(r);
	if (accept(r, "^"))
		*negated = !*negated;
	for (;; r->p++)
	{
		JnStatus	status = read_option(r);

		if (status != JN_OK)
			return r->p == r->end && r->err->status == JN_PATTERN_NAME ? fail(r, JN_PATTERN_OPEN, begin) : status;
		if (comes(r, ']'))
			break;
		if (r->p == r->end)
			return fail(r, JN_PATTERN_OPEN, begin);
		if (*r->p != ',')
			return fail(r, JN_PATTERN_SYNTAX, r->p);
	}
	r->p++;
	return JN_OK;
}

static JnStatus
read_atom(Reader *r)
{
	JnPattern  *p = r->pattern;
	JnAtom		atom = {0};
	uint32_t	first = r->options;
	JnStatus	status;

	for (;;)
	{
		skip_space(r);
		if (!accept(r, "!"))
			break;
		atom.negated = !atom.negated;
	}
	if (comes(r, '['))
		status = read_options(r, &atom.negated);
	else
		status = read_option(r);
	if (status != JN_OK)
		return status;
	atom.options = r->options - first;
	p->atom = grow(r, ROOM_ATOMS, p->atom, p->atoms, sizeof(JnAtom));
	p->atom[p->atoms++] = atom;
	return JN_OK;
}

/* ---- links ---- */

static JnStatus
read_time_bound(Reader *r, JnLink *link)
{
	JnCompare	compare;
	const char *begin = r->p;
	JnBound    *bound;

	if (!read_compare(r, true, &compare) || compare == JN_IS || compare == JN_IS_NOT)
		return fail(r, JN_PATTERN_BOUND, begin);
	bound = compare == JN_BELOW || compare == JN_AT_MOST ? &link->below : &link->above;
	if (bound->given)
		return fail(r, JN_PATTERN_BOUND, begin);
	bound->given = true;
	bound->open = compare == JN_BELOW || compare == JN_ABOVE;
	return read_interval(r, &bound->us);
}

/* Reads the bounds of a link behind "-[". */
static JnStatus
read_bounds(Reader *r, const char *begin, JnLink *link)
{
	link->first = r->pattern->atoms;
	for (;; r->p++)
	{
		JnStatus	status;

		skip_space(r);
		if (accept_word(r, "no"))
		{
			status = read_atom(r);
			link->forbidden++;
		}
		else
			status = read_time_bound(r, link);
		if (status != JN_OK)
			return r->p == r->end && r->err->at == (size_t) (r->end - r->text) ? fail(r, JN_PATTERN_OPEN, begin) : status;
		if (comes(r, ']'))
			break;
		if (r->p == r->end)
			return fail(r, JN_PATTERN_OPEN, begin);
		if (*r->p != ',')
			return fail(r, JN_PATTERN_SYNTAX, r->p);
	}
	r->p++;
	return accept(r, "->") ? JN_OK : fail(r, JN_PATTERN_LINK, r->p);
}

/* Reads a link, if there is one; it waits for its right side then. */
static JnStatus
read_link(Reader *r, Group *g, bool *found)
{
	JnPattern  *p = r->pattern;
	const char *begin = r->p;
	JnLink		link = {0};
	bool		direct = accept(r, ">>");

	*found = direct || accept(r, "->") || accept(r, "...") || jn_is_ellipsis(r->p, (size_t) (r->end - r->p)) || accept(r, "-[");
	if (!*found)
		return JN_OK;
	if (g->sequence == NONE || g->linked)
		return fail(r, JN_PATTERN_LINK, begin);
	if (r->p == begin)
		r->p += 3;
	g->linked = true;
	g->link_at = begin;
	g->link = JN_DIRECT;
	if (direct)
		return JN_OK;
	if (r->p[-1] == '[')
	{
		JnStatus	status = read_bounds(r, begin, &link);

		if (status != JN_OK)
			return status;
	}
	p->link = grow(r, ROOM_LINKS, p->link, p->links, sizeof(JnLink));
	g->link = p->links;
	p->link[p->links++] = link;
	return JN_OK;
}

/* ---- items ---- */

/* Reads the numbers of a quantifier behind its brace. */
static JnStatus
read_times(Reader *r, JnNode *node)
{
	const char *begin = r->p++;
	int64_t		least = 0;
	int64_t		most;
	bool		some;

	skip_space(r);
	some = read_digits(r, &least);
	most = least;
	skip_space(r);
	if (accept(r, ","))
	{
		skip_space(r);
		most = JN_ANY_TIMES;
		some = true;
		if (r->p < r->end && is_digit(*r->p) && (!read_digits(r, &most) || most > MOST_TIMES))
			return jn_fail(r->err, JN_PATTERN_LARGE, 0, MOST_TIMES + 1, MOST_TIMES);
		skip_space(r);
	}
	if (r->p == r->end)
		return fail(r, JN_PATTERN_OPEN, begin);
	if (least > MOST_TIMES)
		return jn_fail(r->err, JN_PATTERN_LARGE, 0, MOST_TIMES + 1, MOST_TIMES);
	if (!accept(r, "}") || !some || least > most)
		return fail(r, JN_PATTERN_QUANTIFIER, begin);
	node->least = (uint32_t) least;
	node->most = (uint32_t) most;
	return JN_OK;
}

/* Whether a quantifier begins at hand. */
static bool
quantifier_comes(Reader *r)
{
	skip_space(r);
	return r->p < r->end && (*r->p == '?' || *r->p == '*' || *r->p == '+' || (*r->p == '{' && !tests_come(r)));
}

/* Reads the quantifier of node "item", if there is one, and gives the node of both. */
static JnStatus
read_quantifier(Reader *r, uint32_t *item)
{
	JnNode		node = {.kind = JN_NODE_REPEAT,.left = *item,.most = JN_ANY_TIMES};

	if (!quantifier_comes(r))
		return JN_OK;
	if (*r->p == '{')
	{
		JnStatus	status = read_times(r, &node);

		if (status != JN_OK)
			return status;
	}
	else
	{
		node.least = *r->p == '+';
		if (*r->p == '?')
			node.most = 1;
		r->p++;
	}
	node.reluctant = accept(r, "?");
	if (quantifier_comes(r))
		return fail(r, JN_PATTERN_QUANTIFIER, r->p);

	/* exactly n times leaves no choice, and once is the thing itself */
	node.reluctant &= node.least != node.most;
	if (node.least != 1 || node.most != 1)
		*item = add_node(r, node);
	return JN_OK;
}

/* Joins a complete item to the sequence of its group. */
static void
join(Reader *r, uint32_t item)
{
	Group	   *g = &r->group[r->groups - 1];

	if (g->sequence == NONE)
		g->sequence = item;
	else
	{
		JnNode		both = {.kind = JN_NODE_SEQUENCE,.left = g->sequence,.right = item};

		both.link = g->linked ? g->link : JN_DIRECT;
		g->sequence = add_node(r, both);
	}
	g->linked = false;
}

/* Ends the alternative at hand. */
static JnStatus
end_alternative(Reader *r, Group *g)
{
	if (g->linked)
		return fail(r, JN_PATTERN_LINK, g->link_at);
	if (g->sequence == NONE)
		return fail(r, JN_PATTERN_SYNTAX, r->p);
	if (g->choice == NONE)
		g->choice = g->sequence;
	else
		g->choice = add_node(r, (JnNode) {.kind = JN_NODE_CHOICE,.left = g->choice,.right = g->sequence});
	g->sequence = NONE;
	return JN_OK;
}

/* Ends an item of a permutation. */
static JnStatus
end_item(Reader *r, Group *g)
{
	JnStatus	status = end_alternative(r, g);

	if (status != JN_OK)
		return status;
	r->open_item = grow(r, ROOM_ITEMS, r->open_item, r->open_items, sizeof(uint32_t));
	r->open_item[r->open_items++] = g->choice;
	g->items++;
	g->choice = NONE;
	return JN_OK;
}

static void
open_group(Reader *r, const char *opened, bool permute)
{
	r->group = grow(r, ROOM_GROUPS, r->group, r->groups, sizeof(Group));
	r->group[r->groups++] = (Group) {.opened = opened,.permute = permute,.choice = NONE,.sequence = NONE};
}

/* Moves the items of a permutation that ends to the pattern. */
static uint32_t
end_permutation(Reader *r, const Group *g)
{
	JnPattern  *p = r->pattern;
	JnNode		node = {.kind = JN_NODE_PERMUTE,.left = p->items,.right = p->items + g->items};

	p->item = jn_grow(r->env, p->item, (uint64_t) p->items + g->items, sizeof(uint32_t));
	r->open_items -= g->items;
	memcpy(p->item + p->items, r->open_item + r->open_items, g->items * sizeof(uint32_t));
	p->items += g->items;
	return add_node(r, node);
}

/* Reads a closing parenthesis, and gives the node of the whole group. */
static JnStatus
close_group(Reader *r, uint32_t *item)
{
	Group	   *g = &r->group[r->groups - 1];
	JnStatus	status;

	if (g->opened == NULL)
		return fail(r, JN_PATTERN_CLOSE, r->p);
	if (g->permute)
	{
		status = end_item(r, g);
		if (status == JN_OK)
			*item = end_permutation(r, g);
	}
	else if (g->choice == NONE && g->sequence == NONE && !g->linked)
	{
		*item = add_node(r, (JnNode) {.kind = JN_NODE_EMPTY});
		status = JN_OK;
	}
	else
	{
		status = end_alternative(r, g);
		*item = g->choice;
	}
	if (status == JN_OK)
	{
		r->p++;
		r->groups--;
	}
	return status;
}

/* Whether "permute (" stands here; moves past it. */
static bool
accept_permute(Reader *r)
{
	const char *begin = r->p;

	if (accept_word(r, "permute"))
	{
		if (comes(r, '('))
		{
			r->p++;
			return true;
		}
		r->p = begin;
	}
	return false;
}

/* Reads "within" and its interval, which end the pattern. */
static JnStatus
read_within(Reader *r, const char *begin)
{
	JnStatus	status;

	if (r->groups > 1 || (r->group[0].sequence == NONE && r->group[0].choice == NONE))
		return fail(r, JN_PATTERN_WITHIN, begin);
	status = read_interval(r, &r->pattern->within);
	if (status == JN_OK && r->p < r->end)
		return fail(r, JN_PATTERN_WITHIN, r->p);
	return status;
}

/* What should be a step is none.  Some signs look as if they meant a link: view > cart, view => cart, view → cart. */
static JnStatus
fail_step(Reader *r)
{
	bool		link = memchr("-<>=,", *r->p, 5) != NULL || jn_is_arrow(r->p, (size_t) (r->end - r->p));

	return fail(r, link ? JN_PATTERN_LINK : JN_PATTERN_NAME, r->p);
}

/* Reads an item that is no group, or opens one. */
static JnStatus
read_item(Reader *r)
{
	const char *begin = r->p;
	JnNode		node = {0};
	uint32_t	item = NONE;
	JnStatus	status;

	if (*begin == '(' || accept_permute(r))
	{
		r->p += *begin == '(';
		open_group(r, begin, *begin != '(');
		return JN_OK;
	}
	if (*begin == ')')
		status = close_group(r, &item);
	else
	{
		if (*begin == '^' || (*begin == '$' && !begins_plain(begin, r->end)))
		{
			node.kind = *begin == '^' ? JN_NODE_BEGIN : JN_NODE_END;
			r->p++;
			status = JN_OK;
		}
		else
		{
			node.kind = JN_NODE_ATOM;
			status = *begin == '!' || *begin == '[' || option_comes(r) ? read_atom(r) : fail_step(r);
			node.left = r->pattern->atoms - 1;
		}
		if (status == JN_OK)
			item = add_node(r, node);
	}
	if (status == JN_OK)
		status = read_quantifier(r, &item);
	if (status == JN_OK)
		join(r, item);
	return status;
}

/* Whether "(?" and a number or a time is at hand: somebody brings a pattern of sequenceMatch. */
static bool
is_numbered(const Reader *r)
{
	return r->p > r->text && r->p[-1] == '(' && *r->p == '?' && r->end - r->p >= 2 && ((r->p[1] >= '0' && r->p[1] <= '9') || r->p[1] == 't');
}

static JnStatus
read_all(Reader *r)
{
	open_group(r, NULL, false);
	for (;;)
	{
		Group	   *g = &r->group[r->groups - 1];
		const char *begin;
		bool		found;
		JnStatus	status;

		skip_space(r);
		begin = r->p;
		if (begin == r->end)
			break;
		status = read_link(r, g, &found);
		if (status == JN_OK && !found)
		{
			if (*begin == '|' || (*begin == ',' && g->permute))
			{
				status = *begin == '|' ? end_alternative(r, g) : end_item(r, g);
				r->p++;
			}
			else if (accept_word(r, "within"))
				status = read_within(r, begin);
			else if (quantifier_comes(r))
				status = fail(r, is_numbered(r) ? JN_PATTERN_CLICKHOUSE : JN_PATTERN_QUANTIFIER, begin);
			else
				status = read_item(r);
		}
		if (status != JN_OK)
			return status;
	}
	if (r->groups > 1)
		return fail(r, JN_PATTERN_OPEN, r->group[r->groups - 1].opened);
	if (r->group[0].sequence == NONE && r->group[0].choice == NONE)
		return fail(r, JN_PATTERN_EMPTY, r->text);
	return end_alternative(r, &r->group[0]);
}

/* Lets atoms point to their options, and these to their tests, now that nothing moves any more. */
static void
settle(Reader *r)
{
	JnOption   *option = jn_alloc(r->env, jn_array_size((uint64_t) r->options + 1, sizeof(JnOption)));
	uint32_t	next = 0;

	for (uint32_t i = 0; i < r->options; i++)
	{
		option[i] = r->option[i].option;
		option[i].test = option[i].tests > 0 ? r->test + r->option[i].first : NULL;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(r->env);
	}
	for (uint32_t i = 0; i < r->pattern->atoms; i++)
	{
		r->pattern->atom[i].option = option + next;
		next += r->pattern->atom[i].options;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(r->env);
	}
}

/* Turns the place of an error from bytes into characters, from 1. */
static void
count_characters(const char *text, JnError *err)
{
	size_t		characters = 1;

	for (size_t i = 0; i < err->at; i++)
		characters += ((unsigned char) text[i] & 0xc0) != 0x80;
	err->at = characters;
}

JnStatus
jn_pattern_read(const JnEnv *env, const char *text, size_t size, JnPattern *p, JnError *err)
{
	Reader		r = {.env = env,.text = text,.p = text,.end = text + size,.err = err,.pattern = p};
	JnStatus	status;

	*p = (JnPattern) {.within = JN_NO_BOUND};
	status = read_all(&r);
	if (status == JN_OK)
	{
		assert(r.group[0].choice == p->nodes - 1);
		settle(&r);
	}
	else if ((status >= JN_PATTERN_EMPTY && status < JN_PATTERN_LARGE)
			 || status == JN_PATTERN_NUMBER || status == JN_PATTERN_NUMBER_RANGE)
		count_characters(text, err);
	return status;
}

const JnAtom *
jn_pattern_atom(const JnPattern *p)
{
	return p->nodes == 1 && p->node[0].kind == JN_NODE_ATOM && p->within == JN_NO_BOUND ? &p->atom[0] : NULL;
}

JnStatus
jn_pattern_validate(const JnEnv *env, const uint8_t *p, size_t size, JnPattern *pattern, JnError *err)
{
	JnStatus	status;
	char	   *text;
	bool		same;

	if (size < 1)
		return jn_fail(err, JN_BYTES_SHORT, 0, 0, 1);
	if (p[0] != JN_PATTERN_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_PATTERN_VERSION);
	status = jn_pattern_read(env, (const char *) p + 1, size - 1, pattern, err);
	if (status != JN_OK)
		return status;
	if (jn_pattern_write(env, pattern, NULL) != size - 1)
		return jn_fail(err, JN_BYTES_CORRUPT, 1, 0, 0);
	text = jn_alloc(env, size);
	jn_pattern_write(env, pattern, text);
	same = memcmp(text, p + 1, size - 1) == 0;
	jn_release(env, text);
	return same ? JN_OK : jn_fail(err, JN_BYTES_CORRUPT, 1, 0, 0);
}
