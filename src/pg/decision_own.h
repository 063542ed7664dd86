/*
 * decision_own.h
 *	  What a decision is made of: shared by decision.c, standing.c,
 *	  class_standing.c and subject_answers.c, and by nobody else.
 */
#ifndef JOURNEY_DECISION_OWN_H
#define JOURNEY_DECISION_OWN_H

#include "access/transam.h"
#include "core/lawful.h"
#include "datatype/timestamp.h"
#include "utils/snapshot.h"

#include "decision.h"
#include "decision_front.h"
#include "own_tables.h"
#include "purpose_setting.h"

/* Labels in a purpose: at least one byte each, and a dot between two. */
#define JOURNEY_MAX_PATH		((JOURNEY_MAX_PURPOSE + 1) / 2)

/* Why nobody is allowed, or that it depends on the subject. */
typedef enum Standing
{
	GRANTED,					/* depends on the subject */
	NO_PURPOSE,					/* none declared */
	NO_GRANT,					/* unknown purpose, or no active grant for it */
	STORED_COPY,				/* the result would outlive a withdrawal */
	NO_TABLES					/* our tables are missing or were tampered with */
} Standing;

/* The versions of a purpose's notice that matter: those from the last one that renews. */
typedef struct Notices
{
	int			count;
	char	  **version;
	bool		renewed;		/* is there one that renews? */
} Notices;

/*
 * What the small tables say, as one of the two snapshots sees them.  The
 * arrays have an entry for each purpose on the path, the declared one first.
 */
typedef struct DecisionSide
{
	JnPurpose  *path;
	Notices    *notices;
} DecisionSide;

/* The statement's own snapshot, and the newest committed state if that is another. */
#define SIDES		2

typedef struct ClassStandings ClassStandings;
typedef struct SubjectAnswers SubjectAnswers;

struct JourneyDecision
{
	JourneyDecisionFront front; /* what it is good for, and the last subject */
	char		purpose[JOURNEY_MAX_PURPOSE + 1];
	int			purpose_size;
	TimestampTz at;				/* expiry counts by it; see decision.c */

	/* what was found: see standing.c */
	Standing	standing;
	Oid			without_grant;	/* the role to name in the warning */
	SnapshotFacts committed;	/* the fresh snapshot it was made under */
	JourneyTable tables[JOURNEY_OWN_TABLES];
	int			path_length;
	int32		path[JOURNEY_MAX_PATH]; /* the purpose and those above it, by number */
	int			sides;			/* 1 if both snapshots see the same, else 2 */
	DecisionSide side[SIDES];

	/* what classes of data come to: see class_standing.c */
	ClassStandings *standings;

	/* what subjects answered: see subject_answers.c; NULL unless GRANTED */
	SubjectAnswers *answers;

	MemoryContext context;		/* holds this struct and what belongs to it */
};

StaticAssertDecl(offsetof(struct JourneyDecision, front) == 0, "see journey_declared");

/* decision.c */

/*
 * The newest committed state, without our own changes.  To be given to
 * UnregisterSnapshot().  NULL if the active snapshot sees just that.
 */
extern Snapshot journey_register_committed_snapshot(const JourneyDecision *decision);

/* standing.c */

/*
 * Works out the standing of the reader, and fills the part of the decision
 * that says so.  Locks our tables to the end of the transaction.
 */
extern void journey_find_standing(JourneyDecision *decision);

/* Tells the reader, once a statement, why everything is masked. */
extern void journey_warn_of_standing(const JourneyDecision *decision);

/* class_standing.c */

/* An empty memory of standings, below the decision's context. */
extern ClassStandings *journey_standings_create(JourneyDecision *decision);

/*
 * What a class, the jurisdiction and the kind of a subject come to, on one
 * side of the decision.  Read when first asked for; lives as long as the
 * decision.  "jurisdiction" NULL is the default one.
 */
extern const JnStanding *journey_standing_for(JourneyDecision *decision, int side, const char *class_name,
											  const char *jurisdiction, int kind);

/* subject_answers.c */

/* An empty memory of answers, below the decision's context. */
extern SubjectAnswers *journey_answers_create(JourneyDecision *decision);

/*
 * The same for one subject by the tables, with where it comes from; "denied"
 * denies all, or is JN_REASONS.  The decision need not be GRANTED.
 */
extern void journey_answers_explain(JourneyDecision *decision, const JourneyQuestion *question,
									JnReason denied, JourneyExplanation *answer);

#endif							/* JOURNEY_DECISION_OWN_H */
