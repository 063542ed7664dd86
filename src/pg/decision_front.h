/*
 * decision_front.h
 *	  What every cell asks of a decision: is it still good, and what did it
 *	  answer about this subject?
 *
 * The four columns of a row ask about one subject, and a million rows ask one
 * decision.  So a decision begins with what proves that it is still good and
 * with the subject that was asked about last; both are compared here, in line.
 * All that takes more than that goes the long way, through
 * journey_decision_current() and journey_decision_allows().
 *
 * Why what it tells is what the long way would tell.  An expression between two
 * cells of a row may change the role or the purpose, or run a statement with a
 * snapshot of its own, and no counter of the server grows with all of them.  So
 * each call (of a scan that masks whole rows, each row, or the first of a run: calm.c)
 * compares
 *
 *	- the user, the outer user, and whether the operation is restricted;
 *	- the start of the statement, which also tells a FETCH from the one before;
 *	- what the active snapshot sees, field by field.  Not where it is: a popped
 *	  snapshot leaves its place to the next one, and the command counter of one
 *	  changes in place.  Not snapXactCompletionCount, which would tell in one
 *	  comparison: copies, as all active snapshots are, have none (15 to 19);
 *	- the version of the cache of facts;
 *	- the subject, by all bytes of its name or value.  Not by its address: rows
 *	  of another page, and values made by a cast, come to lie where the last
 *	  one was.
 *
 * The purpose alone needs no comparison: every assignment to the setting makes
 * journey_declared NULL.  A decision that is dropped takes its number along, which is never given
 * again, so that a class which was told to it fits no other one.
 */
#ifndef JOURNEY_DECISION_FRONT_H
#define JOURNEY_DECISION_FRONT_H

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "core/numbered.h"
#include "decision.h"
#include "fact_cache.h"
#include "subject_value.h"

/*
 * What a snapshot sees, as far as one transaction can tell.  For a given xmax
 * the set of running transactions below it only shrinks, so equal counts mean
 * equal sets; curcid tells which of our own changes are seen.
 */
typedef struct SnapshotFacts
{
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	CommandId	curcid;
	bool		suboverflowed;
} SnapshotFacts;

static inline SnapshotFacts
snapshot_facts(Snapshot snapshot)
{
	SnapshotFacts facts = {
		.xmin = snapshot->xmin,
		.xmax = snapshot->xmax,
		.xcnt = snapshot->xcnt,
		.subxcnt = snapshot->subxcnt,
		.curcid = snapshot->curcid,
		.suboverflowed = snapshot->suboverflowed
	};

	return facts;
}

/* Do both see the same of what other transactions did? */
static inline bool
sees_same_commits(const SnapshotFacts *facts, Snapshot snapshot)
{
	return facts->xmax == snapshot->xmax &&
		facts->xmin == snapshot->xmin &&
		facts->xcnt == snapshot->xcnt &&
		facts->subxcnt == snapshot->subxcnt &&
		facts->suboverflowed == snapshot->suboverflowed;
}

/* An answer, two bits. */
typedef enum JourneyVerdict
{
	JOURNEY_NOT_KNOWN = 0,		/* ask the long way */
	JOURNEY_DENIED = 1,			/* the lower bit: known; the higher one: shown */
	JOURNEY_SHOWN = 3
} JourneyVerdict;

/* The same for all classes. */
#define JOURNEY_ALL_DENIED		UINT64_C(0x5555555555555555)

/* The subject that was asked about last, if the cache of facts knows it. */
typedef struct JourneyAsked
{
	/*
	 * Size, first and last eight bytes of the name, and all of it if these are
	 * not all.  Of fewer than eight the first and last four; of fewer than
	 * four the tail is all.  Of an integer the head is all, of a uuid head and
	 * tail are.
	 */
	int			size;			/* 0: none, and then no verdict is known; or one of those below */
	uint64		head;
	uint64		tail;
	const char *name;			/* valid if it has more than 16 bytes */

	uint64		verdicts;		/* a JourneyVerdict for each of the first classes, by JourneyClassRef.shift */
	uint64		version;		/* of the cache when this was found out; 0: it is not used */
} JourneyAsked;

/* In place of the size of a name: the subject was asked about by a number, by a uuid. */
#define JOURNEY_ASKED_NUMBER	(-1)
#define JOURNEY_ASKED_UUID		(-2)

/*
 * What facts come to, where no limit of retention applies: as in
 * JourneyAsked.verdicts, for so many bits, so that all columns of a row need one
 * memory access.
 */
