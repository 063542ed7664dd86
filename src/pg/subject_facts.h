/*
 * subject_facts.h
 *	  What is known about a data subject, read from our tables.
 *
 * Facts depend on nothing but the subject: not on the reader, the purpose, the
 * class or the time, so they may be kept.  And they do not depend on who it is:
 * people who said the same, in the same order, have facts with equal bytes.
 */
#ifndef JOURNEY_SUBJECT_FACTS_H
#define JOURNEY_SUBJECT_FACTS_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "core/lawful.h"
#include "datatype/timestamp.h"
#include "utils/snapshot.h"

#include "own_tables.h"

/*
 * What a subject said about one purpose: a row of journey.state.  Events are
 * in the order of the ledger, 1 for the first one of the subject; 0 is none.
 */
typedef struct JourneyWord
{
	int32		purpose;		/* its number */
	uint32		given;			/* the last consent, with what follows up to "until" */
	bool		covers;			/* what lies below, too */
	bool		is_explicit;
	bool		parental;
	const char *notice;			/* "" is none */
	TimestampTz from;			/* inclusive */
	TimestampTz until;			/* exclusive */
	uint32		refused;
	uint32		withdrawn;
	uint32		objected;
	uint32		expired;
} JourneyWord;

/* All bytes count, those of the padding are zero. */
typedef struct JourneyFacts
{
	const char *jurisdiction;	/* its name; NULL is the default one */
	int32		born;			/* date, or JN_BORN_UNKNOWN */
	int16		kind;			/* 0 to JN_KINDS - 1 */
	bool		restricted;
	bool		erased;
	int32		count;			/* of words, in the order of purposes */
	JourneyWord word[FLEXIBLE_ARRAY_MEMBER];
} JourneyFacts;

/* Size in bytes. */
static inline Size
journey_facts_size(const JourneyFacts *facts)
{
	return offsetof(JourneyFacts, word) + facts->count * sizeof(JourneyWord);
}

/* A value of journey.subject_kind as a number, -1 for none that we know. */
extern int	journey_kind_number(Oid value);

/*
 * Puts facts together, in memory that is used again for the next subject.
 * Zero it with its memory context and "intern" set before the first use;
 * intern() gives equal texts the same address, which then must live as long as
 * the facts; NULL: texts live in the current memory context.
 */
typedef struct JourneyFactsBuilder
{
	const char *(*intern) (void *arg, const char *text);
	void	   *intern_arg;
	MemoryContext context;
	JourneyFacts *facts;
	int			room;			/* for words */
	int64	   *seq;			/* ledger positions, five a word */
	bool		spoiled;		/* a value that must be there is missing */

	/* of the subject, as journey_facts_begin() found them */
	int64		number;			/* 0 if it is missing */
	text	   *name;			/* in the row; NULL if it is missing */

	/* the columns of a row */
	int			columns;		/* room */
	Datum	   *value;
	bool	   *null;
} JourneyFactsBuilder;

/* Begins with a row of journey.subject; "subject" is tables[JOURNEY_SUBJECT]. */
extern void journey_facts_begin(JourneyFactsBuilder *builder, const JourneyTable *subject,
								HeapTuple row, TupleDesc desc);

/* Adds a row of journey.state; one for each purpose, in any order. */
extern void journey_facts_add(JourneyFactsBuilder *builder, const JourneyTable *state,
							  HeapTuple row, TupleDesc desc);

/* The facts, valid until the next subject; NULL if they are spoiled, and nothing is known. */
extern JourneyFacts *journey_facts_end(JourneyFactsBuilder *builder);

/* The position in the ledger of an event of these facts, by its number; 0 for 0. */
extern int64 journey_facts_position(const JourneyFactsBuilder *builder, uint32 event);

/*
 * Reads the facts about one subject as the snapshot sees them; NULL if there
 * is none.  Some index probes.  By number it also tells the name, palloc'd.
 */
extern JourneyFacts *journey_facts_by_name(JourneyFactsBuilder *builder, const JourneyTable *tables,
										   const char *name, int size, Snapshot snapshot);
extern JourneyFacts *journey_facts_by_number(JourneyFactsBuilder *builder, const JourneyTable *tables,
											 int64 number, Snapshot snapshot, text * *name);

#endif							/* JOURNEY_SUBJECT_FACTS_H */
