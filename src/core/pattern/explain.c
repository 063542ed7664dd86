/*
 * explain.c
 *	  A text that shows the automaton of a pattern.
 *
 *	 start: 0
 *	 0 view: 1 if <= 1 h, 2
 *	 1 cart: matched
 *	 2 way no return, <= 1 h: 1 if <= 1 h, 2
 *	 needs: view; cart
 */
#include "automaton.h"

#include "../pen.h"

static void
put_atom(JnPen *pen, const JnAtom *atom)
{
	jn_pen_advance(pen, jn_atom_write(atom, pen->out));
}

static void
put_bounds(JnPen *pen, const JnWay *way, const char *between)
{
	if (way->least > 0)
	{
		jn_pen_say(pen, between);
		jn_pen_say(pen, ">= ");
		jn_pen_advance(pen, jn_interval_write(way->least, pen->out));
		between = ", ";
	}
	if (way->most < 0)
	{
		jn_pen_say(pen, between);
		jn_pen_say(pen, "never");
	}
	else if (way->most != JN_NO_BOUND)
	{
		jn_pen_say(pen, between);
		jn_pen_say(pen, "<= ");
		jn_pen_advance(pen, jn_interval_write(way->most, pen->out));
	}
}

static void
put_way(JnPen *pen, const JnAutomaton *a, const JnWay *way)
{
	jn_pen_say(pen, "way");
	for (uint32_t i = 0; i < way->count; i++)
	{
		jn_pen_say(pen, i > 0 ? ", no " : " no ");
		put_atom(pen, &a->atom[a->forbidden[way->first + i]]);
	}
	put_bounds(pen, way, way->count > 0 ? ", " : " ");
}

static void
put_edges(JnPen *pen, const JnAutomaton *a, JnEdges edges)
{
	jn_pen_say(pen, ":");
	for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
	{
		const JnEdge *edge = &a->edge[e];

		jn_pen_say(pen, e > edges.first ? ", " : " ");
		if (edge->to == JN_MATCHED)
			jn_pen_say(pen, "matched");
		else
			jn_pen_number(pen, edge->to);
		if (edge->flags & JN_EDGE_BEGIN)
			jn_pen_say(pen, " at the begin");
		if (edge->flags & JN_EDGE_END)
			jn_pen_say(pen, " at the end");
		if (edge->way != 0)
			put_bounds(pen, &a->way[edge->way], " if ");
	}
	if (edges.count == 0)
		jn_pen_say(pen, " nothing");
}

static void
put_needs(JnPen *pen, const JnAutomaton *a)
{
	for (uint32_t i = 0; i < a->needs; i++)
	{
		const JnNeed *need = &a->need[i];

		jn_pen_say(pen, i == 0 ? "\nneeds: " : "; ");
		for (uint32_t k = need->first; k < need->first + need->count; k++)
		{
			JnAtom		atom = {.options = 1,.option = a->need_option[k]};

			jn_pen_say(pen, k > need->first ? " or " : "");
			put_atom(pen, &atom);
		}
	}
}

uint64_t
jn_automaton_write(const JnEnv *env, const JnAutomaton *a, char *out)
{
	JnPen		pen = {out, 0};

	jn_pen_say(&pen, "start");
	put_edges(&pen, a, a->start);
	for (uint32_t q = 0; q < a->positions; q++)
	{
		jn_pen_say(&pen, "\n");
		jn_pen_number(&pen, q);
		jn_pen_say(&pen, " ");
		if (q < a->steps)
			put_atom(&pen, &a->atom[a->position[q].number]);
		else
			put_way(&pen, a, &a->way[a->position[q].number]);
		put_edges(&pen, a, a->position[q].edges);
		if (q % 64 == 63)
			jn_tick(env);
	}
	put_needs(&pen, a);
	if (a->within != JN_NO_BOUND)
	{
		jn_pen_say(&pen, "\nwithin: ");
		jn_pen_advance(&pen, jn_interval_write(a->within, pen.out));
	}
	return pen.size;
}
