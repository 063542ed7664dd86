/*
 * pattern_read.c
 *	  Reading the text of a pattern, see pattern.h for the grammar.
 *
 * From left to right, once.  What is open is on a stack: for each parenthesis
 * the alternatives and the sequence that have been read in it, and the link
 * that waits for its right side.  An item is joined to the sequence as soon as
 * it is complete, so precedence needs nothing else: quantifiers bind tighter
 * than links, all links alike, and these tighter than "|".  Names, intervals and
 * signs are read by pattern_words.c.
 */
#include <assert.h>

#include "pattern.h"
#include "pattern_words.h"

#include "../number.h"
#include "../text.h"

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
	JnWords		in;
	JnPattern  *pattern;
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
	return jn_grow(r->in.env, array, r->room[which], element);
}

static uint32_t
add_node(Reader *r, JnNode node)
{
	JnPattern  *p = r->pattern;

	p->node = grow(r, ROOM_NODES, p->node, p->nodes, sizeof(JnNode));
	p->node[p->nodes] = node;
	return p->nodes++;
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

	jn_words_space(&r->in);
	for (int i = 0; i < (all ? 7 : 3); i++)
		if (jn_words_accept(&r->in, sign[i].sign))
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

	jn_words_space(&r->in);
	begin = r->in.p;
	for (test.track = 0; test.track < JN_TRACKS; test.track++)
		if (jn_words_accept_word(&r->in, track_word[test.track]))
			break;
	if (test.track == JN_TRACKS)
		return jn_words_fail(&r->in, JN_PATTERN_TEST, begin);
	if (!read_compare(r, test.track == JN_VALUE, &test.compare))
		return jn_words_fail(&r->in, JN_PATTERN_TEST, r->in.p);
	jn_words_space(&r->in);
	begin = r->in.p;
	if (test.track == JN_VALUE)
	{
		status = jn_number_read(&r->in.p, r->in.end, &test.value, r->in.err);
		if (status != JN_OK)
			return jn_words_fail(&r->in, status == JN_NUMBER_RANGE ? JN_PATTERN_NUMBER_RANGE : JN_PATTERN_NUMBER, begin);
	}
	else
	{
		status = jn_words_name(&r->in, &test.name);
		if (status == JN_OK && test.track == JN_SENSES && test.name.size == 0)
			status = jn_words_fail(&r->in, JN_SENSE_EMPTY, begin);
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

	if (!jn_words_comes(&r->in, '{'))
		return false;
	p = jn_skip_space(r->in.env, r->in.p + 1, r->in.end);
	return p == r->in.end || (!jn_is_digit(*p) && *p != ',');
}

/* Reads what stands behind an element of the list that was opened at "begin": its end, or a comma and "more". */
static JnStatus
read_separator(Reader *r, const char *begin, char close, bool *more)
{
	*more = false;
	if (!jn_words_comes(&r->in, close))
	{
		if (r->in.p == r->in.end)
			return jn_words_fail(&r->in, JN_PATTERN_OPEN, begin);
		if (*r->in.p != ',')
			return jn_words_fail(&r->in, JN_PATTERN_SYNTAX, r->in.p);
		*more = true;
	}
	r->in.p++;
	return JN_OK;
}

/* The error of an element of a list; where the text ends in the middle, that the list is open. */
static JnStatus
fail_in_list(Reader *r, const char *begin, JnStatus status)
{
	bool		ended = r->in.p == r->in.end && r->in.err->at == (size_t) (r->in.end - r->in.text);

	return ended ? jn_words_fail(&r->in, JN_PATTERN_OPEN, begin) : status;
}

/* Reads the tests between braces. */
static JnStatus
read_tests(Reader *r, Draft *draft)
{
	const char *begin = r->in.p++;
	JnStatus	status;
	bool		more;

	do
	{
		status = read_test(r, draft);
		status = status == JN_OK ? read_separator(r, begin, '}', &more) : fail_in_list(r, begin, status);
	} while (status == JN_OK && more);
	return status;
}

/* Whether an option of an atom begins here. */
static bool
option_comes(Reader *r)
{
	return r->in.p < r->in.end
		&& (*r->in.p == '.' || *r->in.p == '"' || *r->in.p == '@' || jn_words_plain_comes(&r->in) || tests_come(r));
}

static JnStatus
read_option(Reader *r)
{
	Draft		draft = {.first = r->tests};
	JnStatus	status = JN_OK;

	jn_words_space(&r->in);
	if (!option_comes(r))
		return jn_words_fail(&r->in, JN_PATTERN_NAME, r->in.p);
	draft.option.any = *r->in.p == '.' || *r->in.p == '@' || *r->in.p == '{';
	if (*r->in.p == '.')
		r->in.p++;
	else if (!draft.option.any)
		status = jn_words_name(&r->in, &draft.option.event);
	if (status == JN_OK && jn_words_accept(&r->in, "@"))
	{
		JnTest		test = {.track = JN_CHANNEL,.compare = JN_IS};

		status = jn_words_name(&r->in, &test.name);
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
	const char *begin = r->in.p++;
	JnStatus	status;
	bool		more;

	jn_words_space(&r->in);
	if (jn_words_accept(&r->in, "^"))
		*negated = !*negated;
	do
	{
		status = read_option(r);
		if (status == JN_OK)
			status = read_separator(r, begin, ']', &more);
		else if (r->in.p == r->in.end && status == JN_PATTERN_NAME)
			status = jn_words_fail(&r->in, JN_PATTERN_OPEN, begin);
	} while (status == JN_OK && more);
	return status;
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
		jn_words_space(&r->in);
		if (!jn_words_accept(&r->in, "!"))
			break;
		atom.negated = !atom.negated;
	}
	if (jn_words_comes(&r->in, '['))
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
	const char *begin = r->in.p;
	JnBound    *bound;

	if (!read_compare(r, true, &compare) || compare == JN_IS || compare == JN_IS_NOT)
		return jn_words_fail(&r->in, JN_PATTERN_BOUND, begin);
	bound = compare == JN_BELOW || compare == JN_AT_MOST ? &link->below : &link->above;
	if (bound->given)
		return jn_words_fail(&r->in, JN_PATTERN_BOUND, begin);
	bound->given = true;
	bound->open = compare == JN_BELOW || compare == JN_ABOVE;
	return jn_words_interval(&r->in, &bound->us);
}

/* Reads the bounds of a link behind "-[". */
static JnStatus
read_bounds(Reader *r, const char *begin, JnLink *link)
{
	JnStatus	status;
	bool		more;

	link->first = r->pattern->atoms;
	do
	{
		jn_words_space(&r->in);
		if (jn_words_accept_word(&r->in, "no"))
		{
			status = read_atom(r);
			link->forbidden++;
		}
		else
			status = read_time_bound(r, link);
		status = status == JN_OK ? read_separator(r, begin, ']', &more) : fail_in_list(r, begin, status);
	} while (status == JN_OK && more);
	if (status != JN_OK)
		return status;
	return jn_words_accept(&r->in, "->") ? JN_OK : jn_words_fail(&r->in, JN_PATTERN_LINK, r->in.p);
}

/* Reads a link, if there is one; it waits for its right side then. */
static JnStatus
read_link(Reader *r, Group *g, bool *found)
{
	JnPattern  *p = r->pattern;
	const char *begin = r->in.p;
	JnLink		link = {0};
	bool		direct = jn_words_accept(&r->in, ">>");

	*found = direct || jn_words_accept(&r->in, "->") || jn_words_accept(&r->in, "...")
		|| jn_is_ellipsis(r->in.p, (size_t) (r->in.end - r->in.p)) || jn_words_accept(&r->in, "-[");
	if (!*found)
		return JN_OK;
	if (g->sequence == NONE || g->linked)
		return jn_words_fail(&r->in, JN_PATTERN_LINK, begin);
	if (r->in.p == begin)
		r->in.p += 3;
	g->linked = true;
	g->link_at = begin;
	g->link = JN_DIRECT;
	if (direct)
		return JN_OK;
	if (r->in.p[-1] == '[')
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
	const char *begin = r->in.p++;
	int64_t		least = 0;
	int64_t		most;
	bool		some;

	jn_words_space(&r->in);
	some = jn_words_digits(&r->in, &least);
	most = least;
	jn_words_space(&r->in);
	if (jn_words_accept(&r->in, ","))
	{
		jn_words_space(&r->in);
		most = JN_ANY_TIMES;
		some = true;
		if (r->in.p < r->in.end && jn_is_digit(*r->in.p) && (!jn_words_digits(&r->in, &most) || most > MOST_TIMES))
			return jn_fail(r->in.err, JN_PATTERN_LARGE, 0, MOST_TIMES + 1, MOST_TIMES);
		jn_words_space(&r->in);
	}
	if (r->in.p == r->in.end)
		return jn_words_fail(&r->in, JN_PATTERN_OPEN, begin);
	if (least > MOST_TIMES)
		return jn_fail(r->in.err, JN_PATTERN_LARGE, 0, MOST_TIMES + 1, MOST_TIMES);
	if (!jn_words_accept(&r->in, "}") || !some || least > most)
		return jn_words_fail(&r->in, JN_PATTERN_QUANTIFIER, begin);
	node->least = (uint32_t) least;
	node->most = (uint32_t) most;
	return JN_OK;
}

/* Whether a quantifier begins at hand. */
static bool
quantifier_comes(Reader *r)
{
	jn_words_space(&r->in);
	return r->in.p < r->in.end && (*r->in.p == '?' || *r->in.p == '*' || *r->in.p == '+' || (*r->in.p == '{' && !tests_come(r)));
}

/* Reads the quantifier of node "item", if there is one, and gives the node of both. */
static JnStatus
read_quantifier(Reader *r, uint32_t *item)
{
	JnNode		node = {.kind = JN_NODE_REPEAT,.left = *item,.most = JN_ANY_TIMES};

	if (!quantifier_comes(r))
		return JN_OK;
	if (*r->in.p == '{')
	{
		JnStatus	status = read_times(r, &node);

		if (status != JN_OK)
			return status;
	}
	else
	{
		node.least = *r->in.p == '+';
		if (*r->in.p == '?')
			node.most = 1;
		r->in.p++;
	}
	node.reluctant = jn_words_accept(&r->in, "?");
	if (quantifier_comes(r))
		return jn_words_fail(&r->in, JN_PATTERN_QUANTIFIER, r->in.p);

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
		return jn_words_fail(&r->in, JN_PATTERN_LINK, g->link_at);
	if (g->sequence == NONE)
		return jn_words_fail(&r->in, JN_PATTERN_SYNTAX, r->in.p);
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

	p->item = jn_grow(r->in.env, p->item, (uint64_t) p->items + g->items, sizeof(uint32_t));
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
		return jn_words_fail(&r->in, JN_PATTERN_CLOSE, r->in.p);
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
		r->in.p++;
		r->groups--;
	}
	return status;
}

