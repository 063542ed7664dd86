/*
 * standing.c
 *	  The standing of the reader: whether the answer may depend on the subject
 *	  at all.
 *
 * The reader is the current user and also the outer user, the one who called
 * a SECURITY DEFINER function: both need an active grant for the purpose or
 * one above it.  Superusers get nothing for free.  A grant counts if it holds
 * in the statement's snapshot and in the newest committed state; why both, says
 * decision.c.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/table.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "decision_own.h"
#include "probe.h"

/* Start of the last statement that was warned. */
static TimestampTz warned_at = 0;

/* The number and the IRI of a purpose. */
static bool
find_purpose(const JourneyDecision *decision, const char *name, int size,
			 Snapshot snapshot, int32 *number, char **dpv)
{
	JourneyProbe probe;
	bool		found = false;

	journey_probe_begin(&probe, &decision->tables[JOURNEY_PURPOSE], snapshot, F_TEXTEQ,
						PointerGetDatum(cstring_to_text_with_len(name, size)));
	if (journey_probe_next(&probe))
	{
		*number = DatumGetInt32(journey_probe_column(&probe, JOURNEY_PURPOSE_NUMBER));
		*dpv = journey_probe_text(&probe, JOURNEY_PURPOSE_DPV);
		found = !probe.has_null;
	}
	journey_probe_end(&probe);
	return found;
}

/*
 * The purpose and those above it, lowest first.  Zero if one of them does not
 * exist.
 */
static int
find_path(const JourneyDecision *decision, Snapshot snapshot,
		  int32 number[JOURNEY_MAX_PATH], JnPurpose path[JOURNEY_MAX_PATH])
{
	const char *name = decision->purpose;
	int			length = 0;

	for (int size = decision->purpose_size; size > 0; size--)
	{
		char	   *dpv;

		/* Here "size" bytes are the whole name, or end before a dot. */
		if (size < decision->purpose_size && name[size] != '.')
			continue;
		if (!find_purpose(decision, name, size, snapshot, &number[length], &dpv))
			return 0;
		path[length].name = pnstrdup(name, size);
		path[length].dpv = dpv;
		length++;
	}
	return length;
}

/* The notices of a purpose, of which only those from the last that renews count. */
static void
find_notices(const JourneyDecision *decision, const char *purpose, Snapshot snapshot,
			 Notices *notices)
{
	int			renewed_at = 0;

	memset(notices, 0, sizeof(*notices));

	/* once for the number of the last that renews, once for what counts since */
	for (int round = 0; round < 2; round++)
	{
		JourneyProbe probe;
		int			room = 0;

		journey_probe_begin(&probe, &decision->tables[JOURNEY_NOTICE], snapshot, F_TEXTEQ,
							CStringGetTextDatum(purpose));
		while (journey_probe_next(&probe))
		{
			int32		number = DatumGetInt32(journey_probe_column(&probe, JOURNEY_NOTICE_NUMBER));
			char	   *version;

			if (round == 0)
			{
				if (DatumGetBool(journey_probe_column(&probe, JOURNEY_NOTICE_RENEWS)) &&
					(!notices->renewed || number > renewed_at))
				{
					notices->renewed = true;
					renewed_at = number;
				}
				continue;
			}
			version = journey_probe_text(&probe, JOURNEY_NOTICE_VERSION);
			if (number < renewed_at || version == NULL)
				continue;
			if (notices->count >= room)
			{
				room = Max(8, 2 * room);
				notices->version = notices->version == NULL ?
					palloc(room * sizeof(char *)) :
					repalloc(notices->version, room * sizeof(char *));
			}
			notices->version[notices->count++] = version;
		}
		journey_probe_end(&probe);
		if (!notices->renewed)
			break;
	}
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
		JourneyProbe probe;

		journey_probe_begin(&probe, &decision->tables[JOURNEY_READER_PURPOSE], snapshot,
							F_INT4EQ, Int32GetDatum(decision->path[i]));
		while (!found && journey_probe_next(&probe))
		{
			Oid			reader = DatumGetObjectId(journey_probe_column(&probe, JOURNEY_READER_PURPOSE_READER));
			TimestampTz from = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_READER_PURPOSE_FROM));
			TimestampTz until = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_READER_PURPOSE_UNTIL));

			found = !probe.has_null &&
				from <= decision->at && decision->at < until &&
				grant_counts(role, reader);
		}
		journey_probe_end(&probe);
	}
	return found;
}

