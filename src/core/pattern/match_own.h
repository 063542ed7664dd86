/*
 * match_own.h
 *	  What a matcher looks like from inside: for match.c, which makes it and
 *	  answers, and match_sets.c, match_near.c, match_leap.c and match_chain.c, which
 *	  go through a subject in four ways.  Nobody else includes this but their test.
 *
 * Steps come in classes: two steps are of one class if the same atoms match
 * them.  Mostly the event alone tells the class, so that the codes of a column
 * are classes in disguise; where tests decide, a class is found for each row.
 *
 * "Boundary i" is the place before step i of a subject, from 0; n is the end.
 */
#ifndef JN_MATCH_OWN_H
#define JN_MATCH_OWN_H

#include "../times_index.h"
#include "match.h"

/* Classes that have a column in the table of transitions. */
#define STRIDE			64

/* Bytes of sets that are kept as states before all is forgotten, and states at least. */
#define MOST_STATE_BYTES	(1024 * 1024)
#define LEAST_STATES	16		/* at first, and at least */
#define MOST_STATES		4096

/* Bytes of sets of one subject that are kept at once; more are worked out again. */
#define MOST_SET_BYTES	(16 * 1024 * 1024)

/* Scratch memory above this is given back after each subject. */
#define KEPT_BYTES		(1024 * 1024)

/* Rows must be looked at: no class by event. */
#define ASK				UINT32_MAX

/* No end is near. */
#define NEVER			UINT32_MAX

/* The states that are always there, as offsets into the table. */
#define STATE_UNKNOWN	0		/* "look what it is": never a state one is in */
#define STATE_END		STRIDE	/* behind the last step */

/* Positions, edges and words that are looked at between two ticks: less than a millisecond. */
#define WORK_PER_TICK	65536

/* What there is scratch memory for. */
enum
{
	SCRATCH_CLASS,
	SCRATCH_TIME,
	SCRATCH_SETS,
	SCRATCH_MARKS,
	SCRATCH_NEAR,
	SCRATCH_WINDOWS,
	SCRATCH_SUMS,
	SCRATCHES
};

/* Memory for a subject that grows with the largest. */
typedef struct Scratch
{
	void	   *p;
	size_t		size;
} Scratch;

/* A way while the backward pass with times goes on. */
typedef struct Window
{
	uint32_t   *end;			/* of each boundary: the nearest end if the way is left there */
	uint32_t   *queue;			/* boundaries in the window, descending, their ends ascending from the front */
	uint32_t	front;
	uint32_t	back;			/* behind the last */
	uint32_t	reached;		/* the lowest boundary that has come into the window */
	uint32_t	stop;			/* the next forbidden step, or n */
} Window;

/* Classes whose rows are told apart by bits. */
#define JN_ROW_CLASSES	16

/* In place of a row: there is none. */
#define NO_ROW			UINT32_MAX

/* The rows of the columns as bits, see match_rows.c. */
typedef struct JnRows
{
	bool		able;			/* the classes are few enough */
	bool		here;			/* and there are bits of these columns */
	unsigned	idle;			/* the class of events that no atom names */
	unsigned	present;		/* classes that are there, the idle one left out */
	uint32_t	stride;			/* behind the last of them, at least 1 */
	uint64_t   *bits;			/* bits[word * stride + class] */
	uint32_t	words;			/* room for them */
} JnRows;

/* A step of a chain: classes as bits 1 << class. */
typedef struct JnChainStep
{
	unsigned	takes;			/* classes that take this step */
	unsigned	forbids;		/* those that must not lie between it and the next step */
	unsigned	stops;			/* both */
	bool		direct;			/* nothing may lie between */
} JnChainStep;

/* What match_chain.c keeps. */
typedef struct JnChain
{
	uint32_t	steps;			/* 0 if the automaton is no chain */
	JnChainStep *step;			/* [steps] */

	/* the columns: the first row from end_from on that takes the last step, or NO_ROW */
	uint32_t	end_from;
	uint32_t	end;

	/* the subject, or all of a set */
	JnTimesIndex times;
	uint32_t	base;			/* what is added to the number of a difference to give its row */
	uint64_t	within;			/* in units */

	/* [steps] each, of the subject */
	uint32_t   *floor;			/* rows before are of no use for the step */
	uint32_t   *place;			/* its row */
	uint32_t   *before;			/* its row must be before this one */
	uint32_t   *first;			/* the first row of the next step before which it was looked for */
} JnChain;

