/*
 * pattern_write.c
 *	  The canonical text of a pattern.
 *
 * The tree is walked with a stack of what is still to be written: nodes, and
 * the texts between them.  Parentheses stand only where the grammar needs
 * them, so sequences in sequences and alternatives in alternatives are
 * flattened, which changes no meaning.
 */
#include "pattern.h"

#include "../number.h"
#include "../pen.h"

/* ---- names and atoms ---- */

static bool
is_letter_like(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
		|| (unsigned char) c >= 0x80;
}

/* Whether a name is this word of small letters, in whatever case. */
static bool
name_is(JnName name, const char *word)
{
	if (name.size != strlen(word))
		return false;
	for (uint32_t i = 0; i < name.size; i++)
		if ((name.data[i] | 0x20) != word[i])
			return false;
	return true;
}

/* Whether the reader takes a name without quotes as a whole. */
static bool
is_bare(JnName name)
{
	if (name.size == 0 || !is_letter_like(name.data[0])
		|| name.data[name.size - 1] == '.' || name.data[name.size - 1] == '-')
		return false;
	for (uint32_t i = 0; i < name.size; i++)
	{
		char		c = name.data[i];

		if (!is_letter_like(c) && c != '.' && c != '-' && c != ':' && c != '/')
			return false;
		if (jn_is_ellipsis(name.data + i, name.size - i) || jn_is_arrow(name.data + i, name.size - i))
			return false;
	}
	return !name_is(name, "within") && !name_is(name, "permute");
}

static void
put_name(JnPen *pen, JnName name)
{
	if (is_bare(name))
	{
		jn_pen_put(pen, name.data, name.size);
		return;
	}
	jn_pen_put(pen, "\"", 1);
	for (uint32_t i = 0; i < name.size; i++)
	{
		if (name.data[i] == '"')
			jn_pen_put(pen, "\"", 1);
		jn_pen_put(pen, name.data + i, 1);
	}
	jn_pen_put(pen, "\"", 1);
}

static void
put_test(JnPen *pen, const JnTest *test)
{
	static const char *const word[JN_TRACKS] = {
		[JN_CHANNEL] = "channel",
		[JN_DECISION] = "decision",
		[JN_ACTION] = "action",
		[JN_PERSONA] = "persona",
		[JN_VALUE] = "value ",
		[JN_SENSES] = "sense",
	};
	static const char *const sign[] = {
		[JN_IS] = "=",
		[JN_IS_NOT] = "!=",
		[JN_BELOW] = "<",
		[JN_AT_MOST] = "<=",
		[JN_ABOVE] = ">",
		[JN_AT_LEAST] = ">=",
	};
	char		number[JN_NUMBER_TEXT];

	jn_pen_say(pen, word[test->track]);
	jn_pen_say(pen, sign[test->compare]);
	if (test->track == JN_VALUE)
	{
		jn_pen_put(pen, " ", 1);
		jn_pen_put(pen, number, jn_number_write(test->value, number));
	}
	else
		put_name(pen, test->name);
}

static void
put_option(JnPen *pen, const JnOption *option)
{
	uint32_t	t = 0;
	bool		begun = !option->any;

	if (begun)
		put_name(pen, option->event);
	if (option->tests > 0 && option->test[0].track == JN_CHANNEL && option->test[0].compare == JN_IS)
	{
		jn_pen_put(pen, "@", 1);
		put_name(pen, option->test[t++].name);
		begun = true;
	}
	if (t < option->tests)
	{
		jn_pen_say(pen, begun ? " {" : "{");
		begun = true;
		for (uint32_t first = t; t < option->tests; t++)
		{
			if (t > first)
				jn_pen_put(pen, ", ", 2);
			put_test(pen, &option->test[t]);
		}
		jn_pen_put(pen, "}", 1);
	}
	if (!begun)
		jn_pen_put(pen, ".", 1);
}

static void
put_atom(JnPen *pen, const JnAtom *atom)
{
	if (atom->options == 1)
	{
		if (atom->negated)
			jn_pen_put(pen, "!", 1);
		put_option(pen, &atom->option[0]);
		return;
	}
	jn_pen_say(pen, atom->negated ? "[^ " : "[");
	for (uint32_t i = 0; i < atom->options; i++)
	{
		if (i > 0)
			jn_pen_put(pen, ", ", 2);
		put_option(pen, &atom->option[i]);
	}
	jn_pen_put(pen, "]", 1);
}

