/*
 * funnel_spec.c
 *	  What a funnel asks, as bytes.
 */
#include "funnel_spec.h"

#include "../pattern/pattern.h"

#define AT_MODE			1
#define AT_ENTRY		2
#define AT_TIES			3
#define AT_HOLD			4
#define AT_FLAGS		5
#define AT_WITHIN		6
#define AT_AS_OF		14
#define AT_STEPS		22
#define AT_EXCLUDED		26
#define HEADER_SIZE		30

#define FLAG_LIMITS		1
#define FLAG_OPTIONAL	2

JnStatus
jn_funnel_terms_check(const JnFunnelTerms *terms, JnError *err)
{
	if (terms->optional != NULL && terms->mode != JN_FUNNEL_ORDERED)
		return jn_fail(err, JN_ARGUMENT, JN_FUNNEL_OPTIONAL_MODE, 0, 0);
	if (terms->mode == JN_FUNNEL_UNORDERED && terms->step_within != NULL)
		return jn_fail(err, JN_ARGUMENT, JN_FUNNEL_LIMITS_MODE, 0, 0);
	if (terms->mode == JN_FUNNEL_UNORDERED && terms->ties == JN_TIES_STRICT)
		return jn_fail(err, JN_ARGUMENT, JN_FUNNEL_TIES_MODE, 0, 0);
	return JN_OK;
}

size_t
jn_funnel_spec_size(const JnFunnelTerms *terms, const JnName *text, uint32_t excluded)
{
	size_t		size = HEADER_SIZE;

	if (terms->step_within != NULL)
		size += 8 * (size_t) terms->steps;
	if (terms->optional != NULL)
		size += terms->steps;
	for (uint32_t i = 0; i < terms->steps + excluded; i++)
		size += jn_varint_size(text[i].size) + text[i].size;
	return size;
}

void
jn_funnel_spec_write(const JnFunnelTerms *terms, const JnName *text, uint32_t excluded, uint8_t *out)
{
	out[0] = JN_FUNNEL_SPEC_VERSION;
	out[AT_MODE] = (uint8_t) terms->mode;
	out[AT_ENTRY] = (uint8_t) terms->entry;
	out[AT_TIES] = (uint8_t) terms->ties;
	out[AT_HOLD] = terms->hold ? (uint8_t) (1 + terms->hold_track) : 0;
	out[AT_FLAGS] = (terms->step_within != NULL ? FLAG_LIMITS : 0) | (terms->optional != NULL ? FLAG_OPTIONAL : 0);
	jn_store64(out + AT_WITHIN, terms->within);
	jn_store64(out + AT_AS_OF, (uint64_t) terms->as_of);
	jn_store32(out + AT_STEPS, terms->steps);
	jn_store32(out + AT_EXCLUDED, excluded);
	out += HEADER_SIZE;
	if (terms->step_within != NULL)
		for (uint32_t i = 0; i < terms->steps; i++, out += 8)
			jn_store64(out, i > 0 ? terms->step_within[i] : JN_NO_LIMIT);
	if (terms->optional != NULL)
		for (uint32_t i = 0; i < terms->steps; i++)
			*out++ = terms->optional[i];
	for (uint32_t i = 0; i < terms->steps + excluded; i++)
	{
		out = jn_varint_put(out, text[i].size);
		memcpy(out, text[i].data, text[i].size);
		out += text[i].size;
	}
}

/* Reads one atom and proves that its text is the canonical one. */
static JnStatus
read_atom(const JnEnv *env, const uint8_t *p, size_t size, size_t *at, JnName *text, JnAtom *atom, JnError *err)
{
	const uint8_t *next = jn_varint_get(p + *at, p + size, &text->size);
	const JnAtom *one;
	JnPattern	pattern;
	char	   *again;

	if (next == NULL)
		return jn_corrupt_at(*at, err);
	*at = (size_t) (next - p);
	if (jn_check_size(size, (uint64_t) *at + text->size, err) != JN_OK)
		return err->status;
	text->data = (const char *) next;
	if (jn_pattern_read(env, text->data, text->size, &pattern, err) != JN_OK)
		return err->status;
	one = jn_pattern_atom(&pattern);
	if (one == NULL || jn_pattern_write(env, &pattern, NULL) != text->size)
		return jn_corrupt_at(*at, err);
	again = jn_alloc(env, (size_t) text->size + 1);
	jn_pattern_write(env, &pattern, again);
	if (memcmp(again, text->data, text->size) != 0)
		return jn_corrupt_at(*at, err);
	jn_release(env, again);
	*atom = *one;
	*at += text->size;
	return JN_OK;
}