/* Ends that leaps keep in mind at a time. */
#define JN_LEAP_ENDS	8

/* A state of match_leap.c, but for which end is that of which position. */
typedef struct JnLeapState
{
	uint8_t		ends;			/* different ones */
	uint8_t		hit;			/* number of the nearest end of a match that begins here, or 0xff */
	uint16_t	awake;			/* a bit a class: its steps may change something */
	uint32_t	leap[JN_ROW_CLASSES];	/* what they do, LEAP_* */
} JnLeapState;

/* What match_leap.c keeps. */
typedef struct JnLeaps
{
	bool		able;			/* leaps can be made with this automaton */
	bool		here;			/* and in these columns */
	bool		open;			/* and the notes are those of the subject */
	bool		ranked;			/* ends are told apart, which "within" needs */

	/* states */
	JnLeapState *state;
	uint8_t    *rank;			/* rank[state * positions + q]: number of the nearest end, or 0xff */
	uint8_t    *new_rank;
	uint32_t	states;
	uint32_t	room;
	uint32_t   *slot;			/* 1 << slot_bits: state by hash of its ranks, 0 = free */
	unsigned	slot_bits;

	/* the subject; rows and ends are those of the columns */
	uint64_t   *sum;			/* of rows sum_from .. sum_to - 1, times in units from the first one on */
	uint32_t	sum_from;
	uint32_t	sum_to;
	uint64_t	within;			/* in units */
	uint32_t   *note;			/* notes one behind the other, see note() */
	size_t		notes;
	uint64_t	note_room;
	size_t		top;			/* behind the note that is read next */
} JnLeaps;

struct JnMatcher
{
	JnEnv		env;
	const JnAutomaton *a;
	JnAtoms		atoms;
	uint32_t	words;			/* of a set of positions */
	uint64_t   *ends;			/* positions with an edge to JN_MATCHED */
	uint64_t   *ends_last;		/* and with one that holds at the end only */
	uint64_t   *begins;			/* positions that the start has edges to */
	uint64_t   *begins_first;	/* and at the begin of the journey */
	bool		timed_ways;		/* a way bounds time */
	bool		empty;			/* the start has an edge to JN_MATCHED */
	bool		empty_first;
	uint32_t   *need_place;		/* of each option of a need: place of its event in atoms.events */

	/* classes */
	uint32_t	classes;
	uint64_t	class_room;
	uint64_t   *mask;			/* of each class: its atoms */
	uint64_t   *takes;			/* and the positions that take its steps */
	uint32_t   *class_slot;		/* 1 << class_bits: class + 1 by hash of the mask */
	unsigned	class_bits;
	uint32_t   *name_class;		/* of each place in atoms.events, and for other events; or ASK */
	uint64_t   *row_mask;

	/* states */
	uint32_t	states;			/* their number, with those that are always there */
	uint32_t	state_room;
	uint32_t	most_states;
	uint64_t   *set;			/* of each state */
	uint32_t   *next;			/* of each state and class, as an offset */
	uint8_t    *hit;			/* of each state: a match can begin here; also of STATE_UNKNOWN */
	uint32_t   *state_slot;		/* 1 << state_bits: state by hash of the set */
	unsigned	state_bits;
	uint64_t   *new_set;
	uint64_t   *run_set;		/* two for jn_match_shortest() */

	/* the columns */
	JnBinding	binding;
	bool		bound;
	bool		asks;			/* some event here needs tests */
	bool		quick;			/* codes of one byte, each of a class with a column */
	uint32_t	code_room;
	uint32_t   *code_class;
	uint8_t		quick_class[256];

	/* the subject */
	const JnSubject *subject;
	JnOverlap	overlap;
	uint32_t	n;
	uint32_t	at;				/* boundary from which the next match is looked for */
	bool		timed;			/* near[] is filled, not sets[] */
	uint64_t	tried;			/* steps that were looked at in vain for a match in time */
	uint32_t   *class_of;		/* of each step */
	int64_t    *time;
	uint64_t   *sets;			/* of boundaries block_at .. block_at + block - 1 */
	uint64_t   *marks;			/* of boundaries block, 2 * block, ...; the state there */
	uint32_t	block;
	uint32_t	block_at;
	uint32_t   *near;			/* near[i * positions + q] */
	Window	   *window;			/* of each way's position */
	uint32_t	limit_at;		/* where the last limit was looked for, and what it was */
	uint32_t	limit;
	bool		leapt;			/* leaps alone, or a chain, gave the last answer; for tests */
	uint64_t	work;			/* since the last tick */
	Scratch		scratch[SCRATCHES];
	JnRows		rows;
	JnChain		chain;
	JnLeaps		leaps;
};