size_t
jn_atom_write(const JnAtom *atom, char *out)
{
	JnPen		pen = {out, 0};

	put_atom(&pen, atom);
	return (size_t) pen.size;
}

/* ---- bounds ---- */

static void
put_part(JnPen *pen, int64_t *us, int64_t unit, const char *one, const char *many, bool *begun)
{
	int64_t		count = *us / unit;

	if (count == 0)
		return;
	*us -= count * unit;
	if (*begun)
		jn_pen_put(pen, " ", 1);
	*begun = true;
	jn_pen_number(pen, (uint64_t) count);
	jn_pen_put(pen, " ", 1);
	jn_pen_say(pen, count == 1 ? one : many);
}

static void
put_interval(JnPen *pen, int64_t us)
{
	bool		begun = false;

	put_part(pen, &us, INT64_C(86400000000), "day", "days", &begun);
	put_part(pen, &us, INT64_C(3600000000), "h", "h", &begun);
	put_part(pen, &us, INT64_C(60000000), "min", "min", &begun);
	if (us % 1000000 == 0)
		put_part(pen, &us, INT64_C(1000000), "s", "s", &begun);
	else if (us > 0)
	{
		char		fraction[7] = {'.'};
		int64_t		left = us % 1000000;
		size_t		digits = sizeof(fraction);

		for (size_t i = 6; i > 0; i--, left /= 10)
			fraction[i] = (char) ('0' + left % 10);
		while (fraction[digits - 1] == '0')
			digits--;
		if (begun)
			jn_pen_put(pen, " ", 1);
		jn_pen_number(pen, (uint64_t) us / 1000000);
		jn_pen_put(pen, fraction, digits);
		jn_pen_put(pen, " s", 2);
		begun = true;
	}
	if (!begun)
		jn_pen_say(pen, "0 s");
}

size_t
jn_interval_write(int64_t us, char *out)
{
	JnPen		pen = {out, 0};

	put_interval(&pen, us);
	return (size_t) pen.size;
}

static void
put_bound(JnPen *pen, const JnBound *bound, const char *sign, bool *begun)
{
	if (!bound->given)
		return;
	if (*begun)
		jn_pen_put(pen, ", ", 2);
	*begun = true;
	jn_pen_say(pen, sign);
	jn_pen_say(pen, bound->open ? " " : "= ");
	put_interval(pen, bound->us);
}

static void
put_link(JnPen *pen, const JnPattern *p, uint32_t number)
{
	const JnLink *link;
	bool		begun = false;

	if (number == JN_DIRECT)
	{
		jn_pen_say(pen, " >> ");
		return;
	}
	link = &p->link[number];
	if (link->forbidden == 0 && !link->above.given && !link->below.given)
	{
		jn_pen_say(pen, " -> ");
		return;
	}
	jn_pen_say(pen, " -[");
	for (uint32_t i = 0; i < link->forbidden; i++)
	{
		jn_pen_say(pen, begun ? ", no " : "no ");
		put_atom(pen, &p->atom[link->first + i]);
		begun = true;
	}
	put_bound(pen, &link->above, ">", &begun);
	put_bound(pen, &link->below, "<", &begun);
	jn_pen_say(pen, "]-> ");
}

/* ---- the tree ---- */

/* Where a node stands, and so what needs parentheses there. */
typedef enum Place
{
	PLACE_ALTERNATIVES,			/* anything */
	PLACE_SEQUENCE,				/* no alternatives */
	PLACE_OPERAND				/* of a quantifier: nothing that is more than a primary */
} Place;

/* What is still to be written: a text, a link, or a node. */
typedef struct Task
{
	enum
	{
		TASK_TEXT, TASK_LINK, TASK_NODE
	}			kind;
	const char *text;
	uint32_t	number;			/* of the link or node */
	Place		place;
} Task;

typedef struct Writer
{
	const JnEnv *env;
	const JnPattern *p;
	JnPen		pen;
	Task	   *task;			/* the next one is on top */
	uint32_t	tasks;
	uint32_t	room;
} Writer;

static void
push(Writer *w, Task task)
{
	if (w->tasks == w->room)
	{
		w->room *= 2;
		w->task = jn_grow(w->env, w->task, w->room, sizeof(Task));
	}
	w->task[w->tasks++] = task;
}

static void
push_text(Writer *w, const char *text)
{
	push(w, (Task) {.kind = TASK_TEXT,.text = text});
}

static void
push_node(Writer *w, uint32_t node, Place place)
{
	push(w, (Task) {.kind = TASK_NODE,.number = node,.place = place});
}

