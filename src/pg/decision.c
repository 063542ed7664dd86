/*
 * decision.c
 *	  Who may see what, decided while a statement runs.
 *
 * A reader sees raw values of a subject if
 *
 *	  1. the reader holds an active grant for the purpose or one above it,
 *	  2. the subject is known, not restricted and not erased, and
 *	  3. the subject gave consent to the purpose, and has not taken it back.
 *
 * The reader is the current user and also the outer user, the one who called
 * a SECURITY DEFINER function: both need the grant.  Superusers get nothing
 * for free.
 *
 * Consent.  The path of a purpose a.b.c is a.b.c, a.b, a.  The table state has,
 * for each purpose the subject ever said something about, the ledger position
 * of the last "give" (with its range of time and whether it covers what lies
 * below), and of the last event that closes.  Let
 *
 *	  given  = highest position of a give on the path that counts: its range
 *			   contains the statement's time, and it was given for this very
 *			   purpose or covers what lies below,
 *	  closed = highest position of a closing event on the path;
 *
 * then the answer is given > closed.  So the later record wins, a refusal
 * reaches everything below, and a consent dated back does not pass a
 * withdrawal that was recorded after it.
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
 * back, whose changes a snapshot may have seen, drops them all.  Subjects are
 * decided when they are first asked about, and kept up to the server's limit
 * for hash tables (work_mem * hash_mem_multiplier); beyond that the memory
 * starts anew.
 *
 * The work must not tell the answer.  Everybody can see what a statement reads:
 * counters of the own transaction (pg_stat_xact_all_tables), buffers (EXPLAIN),
 * and the predicate locks of a serializable transaction (pg_locks).  A reader
 * could tell from them who is known here, and has said something about other
 * purposes, even where the subject is masked.  So our probes are not counted,
 * and lock whole tables for the serializable.
 *
 * Relations stay locked (AccessShareLock) to the end of the transaction, as
 * relations that are read do; each probe opens and closes them, so there is
 * nothing to clean up when an error leaves this file.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "common/hashfn.h"
#include "executor/instrument.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/predicate.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "decision.h"
#include "own_tables.h"

/* Decisions kept at a time; a statement that needs more decides again. */
#define DECISIONS		8

/* Labels in a purpose: at least one byte each, and a dot between two. */
#define MAX_PATH		((JOURNEY_MAX_PURPOSE + 1) / 2)

/* Names of subjects are stored in blocks of so many bytes. */
#define NAMES_BLOCK		8192

StaticAssertDecl(NAMES_BLOCK >= JOURNEY_MAX_SUBJECT, "a name fits in a block");

/* A subject that was asked about.  The bytes live in the decision's context. */
typedef struct SubjectName
{
	const char *bytes;
	uint32		size;
} SubjectName;

typedef struct SubjectAnswer
{
	SubjectName name;
	uint32		hash;
	char		status;			/* for simplehash */
	bool		allowed;
} SubjectAnswer;

#define SH_PREFIX		answers
#define SH_ELEMENT_TYPE SubjectAnswer
#define SH_KEY_TYPE		SubjectName
#define SH_KEY			name
#define SH_HASH_KEY(tb, key)	hash_bytes((const unsigned char *) (key).bytes, (key).size)
#define SH_EQUAL(tb, a, b)		((a).size == (b).size && memcmp((a).bytes, (b).bytes, (a).size) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry)	((entry)->hash)
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

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

/* Why nobody is allowed, or that it depends on the subject. */
typedef enum Standing
{
	GRANTED,					/* depends on the subject */
	NO_PURPOSE,					/* none declared */
	NO_GRANT,					/* unknown purpose, or no active grant for it */
	STORED_COPY,				/* the result would outlive a withdrawal */
	NO_TABLES					/* our tables are missing or were tampered with */
} Standing;

struct JourneyDecision
{
	/* what it is good for */
	Oid			user;
	Oid			outer_user;
	TimestampTz at;				/* start of the statement; expiry counts by it */
	bool		restricted;		/* in a security-restricted operation? */
	SnapshotFacts active;
	char		purpose[JOURNEY_MAX_PURPOSE + 1];
	int			purpose_size;
	uint64		generation;		/* purpose_generation when found by the setting */

