/*
 * decision.c
 *	  Who may see what, decided while a statement runs.
 *
 * What is lawful follows from facts, see core/lawful.h: about the reader and
 * the purpose, about the class of data, the rules and bases of a jurisdiction,
 * about the subject and what it said.  Here they are looked up and kept.
 *
 * Consent.  The path of a purpose a.b.c is a.b.c, a.b, a.  The table state has,
 * for each purpose the subject ever said something about, the ledger position
 * of the last consent and of the last event of each kind that closes.  What is
 * latest on the path decides: so the later record wins, a refusal reaches
 * everything below, and a consent dated back does not pass a withdrawal that
 * was recorded after it.
 *
 * Two snapshots.  All of this must hold in the statement's own snapshot and in
 * the newest committed state.  The first alone would show, under REPEATABLE
 * READ or in an open cursor, what was withdrawn meanwhile; it would also
 * believe a consent or grant that the reader's own transaction has written and
 * may roll back.  The second alone would show values of an old snapshot under
 * a consent given for later ones, and miss the transaction's own withdrawals.
 *
 * The newest committed state is read through a copy of a fresh catalog
 * snapshot, which unlike the other ways to a new snapshot is allowed in
 * parallel workers; its command counter is set to zero so that nothing of our
 * own transaction is visible.  When both snapshots see the same, as they
 * nearly always do in READ COMMITTED, the second reading is left out.
 *
 * All this is about values that are still to be computed.  What a plan had to
 * compute before its first row (below a sort, a hash, a materialization) was
 * decided then, and a FETCH that comes later hands it out.
 *
 * What is remembered, and for how long.  A JourneyDecision is good for one
 * combination of the users, the purpose, the statement's start time and the
 * contents of the active snapshot.  A few of them are kept, because one
 * statement may ask about several purposes or call functions that run
 * statements of their own.  They live in a memory context below the
 * transaction's, so nothing outlives it, and a subtransaction that is rolled
 * back, whose changes a snapshot may have seen, drops them all.
 *
 * Time.  What begins or ends at a time counts by the start of the statement, so
 * that all rows, and all workers, agree.  But a function or procedure, or a string
 * of statements that is sent at once, is one statement to the server however
 * long it takes: whoever calls a procedure that never ends would keep a grant
 * that ran out.  So a decision that is made much later counts by the clock, and
 * each run of the executor begins with one that is not much older than itself.
 *
 * A plan that stops after some rows and is asked for more, by FETCH, by a loop of
 * a function, is asked by another run of the executor.  To the clock that may be
 * the same statement, so such a run begins like those of other plans: by a hook,
 * as nothing of ours is called between two rows.
 *
 * Relations stay locked (AccessShareLock) to the end of the transaction, as
 * relations that are read do.
 *
 * Where the parts are: the setting in purpose_setting.c, the reader in
 * standing.c, classes in class_standing.c, subjects in subject_answers.c,
 * reading our tables in probe.c, which also says why it leaves no trace.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/executor.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "decision_own.h"

/* Later than so many milliseconds is much later. */
#define MUCH_LATER		10000

/* Decisions kept at a time; a statement that needs more decides again. */
#define DECISIONS		8

/* All decisions, below the transaction's context; NULL when there are none. */
static MemoryContext decisions_context = NULL;
static JourneyDecision *decisions[DECISIONS];
static int	next_decision = 0;	/* the slot to use next */
static uint64 last_serial = 0;

static ExecutorRun_hook_type next_run = NULL;

JourneyDecisionFront *journey_declared = NULL;
uint64		journey_runs = 1;
const struct EState *journey_running = NULL;

void
journey_forget_declared(void)
{
	journey_declared = NULL;
}

Snapshot
journey_register_committed_snapshot(const JourneyDecision *decision)
{
	Snapshot	fresh = GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid);

	if (sees_same_commits(&decision->front.active, fresh) &&
		!TransactionIdIsValid(GetTopTransactionIdIfAny()))
		return NULL;

	fresh = RegisterSnapshot(fresh);
	Assert(fresh->copied);
	fresh->curcid = FirstCommandId;
	return fresh;
}