/* Whether "permute (" stands here; moves past it. */
static bool
accept_permute(Reader *r)
{
	const char *begin = r->in.p;

	if (jn_words_accept_word(&r->in, "permute"))
	{
		if (jn_words_comes(&r->in, '('))
		{
			r->in.p++;
			return true;
		}
		r->in.p = begin;
	}
	return false;
}

/* Reads "within" and its interval, which end the pattern. */
static JnStatus
read_within(Reader *r, const char *begin)
{
	JnStatus	status;

	if (r->groups > 1 || (r->group[0].sequence == NONE && r->group[0].choice == NONE))
		return jn_words_fail(&r->in, JN_PATTERN_WITHIN, begin);
	status = jn_words_interval(&r->in, &r->pattern->within);
	if (status == JN_OK && r->in.p < r->in.end)
		return jn_words_fail(&r->in, JN_PATTERN_WITHIN, r->in.p);
	return status;
}

/* What should be a step is none.  Some signs look as if they meant a link: view > cart, view => cart, view → cart. */
static JnStatus
fail_step(Reader *r)
{
	bool		link = memchr("-<>=,", *r->in.p, 5) != NULL || jn_is_arrow(r->in.p, (size_t) (r->in.end - r->in.p));

	return jn_words_fail(&r->in, link ? JN_PATTERN_LINK : JN_PATTERN_NAME, r->in.p);
}