	/* what was found */
	Standing	standing;
	Oid			without_grant;	/* the role to name in the warning */
	SnapshotFacts committed;	/* the fresh snapshot it was made under */
	JourneyTable tables[JOURNEY_OWN_TABLES];
	int			path_length;
	int32		path[MAX_PATH]; /* the purpose and those above it, by number */

	/* what subjects answered */
	MemoryContext context;		/* holds this struct */
	MemoryContext memory;		/* holds the answers; reset when too large */
	answers_hash *answers;
	char	   *names;			/* free space for names */
	Size		names_left;
	SubjectAnswer *latest;		/* the last answer, valid until an insert */
};

/* The setting journey.purpose: the claim of the session. */
static char *purpose_setting = NULL;

/* Grows with every assignment, so that comparing purposes is comparing numbers. */
static uint64 purpose_generation = 0;

/* All decisions, below the transaction's context; NULL when there are none. */
static MemoryContext decisions_context = NULL;
static JourneyDecision *decisions[DECISIONS];
static int	next_decision = 0;	/* the slot to use next */

/* The one that journey_decision_current() gave last, or NULL. */
static JourneyDecision *declared = NULL;

/* Start of the last statement that was warned. */
static TimestampTz warned_at = 0;


/* ------------------------------------------------------------------------
 * The setting
 * ------------------------------------------------------------------------ */

/* Is this the name of a purpose: labels of a-z, 0-9, _ and -, joined by dots? */
static bool
is_purpose_name(const char *name, int size)
{
	bool		in_label = false;

	for (int i = 0; i < size; i++)
	{
		unsigned char c = name[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
			in_label = true;
		else if (c == '.' && in_label)
			in_label = false;
		else
			return false;
	}
	return in_label && size <= JOURNEY_MAX_PURPOSE;
}

/* Looks at the syntax only: there may be no transaction to ask a catalog in. */
static bool
check_purpose(char **newval, void **extra, GucSource source)
{
	if (**newval == '\0' || is_purpose_name(*newval, strlen(*newval)))
		return true;

	GUC_check_errdetail("A purpose is named by labels of a-z, 0-9, _ and -, joined by dots, at most %d bytes.",
						JOURNEY_MAX_PURPOSE);
	return false;
}

static void
assign_purpose(const char *newval, void *extra)
{
	purpose_generation++;
}


/* ------------------------------------------------------------------------
 * Snapshots
 * ------------------------------------------------------------------------ */

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

/*
 * The newest committed state, without our own changes.  To be given to
 * UnregisterSnapshot().  NULL if the active snapshot sees just that.
 */
static Snapshot
register_committed_snapshot(const JourneyDecision *decision)
{
	Snapshot	fresh = GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid);

	if (sees_same_commits(&decision->active, fresh) &&
		!TransactionIdIsValid(GetTopTransactionIdIfAny()))
		return NULL;

	fresh = RegisterSnapshot(fresh);
	Assert(fresh->copied);
	fresh->curcid = FirstCommandId;
	return fresh;
}


/* ------------------------------------------------------------------------
 * Reading our tables
 * ------------------------------------------------------------------------ */

/*
 * A walk over the rows of a table whose first column (see own_tables.h) has a
 * value.  A table that is gone has no rows.
 */
typedef struct Probe
{
	const JourneyTable *table;
	Relation	rel;
	SysScanDesc scan;
	HeapTuple	row;
	bool		has_null;		/* some column asked for was NULL */
} Probe;

/* Until the relation is opened again, nothing that is read from it counts. */
static void
do_not_count(Relation rel)
{
	pgstat_unlink_relation(rel);
	rel->pgstat_enabled = false;
}

static void
probe_begin(Probe *probe, const JourneyTable *table, Snapshot snapshot,
			RegProcedure equal, Datum value)
{
	ScanKeyData key;

	probe->table = table;
	probe->rel = try_table_open(table->relid, AccessShareLock);
	probe->scan = NULL;
	probe->has_null = false;
	if (probe->rel == NULL)
		return;

	/* Initializes with the collation "C", which is that of our columns. */
	ScanKeyInit(&key, table->column[0], BTEqualStrategyNumber, equal, value);
	probe->scan = systable_beginscan(probe->rel, table->index, true, snapshot, 1, &key);
	do_not_count(probe->rel);
	if (probe->scan->irel != NULL)
		do_not_count(probe->scan->irel);
}

