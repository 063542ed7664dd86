/*
 * subject_answers.c
 *	  What subjects answered to one decision.
 *
 * Subjects are decided when they are first asked about, and kept up to the
 * server's limit for hash tables (work_mem * hash_mem_multiplier); beyond that
 * the memory starts anew.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "decision_own.h"
#include "probe.h"

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

struct SubjectAnswers
{
	MemoryContext memory;		/* holds the answers; reset when too large */
	answers_hash *hash;
	char	   *names;			/* free space for names */
	Size		names_left;
	SubjectAnswer *latest;		/* the last answer, valid until an insert */
};

/* The number of a subject whose data may be used at all. */
static bool
find_subject(const JourneyDecision *decision, SubjectName name, Snapshot snapshot,
			 int64 *number)
{
	JourneyProbe probe;
	bool		found = false;

	journey_probe_begin(&probe, &decision->tables[JOURNEY_SUBJECT], snapshot, F_TEXTEQ,
						PointerGetDatum(cstring_to_text_with_len(name.bytes, name.size)));
	if (journey_probe_next(&probe))
	{
		bool		restricted = DatumGetBool(journey_probe_column(&probe, JOURNEY_SUBJECT_RESTRICTED));
		bool		erased = DatumGetBool(journey_probe_column(&probe, JOURNEY_SUBJECT_ERASED));

		*number = DatumGetInt64(journey_probe_column(&probe, JOURNEY_SUBJECT_NUMBER));
		found = !probe.has_null && !restricted && !erased;
	}
	journey_probe_end(&probe);
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
	JourneyProbe probe;

	if (!find_subject(decision, name, snapshot, &subject))
		return false;

	journey_probe_begin(&probe, &decision->tables[JOURNEY_STATE], snapshot,
						F_INT8EQ, Int64GetDatum(subject));
	while (journey_probe_next(&probe))
	{
		int32		purpose = DatumGetInt32(journey_probe_column(&probe, JOURNEY_STATE_PURPOSE));
		int64		given = DatumGetInt64(journey_probe_column(&probe, JOURNEY_STATE_GIVEN));
		int64		closed = DatumGetInt64(journey_probe_column(&probe, JOURNEY_STATE_CLOSED));
		bool		covers = DatumGetBool(journey_probe_column(&probe, JOURNEY_STATE_COVERS));
		TimestampTz from = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_STATE_FROM));
		TimestampTz until = DatumGetTimestampTz(journey_probe_column(&probe, JOURNEY_STATE_UNTIL));

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
	journey_probe_end(&probe);

	return !spoiled && last_given > last_closed;
}


/* Empties the memory of answers. */
static void
start(SubjectAnswers *answers)
{
	MemoryContextReset(answers->memory);
	answers->hash = answers_create(answers->memory, 256, NULL);
	answers->names = NULL;
	answers->names_left = 0;
	answers->latest = NULL;
}

/* Remembers an answer that is not there yet. */
static void
remember(SubjectAnswers *answers, SubjectName name, bool allowed)
{
	SubjectAnswer *answer;
	bool		found;

	if (MemoryContextMemAllocated(answers->memory, false) >= get_hash_memory_limit())
		start(answers);

	if (answers->names_left < name.size)
	{
		answers->names_left = 0;
		answers->names = MemoryContextAlloc(answers->memory, NAMES_BLOCK);
		answers->names_left = NAMES_BLOCK;
	}
	name.bytes = memcpy(answers->names, name.bytes, name.size);
	answers->latest = NULL;
	answer = answers_insert(answers->hash, name, &found);
	Assert(!found);
	answers->names += name.size;
	answers->names_left -= name.size;
	answer->allowed = allowed;
	answers->latest = answer;
}

SubjectAnswers *
journey_answers_create(JourneyDecision *decision)
{
	SubjectAnswers *answers = MemoryContextAlloc(decision->context, sizeof(SubjectAnswers));

	answers->memory = AllocSetContextCreate(decision->context, "journey answers",
											ALLOCSET_DEFAULT_SIZES);
	start(answers);
	return answers;
}

bool
journey_answers_ask(JourneyDecision *decision, const char *subject, int size)
{
	SubjectAnswers *answers = decision->answers;
	SubjectName name = {subject, size};
	SubjectAnswer *answer = answers->latest;
	BufferUsage buffers;
	Snapshot	committed;
	bool		allowed;

	/* The columns of one row ask about the same subject. */
	if (answer != NULL && answer->name.size == size &&
		memcmp(answer->name.bytes, subject, size) == 0)
		return answer->allowed;

	answer = answers_lookup(answers->hash, name);
	if (answer != NULL)
	{
		answers->latest = answer;
		return answer->allowed;
	}

	/* Decide first and remember then: an error leaves nothing half done. */
	buffers = pgBufferUsage;
	allowed = has_consented(decision, name, GetActiveSnapshot());
	if (allowed)
	{
		committed = journey_register_committed_snapshot(decision);
		if (committed != NULL)
		{
			allowed = has_consented(decision, name, committed);
			UnregisterSnapshot(committed);
		}
	}
	pgBufferUsage = buffers;

	remember(answers, name, allowed);
	return allowed;
}
