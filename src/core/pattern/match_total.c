/*
 * match_total.c
 *	  How many subjects of a population match a pattern, and how often.
 */
#include "match_total.h"

static JnStatus
see_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	JnMatchTotal *t = context;

	(void) env;
	(void) err;
	t->possible = jn_may_match(&t->automaton, columns->presence) && jn_matcher_columns(t->matcher, columns);
	return JN_OK;
}

/* Adds a subject with so many matches. */
static inline void
add_subject(JnMatchTotal *t, uint64_t matches)
{
	t->counts.subjects++;
	t->counts.matched += matches > 0;
	t->counts.matches += matches;
}

static JnStatus
see_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	JnMatchTotal *t = context;

	(void) env;
	(void) err;
	add_subject(t, t->possible ? jn_match_count(t->matcher, subject, JN_SKIP_PAST_LAST) : 0);
	return JN_OK;
}

static JnVisitor
visitor(JnMatchTotal *t)
{
	return (JnVisitor) {see_columns, see_subject, t};
}

JnStatus
jn_match_total_init(const JnEnv *env, JnMatchTotal *t, const uint8_t *pattern, size_t size, uint64_t salt,
					JnError *err)
{
	JnStatus	status;

	*t = (JnMatchTotal) {.size = size};
	t->bytes = jn_alloc(env, size + 1);
	memcpy(t->bytes, pattern, size);
	status = jn_pattern_validate(env, t->bytes, size, &t->pattern, err);
	if (status == JN_OK)
		status = jn_automaton_make(env, &t->pattern, &t->automaton, err);
	if (status != JN_OK)
		return status;
	t->matcher = jn_matcher_new(env, &t->automaton);
	t->whole.tracks = jn_matcher_tracks(t->matcher);
	t->whole.salt = salt;
	return JN_OK;
}

bool
jn_match_total_is_for(const JnMatchTotal *t, const uint8_t *pattern, size_t size)
{
	return t->size == size && memcmp(t->bytes, pattern, size) == 0;
}

JnStatus
jn_match_total_journey(const JnEnv *env, JnMatchTotal *t, const JnJourney *j, JnError *err)
{
	JnVisitor	v = visitor(t);

	/* the header alone says no to most */
	if (jn_may_match(&t->automaton, j->head.presence))
		return jn_visit_journey(env, &v, j, err);
	t->counts.subjects++;
	return JN_OK;
}

/*
 * What jn_whole_set() does, but for the times: most subjects show by their
 * events that they have no match, and then nobody looks where their times are.
 */