static bool
probe_next(Probe *probe)
{
	if (probe->scan == NULL)
		return false;
	probe->row = systable_getnext(probe->scan);
	return HeapTupleIsValid(probe->row);
}

/* A column of the row; our columns are NOT NULL, so a NULL spoils the row. */
static Datum
probe_column(Probe *probe, int column)
{
	bool		isnull;
	Datum		value = heap_getattr(probe->row, probe->table->column[column],
									 RelationGetDescr(probe->rel), &isnull);

	if (isnull)
		probe->has_null = true;
	return value;
}

static void
probe_end(Probe *probe)
{
	if (probe->scan != NULL)
		systable_endscan(probe->scan);
	if (probe->rel != NULL)
		table_close(probe->rel, AccessShareLock);
}

/* The number of a purpose. */
static bool
find_purpose(const JourneyDecision *decision, const char *name, int size,
			 Snapshot snapshot, int32 *number)
{
	Probe		probe;
	bool		found = false;

	probe_begin(&probe, &decision->tables[JOURNEY_PURPOSE], snapshot, F_TEXTEQ,
				PointerGetDatum(cstring_to_text_with_len(name, size)));
	if (probe_next(&probe))
	{
		*number = DatumGetInt32(probe_column(&probe, JOURNEY_PURPOSE_NUMBER));
		found = !probe.has_null;
	}
	probe_end(&probe);
	return found;
}

/*
 * The purpose and those above it, by number, lowest first.  Zero if one of
 * them does not exist.
 */
static int
find_path(const JourneyDecision *decision, Snapshot snapshot, int32 path[MAX_PATH])
{
	const char *name = decision->purpose;
	int			length = 0;

	for (int size = decision->purpose_size; size > 0; size--)
	{
		/* Here "size" bytes are the whole name, or end before a dot. */
		if (size < decision->purpose_size && name[size] != '.')
			continue;
		if (!find_purpose(decision, name, size, snapshot, &path[length]))
			return 0;
		length++;
	}
	return length;
}

/*
 * Does a grant to "reader" count for "role"?  For itself and for those who
 * inherit its rights.  The first function is true for every superuser, the
 * second one for members who do not inherit; both together are what we mean.
 */
static bool
grant_counts(Oid role, Oid reader)
{
	return has_privs_of_role(role, reader) &&
		is_member_of_role_nosuper(role, reader);
}

/* Does the role hold an active grant for a purpose on the path? */
static bool
has_grant(const JourneyDecision *decision, Oid role, Snapshot snapshot)
{
	bool		found = false;

	for (int i = 0; i < decision->path_length && !found; i++)
	{
		Probe		probe;

		probe_begin(&probe, &decision->tables[JOURNEY_READER_PURPOSE], snapshot,
					F_INT4EQ, Int32GetDatum(decision->path[i]));
		while (!found && probe_next(&probe))
		{
			Oid			reader = DatumGetObjectId(probe_column(&probe, JOURNEY_READER_PURPOSE_READER));
			TimestampTz from = DatumGetTimestampTz(probe_column(&probe, JOURNEY_READER_PURPOSE_FROM));
			TimestampTz until = DatumGetTimestampTz(probe_column(&probe, JOURNEY_READER_PURPOSE_UNTIL));

			found = !probe.has_null &&
				from <= decision->at && decision->at < until &&
				grant_counts(role, reader);
		}
		probe_end(&probe);
	}
	return found;
}

/* The number of a subject whose data may be used at all. */
static bool
find_subject(const JourneyDecision *decision, SubjectName name, Snapshot snapshot,
			 int64 *number)
{
	Probe		probe;
	bool		found = false;

	probe_begin(&probe, &decision->tables[JOURNEY_SUBJECT], snapshot, F_TEXTEQ,
				PointerGetDatum(cstring_to_text_with_len(name.bytes, name.size)));
	if (probe_next(&probe))
	{
		bool		restricted = DatumGetBool(probe_column(&probe, JOURNEY_SUBJECT_RESTRICTED));
		bool		erased = DatumGetBool(probe_column(&probe, JOURNEY_SUBJECT_ERASED));

		*number = DatumGetInt64(probe_column(&probe, JOURNEY_SUBJECT_NUMBER));
		found = !probe.has_null && !restricted && !erased;
	}
	probe_end(&probe);
	return found;
}