/* ---- sets of bits ---- */

static inline bool
jn_set_has(const uint64_t *set, uint32_t i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static inline void
jn_set_add(uint64_t *set, uint32_t i)
{
	set[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline bool
jn_sets_meet(const uint64_t *a, const uint64_t *b, uint32_t words)
{
	uint64_t	common = 0;

	for (uint32_t w = 0; w < words; w++)
		common |= a[w] & b[w];
	return common != 0;
}

/* Ticks when enough has been done: for loops whose turns cost more, the larger the pattern is. */
static inline void
jn_match_work(JnMatcher *m, uint64_t work)
{
	m->work += work;
	if (m->work >= WORK_PER_TICK)
	{
		m->work = 0;
		jn_tick(&m->env);
	}
}

/* Whether d microseconds are within the bounds of a way. */
static inline bool
jn_match_in_time(const JnWay *way, uint64_t d)
{
	return d >= (uint64_t) way->least && (way->most == JN_NO_BOUND || (way->most >= 0 && d <= (uint64_t) way->most));
}

/* ---- match_sets.c ---- */

/* Scratch memory for "count" elements, of which nothing is known. */
extern void *jn_match_scratch(JnMatcher *m, int which, uint64_t count, size_t element);

/* Gives back what a large subject took. */
extern void jn_match_trim(JnMatcher *m);

/* Empty sets of "words" words. */
extern uint64_t *jn_match_sets(JnMatcher *m, uint64_t count, uint32_t words);

/* Makes the classes of events, and no states but those that are always there. */
extern void jn_match_init_classes(JnMatcher *m);
extern void jn_match_init_states(JnMatcher *m);

/* Fills class_of[] and time[] of the subject. */
extern void jn_match_read_classes(JnMatcher *m);
extern void jn_match_read_times(JnMatcher *m);

/* Whether a match without regard to times begins anywhere; *begin is the last boundary where one does. */
extern bool jn_match_hit(JnMatcher *m, uint32_t *begin);

/*
 * Makes the sets of all boundaries, or, where they are too many, of those in
 * the first block, and the sets where blocks meet; needs class_of[].
 */
extern void jn_match_make_sets(JnMatcher *m);

/* The set of boundary i < n, and whether an edge of the start may be taken there. */
extern const uint64_t *jn_match_set_at(JnMatcher *m, uint32_t i);
extern bool jn_match_set_begin(JnMatcher *m, uint32_t i);

/* ---- match_near.c ---- */

/* Fills near[]; needs class_of[] and time[]. */
extern void jn_match_make_near(JnMatcher *m);

/* Whether an edge of the start may be taken at boundary i, by near[]. */
extern bool jn_match_near_begin(JnMatcher *m, uint32_t i);

/* The boundary behind which a match that begins at boundary i must not end.  Cheap for i in order, up or down. */
extern uint32_t jn_match_limit(JnMatcher *m, uint32_t i);

/*
 * The nearest boundary at which a match that begins at boundary "from" can end,
 * bounds on time not regarded; at most "limit", else NEVER.  Needs class_of[].
 */
extern uint32_t jn_match_shortest(JnMatcher *m, uint32_t from, uint32_t limit);

/*
 * Whether there is a match in time, where there is one without regard to times
 * that begins at boundary "begin" and none that begins later.
 */
extern bool jn_match_any_in_time(JnMatcher *m, uint32_t begin);

/* ---- match_rows.c ---- */

/* Whether there can be bits of rows at all. */
extern void jn_rows_init(JnMatcher *m);

/* The columns have been bound: makes their bits, if there can be any. */
extern void jn_rows_columns(JnMatcher *m);

/* The rows of a word that are of some classes, which are bits 1 << class. */
static inline uint64_t
jn_rows_bits(const JnRows *r, uint32_t w, unsigned classes)
{
	const uint64_t *bits = r->bits + (size_t) w * r->stride;
	bool		idle = classes >> r->idle & 1;
	uint64_t	found = 0;

	/* those of the idle class are those of no other */
	for (unsigned which = (idle ? ~classes : classes) & r->present; which != 0; which &= which - 1)
		found |= bits[__builtin_ctz(which)];
	return idle ? ~found : found;
}

/* The last row of some classes from "from" to before-1, or NO_ROW. */
static inline uint32_t
jn_rows_last(const JnMatcher *m, uint32_t from, uint32_t before, unsigned classes)
{
	uint32_t	row;
	uint32_t	w;
	uint64_t	bits;

	if (before <= from)
		return NO_ROW;
	w = (before - 1) / 64;
	bits = jn_rows_bits(&m->rows, w, classes) & (UINT64_MAX >> (63 - (before - 1) % 64));
	while (bits == 0)
	{
		if (w == from / 64)
			return NO_ROW;
		bits = jn_rows_bits(&m->rows, --w, classes);
		if (w % (JN_TICK_EVERY / 64) == 0)
			jn_tick(&m->env);
	}
	row = 64 * w + 63 - (unsigned) __builtin_clzll(bits);
	return row >= from ? row : NO_ROW;
}

/* The first row of some classes from "from" to before-1, or NO_ROW. */
static inline uint32_t
jn_rows_first(const JnMatcher *m, uint32_t from, uint32_t before, unsigned classes)
{
	uint32_t	row;
	uint32_t	w = from / 64;
	uint64_t	bits;

	if (before <= from)
		return NO_ROW;
	bits = jn_rows_bits(&m->rows, w, classes) & UINT64_MAX << from % 64;
	while (bits == 0)
	{
		if (w == (before - 1) / 64)
			return NO_ROW;
		bits = jn_rows_bits(&m->rows, ++w, classes);
		if (w % (JN_TICK_EVERY / 64) == 0)
			jn_tick(&m->env);
	}
	row = 64 * w + (unsigned) __builtin_ctzll(bits);
	return row < before ? row : NO_ROW;
}

/* ---- match_chain.c ---- */

/* Whether the automaton is a chain, and then what its steps take. */
extern void jn_chain_init(JnMatcher *m);

/* The rows of the columns have been marked. */
extern void jn_chain_columns(JnMatcher *m);

/* Whether the questions below can be asked about the columns. */
static inline bool
jn_chain_here(const JnMatcher *m)
{
	return m->chain.steps > 0 && m->rows.here;
}

/* Whether it is known that no row from .. to-1 takes the last step. */
static inline bool
jn_chain_has_no_end(const JnMatcher *m, uint32_t from, uint32_t to)
{
	return m->chain.end_from <= from && from <= m->chain.end && to <= m->chain.end;
}

/* Where times are: n differences, the first of them between rows "base" and base + 1. */
extern void jn_chain_times(JnMatcher *m, const JnTimesReader *times, uint32_t n, uint32_t base);

/*
 * Number of matches of rows from .. to-1 with no step in common, but not more
 * than "most"; if not "timed", without regard to times, which need not be known.
 */
extern uint64_t jn_chain_count(JnMatcher *m, uint32_t from, uint32_t to, bool timed, uint64_t most);

/* Gives back what a large subject took. */
extern void jn_chain_trim(JnMatcher *m);

/* ---- match_leap.c ---- */

/* What is known of a subject when leaps come to their end. */
typedef enum JnLeapAnswer
{
	JN_LEAP_NO,
	JN_LEAP_YES,
	JN_LEAP_LOST				/* too many states: another way must be gone */
} JnLeapAnswer;

/* Whether leaps can be made with this automaton, and then a first state. */
extern void jn_leap_init(JnMatcher *m);

/* The rows of the columns have been marked: whether leaps can be made in them. */
extern void jn_leap_columns(JnMatcher *m);

/*
 * Whether rows from .. to-1 have a match; if not "timed", without regard to
 * times, and then the subject need not be known.
 */
extern JnLeapAnswer jn_leap_any(JnMatcher *m, uint32_t from, uint32_t to, bool timed);

/* Goes back through the whole subject; whether a match can begin anywhere, "within" not regarded. */
extern JnLeapAnswer jn_leap_open(JnMatcher *m);

/* The next match of it, from m->at on, and the number of boundaries from there on at which one begins. */
extern bool jn_leap_next(JnMatcher *m, JnMatch *match);
extern uint64_t jn_leap_count_begins(JnMatcher *m);

#endif							/* JN_MATCH_OWN_H */
