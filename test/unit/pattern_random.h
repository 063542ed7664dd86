/*
 * pattern_random.h
 *	  Random patterns and journeys that have something to do with each other.
 */
#ifndef PATTERN_RANDOM_H
#define PATTERN_RANDOM_H

#include "model.h"

#define RANDOM_TEXT		4096

typedef struct RandomText
{
	uint64_t   *seed;
	char		text[RANDOM_TEXT];
	size_t		size;
	bool		timed;			/* bounds on time may come */
} RandomText;

static inline void
random_say(RandomText *r, const char *text)
{
	size_t		size = strlen(text);

	if (r->size + size < RANDOM_TEXT)
	{
		memcpy(r->text + r->size, text, size + 1);
		r->size += size;
	}
}

static inline void
random_atom(RandomText *r)
{
	static const char *const atom[] = {
		"a", "a", "a", "b", "b", "c", "c", "d", ".", "!a", "[a, b]", "[^ a, b]", "a@x", "@x", "b@y {value > 1}", "{value <= 1}",
		"{sense=s}", "{sense!=s}", "c {decision!=no}", "[a@x, b {value=2}]", "![a, b@y]", "{channel!=x}", "{persona=p, action=q}"
	};

	random_say(r, atom[unit_below(r->seed, unit_below(r->seed, 3) ? 8 : sizeof(atom) / sizeof(atom[0]))]);
}

static inline void
random_link(RandomText *r)
{
	static const char *const bound[] = {"<= 1 s", "<= 3 s", "< 2 s", ">= 1 s", "> 1 s", ">= 2 s, <= 4 s", "<= 0 s", "< 0 s"};
	bool		begun = false;

	switch (unit_below(r->seed, 4))
	{
		case 0:
			random_say(r, " ");
			return;
		case 1:
			random_say(r, " >> ");
			return;
		case 2:
			random_say(r, " -> ");
			return;
	}
	random_say(r, " -[");
	while (unit_below(r->seed, 2) || (!begun && !r->timed))
	{
		random_say(r, begun ? ", no " : "no ");
		random_atom(r);
		begun = true;
	}
	if (!begun || (r->timed && unit_below(r->seed, 2)))
	{
		random_say(r, begun ? ", " : "");
		random_say(r, bound[unit_below(r->seed, 8)]);
	}
	random_say(r, "]-> ");
}

static inline void random_sequence(RandomText *r, int depth);

static inline void
random_item(RandomText *r, int depth)
{
	static const char *const quantifier[] = {
		"?", "*", "+", "??", "*?", "+?", "{2}", "{1,2}", "{0,2}?", "{2,}", "{0,3}", "{1,}?", "{0}"
	};
	unsigned	kind = unit_below(r->seed, depth > 0 ? 24 : 12);

	if (kind < 10 || depth == 0)
		random_atom(r);
	else if (kind == 11)
	{
		/* a quantifier of an anchor is a strange thing, but no error */
		random_say(r, unit_below(r->seed, 2) ? "^" : "$");
	}
	else if (kind == 12)
		random_say(r, "()");
	else if (kind == 13)
	{
		random_say(r, "PERMUTE(");
		random_sequence(r, depth - 1);
		for (unsigned k = unit_below(r->seed, 3); k > 0; k--)
		{
			random_say(r, ", ");
			random_sequence(r, depth - 1);
		}
		random_say(r, ")");
	}
	else
	{
		random_say(r, "(");
		random_sequence(r, depth - 1);
		while (unit_below(r->seed, 2))
		{
			random_say(r, " | ");
			random_sequence(r, depth - 1);
		}
		random_say(r, ")");
	}
	if (unit_below(r->seed, 3) == 0)
		random_say(r, quantifier[unit_below(r->seed, sizeof(quantifier) / sizeof(quantifier[0]))]);
}

static inline void
random_sequence(RandomText *r, int depth)
{
	random_item(r, depth);
	for (unsigned k = unit_below(r->seed, depth > 1 ? 4 : 3); k > 0; k--)
	{
		random_link(r);
		random_item(r, depth);
	}
}

/* A pattern; it may be too long for its text, and then cannot be read. */
static inline void
random_pattern(RandomText *r, uint64_t *seed, bool timed)
{
	static const char *const within[] = {" within 0 s", " within 1 s", " within 2 s", " within 5 s"};

	r->seed = seed;
	r->size = 0;
	r->timed = timed;
	random_sequence(r, (int) unit_below(seed, 4));
	if (unit_below(seed, 8) == 0)
	{
		random_say(r, " | ");
		random_sequence(r, 1);
	}
	if (timed && unit_below(seed, 3) == 0)
		random_say(r, within[unit_below(seed, 4)]);
}

/* A chain: nothing but steps and links, of which none bounds time. */
static inline void
random_chain(RandomText *r, uint64_t *seed)
{
	static const char *const step[] = {"a", "b", "c", "d", "a", "b", "[a, b]", "[b, c, d]", "!a", "[^ b, c]", ".", "(a | c)", "b{2}"};
	static const char *const link[] = {
		" -> ", " -> ", " -[no c]-> ", " -[no d]-> ", " -[no d]-> ", " -[no a]-> ", " -[no b, no d]-> ", " -[no e]-> ",
		" -[no !a]-> ", " >> ", " "
	};
	static const char *const within[] = {" within 0 s", " within 1 s", " within 2 s", " within 3 s", " within 5 s", " within 9 s"};

	r->seed = seed;
	r->size = 0;
	for (unsigned k = 1 + unit_below(seed, 5); k > 0; k--)
	{
		random_say(r, step[unit_below(seed, unit_below(seed, 2) ? 4 : 13)]);
		if (k > 1)
			random_say(r, link[unit_below(seed, 11)]);
	}
	if (unit_below(seed, 3))
		random_say(r, within[unit_below(seed, 6)]);
}

/* n steps of a journey, in order. */
static inline void
random_steps(uint64_t *seed, Step *step, uint32_t n)
{
	static const char *const name[] = {"a", "b", "c", "d", "e"};
	static const JnName label[] = {{"x", 1}, {"y", 1}, {"no", 2}, {"p", 1}, {"q", 1}};
	static const JnName senses[] = {{"s", 1}, {"s\0t", 3}, {"t", 1}};
	unsigned	names = 2 + unit_below(seed, 4);
	bool		tracks = unit_below(seed, 2);
	int64_t		time = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		Step	   *s = &step[i];

		time += 1000000 * (int64_t) unit_below(seed, 3) + (unit_below(seed, 10) == 0);
		*s = (Step) {time, name[unit_below(seed, names)], 1};
		for (unsigned track = 0; track < JN_TRACKS && tracks; track++)
		{
			if (unit_below(seed, 2))
				continue;
			s->tracks |= 1U << track;
			if (track == JN_VALUE)
				s->value = unit_below(seed, 4);
			else
				s->label[track] = track == JN_SENSES ? senses[unit_below(seed, 3)]
					: label[track == JN_CHANNEL ? unit_below(seed, 2) : unit_below(seed, 5)];
		}
	}
}

#endif							/* PATTERN_RANDOM_H */