/* Everything goes: the transaction ends, or what was seen is rolled back. */
static void
forget_pointers(void *arg)
{
	memset(decisions, 0, sizeof(decisions));
	next_decision = 0;
	journey_declared = NULL;
	journey_running = NULL;
	decisions_context = NULL;
}

static void
forget_decisions(void)
{
	/* forget_pointers() runs as the context's callback. */
	if (decisions_context != NULL)
		MemoryContextDelete(decisions_context);
}

static void
at_subtransaction(SubXactEvent event, SubTransactionId mySubid,
				  SubTransactionId parentSubid, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_decisions();
}

/* The context below which all decisions of this transaction live. */
static void
prepare_context(void)
{
	static bool registered = false;
	MemoryContext context;
	MemoryContextCallback *callback;

	if (!registered)
	{
		RegisterSubXactCallback(at_subtransaction, NULL);
		registered = true;
	}
	if (decisions_context != NULL)
		return;

	context = AllocSetContextCreate(TopTransactionContext, "journey decisions",
									ALLOCSET_SMALL_SIZES);
	callback = MemoryContextAlloc(context, sizeof(*callback));
	callback->func = forget_pointers;
	callback->arg = NULL;
	MemoryContextRegisterResetCallback(context, callback);
	decisions_context = context;
}

/* Makes room in a slot. */
static void
drop_decision(int slot)
{
	JourneyDecision *decision = decisions[slot];

	if (decision == NULL)
		return;
	if (journey_declared == &decision->front)
		journey_declared = NULL;
	decisions[slot] = NULL;
	MemoryContextDelete(decision->context);
}

/* The time that a decision which is made now counts by. */
static TimestampTz
time_of_decision(void)
{
	TimestampTz at = GetCurrentStatementStartTimestamp();
	TimestampTz now = GetCurrentTimestamp();

	return TimestampDifferenceExceeds(at, now, MUCH_LATER) ? now : at;
}

/* A decision for this statement, in a memory context of its own below "parent". */
static JourneyDecision *
decide(MemoryContext parent, Oid user, Oid outer_user, const char *purpose, int size)
{
	MemoryContext context = AllocSetContextCreate(parent, "journey decision", ALLOCSET_SMALL_SIZES);
	JourneyDecision *decision = MemoryContextAllocZero(context, sizeof(JourneyDecision));

	if (!ActiveSnapshotSet() || !IsMVCCSnapshot(GetActiveSnapshot()))
		elog(ERROR, "no snapshot to decide by");

	decision->context = context;
	decision->front.serial = ++last_serial;
	decision->front.user = user;
	decision->front.outer_user = outer_user;
	decision->front.at = GetCurrentStatementStartTimestamp();
	decision->front.restricted = InSecurityRestrictedOperation();
	decision->front.active = snapshot_facts(GetActiveSnapshot());
	memcpy(decision->purpose, purpose, size);
	decision->purpose_size = size;
	decision->at = time_of_decision();

	journey_find_standing(decision);
	if (decision->standing == GRANTED)
	{
		decision->standings = journey_standings_create(decision);
		decision->answers = journey_answers_create(decision);
	}
	return decision;
}

static JourneyDecision *
make_decision(const char *purpose, int size)
{
	TimestampTz at = GetCurrentStatementStartTimestamp();
	JourneyDecision *decision;

	prepare_context();

	/* Those of earlier statements are of no more use. */
	for (int i = 0; i < DECISIONS; i++)
	{
		if (decisions[i] != NULL && decisions[i]->front.at != at)
			drop_decision(i);
	}

	decision = decide(decisions_context, GetUserId(), GetOuterUserId(), purpose, size);

	/* Complete, so it may be found from now on. */
	drop_decision(next_decision);
	decisions[next_decision] = decision;
	next_decision = (next_decision + 1) % DECISIONS;
	return decision;
}


/* ------------------------------------------------------------------------
 * What others call
 * ------------------------------------------------------------------------ */