JnStatus
jn_funnel_spec_read(const JnEnv *env, const uint8_t *p, size_t size, JnFunnelSpec *spec, JnError *err)
{
	JnFunnelTerms *terms = &spec->terms;
	size_t		at = HEADER_SIZE;
	uint32_t	excluded;
	uint32_t	count;
	uint64_t   *limit = NULL;
	bool	   *optional = NULL;
	bool		any = false;
	JnAtom	   *atom;

	if (size > 0 && p[0] > JN_FUNNEL_SPEC_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_FUNNEL_SPEC_VERSION);
	if (size > 0 && p[0] < JN_FUNNEL_SPEC_VERSION)
		return jn_corrupt_at(0, err);
	if (jn_check_size(size, HEADER_SIZE, err) != JN_OK)
		return err->status;
	memset(spec, 0, sizeof(*spec));
	if (p[AT_MODE] > JN_FUNNEL_EXACT || p[AT_ENTRY] > JN_ENTRY_LONGEST || p[AT_TIES] > JN_TIES_STRICT
		|| p[AT_HOLD] > JN_TRACKS || p[AT_HOLD] == 1 + JN_VALUE || p[AT_FLAGS] > (FLAG_LIMITS | FLAG_OPTIONAL))
		return jn_corrupt_at(AT_MODE, err);
	terms->mode = (JnFunnelMode) p[AT_MODE];
	terms->entry = (JnFunnelEntry) p[AT_ENTRY];
	terms->ties = (JnFunnelTies) p[AT_TIES];
	terms->hold = p[AT_HOLD] > 0;
	terms->hold_track = terms->hold ? (JnTrack) (p[AT_HOLD] - 1) : JN_CHANNEL;
	terms->within = jn_load64(p + AT_WITHIN);
	terms->as_of = (int64_t) jn_load64(p + AT_AS_OF);
	terms->steps = jn_load32(p + AT_STEPS);
	excluded = jn_load32(p + AT_EXCLUDED);

	/* each atom takes two bytes at least, so what follows is not much larger than the bytes */
	if (terms->steps == 0)
		return jn_corrupt_at(AT_STEPS, err);
	if (jn_check_size(size, HEADER_SIZE + 2 * ((uint64_t) terms->steps + excluded), err) != JN_OK)
		return err->status;
	count = terms->steps + excluded;
	if (p[AT_FLAGS] & FLAG_LIMITS)
	{
		if (jn_check_size(size, at + 8 * (uint64_t) terms->steps, err) != JN_OK)
			return err->status;
		limit = jn_alloc(env, jn_array_size(terms->steps, sizeof(uint64_t)));
		for (uint32_t i = 0; i < terms->steps; i++, at += 8)
		{
			limit[i] = jn_load64(p + at);
			any |= limit[i] != JN_NO_LIMIT;
		}
		if (limit[0] != JN_NO_LIMIT || !any)
			return jn_corrupt_at(HEADER_SIZE, err);
	}
	if (p[AT_FLAGS] & FLAG_OPTIONAL)
	{
		if (jn_check_size(size, at + (uint64_t) terms->steps, err) != JN_OK)
			return err->status;
		optional = jn_alloc(env, terms->steps * sizeof(bool));
		any = false;
		for (uint32_t i = 0; i < terms->steps; i++, at++)
		{
			if (p[at] > 1)
				return jn_corrupt_at(at, err);
			optional[i] = p[at] == 1;
			any |= optional[i];
		}
		if (optional[0] || !any)
			return jn_corrupt_at(at, err);
	}
	terms->step_within = limit;
	terms->optional = optional;
	if (jn_funnel_terms_check(terms, err) != JN_OK)
		return jn_corrupt_at(AT_FLAGS, err);

	atom = jn_alloc(env, jn_array_size(count, sizeof(JnAtom)));
	spec->text = jn_alloc(env, jn_array_size(count, sizeof(JnName)));
	for (uint32_t i = 0; i < count; i++)
	{
		if (read_atom(env, p, size, &at, &spec->text[i], &atom[i], err) != JN_OK)
			return err->status;
		if (i % 64 == 63)
			jn_tick(env);
	}
	jn_atoms_make(env, atom, count, &spec->atoms);
	terms->atoms = &spec->atoms;
	spec->bytes = p;
	spec->size = at;
	return JN_OK;
}