/* Has the subject consented, as this snapshot sees it?  See the file's head. */
static bool
has_consented(const JourneyDecision *decision, SubjectName name, Snapshot snapshot)
{
	int64		subject;
	int64		last_given = 0;
	int64		last_closed = 0;
	bool		spoiled = false;
	Probe		probe;

	if (!find_subject(decision, name, snapshot, &subject))
		return false;

	probe_begin(&probe, &decision->tables[JOURNEY_STATE], snapshot,
				F_INT8EQ, Int64GetDatum(subject));
	while (probe_next(&probe))
	{
		int32		purpose = DatumGetInt32(probe_column(&probe, JOURNEY_STATE_PURPOSE));
		int64		given = DatumGetInt64(probe_column(&probe, JOURNEY_STATE_GIVEN));
		int64		closed = DatumGetInt64(probe_column(&probe, JOURNEY_STATE_CLOSED));
		bool		covers = DatumGetBool(probe_column(&probe, JOURNEY_STATE_COVERS));
		TimestampTz from = DatumGetTimestampTz(probe_column(&probe, JOURNEY_STATE_FROM));
		TimestampTz until = DatumGetTimestampTz(probe_column(&probe, JOURNEY_STATE_UNTIL));

		for (int i = 0; i < decision->path_length; i++)
		{
			if (decision->path[i] != purpose)
				continue;
			last_closed = Max(last_closed, closed);
			if ((i == 0 || covers) && from <= decision->at && decision->at < until)
				last_given = Max(last_given, given);
			break;
		}
	}
	spoiled = probe.has_null;
	probe_end(&probe);

	return !spoiled && last_given > last_closed;
}


/* ------------------------------------------------------------------------
 * Making a decision
 * ------------------------------------------------------------------------ */

/* Both users' grants, as one snapshot sees them. */
static Standing
find_grants(JourneyDecision *decision, Snapshot snapshot)
{
	int32		path[MAX_PATH];
	int			length = find_path(decision, snapshot, path);

	/* The first snapshot's path is kept; a second one must see the same. */
	if (decision->path_length == 0)
	{
		memcpy(decision->path, path, length * sizeof(path[0]));
		decision->path_length = length;
	}

	decision->without_grant = decision->user;
	if (length == 0 || length != decision->path_length ||
		memcmp(decision->path, path, length * sizeof(path[0])) != 0)
		return NO_GRANT;

	if (!has_grant(decision, decision->user, snapshot))
		return NO_GRANT;

	decision->without_grant = decision->outer_user;
	if (decision->outer_user != decision->user &&
		!has_grant(decision, decision->outer_user, snapshot))
		return NO_GRANT;

	return GRANTED;
}

/*
 * Takes the locks that later probes rely on, to the end of the transaction.
 * False if a table has gone since we found it.
 */
static bool
lock_tables(const JourneyTable *tables)
{
	for (int i = 0; i < JOURNEY_OWN_TABLES; i++)
	{
		Relation	rel = try_table_open(tables[i].relid, AccessShareLock);

		if (rel == NULL)
			return false;
		table_close(rel, NoLock);
	}
	return true;
}

/*
 * A serializable transaction locks what it reads, row by row and page by page,
 * unless it has locked the whole.
 */
static void
lock_predicates(const JourneyTable *table, Snapshot snapshot)
{
	Relation	rel;
	Relation	index;

	if (!IsolationIsSerializable())
		return;

	rel = table_open(table->relid, NoLock);
	index = index_open(table->index, AccessShareLock);
	PredicateLockRelation(rel, snapshot);
	PredicateLockRelation(index, snapshot);
	index_close(index, AccessShareLock);
	table_close(rel, NoLock);
}