JourneyDecision *
journey_decision_for(const char *purpose, int size)
{
	JourneyDecision *decision = NULL;
	char		shortened[JOURNEY_MAX_PURPOSE + 1];

	/* No purpose has such a name; keep what a warning can show of it. */
	if (size > JOURNEY_MAX_PURPOSE)
	{
		size = pg_mbcliplen(purpose, size, JOURNEY_MAX_PURPOSE - 3);
		memcpy(shortened, purpose, size);
		memcpy(shortened + size, "...", 3);
		purpose = shortened;
		size += 3;
	}

	for (int i = 0; i < DECISIONS && decision == NULL; i++)
	{
		if (decisions[i] != NULL && journey_decision_is_good(&decisions[i]->front) &&
			decisions[i]->purpose_size == size &&
			memcmp(decisions[i]->purpose, purpose, size) == 0)
			decision = decisions[i];
	}

	if (decision == NULL)
		decision = make_decision(purpose, size);
	journey_warn_of_standing(decision);
	return decision;
}

JourneyDecision *
journey_decision_current(void)
{
	if (journey_declared == NULL || !journey_decision_is_good(journey_declared))
		journey_declared = &journey_decision_for(journey_purpose_setting, strlen(journey_purpose_setting))->front;
	return (JourneyDecision *) journey_declared;
}

void
journey_decision_begin(void)
{
	TimestampTz now = GetCurrentTimestamp();

	for (int i = 0; i < DECISIONS; i++)
	{
		JourneyDecision *decision = decisions[i];

		if (decision == NULL)
			continue;
		if (TimestampDifferenceExceeds(decision->at, now, MUCH_LATER) ||
			(decision->standing == GRANTED &&
			 !sees_same_commits(&decision->committed,
								GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid))))
			drop_decision(i);
	}
}

/* ExecutorRun_hook */
static void
run_plan(QueryDesc *query, EXECUTOR_RUN_PARAMETERS)
{
	const EState *outer = journey_running;

	if (query->already_executed)
		journey_decision_begin();
	journey_runs++;
	journey_running = query->estate;
	if (next_run != NULL)
		next_run(query, EXECUTOR_RUN_ARGUMENTS);
	else
		standard_ExecutorRun(query, EXECUTOR_RUN_ARGUMENTS);
	journey_runs++;
	journey_running = outer;
}

void
journey_decision_watch_runs(void)
{
	next_run = ExecutorRun_hook;
	ExecutorRun_hook = run_plan;
}

/* Why nobody is allowed, as far as the decision as a whole tells. */
static JnReason
standing_reason(const JourneyDecision *decision)
{
	switch (decision->standing)
	{
		case GRANTED:
			break;
		case NO_PURPOSE:
			return JN_REASON_NO_PURPOSE;
		case STORED_COPY:
		case NO_TABLES:
			return JN_REASON_NO_POLICY;
		case NO_GRANT:
			return decision->path_length == 0 ? JN_REASON_NO_PURPOSE : JN_REASON_NO_GRANT;
	}
	return JN_REASONS;
}

void
journey_decision_explain(const JourneyQuestion *question, JourneyExplanation *answer)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey explanation",
												  ALLOCSET_SMALL_SIZES);
	int			size = strlen(question->purpose);
	JnReason	denied = question->denied;
	JourneyDecision *decision;

	/* no purpose has a longer name */
	if (size > JOURNEY_MAX_PURPOSE)
		size = 0;

	/* for whoever was granted the purpose; a reader adds that it must be granted */
	decision = decide(scratch, InvalidOid, InvalidOid, question->purpose, size);
	denied = Min(denied, standing_reason(decision));
	if (decision->standing == GRANTED && OidIsValid(question->reader))
		denied = Min(denied, standing_reason(decide(scratch, question->reader, question->reader,
													question->purpose, size)));
	journey_answers_explain(decision, question, denied, answer);
	MemoryContextDelete(scratch);
}

const char *
journey_decision_purpose(const JourneyDecision *decision)
{
	return decision->standing == GRANTED ? decision->purpose : NULL;
}
