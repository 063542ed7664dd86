/*
 * class_standing.c
 *	  What a class of data, a jurisdiction and a kind of subjects come to.
 *
 * Between the reader and the subject stand the rules: prohibitions, regimes,
 * ages, retention, registered bases.  core/lawful.h folds them into a
 * JnStanding; this file reads the rows, under the snapshot of one side of the
 * decision, when a statement first meets a combination.  There are few, so
 * they are kept in a list.
 *
 * A jurisdiction that is not known has only the rules of all jurisdictions.
 * That is the strictest: without a rule of its own, consent is asked for.
 */
#include "postgres.h"

#include "executor/instrument.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "decision_own.h"
#include "probe.h"
#include "subject_facts.h"

/* The name that stands for all jurisdictions. */
#define EVERYWHERE	"*"

/* Years before now that timestamps reach for sure. */
#define MOST_YEARS	6000

typedef struct ClassStanding
{
	struct ClassStanding *next;
	int			side;
	char	   *class_name;
	char	   *jurisdiction;	/* NULL: the default one */
	int			kind;
	JnStanding	standing;
} ClassStanding;

struct ClassStandings
{
	ClassStanding *first;
};

ClassStandings *
journey_standings_create(JourneyDecision *decision)
{
	return MemoryContextAllocZero(decision->context, sizeof(ClassStandings));
}

/* Is the class registered, and a special category? */
static void
read_class(const JourneyDecision *decision, Snapshot snapshot, JnCase *what)
{
	JourneyProbe probe;

	journey_probe_begin(&probe, &decision->tables[JOURNEY_DATA_CLASS], snapshot, F_TEXTEQ,
						CStringGetTextDatum(what->class_name));
	if (journey_probe_next(&probe))
	{
		what->class_known = true;
		what->special = DatumGetBool(journey_probe_column(&probe, JOURNEY_DATA_CLASS_SPECIAL));
	}
	if (probe.has_null)
		what->special = true;
	journey_probe_end(&probe);
}

/* The name of the default jurisdiction, or NULL. */
static char *
read_default_jurisdiction(const JourneyDecision *decision, Snapshot snapshot)
{
	JourneyProbe probe;
	char	   *name = NULL;

	journey_probe_begin_all(&probe, &decision->tables[JOURNEY_JURISDICTION], snapshot, true);
	while (name == NULL && journey_probe_next(&probe))
	{
		if (DatumGetBool(journey_probe_column(&probe, JOURNEY_JURISDICTION_DEFAULT)))
			name = journey_probe_text(&probe, JOURNEY_JURISDICTION_NAME);
	}
	journey_probe_end(&probe);
	return name;
}

static void
read_prohibitions(const JourneyDecision *decision, Snapshot snapshot, const JnCase *what,
				  JnStanding *standing)
{
	JourneyProbe probe;

	journey_probe_begin(&probe, &decision->tables[JOURNEY_PROHIBITION], snapshot, F_TEXTEQ,
						CStringGetTextDatum(what->class_name));
	while (journey_probe_next(&probe))
	{
		char	   *purpose = journey_probe_text(&probe, JOURNEY_PROHIBITION_PURPOSE);
		int64		number = DatumGetInt64(journey_probe_column(&probe, JOURNEY_PROHIBITION_NUMBER));

		if (purpose == NULL || probe.has_null)
			jn_standing_deny(standing, JN_REASON_PROHIBITED);
		else
			jn_standing_prohibit(standing, what, purpose, number);
	}
	journey_probe_end(&probe);
}

/* A kind in a column where NULL is any. */
static int
probe_kind(JourneyProbe *probe, int column)
{
	bool		isnull;
	Datum		kind = journey_probe_nullable(probe, column, &isnull);

	return isnull ? JN_ANY_KIND : journey_kind_number(DatumGetObjectId(kind));
}

/* Rows collected before it are over; the calendar is that of UTC. */
static int64
keep_since(TimestampTz at, Interval *retention)
{
	Timestamp	since;

	/* the least is no limit: then the time must be known, and that is all */
	if (INTERVAL_NOT_FINITE(retention) ||
		retention->month / 12.0 + retention->day / 365.0 +
		retention->time / (365.0 * USECS_PER_DAY) > MOST_YEARS)
		return PG_INT64_MIN + 1;

	since = DatumGetTimestamp(DirectFunctionCall2(timestamp_mi_interval,
												  TimestampGetDatum(at),
												  IntervalPGetDatum(retention)));
	return Max(since, PG_INT64_MIN + 1);
}

