/*
 * partial.c
 *	  How far an unfinished match has got.
 *
 * The forward counterpart of match.c: from the first step on, for each position
 * the best run that ends with it.  Better is who has taken more steps, then who
 * began earlier.  Runs on a way are kept by the step at which its clock
 * started; those that may leave it now lie in a window that moves right, and the
 * best of them is found as in match.c.
 *
 * A run that no step at all could carry on, as the lower bound of what comes next
 * ends behind the bound on the whole, is none: it would hide others that began later.
 * On a way it still hides them, until it leaves: where two lower bounds follow one
 * another within a bound on the whole, a match that began later can be passed over.
 */
#include "partial.h"

#define NEVER			UINT32_MAX

/* A match so far. */
typedef struct Run
{
	uint32_t	steps;			/* that atoms took; with from = NEVER there is no run */
	uint32_t	from;
	uint32_t	clock;			/* step that an atom took last, or NEVER */
} Run;

static const Run no_run = {0, NEVER, NEVER};

/* The runs that are on a way. */
typedef struct OnWay
{
	const JnWay *way;
	Run		   *run;			/* all that entered, by the time of their clocks */
	uint32_t	first;			/* the first that is still on it */
	uint32_t	count;			/* behind the last */
	uint32_t	entered;		/* the step with which the last one entered */
	uint32_t	ready;			/* behind the last that may leave by its lower bound */
	uint32_t   *queue;			/* of those that may: ascending, each better than those behind it */
	uint32_t	front;
	uint32_t	back;
} OnWay;

typedef struct Search
{
	const JnEnv *env;
	const JnAutomaton *a;
	const int64_t *time;
	uint32_t	n;
	Run		   *before;			/* of each atom's position: ending with the step before */
	Run		   *now;			/* and with this one */
	OnWay	   *on;				/* of each way's position */
	Run			begun;			/* a run that could begin here, or none */
	int64_t    *least;			/* the least time from each atom's position to the next */
} Search;

/* Whether a is better than b. */
static bool
is_better(const Run *a, const Run *b)
{
	if (a->from == NEVER || b->from == NEVER)
		return b->from == NEVER && a->from != NEVER;
	if (a->steps != b->steps)
		return a->steps > b->steps;
	return a->from != b->from ? a->from < b->from : a->clock > b->clock && a->clock != NEVER;
}

static bool
in_time(const JnWay *way, uint64_t d)
{
	return d >= (uint64_t) way->least && (way->most == JN_NO_BOUND || (way->most >= 0 && d <= (uint64_t) way->most));
}

/* Whether a run is over before a lower bound from its clock is. */
static bool
too_late(const Search *s, const Run *run, uint32_t clock, int64_t least)
{
	int64_t		within = s->a->within;

	return least > 0 && within != JN_NO_BOUND
		&& ((uint64_t) least > (uint64_t) within
			|| jn_time_span(s->time[run->from], s->time[clock]) > (uint64_t) (within - least));
}

static bool
takes(const JnAutomaton *a, uint32_t q, const uint64_t *mask)
{
	const JnPosition *position = &a->position[q];
	const JnWay *way;

	if (q < a->steps)
		return mask[position->number / 64] >> (position->number % 64) & 1;
	way = &a->way[position->number];
	for (uint32_t i = 0; i < way->count; i++)
		if (mask[a->forbidden[way->first + i] / 64] >> (a->forbidden[way->first + i] % 64) & 1)
			return false;
	return true;
}

/* Lets a run take step i at position q, an atom's. */
static void
offer(Search *s, uint32_t q, const Run *run, uint32_t i)
{
	Run			next = {run->steps + 1, run->from, i};

	if (run->from != NEVER && is_better(&next, &s->now[q]) && !too_late(s, run, i, s->least[q]))
		s->now[q] = next;
}

/* Lets a run enter a way with step i. */
static void
enter(Search *s, uint32_t q, const Run *run, uint32_t i)
{
	OnWay	   *on = &s->on[q - s->a->steps];

	/*
	 * Several positions may lead here at once: the best will do.  If time
	 * matters, all their clocks started with the step before.
	 */
	if (run->from == NEVER || (run->clock != NEVER && too_late(s, run, run->clock, on->way->least)))
		return;
	if (on->count > on->first && on->entered == i)
	{
		if (is_better(run, &on->run[on->count - 1]))
			on->run[on->count - 1] = *run;
		return;
	}
	on->entered = i;
	on->run[on->count++] = *run;
}