static void
put_quantifier(JnPen *pen, const JnNode *node)
{
	if (node->most == JN_ANY_TIMES && node->least <= 1)
		jn_pen_put(pen, node->least == 0 ? "*" : "+", 1);
	else if (node->least == 0 && node->most == 1)
		jn_pen_put(pen, "?", 1);
	else
	{
		jn_pen_put(pen, "{", 1);
		jn_pen_number(pen, node->least);
		if (node->most != node->least)
			jn_pen_put(pen, ",", 1);
		if (node->most != node->least && node->most != JN_ANY_TIMES)
			jn_pen_number(pen, node->most);
		jn_pen_put(pen, "}", 1);
	}
	if (node->reluctant)
		jn_pen_put(pen, "?", 1);
}

/*
 * Whether what comes before a sequence's link is "^", or what comes after it is
 * "$": these need no ">>".  Looks through sequences, since they are flattened.
 */
static bool
joins_anchor(const JnPattern *p, const JnNode *node)
{
	const JnNode *left = &p->node[node->left];
	const JnNode *right = &p->node[node->right];

	while (left->kind == JN_NODE_SEQUENCE)
		left = &p->node[left->right];
	while (right->kind == JN_NODE_SEQUENCE)
		right = &p->node[right->left];
	return left->kind == JN_NODE_BEGIN || right->kind == JN_NODE_END;
}

/* The quantifier of a repeat comes behind its operand: as a link to itself on the stack. */
static void
write_node(Writer *w, Task task)
{
	const JnNode *node = &w->p->node[task.number];
	bool		inside = (node->kind == JN_NODE_CHOICE && task.place > PLACE_ALTERNATIVES)
	|| ((node->kind == JN_NODE_SEQUENCE || node->kind == JN_NODE_REPEAT) && task.place > PLACE_SEQUENCE);

	if (inside)
	{
		jn_pen_say(&w->pen, "(");
		push_text(w, ")");
	}
	switch (node->kind)
	{
		case JN_NODE_EMPTY:
			jn_pen_say(&w->pen, "()");
			break;
		case JN_NODE_ATOM:
			put_atom(&w->pen, &w->p->atom[node->left]);
			break;
		case JN_NODE_BEGIN:
			jn_pen_say(&w->pen, "^");
			break;
		case JN_NODE_END:
			jn_pen_say(&w->pen, "$");
			break;
		case JN_NODE_SEQUENCE:
			push_node(w, node->right, PLACE_SEQUENCE);
			if (node->link == JN_DIRECT && joins_anchor(w->p, node))
				push_text(w, " ");
			else
				push(w, (Task) {.kind = TASK_LINK,.number = node->link});
			push_node(w, node->left, PLACE_SEQUENCE);
			break;
		case JN_NODE_CHOICE:
			push_node(w, node->right, PLACE_ALTERNATIVES);
			push_text(w, " | ");
			push_node(w, node->left, PLACE_ALTERNATIVES);
			break;
		case JN_NODE_REPEAT:
			push(w, (Task) {.kind = TASK_TEXT,.number = task.number});
			push_node(w, node->left, PLACE_OPERAND);
			break;
		case JN_NODE_PERMUTE:
			jn_pen_say(&w->pen, "PERMUTE(");
			push_text(w, ")");
			for (uint32_t i = node->right; i-- > node->left;)
			{
				push_node(w, w->p->item[i], PLACE_ALTERNATIVES);
				if (i > node->left)
					push_text(w, ", ");
			}
			break;
	}
}

size_t
jn_pattern_write(const JnEnv *env, const JnPattern *p, char *out)
{
	Writer		w = {.env = env,.p = p,.pen = {out, 0},.room = 64};

	w.task = jn_alloc(env, w.room * sizeof(Task));
	push_node(&w, p->nodes - 1, PLACE_ALTERNATIVES);
	for (size_t done = 1; w.tasks > 0; done++)
	{
		Task		task = w.task[--w.tasks];

		if (task.kind == TASK_NODE)
			write_node(&w, task);
		else if (task.kind == TASK_LINK)
			put_link(&w.pen, p, task.number);
		else if (task.text != NULL)
			jn_pen_say(&w.pen, task.text);
		else
			put_quantifier(&w.pen, &p->node[task.number]);
		if (done % 1024 == 0)
			jn_tick(env);
	}
	jn_release(env, w.task);
	if (p->within != JN_NO_BOUND)
	{
		jn_pen_say(&w.pen, " within ");
		put_interval(&w.pen, p->within);
	}
	return (size_t) w.pen.size;
}