JnStatus
jn_match_total_set(const JnEnv *env, JnMatchTotal *t, const JnSet *s, JnError *err)
{
	JnColumns	columns = jn_set_columns(s);
	JnVisitor	v = visitor(t);
	JnTimesReader times;
	JnSetCounts counts;
	uint32_t	row;
	uint32_t	rows;
	bool		ghost;
	bool		more;
	bool		others = false;
	uint64_t	matches;

	see_columns(env, t, &columns, err);
	jn_set_times(s, &times);
	jn_matcher_times(t->matcher, &times, jn_set_differences(s));
	jn_set_counts_open(&counts, s);
	while ((rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0)
	{
		JnSubject	subject = {&columns, row, row + rows, 0, &times};

		if (counts.part % 1024 == 0)
			jn_tick(env);
		if (ghost || more)
			others = true;
		else if (!t->possible)
			add_subject(t, 0);
		else if (jn_match_count_part(t->matcher, counts.part - 1, row, row + rows, &matches))
			add_subject(t, matches);
		else if (!jn_match_may(t->matcher, row, row + rows))
			add_subject(t, 0);
		else
		{
			subject.start = jn_set_start(s, counts.part - 1);
			jn_times_skip(env, &times, row - (counts.part - 1) - times.next);
			see_subject(env, t, &subject, err);
		}
	}
	return others ? jn_whole_hold(env, &t->whole, s, &v, err) : JN_OK;
}

JnStatus
jn_match_total_merge(const JnEnv *env, JnMatchTotal *into, const JnMatchTotal *from, JnError *err)
{
	JnVisitor	v = visitor(into);

	if (into->counts.subjects > INT64_MAX - from->counts.subjects
		|| into->counts.matches > INT64_MAX - from->counts.matches)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
	into->counts.subjects += from->counts.subjects;
	into->counts.matched += from->counts.matched;
	into->counts.matches += from->counts.matches;
	return jn_whole_merge(env, &into->whole, &from->whole, &v, err);
}

JnStatus
jn_match_total_counts(const JnEnv *env, JnMatchTotal *t, JnMatchCounts *counts, JnError *err)
{
	JnMatchCounts before = t->counts;
	JnVisitor	v = visitor(t);
	JnStatus	status = jn_whole_rest(env, &t->whole, &v, err);

	*counts = t->counts;
	t->counts = before;
	return status;
}

/* ---- bytes ---- */

JnStatus
jn_match_total_size(const JnMatchTotal *t, size_t *size, JnError *err)
{
	uint64_t	bytes = JN_MATCH_TOTAL_HEADER + (uint64_t) t->size + jn_whole_size(&t->whole);

	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, (int64_t) JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

void
jn_match_total_write(const JnEnv *env, const JnMatchTotal *t, uint8_t *out)
{
	jn_store32(out, JN_MATCH_TOTAL_VERSION);
	jn_store32(out + 4, (uint32_t) t->size);
	jn_store64(out + 8, t->counts.subjects);
	jn_store64(out + 16, t->counts.matched);
	jn_store64(out + 24, t->counts.matches);
	memcpy(out + JN_MATCH_TOTAL_HEADER, t->bytes, t->size);
	jn_whole_write(env, &t->whole, out + JN_MATCH_TOTAL_HEADER + t->size);
}

JnStatus
jn_match_total_read(const JnEnv *env, JnMatchTotal *t, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	size_t		pattern;
	size_t		took;
	JnStatus	status;

	if (size < JN_MATCH_TOTAL_HEADER)
		return jn_fail(err, JN_BYTES_SHORT, 0, (int64_t) size, JN_MATCH_TOTAL_HEADER);
	if (p[0] != JN_MATCH_TOTAL_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_MATCH_TOTAL_VERSION);
	if (p[1] != 0 || p[2] != 0 || p[3] != 0)
		return jn_fail(err, JN_BYTES_CORRUPT, 1, 0, 0);
	pattern = jn_load32(p + 4);
	if (pattern > size - JN_MATCH_TOTAL_HEADER)
		return jn_fail(err, JN_BYTES_SHORT, 4, (int64_t) size, (int64_t) pattern + JN_MATCH_TOTAL_HEADER);
	status = jn_match_total_init(env, t, p + JN_MATCH_TOTAL_HEADER, pattern, salt, err);
	if (status != JN_OK)
		return status;
	t->counts.subjects = jn_load64(p + 8);
	t->counts.matched = jn_load64(p + 16);
	t->counts.matches = jn_load64(p + 24);
	if (t->counts.subjects > INT64_MAX || t->counts.matches > INT64_MAX
		|| t->counts.matched > t->counts.subjects || t->counts.matched > t->counts.matches
		|| (t->counts.matched == 0 && t->counts.matches > 0))
		return jn_fail(err, JN_BYTES_CORRUPT, 8, 0, 0);
	status = jn_whole_read(env, &t->whole, p + JN_MATCH_TOTAL_HEADER + pattern, size - JN_MATCH_TOTAL_HEADER - pattern,
						   &took, err);
	if (status != JN_OK)
		return jn_fail_behind(err, JN_MATCH_TOTAL_HEADER + pattern);
	if (took != size - JN_MATCH_TOTAL_HEADER - pattern)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_MATCH_TOTAL_HEADER + pattern + took, 0, 0);
	return JN_OK;
}