/* The best run that may leave a way with step i, or none. */
static Run
best_leaving(Search *s, uint32_t q, uint32_t i)
{
	OnWay	   *on = &s->on[q - s->a->steps];
	const JnWay *way = on->way;
	bool		timed = jn_way_timed(way);

	for (; on->ready < on->count; on->ready++)
	{
		const Run  *run = &on->run[on->ready];

		if (timed && jn_time_span(s->time[run->clock], s->time[i]) < (uint64_t) way->least)
			break;
		while (on->back > on->front && !is_better(&on->run[on->queue[on->back - 1]], run))
			on->back--;
		on->queue[on->back++] = on->ready;
	}
	while (on->back > on->front && timed
		   && !in_time(way, jn_time_span(s->time[on->run[on->queue[on->front]].clock], s->time[i])))
		on->front++;
	return on->back > on->front ? on->run[on->queue[on->front]] : no_run;
}

/* Lets all runs take step i, which the atoms of the mask match. */
static void
take_step(Search *s, uint32_t i, const uint64_t *mask)
{
	const JnAutomaton *a = s->a;
	Run		   *turn;

	for (uint32_t q = 0; q < a->steps; q++)
		s->now[q] = no_run;

	/* those that left a way, before any enters it with this step */
	for (uint32_t q = a->steps; q < a->positions; q++)
	{
		JnEdges		edges = a->position[q].edges;
		Run			run = best_leaving(s, q, i);

		for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
			if (a->edge[e].to < a->steps && takes(a, a->edge[e].to, mask))
				offer(s, a->edge[e].to, &run, i);
	}
	for (uint32_t q = 0; q <= a->steps; q++)
	{
		const Run  *run = q < a->steps ? &s->before[q] : &s->begun;
		JnEdges		edges = q < a->steps ? a->position[q].edges : a->start;

		if (run->from == NEVER)
			continue;
		for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
		{
			const JnEdge *edge = &a->edge[e];

			if (edge->to == JN_MATCHED || ((edge->flags & JN_EDGE_BEGIN) && i > 0))
				continue;
			if (edge->to >= a->steps)
				enter(s, edge->to, run, i);
			else if (takes(a, edge->to, mask)
					 && (edge->way == 0 || in_time(&a->way[edge->way], jn_time_span(s->time[run->clock], s->time[i]))))
				offer(s, edge->to, run, i);
		}
	}

	/* a forbidden step ends all that are on the way */
	for (uint32_t q = a->steps; q < a->positions; q++)
	{
		OnWay	   *on = &s->on[q - a->steps];

		if (!takes(a, q, mask))
			on->first = on->ready = on->count = on->front = on->back = 0;
	}
	turn = s->before;
	s->before = s->now;
	s->now = turn;
}

/* What is left at the end: the best run, and all that could carry it on. */
typedef struct Rest
{
	Run			best;
	bool	   *atom;			/* could come next */
	bool		unbounded;
	int64_t		deadline;
} Rest;

/* Looks at a run that may go on by some edges, with a way's bounds. */
static void
look(Search *s, Rest *rest, const Run *run, JnEdges edges, const JnWay *way, int64_t as_of, bool ways_too)
{
	const JnAutomaton *a = s->a;
	bool		goes_on = false;

	if (run->from == NEVER || run->steps == 0 || is_better(&rest->best, run))
		return;
	for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
	{
		const JnEdge *edge = &a->edge[e];
		const JnWay *bounds = way != NULL ? way : &a->way[edge->way];
		int64_t		most = bounds->most;
		int64_t		clock = s->time[run->clock];

		if (edge->to == JN_MATCHED || (edge->to >= a->steps && !ways_too))
			continue;
		if (edge->to >= a->steps)
		{
			/* a way that begins with the next step */
			look(s, rest, run, a->position[edge->to].edges, &a->way[a->position[edge->to].number], as_of, false);
			continue;
		}
		if (too_late(s, run, run->clock, bounds->least))
			continue;
		if (most != JN_NO_BOUND && (most < bounds->least || (as_of > clock && jn_time_span(clock, as_of) > (uint64_t) most)))
			continue;
		if (!goes_on && is_better(run, &rest->best))
		{
			memset(rest->atom, 0, a->atoms);
			rest->best = *run;
			rest->unbounded = false;
			rest->deadline = INT64_MIN;
		}
		goes_on = true;
		rest->atom[a->position[edge->to].number] = true;
		if (most == JN_NO_BOUND || clock > JN_TIME_END - most)
			rest->unbounded = true;
		else if (clock + most > rest->deadline)
			rest->deadline = clock + most;
	}
}

/* The way on which an edge leads to the next step. */
static const JnWay *
edge_way(const JnAutomaton *a, const JnEdge *edge)
{
	return &a->way[edge->to >= a->steps ? a->position[edge->to].number : edge->way];
}

/* Fills least[]. */
static void
find_least(Search *s)
{
	const JnAutomaton *a = s->a;

	s->least = jn_alloc(s->env, jn_array_size((uint64_t) a->steps + 1, sizeof(int64_t)));
	for (uint32_t q = 0; q < a->steps; q++)
	{
		JnEdges		edges = a->position[q].edges;

		s->least[q] = edges.count > 0 ? INT64_MAX : 0;
		for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
		{
			int64_t		least = a->edge[e].to == JN_MATCHED ? 0 : edge_way(a, &a->edge[e])->least;

			if (least < s->least[q])
				s->least[q] = least;
		}
	}
}