typedef uint32 JourneyQuickVerdicts;

#define JOURNEY_QUICK_BITS	32

/*
 * The subject of the row before, as journey_front_verdicts_once() found it: in many tables
 * rows of one subject stand together.
 */
typedef struct JourneyNeighbour
{
	int			size;			/* 0: none */
	uint32		facts;			/* their number */
	uint64		head;			/* jn_name_start() and jn_name_tail(): of up to 16 bytes, all of a name */
	uint64		tail;
} JourneyNeighbour;

/* How each JourneyDecision begins. */
typedef struct JourneyDecisionFront
{
	uint64		serial;			/* of all decisions of the session; not 0 */

	/* what it is good for */
	TimestampTz at;				/* start of the statement */
	Oid			user;
	Oid			outer_user;
	SnapshotFacts active;
	bool		restricted;		/* in a security-restricted operation? */

	JourneyAsked asked;

	/* by number of facts, the verdicts of whoever has them */
	const JourneyQuickVerdicts *quick;
	uint64		quick_version;	/* of the cache that it is about; 0: none known yet, or not those of all subjects */
	JourneyNeighbour neighbour; /* as long as that is so */
} JourneyDecisionFront;

/*
 * Of the decision that journey_decision_current() gave last, or NULL.  Hidden
 * where it is declared, too, or its address would be loaded first.
 */
extern __attribute__((visibility("hidden")))
JourneyDecisionFront *journey_declared;

/*
 * Runs of the executor in this session: how many began and ended, not 0, and the state of the
 * one that is going on, or of one that an error ended.  A proof that a decision is
 * good holds within a run until the count is another, where nothing but runs may
 * change what it is about: see calm.c.  Hidden like journey_declared.
 */
extern __attribute__((visibility("hidden")))
uint64		journey_runs;
extern __attribute__((visibility("hidden")))
const struct EState *journey_running;

/*
 * Is the decision good for the reader, the statement and the snapshot?
 *
 * Both snapshots are of one transaction, so xmin and suboverflowed need not be
 * compared.  With equal xmax and equal counts the same transactions below xmax
 * were running, and xmin, if it is not the lowest of them, is our own
 * transaction, which the snapshot is not asked about.  If subtransactions
 * overflowed in one of them only, then those that are missing there are found
 * by their parents, which were running in both or in neither.  In recovery all
 * that run are counted by subxcnt.
 */
static pg_attribute_always_inline bool
journey_decision_is_good(const JourneyDecisionFront *front)
{
	Snapshot	active;

	/* the snapshot comes last, so that little is kept in registers across calls */
	if (unlikely(GetUserId() != front->user) ||
		unlikely(GetOuterUserId() != front->outer_user) ||
		unlikely(InSecurityRestrictedOperation() != front->restricted) ||
		unlikely(GetCurrentStatementStartTimestamp() != front->at) ||
		unlikely(!ActiveSnapshotSet()))
		return false;
	active = GetActiveSnapshot();
	return likely(front->active.curcid == active->curcid) &&
		likely(front->active.xmax == active->xmax) &&
		likely(front->active.xcnt == active->xcnt) &&
		likely(front->active.subxcnt == active->subxcnt);
}

/* Is this the subject that was asked about last? */
static pg_attribute_always_inline bool
journey_is_asked(const JourneyAsked *asked, const char *name, int size)
{
	if (size != asked->size)
		return false;
	if (size >= 8)
		return jn_load64((const uint8 *) name) == asked->head &&
			jn_load64((const uint8 *) name + size - 8) == asked->tail &&
			(likely(size <= 16) || memcmp(name, asked->name, size) == 0);
	if (size >= 4)
		return jn_load32((const uint8 *) name) == asked->head &&
			jn_load32((const uint8 *) name + size - 4) == asked->tail;
	return jn_name_tail(name, size) == asked->tail;
}

/* Makes a subject the one that was asked about last; "name" has 1 to JOURNEY_MAX_SUBJECT bytes. */
extern void journey_front_find(JourneyDecisionFront *front, const char *name, int size);

/* The same for one that is named by the text form of a number, or of the uuid in 16 bytes. */
extern void journey_front_find_number(JourneyDecisionFront *front, int64 number);
extern void journey_front_find_uuid(JourneyDecisionFront *front, const unsigned char *uuid);

/*
 * The name in a text that is neither compressed nor stored elsewhere, and has 1 to
 * JOURNEY_MAX_SUBJECT bytes; NULL: it is none.
 */