static void
read_rules(const JourneyDecision *decision, Snapshot snapshot, const JnCase *what,
		   const char *jurisdiction, bool everywhere, JnStanding *standing)
{
	JourneyProbe probe;

	journey_probe_begin(&probe, &decision->tables[JOURNEY_RULE], snapshot, F_TEXTEQ,
						CStringGetTextDatum(jurisdiction));
	while (journey_probe_next(&probe))
	{
		JnRule		rule;
		bool		isnull;
		Datum		value;

		rule.number = DatumGetInt64(journey_probe_column(&probe, JOURNEY_RULE_NUMBER));
		rule.everywhere = everywhere;
		rule.purpose = journey_probe_text(&probe, JOURNEY_RULE_PURPOSE);
		rule.dpv = journey_probe_text(&probe, JOURNEY_RULE_DPV);
		rule.class_name = journey_probe_text(&probe, JOURNEY_RULE_CLASS);
		rule.special_only = DatumGetBool(journey_probe_column(&probe, JOURNEY_RULE_SPECIAL));
		rule.kind = probe_kind(&probe, JOURNEY_RULE_KIND);
		rule.regime = jn_regime_from_text(journey_probe_text(&probe, JOURNEY_RULE_REGIME));
		value = journey_probe_nullable(&probe, JOURNEY_RULE_MIN_AGE, &isnull);
		rule.min_age = isnull ? 0 : DatumGetInt32(value);
		rule.from = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_RULE_FROM));
		rule.until = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_RULE_UNTIL));
		value = journey_probe_nullable(&probe, JOURNEY_RULE_RETENTION, &isnull);
		rule.keep_since = isnull ? JN_KEEP_ALL : keep_since(decision->at, DatumGetIntervalP(value));

		if (probe.has_null)
			jn_standing_deny(standing, JN_REASON_FORBIDDEN);
		else
			jn_standing_rule(standing, what, &rule);
	}
	journey_probe_end(&probe);
}

static void
read_bases(const JourneyDecision *decision, Snapshot snapshot, const JnCase *what,
		   const char *jurisdiction, JnStanding *standing)
{
	for (int i = 0; i < what->path_length; i++)
	{
		JourneyProbe probe;

		journey_probe_begin(&probe, &decision->tables[JOURNEY_LAWFUL_BASIS], snapshot, F_TEXTEQ,
							CStringGetTextDatum(what->path[i].name));
		while (journey_probe_next(&probe))
		{
			char	   *where = journey_probe_text(&probe, JOURNEY_LAWFUL_BASIS_JURISDICTION);
			JnBasis		basis;

			basis.number = DatumGetInt64(journey_probe_column(&probe, JOURNEY_LAWFUL_BASIS_NUMBER));
			basis.purpose = what->path[i].name;
			basis.class_name = journey_probe_text(&probe, JOURNEY_LAWFUL_BASIS_CLASS);
			basis.kind = probe_kind(&probe, JOURNEY_LAWFUL_BASIS_KIND);
			basis.basis = jn_basis_from_text(journey_probe_text(&probe, JOURNEY_LAWFUL_BASIS_BASIS));
			basis.from = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_LAWFUL_BASIS_FROM));
			basis.until = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_LAWFUL_BASIS_UNTIL));

			if (!probe.has_null && where != NULL && basis.basis != JN_REASON_NO_BASIS &&
				(strcmp(where, EVERYWHERE) == 0 ||
				 (jurisdiction != NULL && strcmp(where, jurisdiction) == 0)))
				jn_standing_basis(standing, what, &basis);
		}
		journey_probe_end(&probe);
	}
}

static void
read_standing(const JourneyDecision *decision, int side, Snapshot snapshot, ClassStanding *found)
{
	const char *jurisdiction = found->jurisdiction;
	JnCase		what = {
		.at = decision->at,
		.path_length = decision->path_length,
		.path = decision->side[side].path,
		.class_name = found->class_name,
		.kind = found->kind
	};

	if (found->class_name[0] != '\0')
		read_class(decision, snapshot, &what);
	if (jurisdiction == NULL)
		jurisdiction = read_default_jurisdiction(decision, snapshot);

	jn_standing_begin(&found->standing, &what);
	if (found->class_name[0] != '\0')
		read_prohibitions(decision, snapshot, &what, &found->standing);
	read_rules(decision, snapshot, &what, EVERYWHERE, true, &found->standing);
	if (jurisdiction != NULL && strcmp(jurisdiction, EVERYWHERE) != 0)
		read_rules(decision, snapshot, &what, jurisdiction, false, &found->standing);
	read_bases(decision, snapshot, &what, jurisdiction, &found->standing);
	jn_standing_end(&found->standing);
}

const JnStanding *
journey_standing_for(JourneyDecision *decision, int side, const char *class_name,
					 const char *jurisdiction, int kind)
{
	ClassStanding *found;
	MemoryContext scratch;
	MemoryContext caller;
	Snapshot	committed = NULL;
	BufferUsage buffers;

	for (found = decision->standings->first; found != NULL; found = found->next)
	{
		if (found->side == side && found->kind == kind &&
			strcmp(found->class_name, class_name) == 0 &&
			(jurisdiction == NULL || found->jurisdiction == NULL ?
			 jurisdiction == found->jurisdiction :
			 strcmp(found->jurisdiction, jurisdiction) == 0))
			return &found->standing;
	}

	found = MemoryContextAllocZero(decision->context, sizeof(ClassStanding));
	found->side = side;
	found->class_name = MemoryContextStrdup(decision->context, class_name);
	found->jurisdiction = jurisdiction == NULL ? NULL : MemoryContextStrdup(decision->context, jurisdiction);
	found->kind = kind;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "journey standing", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	buffers = pgBufferUsage;
	if (side > 0)
		committed = journey_register_committed_snapshot(decision);
	read_standing(decision, side, committed != NULL ? committed : GetActiveSnapshot(), found);
	if (committed != NULL)
		UnregisterSnapshot(committed);
	pgBufferUsage = buffers;
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);

	/* complete, so it may be found from now on */
	found->next = decision->standings->first;
	decision->standings->first = found;
	return &found->standing;
}
