/*
 * decision.h
 *	  Who may see what, decided while a statement runs.
 *
 * A decision belongs to one reader, one purpose, one statement and one
 * snapshot.  It knows whether the reader was granted the purpose, and answers
 * for one subject after the other whether raw values may be shown.  Everything
 * that cannot be established is denied.
 *
 *		JourneyDecision *d = journey_decision_current();
 *
 *		if (journey_decision_allows(d, &class, name, size, collected))
 *			... show the value ...
 *
 * Ask for the decision anew at every call: role and purpose may change while
 * a statement runs, and a remembered pointer may be gone.  Ask also when the
 * value is NULL or a constant, so that nothing a reader can notice (the
 * warning, an error) depends on what a cell holds.
 */
#ifndef JOURNEY_DECISION_H
#define JOURNEY_DECISION_H

#include "core/lawful.h"
#include "datatype/timestamp.h"

typedef struct JourneyDecision JourneyDecision;

/* Longest name of a subject, in bytes. */
#define JOURNEY_MAX_SUBJECT		1024

/*
 * The decision of the running statement for the current reader and the purpose
 * declared by journey.purpose; never NULL.  Valid until the caller returns or
 * runs other SQL.  All calls of a statement share it: some nanoseconds after
 * the first.  Warns once a statement, in the leader, if everything is denied
 * because no purpose is declared or granted.
 */
extern JourneyDecision *journey_decision_current(void);

/*
 * To be called by a function at its first call in a run of the executor (when
 * fn_extra is NULL), before it asks for the decision: if other transactions
 * have committed since, or much time has passed, decides anew.  Without it,
 * statements that a function runs one after the other in an old snapshot would
 * share what the first one found.
 */
extern void journey_decision_begin(void);

/* Lets each further run of a plan, as by FETCH, begin like that.  Called once, by _PG_init(). */
extern void journey_decision_watch_runs(void);

/* To be called when the declared purpose may be another: journey_decision_current() looks for it anew. */
extern void journey_forget_declared(void);

/* The same as journey_decision_current() for a purpose named by the caller; not zero-terminated. */
extern JourneyDecision *journey_decision_for(const char *purpose, int size);

/*
 * A class of data, by its name ("" is none).  Set the name and zero the rest;
 * the rest is for the decision to find the class again.
 */
typedef struct JourneyClassRef
{
	const char *name;
	uint64		decision;
	int			number;
	int			shift;			/* of its verdict, see decision_front.h */
} JourneyClassRef;

/*
 * May the reader see raw values of this class about this subject?  "subject"
 * has "size" bytes and is not zero-terminated; NULL, unknown, too long: no such
 * subject.  "collected" is when the row was collected, or JN_COLLECTED_UNKNOWN.
 */
extern bool journey_decision_allows(JourneyDecision *decision, JourneyClassRef *class,
									const char *subject, int size, TimestampTz collected);

/* A question for journey_decision_explain(); texts are zero-terminated. */
typedef struct JourneyQuestion
{
	Oid			reader;			/* InvalidOid: whoever was granted the purpose */
	const char *purpose;		/* "" is none */
	const char *class_name;		/* "" is none */
	const char *subject;
	TimestampTz collected;		/* or JN_COLLECTED_UNKNOWN */
	JnReason	denied;			/* what the caller knows to deny all, else JN_REASONS */
} JourneyQuestion;

/* Why a cell is shown or not, and where that comes from; 0 is nowhere. */
typedef struct JourneyExplanation
{
	JnReason	reason;
	int64		seq;			/* the entry of the ledger, see jn_words_source() */
	int64		row;			/* see jn_standing_source() */
	int64		keep_since;		/* rows collected before it are over, or JN_KEEP_ALL */
} JourneyExplanation;

/*
 * Decides as journey_decision_allows() does for a reader, in both snapshots,
 * and tells where it comes from.  Some index probes each time; warns of
 * nothing.  Not for readers.
 */
extern void journey_decision_explain(const JourneyQuestion *question, JourneyExplanation *answer);

/*
 * The purpose, zero-terminated, if the reader was granted it; else NULL, and
 * then everybody is denied.  Lives as long as the decision.
 */
extern const char *journey_decision_purpose(const JourneyDecision *decision);

#endif							/* JOURNEY_DECISION_H */