/* Reads an item that is no group, or opens one. */
static JnStatus
read_item(Reader *r)
{
	const char *begin = r->in.p;
	JnNode		node = {0};
	uint32_t	item = NONE;
	JnStatus	status;

	if (*begin == '(' || accept_permute(r))
	{
		r->in.p += *begin == '(';
		open_group(r, begin, *begin != '(');
		return JN_OK;
	}
	if (*begin == ')')
		status = close_group(r, &item);
	else
	{
		if (*begin == '^' || (*begin == '$' && !jn_words_plain_comes(&r->in)))
		{
			node.kind = *begin == '^' ? JN_NODE_BEGIN : JN_NODE_END;
			r->in.p++;
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
	const char *p = r->in.p;

	return p > r->in.text && p[-1] == '(' && *p == '?' && r->in.end - p >= 2 && (jn_is_digit(p[1]) || p[1] == 't');
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

		jn_words_space(&r->in);
		begin = r->in.p;
		if (begin == r->in.end)
			break;
		status = read_link(r, g, &found);
		if (status == JN_OK && !found)
		{
			if (*begin == '|' || (*begin == ',' && g->permute))
			{
				status = *begin == '|' ? end_alternative(r, g) : end_item(r, g);
				r->in.p++;
			}
			else if (jn_words_accept_word(&r->in, "within"))
				status = read_within(r, begin);
			else if (quantifier_comes(r))
				status = jn_words_fail(&r->in, is_numbered(r) ? JN_PATTERN_CLICKHOUSE : JN_PATTERN_QUANTIFIER, begin);
			else
				status = read_item(r);
		}
		if (status != JN_OK)
			return status;
	}
	if (r->groups > 1)
		return jn_words_fail(&r->in, JN_PATTERN_OPEN, r->group[r->groups - 1].opened);
	if (r->group[0].sequence == NONE && r->group[0].choice == NONE)
		return jn_words_fail(&r->in, JN_PATTERN_EMPTY, r->in.text);
	return end_alternative(r, &r->group[0]);
}

/* Lets atoms point to their options, and these to their tests, now that nothing moves any more. */
static void
settle(Reader *r)
{
	JnOption   *option = jn_alloc(r->in.env, jn_array_size((uint64_t) r->options + 1, sizeof(JnOption)));
	uint32_t	next = 0;

	for (uint32_t i = 0; i < r->options; i++)
	{
		option[i] = r->option[i].option;
		option[i].test = option[i].tests > 0 ? r->test + r->option[i].first : NULL;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(r->in.env);
	}
	for (uint32_t i = 0; i < r->pattern->atoms; i++)
	{
		r->pattern->atom[i].option = option + next;
		next += r->pattern->atom[i].options;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(r->in.env);
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
	Reader		r = {.in = {env, text, text, text + size, err, 0},.pattern = p};
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