/* Both users' grants, as one snapshot sees them, and what else one side needs. */
static Standing
find_grants(JourneyDecision *decision, Snapshot snapshot)
{
	int32		number[JOURNEY_MAX_PATH];
	JnPurpose	path[JOURNEY_MAX_PATH];
	int			length = find_path(decision, snapshot, number, path);
	DecisionSide *side = &decision->side[decision->sides];

	/* The first snapshot's path is kept; a second one must see the same. */
	if (decision->path_length == 0)
	{
		memcpy(decision->path, number, length * sizeof(number[0]));
		decision->path_length = length;
	}

	decision->without_grant = decision->front.user;
	if (length == 0 || length != decision->path_length ||
		memcmp(decision->path, number, length * sizeof(number[0])) != 0)
		return NO_GRANT;

	/* an explanation may be about whoever was granted the purpose */
	if (OidIsValid(decision->front.user) && !has_grant(decision, decision->front.user, snapshot))
		return NO_GRANT;

	decision->without_grant = decision->front.outer_user;
	if (decision->front.outer_user != decision->front.user &&
		!has_grant(decision, decision->front.outer_user, snapshot))
		return NO_GRANT;

	side->path = palloc(length * sizeof(JnPurpose));
	memcpy(side->path, path, length * sizeof(JnPurpose));
	side->notices = palloc(length * sizeof(Notices));
	for (int i = 0; i < length; i++)
		find_notices(decision, path[i].name, snapshot, &side->notices[i]);
	decision->sides++;
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

/* The standing, and what it was found by. */
static Standing
find_standing(JourneyDecision *decision)
{
	Snapshot	committed;
	Standing	standing;

	/*
	 * A refresh of a materialized view and its like store what they read, where a later withdrawal cannot reach it.
	 */
	if (decision->front.restricted)
		return STORED_COPY;
	if (decision->purpose_size == 0)
		return NO_PURPOSE;
	decision->without_grant = decision->front.user;
	if (!journey_is_purpose_name(decision->purpose, decision->purpose_size))
		return NO_GRANT;

	/* A lock that is held already lets no invalidations in. */
	AcceptInvalidationMessages();
	if (!journey_find_own_tables(decision->tables) || !lock_tables(decision->tables))
		return NO_TABLES;

	decision->committed = snapshot_facts(GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid));

	standing = find_grants(decision, GetActiveSnapshot());
	if (standing != GRANTED)
		return standing;

	for (int i = JOURNEY_SUBJECT; i <= JOURNEY_NOTICE; i++)
		journey_probe_lock_predicates(&decision->tables[i], GetActiveSnapshot());

	committed = journey_register_committed_snapshot(decision);
	if (committed != NULL)
	{
		standing = find_grants(decision, committed);
		UnregisterSnapshot(committed);
	}
	return standing;
}

void
journey_find_standing(JourneyDecision *decision)
{
	BufferUsage buffers = pgBufferUsage;
	MemoryContext caller = MemoryContextSwitchTo(decision->context);

	/* whether the grants are read once or twice depends on what others commit */
	decision->standing = find_standing(decision);
	pgBufferUsage = buffers;
	MemoryContextSwitchTo(caller);
}

void
journey_warn_of_standing(const JourneyDecision *decision)
{
	if (decision->standing == GRANTED || warned_at == decision->front.at || IsParallelWorker())
		return;
	warned_at = decision->front.at;

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