static void
look_at_all(Search *s, Rest *rest, int64_t as_of)
{
	const JnAutomaton *a = s->a;

	for (uint32_t q = 0; q < a->steps; q++)
		look(s, rest, &s->before[q], a->position[q].edges, NULL, as_of, true);
	for (uint32_t q = a->steps; q < a->positions; q++)
	{
		const OnWay *on = &s->on[q - a->steps];

		for (uint32_t k = on->first; k < on->count; k++)
		{
			look(s, rest, &on->run[k], a->position[q].edges, on->way, as_of, false);
			if (k % 4096 == 4095)
				jn_tick(s->env);
		}
	}
}

/* Makes the answer of what is left. */
static bool
answer(Search *s, const Rest *rest, JnPartial *partial)
{
	const JnAutomaton *a = s->a;

	if (rest->best.from == NEVER)
		return false;
	partial->from = rest->best.from;
	partial->steps = rest->best.steps;
	partial->since = s->time[rest->best.clock];
	partial->bounded = !rest->unbounded;
	partial->deadline = rest->deadline;
	partial->atoms = 0;
	partial->atom = jn_alloc(s->env, jn_array_size((uint64_t) a->atoms + 1, sizeof(uint32_t)));
	if (a->within != JN_NO_BOUND && s->time[partial->from] <= JN_TIME_END - a->within)
	{
		int64_t		end = s->time[partial->from] + a->within;

		if (!partial->bounded || end < partial->deadline)
			partial->deadline = end;
		partial->bounded = true;
	}
	for (uint32_t i = 0; i < a->atoms; i++)
		if (rest->atom[i])
			partial->atom[partial->atoms++] = i;
	return true;
}

/* Whether a match that begins at step i can still be in time. */
static bool
may_begin(const Search *s, uint32_t i, int64_t as_of)
{
	return s->a->within == JN_NO_BOUND || as_of <= s->time[i]
		|| jn_time_span(s->time[i], as_of) <= (uint64_t) s->a->within;
}

/* Goes through the steps from row "from" of the subject on. */
static void
search(Search *s, const JnSubject *subject, uint32_t from, int64_t as_of)
{
	const JnAutomaton *a = s->a;
	JnAtoms		atoms;
	JnBinding	binding;
	uint64_t   *mask;

	jn_atoms_make(s->env, a->atom, a->atoms, &atoms);
	jn_atoms_bind(s->env, &atoms, subject->columns, &binding);
	mask = jn_alloc(s->env, atoms.words * sizeof(uint64_t));
	for (uint32_t i = from; i < s->n; i++)
	{
		s->begun = may_begin(s, i, as_of) ? (Run) {0, i, NEVER} : no_run;
		jn_atoms_row(s->env, &binding, subject->from + i, mask);
		take_step(s, i, mask);
		if ((uint64_t) (i + 1) * (a->edges + 1) / JN_TICK_EVERY != (uint64_t) i * (a->edges + 1) / JN_TICK_EVERY)
			jn_tick(s->env);
	}
	jn_atoms_unbind(s->env, &binding);
}

bool
jn_partial(const JnEnv *env, const JnAutomaton *a, const JnSubject *subject, uint32_t from, int64_t as_of,
		   JnPartial *partial)
{
	uint32_t	n = subject->to - subject->from;
	uint32_t	ways = a->positions - a->steps;
	JnTimesReader times = *subject->times;
	int64_t    *time = jn_alloc(env, jn_array_size(n, sizeof(int64_t)));
	Search		s = {.env = env,.a = a,.time = time,.n = n};
	Rest		rest = {.best = no_run};

	jn_times_decode(env, &times, subject->start, time, n);
	while (s.n > 0 && time[s.n - 1] > as_of)
		s.n--;
	s.before = jn_alloc(env, jn_array_size((uint64_t) a->steps + 1, sizeof(Run)));
	s.now = jn_alloc(env, jn_array_size((uint64_t) a->steps + 1, sizeof(Run)));
	s.on = jn_alloc(env, jn_array_size((uint64_t) ways + 1, sizeof(OnWay)));
	rest.atom = jn_alloc(env, (size_t) a->atoms + 1);
	find_least(&s);
	for (uint32_t q = 0; q < a->steps; q++)
		s.before[q] = no_run;
	for (uint32_t k = 0; k < ways; k++)
	{
		s.on[k] = (OnWay) {.way = &a->way[a->position[a->steps + k].number]};
		s.on[k].run = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(Run)));
		s.on[k].queue = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(uint32_t)));
	}
	search(&s, subject, from, as_of);
	look_at_all(&s, &rest, as_of);
	return answer(&s, &rest, partial);
}