static Standing
find_standing(JourneyDecision *decision)
{
	Snapshot	committed;
	Standing	standing;

	/*
	 * A refresh of a materialized view and its like store what they read, where a later withdrawal cannot reach it.
	 */
	if (decision->restricted)
		return STORED_COPY;
	if (decision->purpose_size == 0)
		return NO_PURPOSE;
	decision->without_grant = decision->user;
	if (!is_purpose_name(decision->purpose, decision->purpose_size))
		return NO_GRANT;
	if (!journey_find_own_tables(decision->tables) || !lock_tables(decision->tables))
		return NO_TABLES;

	decision->committed = snapshot_facts(GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid));

	standing = find_grants(decision, GetActiveSnapshot());
	if (standing != GRANTED)
		return standing;

	lock_predicates(&decision->tables[JOURNEY_SUBJECT], GetActiveSnapshot());
	lock_predicates(&decision->tables[JOURNEY_STATE], GetActiveSnapshot());

	committed = register_committed_snapshot(decision);
	if (committed != NULL)
	{
		standing = find_grants(decision, committed);
		UnregisterSnapshot(committed);
	}
	return standing;
}

/* Everything goes: the transaction ends, or what was seen is rolled back. */
static void
forget_pointers(void *arg)
{
	memset(decisions, 0, sizeof(decisions));
	next_decision = 0;
	declared = NULL;
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
	if (declared == decision)
		declared = NULL;
	decisions[slot] = NULL;
	MemoryContextDelete(decision->context);
}

/* Empties the memory of answers. */
static void
start_answers(JourneyDecision *decision)
{
	MemoryContextReset(decision->memory);
	decision->answers = answers_create(decision->memory, 256, NULL);
	decision->names = NULL;
	decision->names_left = 0;
	decision->latest = NULL;
}

static JourneyDecision *
make_decision(const char *purpose, int size)
{
	TimestampTz at = GetCurrentStatementStartTimestamp();
	MemoryContext context;
	BufferUsage buffers;
	JourneyDecision *decision;

	if (!ActiveSnapshotSet() || !IsMVCCSnapshot(GetActiveSnapshot()))
		elog(ERROR, "no snapshot to decide by");

	prepare_context();

	/* Those of earlier statements are of no more use. */
	for (int i = 0; i < DECISIONS; i++)
	{
		if (decisions[i] != NULL && decisions[i]->at != at)
			drop_decision(i);
	}

	context = AllocSetContextCreate(decisions_context, "journey decision",
									ALLOCSET_SMALL_SIZES);
	decision = MemoryContextAllocZero(context, sizeof(JourneyDecision));
	decision->context = context;
	decision->user = GetUserId();
	decision->outer_user = GetOuterUserId();
	decision->at = at;
	decision->restricted = InSecurityRestrictedOperation();
	decision->active = snapshot_facts(GetActiveSnapshot());
	memcpy(decision->purpose, purpose, size);
	decision->purpose_size = size;

	/* whether the grants are read once or twice depends on what others commit */
	buffers = pgBufferUsage;
	decision->standing = find_standing(decision);
	pgBufferUsage = buffers;

	if (decision->standing == GRANTED)
	{
		decision->memory = AllocSetContextCreate(context, "journey answers",
												 ALLOCSET_DEFAULT_SIZES);
		start_answers(decision);
	}

	/* Complete, so it may be found from now on. */
	drop_decision(next_decision);
	decisions[next_decision] = decision;
	next_decision = (next_decision + 1) % DECISIONS;
	return decision;
}

/* Is the decision good for the reader, the statement and the snapshot? */
static inline bool
is_good(const JourneyDecision *decision)
{
	Snapshot	active;

	if (!ActiveSnapshotSet())
		return false;
	active = GetActiveSnapshot();

	return decision->at == GetCurrentStatementStartTimestamp() &&
		decision->user == GetUserId() &&
		decision->outer_user == GetOuterUserId() &&
		decision->restricted == InSecurityRestrictedOperation() &&
		decision->active.curcid == active->curcid &&
		sees_same_commits(&decision->active, active);
}