static pg_attribute_always_inline const char *
journey_plain_name(Datum subject, int *size)
{
	const char *t = DatumGetPointer(subject);
	const char *name;

	if (likely(VARATT_IS_1B(t)))
	{
		/* of a value stored elsewhere this makes -1 */
		name = VARDATA_1B(t);
		*size = (int) VARSIZE_1B(t) - VARHDRSZ_SHORT;
	}
	else if (VARATT_IS_4B_U(t))
	{
		name = VARDATA_4B(t);
		*size = (int) VARSIZE_4B(t) - VARHDRSZ;
	}
	else
		return NULL;
	return likely(*size > 0 && *size <= JOURNEY_MAX_SUBJECT) ? name : NULL;
}

/* Makes a text the subject that was asked about last; false: that cannot be done at once. */
static pg_attribute_always_inline bool
journey_front_ask_text(JourneyDecisionFront *front, Datum subject)
{
	int			size;
	const char *name = journey_plain_name(subject, &size);

	if (unlikely(name == NULL))
		return false;
	if (!journey_is_asked(&front->asked, name, size))
		journey_front_find(front, name, size);
	return true;
}

static pg_attribute_always_inline void
journey_front_ask_number(JourneyDecisionFront *front, int64 number)
{
	if (front->asked.head != (uint64) number || unlikely(front->asked.size != JOURNEY_ASKED_NUMBER))
		journey_front_find_number(front, number);
}

static pg_attribute_always_inline void
journey_front_ask_uuid(JourneyDecisionFront *front, const unsigned char *uuid)
{
	if (front->asked.head != jn_load64(uuid) || front->asked.tail != jn_load64(uuid + 8) ||
		unlikely(front->asked.size != JOURNEY_ASKED_UUID))
		journey_front_find_uuid(front, uuid);
}

/*
 * What journey_decision_allows() would say of a decision that is good, for a row
 * of any time: a JourneyVerdict for each of the first classes, by
 * JourneyClassRef.shift of a class that was told to the decision.  Not known
 * unless that takes no more than finding the subject in the cache.  "subject"
 * is of the kind and not NULL.
 */
static pg_attribute_always_inline uint64
journey_front_verdicts(JourneyDecisionFront *front, JourneySubjectKind kind, Datum subject)
{
	const uint64 not_known = 0;

	if (unlikely(front->asked.version != journey_fact_cache_version))
		return not_known;

	if (likely(kind == JOURNEY_SUBJECT_TEXT))
	{
		if (!journey_front_ask_text(front, subject))
			return not_known;
	}
	else if (kind == JOURNEY_SUBJECT_UUID)
		journey_front_ask_uuid(front, DatumGetUUIDP(subject)->data);
	else
		journey_front_ask_number(front, journey_subject_number(kind, subject));
	return front->asked.verdicts;
}

/*
 * The same for one of many subjects who are asked about once each: it does not
 * become the one that was asked about last.
 */
static pg_attribute_always_inline uint64
journey_front_verdicts_once(JourneyDecisionFront *front, JourneySubjectKind kind, Datum subject)
{
	const FactStore *store = journey_fact_cache_store;
	JourneyNeighbour *before = &front->neighbour;

	if (unlikely(front->quick_version != journey_fact_cache_version))
		return journey_front_verdicts(front, kind, subject);
	if (likely(kind == JOURNEY_SUBJECT_TEXT))
	{
		int			size;
		const char *name = journey_plain_name(subject, &size);
		uint64		head;
		uint64		tail;

		if (unlikely(name == NULL))
			return 0;
		head = jn_name_start(name, size);
		tail = jn_name_tail(name, size);
		if (tail != before->tail || size != before->size || head != before->head || size > 16)
		{
			before->facts = journey_fact_store_find(store, name, size, tail);
			before->tail = tail;
			before->head = head;
			before->size = size;
		}
		return front->quick[before->facts];
	}
	if (kind == JOURNEY_SUBJECT_UUID)
		return journey_front_verdicts(front, kind, subject);
	return front->quick[journey_fact_store_find_number(store, journey_subject_number(kind, subject))];
}

/* Of all verdicts that of one class. */
static pg_attribute_always_inline JourneyVerdict
journey_verdict_of(uint64 verdicts, const JourneyClassRef *class)
{
	return (JourneyVerdict) (verdicts >> class->shift & 3);
}

#endif							/* JOURNEY_DECISION_FRONT_H */
