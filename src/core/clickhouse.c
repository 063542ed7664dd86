/*
 * clickhouse.c
 *	  Patterns of ClickHouse as patterns of ours.
 *
 * What stands between two events becomes one link:
 *
 *	 (?1)(?2)					a -[no a, no b, no c]-> b, or a >> b for all rows
 *	 (?1).*(?2)					a -> b
 *	 (?1)(?t>5)(?t<=60)(?2)		a -[> 5 s, <= 60 s]-> b
 *	 (?1).(?2)					a -[...]-> (a | b | c) -[...]-> b, or a >> . >> b
 *
 * ".*" at the begin or the end of a pattern adds nothing to where it matches.
 * A first pass measures, a second one writes.
 */
#include "clickhouse.h"

#include "pen.h"

/* In place of a condition's number: any row. */
#define ANY_ROW		0

typedef struct Bound
{
	bool		given;
	bool		open;			/* < or > */
	uint64_t	seconds;
} Bound;

/* What stands between the event before and the one to come. */
typedef struct Link
{
	bool		far;			/* other rows may lie on it */
	bool		timed;
	size_t		time_at;		/* where its last time stands */
	Bound		above;
	Bound		below;
} Link;

typedef struct Reader
{
	const char *p;
	size_t		size;
	size_t		at;
} Reader;

static bool
take(Reader *r, const char *what)
{
	size_t		n = strlen(what);

	if (r->size - r->at < n || memcmp(r->p + r->at, what, n) != 0)
		return false;
	r->at += n;
	return true;
}

/* A number of up to nine digits, which is a quarter of a century of seconds. */
static bool
take_number(Reader *r, uint64_t *number)
{
	size_t		begin = r->at;

	*number = 0;
	while (r->at < r->size && r->p[r->at] >= '0' && r->p[r->at] <= '9' && r->at - begin < 9)
		*number = *number * 10 + (uint64_t) (r->p[r->at++] - '0');
	return r->at > begin;
}

/* Reads "<= 60)" behind "(?t". */
static JnStatus
take_time(Reader *r, Link *link, JnError *err)
{
	size_t		begin = r->at;
	bool		equal = take(r, "==");
	bool		below = !equal && take(r, "<");
	bool		above = !equal && !below && take(r, ">");
	bool		open = (below || above) && !take(r, "=");
	uint64_t	seconds;

	if (!equal && !below && !above)
		return jn_fail(err, JN_CLICKHOUSE_SYNTAX, r->at, 0, 0);
	if (!take_number(r, &seconds) || !take(r, ")"))
		return jn_fail(err, JN_CLICKHOUSE_SYNTAX, r->at, 0, 0);
	if (((below || equal) && link->below.given) || ((above || equal) && link->above.given))
		return jn_fail(err, JN_CLICKHOUSE_TIME, begin, 0, 0);
	if (below || equal)
		link->below = (Bound) {true, open, seconds};
	if (above || equal)
		link->above = (Bound) {true, open, seconds};
	link->far = link->timed = true;
	link->time_at = begin;
	return JN_OK;
}

static void
put_bound(JnPen *pen, const Bound *bound, char sign, bool *first)
{
	if (!bound->given)
		return;
	jn_pen_say(pen, *first ? "" : ", ");
	jn_pen_put(pen, &sign, 1);
	jn_pen_say(pen, bound->open ? " " : "= ");
	jn_pen_number(pen, bound->seconds);
	jn_pen_say(pen, " s");
	*first = false;
}

static void
put_link(const JnEnv *env, JnPen *pen, const Link *link, const JnName *condition, uint32_t count, bool all_rows)
{
	bool		first = true;

	if (!link->far && all_rows)
		jn_pen_say(pen, " >> ");
	else if (link->far && !link->timed)
		jn_pen_say(pen, " -> ");
	else
	{
		jn_pen_say(pen, " -[");
		for (uint32_t i = 0; i < count && !link->far; i++)
		{
			jn_pen_say(pen, i > 0 ? ", no " : "no ");
			jn_pen_put(pen, condition[i].data, condition[i].size);
			if (i % 1024 == 1023)
				jn_tick(env);
		}
		put_bound(pen, &link->above, '>', &first);
		put_bound(pen, &link->below, '<', &first);
		jn_pen_say(pen, "]-> ");
	}
}

static void
put_event(const JnEnv *env, JnPen *pen, uint64_t number, const JnName *condition, uint32_t count, bool all_rows)
{
	if (number != ANY_ROW)
		jn_pen_put(pen, condition[number - 1].data, condition[number - 1].size);
	else if (all_rows)
		jn_pen_say(pen, ".");
	else
		for (uint32_t i = 0; i < count; i++)
		{
			jn_pen_say(pen, i > 0 ? " | " : "(");
			jn_pen_put(pen, condition[i].data, condition[i].size);
			jn_pen_say(pen, i + 1 < count ? "" : ")");
			if (i % 1024 == 1023)
				jn_tick(env);
		}
}

/* One pass over the pattern. */
static JnStatus
translate(const JnEnv *env, Reader r, const JnName *condition, uint32_t count, bool all_rows, JnPen *pen, JnError *err)
{
	Link		link = {0};
	bool		events = false;

	while (r.at < r.size)
	{
		size_t		begin = r.at;
		uint64_t	number = ANY_ROW;

		if (take(&r, ".*"))
		{
			link.far = true;
			continue;
		}
		if (take(&r, "(?t"))
		{
			JnStatus	status = take_time(&r, &link, err);

			if (status == JN_OK && !events)
				status = jn_fail(err, JN_CLICKHOUSE_TIME, begin, 0, 0);
			if (status != JN_OK)
				return status;
			continue;
		}
		if (take(&r, "(?"))
		{
			if (!take_number(&r, &number) || !take(&r, ")"))
				return jn_fail(err, JN_CLICKHOUSE_SYNTAX, r.at, 0, 0);
			if (number == 0 || number > count)
				return jn_fail(err, JN_CLICKHOUSE_CONDITION, begin, (int64_t) number, count);
		}
		else if (!take(&r, "."))
			return jn_fail(err, JN_CLICKHOUSE_SYNTAX, begin, 0, 0);
		else if (count == 0 && !all_rows)
			return jn_fail(err, JN_CLICKHOUSE_CONDITION, begin, 1, 0);

		if (events)
			put_link(env, pen, &link, condition, count, all_rows);
		put_event(env, pen, number, condition, count, all_rows);
		events = true;
		link = (Link) {0};
		jn_tick(env);
	}
	if (!events)
		return jn_fail(err, JN_CLICKHOUSE_EMPTY, 0, 0, 0);
	if (link.timed)
		return jn_fail(err, JN_CLICKHOUSE_TIME, link.time_at, 0, 0);
	return JN_OK;
}

JnStatus
jn_clickhouse_translate(const JnEnv *env, const char *pattern, size_t size, const JnName *condition, uint32_t count,
						bool all_rows, char **text, size_t *length, JnError *err)
{
	Reader		r = {pattern, size, 0};
	JnPen		measure = {NULL, 0};
	JnPen		pen = {NULL, 0};
	JnStatus	status = translate(env, r, condition, count, all_rows, &measure, err);

	if (status != JN_OK)
	{
		/* what has been read is ASCII */
		err->at++;
		return status;
	}
	if (measure.size > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) measure.size, (int64_t) JN_MAX_BYTES);
	*text = pen.out = jn_alloc(env, (size_t) measure.size);
	*length = (size_t) measure.size;
	return translate(env, r, condition, count, all_rows, &pen, err);
}