/* Tells the reader, once a statement, why everything is masked. */
static void
warn(const JourneyDecision *decision)
{
	if (decision->standing == GRANTED || warned_at == decision->at || IsParallelWorker())
		return;
	warned_at = decision->at;

	switch (decision->standing)
	{
		case GRANTED:
			break;
		case NO_PURPOSE:
			ereport(WARNING,
					(errmsg("no purpose is declared"),
					 errdetail("Protected values are masked."),
					 errhint("Use SET journey.purpose to say what the data is read for.")));
			break;
		case NO_GRANT:
			ereport(WARNING,
					(errcode(ERRCODE_WARNING_PRIVILEGE_NOT_GRANTED),
					 errmsg("role \"%s\" has no grant for purpose \"%s\"",
							GetUserNameFromId(decision->without_grant, false),
							decision->purpose),
					 errdetail("Protected values are masked."),
					 errhint("Those who may call journey.grant_purpose() can grant it.")));
			break;
		case STORED_COPY:
			ereport(WARNING,
					(errmsg("protected values are masked in a stored copy"),
					 errdetail("A copy would keep them when consent is withdrawn.")));
			break;
		case NO_TABLES:
			ereport(WARNING,
					(errmsg("consent cannot be established"),
					 errdetail("Protected values are masked, because tables of the extension journey are missing or not as it made them."),
					 errhint("Compare them with those of a fresh installation.")));
			break;
	}
}


/* ------------------------------------------------------------------------
 * What others call
 * ------------------------------------------------------------------------ */

void
journey_decision_define_settings(void)
{
	DefineCustomStringVariable("journey.purpose",
							   "The purpose for which this session reads protected data.",
							   "A claim that any role may make; raw values are shown only if the role was "
							   "granted the purpose and the data subject consented to it.",
							   &purpose_setting,
							   "",
							   PGC_USERSET,
							   0,
							   check_purpose,
							   assign_purpose,
							   NULL);
}

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
		if (decisions[i] != NULL && is_good(decisions[i]) &&
			decisions[i]->purpose_size == size &&
			memcmp(decisions[i]->purpose, purpose, size) == 0)
			decision = decisions[i];
	}

	if (decision == NULL)
		decision = make_decision(purpose, size);
	warn(decision);
	return decision;
}

JourneyDecision *
journey_decision_current(void)
{
	if (declared == NULL || declared->generation != purpose_generation ||
		!is_good(declared))
	{
		declared = journey_decision_for(purpose_setting, strlen(purpose_setting));
		declared->generation = purpose_generation;
	}
	return declared;
}

void
journey_decision_begin(void)
{
	for (int i = 0; i < DECISIONS; i++)
	{
		JourneyDecision *decision = decisions[i];

		if (decision != NULL && decision->standing == GRANTED &&
			!sees_same_commits(&decision->committed,
							   GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid)))
			drop_decision(i);
	}
}

bool
journey_decision_allows(JourneyDecision *decision, const char *subject, int size)
{
	SubjectName name = {subject, size};
	SubjectAnswer *answer = decision->latest;
	BufferUsage buffers;
	Snapshot	committed;
	bool		allowed;
	bool		found;

	if (decision->standing != GRANTED ||
		subject == NULL || size <= 0 || size > JOURNEY_MAX_SUBJECT)
		return false;

	/* The columns of one row ask about the same subject. */
	if (answer != NULL && answer->name.size == size &&
		memcmp(answer->name.bytes, subject, size) == 0)
		return answer->allowed;

	answer = answers_lookup(decision->answers, name);
	if (answer != NULL)
	{
		decision->latest = answer;
		return answer->allowed;
	}

	/* Decide first and remember then: an error leaves nothing half done. */
	buffers = pgBufferUsage;
	allowed = has_consented(decision, name, GetActiveSnapshot());
	if (allowed)
	{
		committed = register_committed_snapshot(decision);
		if (committed != NULL)
		{
			allowed = has_consented(decision, name, committed);
			UnregisterSnapshot(committed);
		}
	}
	pgBufferUsage = buffers;

	if (MemoryContextMemAllocated(decision->memory, false) >= get_hash_memory_limit())
		start_answers(decision);

	if (decision->names_left < size)
	{
		decision->names_left = 0;
		decision->names = MemoryContextAlloc(decision->memory, NAMES_BLOCK);
		decision->names_left = NAMES_BLOCK;
	}
	name.bytes = memcpy(decision->names, subject, size);
	decision->latest = NULL;
	answer = answers_insert(decision->answers, name, &found);
	Assert(!found);
	decision->names += size;
	decision->names_left -= size;
	answer->allowed = allowed;
	decision->latest = answer;
	return allowed;
}

const char *
journey_decision_purpose(const JourneyDecision *decision)
{
	return decision->standing == GRANTED ? decision->purpose : NULL;
}
