/*
 * subject_answers.c
 *	  What subjects answer to one decision.
 *
 * There are two ways to an answer.
 *
 * By the cache (fact_cache.h), which holds the facts about all subjects as the
 * newest committed state has them.  Facts have numbers, and many subjects
 * share them; "memo" keeps for each class of data what each number comes to,
 * so that a question is: find the name, look up the memo.  The statement's own
 * snapshot has the same facts about all but the exceptions: subjects who
 * changed since it was taken, or were changed by our own transaction.  They
 * are listed when the decision meets the cache, and decided the other way.
 *
 * By the tables: the facts are read under both snapshots, when a subject is
 * first asked about.  What they come to is kept up to the server's limit for
 * hash tables (work_mem * hash_mem_multiplier); beyond that the memory starts
 * anew.
 *
 * Either way a value is shown only if it is shown on both sides.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "changes.h"
#include "decision_own.h"
#include "fact_cache.h"
#include "subject_facts.h"

/* Names of subjects are stored in blocks of so many bytes. */
#define NAMES_BLOCK		8192

StaticAssertDecl(NAMES_BLOCK >= JOURNEY_MAX_SUBJECT, "a name fits in a block");

/* With more exceptions the tables are asked. */
#define MOST_EXCEPTIONS	1000

/* A subject that was asked about.  The bytes live in the memory of the answers. */
typedef struct SubjectName
{
	const char *bytes;
	uint32		size;
} SubjectName;

/* A subject as one side sees it, for any class of data. */
typedef struct SubjectSide
{
	JnSubject	subject;
	const char *jurisdiction;	/* NULL: the default one */
	int			kind;
} SubjectSide;

typedef struct SubjectAnswer
{
	SubjectName name;
	uint32		hash;
	char		status;			/* for simplehash */
	uint8		sides;			/* 1 if both are the same */
	SubjectSide side[SIDES];
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

/* The first of journey.subject_kind, which subjects are of if nothing else was said. */
#define DEFAULT_KIND		0

/*
 * What facts come to for a class: a reason in the low bits, in the others
 * which limit of retention applies.  0 (no subject, no limit) is not known
 * yet; facts belong to a subject who exists.
 */
typedef uint16 Memo;

#define MEMO_REASON_BITS	5
#define MEMO_REASON_MASK	((1 << MEMO_REASON_BITS) - 1)
#define MEMO_LIMITS			(1 << (16 - MEMO_REASON_BITS))

StaticAssertDecl(JN_REASONS <= MEMO_REASON_MASK + 1, "a reason fits in a memo");

typedef struct AnswerClass
{
	char	   *name;
	Memo	   *memo;			/* by number of facts, or NULL */
} AnswerClass;

struct SubjectAnswers
{
	/* about the subject that was asked about last, decision->front.asked, if "cached" */
	uint32		last_facts;		/* 0: no such subject, or an exception */
	bool		last_is_exception;

	bool		cached;			/* by the cache, or by the tables */
	uint64		version;		/* of the cache when that was found out */

	int			class_count;
	int			class_room;
	AnswerClass *class;

	/* by number of facts, all denied for 0: verdicts of the first classes, as in JourneyAsked; or NULL */
	JourneyQuickVerdicts *quick;

	/* limits of retention that memos refer to; 0 is none */
	int			limit_count;
	int			limit_room;
	int64	   *limit;

	/* by the tables: answers; by the cache: the exceptions */
	MemoryContext memory;		/* reset when too large */
	answers_hash *hash;
	char	   *names;			/* free space for names */
	Size		names_left;
	SubjectAnswer *latest;		/* the last answer, valid until an insert */

	char		last_name[JOURNEY_MAX_SUBJECT];
};


/* ------------------------------------------------------------------------
 * From facts to reasons
 * ------------------------------------------------------------------------ */

/* Was the consent given under a text that has been renewed since? */
static bool
is_old_notice(const Notices *notices, const char *version)
{
	if (!notices->renewed)
		return false;
	for (int i = 0; i < notices->count; i++)
	{
		if (strcmp(notices->version[i], version) == 0)
			return false;
	}
	return true;
}

/*
 * What facts come to on one side, and what the subject's words come to; NULL:
 * there is no such subject.
 */
static void
see_words(const JourneyDecision *decision, int side, const JourneyFacts *facts, SubjectSide *seen,
		  JnWords *words)
{
	memset(seen, 0, sizeof(*seen));
	memset(words, 0, sizeof(*words));
	if (facts == NULL)
		return;

	for (int i = 0; i < facts->count; i++)
	{
		const JourneyWord *word = &facts->word[i];

		for (int depth = 0; depth < decision->path_length; depth++)
		{
			JnWord		spoken = {
				.depth = depth,
				.given = word->given,
				.covers = word->covers,
				.is_explicit = word->is_explicit,
				.parental = word->parental,
				.from = word->from,
				.until = word->until,
				.refused = word->refused,
				.withdrawn = word->withdrawn,
				.objected = word->objected,
				.expired = word->expired
			};

			if (decision->path[depth] != word->purpose)
				continue;
			/* a text renewed on the way down from there ends it, too */
			for (int below = 0; below <= depth; below++)
				spoken.old_notice |= is_old_notice(&decision->side[side].notices[below], word->notice);
			jn_words_add(words, &spoken, decision->at);
			break;
		}
	}
	jn_words_end(words, &seen->subject);

	seen->subject.denied = facts->erased ? JN_REASON_ERASED :
		facts->restricted ? JN_REASON_RESTRICTED : JN_REASONS;
	seen->subject.born = facts->born;
	seen->jurisdiction = facts->jurisdiction;
	seen->kind = facts->kind;
}

static void
see_subject(const JourneyDecision *decision, int side, const JourneyFacts *facts, SubjectSide *seen)
{
	JnWords		words;

	see_words(decision, side, facts, seen, &words);
}

/*
 * Why the class is shown or not, if retention is over for nothing: the first
 * side that denies says why.  *limit is the later one of both sides' limits.
 */
static JnReason
combine_sides(JourneyDecision *decision, const char *class_name, const SubjectSide *seen, int sides,
			  int64 *limit)
{
	JnReason	reason = JN_REASON_NO_SUBJECT;

	*limit = JN_KEEP_ALL;
	for (int i = 0; i < sides; i++)
	{
		/* small tables that looked the same when the decision was made */
		int			side = Min(i, decision->sides - 1);
		const JnStanding *standing;

		if (seen[i].subject.denied == JN_REASON_NO_SUBJECT)
			return JN_REASON_NO_SUBJECT;
		standing = journey_standing_for(decision, side, class_name, seen[i].jurisdiction, seen[i].kind);
		reason = jn_lawful(standing, &seen[i].subject);
		if (!jn_is_shown(reason))
		{
			*limit = JN_KEEP_ALL;
			return reason;
		}
		*limit = Max(*limit, standing->keep_since);
	}
	return reason;
}

/* Retention, which the time of the row decides. */
static inline JnReason
limit_retention(JnReason reason, int64 limit, TimestampTz collected)
{
	JnStanding	standing = {.keep_since = limit};

	return jn_lawful_row(reason, &standing, collected);
}


/* ------------------------------------------------------------------------
 * By the tables
 * ------------------------------------------------------------------------ */

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

/* The same text in the memory of answers. */
static const char *
keep_jurisdiction(SubjectAnswers *answers, const char *name)
{
	return name == NULL ? NULL : MemoryContextStrdup(answers->memory, name);
}

/* Asks the tables, and remembers. */
static SubjectAnswer *
look_up(JourneyDecision *decision, SubjectName name)
{
	SubjectAnswers *answers = decision->answers;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	JourneyFactsBuilder builder = {.context = scratch};
	BufferUsage buffers = pgBufferUsage;
	SubjectSide seen[SIDES];
	int			sides = 1;
	SubjectAnswer *answer;
	Snapshot	committed;
	bool		found;

	/* Decide first and remember then: an error leaves nothing half done. */
	see_subject(decision, 0, journey_facts_by_name(&builder, decision->tables, name.bytes, name.size,
												   GetActiveSnapshot()), &seen[0]);
	committed = journey_register_committed_snapshot(decision);
	if (committed != NULL)
	{
		see_subject(decision, decision->sides - 1,
					journey_facts_by_name(&builder, decision->tables, name.bytes, name.size, committed),
					&seen[1]);
		sides = 2;
		UnregisterSnapshot(committed);
	}
	pgBufferUsage = buffers;
	MemoryContextSwitchTo(caller);

	if (answers->names_left < name.size)
	{
		answers->names_left = 0;
		answers->names = MemoryContextAlloc(answers->memory, NAMES_BLOCK);
		answers->names_left = NAMES_BLOCK;
	}
	for (int i = 0; i < sides; i++)
		seen[i].jurisdiction = keep_jurisdiction(answers, seen[i].jurisdiction);
	name.bytes = memcpy(answers->names, name.bytes, name.size);
	answers->latest = NULL;
	answer = answers_insert(answers->hash, name, &found);
	Assert(!found);
	answers->names += name.size;
	answers->names_left -= name.size;
	answer->sides = sides;
	memcpy(answer->side, seen, sides * sizeof(SubjectSide));
	answers->latest = answer;

	MemoryContextDelete(scratch);
	return answer;
}

/* The reason, from what was looked up. */
static JnReason
reason_of(JourneyDecision *decision, int class_number, const SubjectAnswer *answer, TimestampTz collected)
{
	int64		limit;
	JnReason	reason = combine_sides(decision, decision->answers->class[class_number].name,
									   answer->side, answer->sides, &limit);

	return limit_retention(reason, limit, collected);
}


/* ------------------------------------------------------------------------
 * By the cache
 * ------------------------------------------------------------------------ */

/*
 * Decides those of whom the statement's snapshot may know something else than
 * the cache.  False: they cannot be told, or are too many.
 */
static bool
list_exceptions(JourneyDecision *decision, Snapshot fresh)
{
	SubjectAnswers *answers = decision->answers;
	Snapshot	active = GetActiveSnapshot();
	FullTransactionId own = GetTopFullTransactionIdIfAny();
	JourneyChanges changes[2];
	int			count = 0;

	if (!sees_same_commits(&decision->front.active, fresh))
	{
		JourneyMoment moment;

		journey_moment_of(&moment, active);
		journey_changes_since(&changes[count++], &moment, decision->tables, fresh, MOST_EXCEPTIONS);
	}
	if (FullTransactionIdIsValid(own))
		journey_changes_by(&changes[count++], U64FromFullTransactionId(own), decision->tables, active,
						   MOST_EXCEPTIONS);

	for (int i = 0; i < count; i++)
	{
		if (changes[i].all)
			return false;
		for (int j = 0; j < changes[i].count; j++)
		{
			JourneyFactsBuilder builder = {.context = CurrentMemoryContext};
			SubjectName name;
			text	   *t;

			/* one whom the committed state does not have is denied by the cache */
			journey_facts_by_number(&builder, decision->tables, changes[i].subject[j], fresh, &t);
			if (t == NULL)
				continue;
			name.bytes = VARDATA_ANY(t);
			name.size = VARSIZE_ANY_EXHDR(t);
			if (answers_lookup(answers->hash, name) == NULL)
				look_up(decision, name);
		}
	}
	return true;
}

/* Finds out by which way to ask, until the cache changes. */
static void
choose_way(JourneyDecision *decision)
{
	SubjectAnswers *answers = decision->answers;
	JourneyAsked *asked = &decision->front.asked;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey exceptions",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	BufferUsage buffers = pgBufferUsage;
	Snapshot	fresh;

	answers->cached = false;
	asked->size = 0;
	asked->verdicts = 0;
	asked->version = 0;
	decision->front.quick_version = 0;
	decision->front.neighbour.size = 0;
	if (answers->quick != NULL)
		pfree(answers->quick);
	answers->quick = NULL;
	for (int i = 0; i < answers->class_count; i++)
	{
		if (answers->class[i].memo != NULL)
			pfree(answers->class[i].memo);
		answers->class[i].memo = NULL;
	}
	answers->limit_count = 1;

	fresh = RegisterSnapshot(GetCatalogSnapshot(decision->tables[JOURNEY_STATE].relid));
	Assert(fresh->copied);
	fresh->curcid = FirstCommandId;
	if (journey_fact_cache_bring_up(decision->tables, fresh))
	{
		/* what was looked up before is decided anew, with all others */
		start(answers);
		answers->cached = list_exceptions(decision, fresh);
		if (!answers->cached)
			start(answers);
	}
	UnregisterSnapshot(fresh);
	answers->version = journey_fact_cache_version;
	asked->version = answers->cached ? answers->version : 0;

	pgBufferUsage = buffers;
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/* A number for a limit of retention, 0 for none; MEMO_LIMITS if there are too many. */
static int
number_limit(JourneyDecision *decision, int64 limit)
{
	SubjectAnswers *answers = decision->answers;

	if (limit == JN_KEEP_ALL)
		return 0;
	for (int i = 1; i < answers->limit_count; i++)
	{
		if (answers->limit[i] == limit)
			return i;
	}
	if (answers->limit_count >= MEMO_LIMITS)
		return MEMO_LIMITS;
	if (answers->limit_count >= answers->limit_room)
	{
		int			room = Max(8, 2 * answers->limit_room);
		int64	   *new = MemoryContextAllocZero(decision->context, room * sizeof(int64));

		if (answers->limit != NULL)
		{
			memcpy(new, answers->limit, answers->limit_room * sizeof(int64));
			pfree(answers->limit);
		}
		answers->limit = new;
		answers->limit_room = room;
	}
	answers->limit[answers->limit_count] = limit;
	return answers->limit_count++;
}

/* What the facts of the last subject come to for a class, and a memo of it. */
static pg_noinline JnReason
work_out(JourneyDecision *decision, int class_number, uint32 facts, TimestampTz collected)
{
	SubjectAnswers *answers = decision->answers;
	SubjectSide seen[SIDES];
	int64		limit;
	JnReason	reason;
	int			number;

	for (int i = 0; i < decision->sides; i++)
		see_subject(decision, i, journey_fact_cache_facts(facts), &seen[i]);
	reason = combine_sides(decision, answers->class[class_number].name, seen, decision->sides, &limit);

	number = number_limit(decision, limit);
	if (number < MEMO_LIMITS)
	{
		AnswerClass *class = &answers->class[class_number];

		if (class->memo == NULL)
			class->memo = MemoryContextAllocExtended(decision->context,
													 journey_fact_cache_count() * sizeof(Memo),
													 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
		class->memo[facts] = (Memo) (number << MEMO_REASON_BITS | reason);
		if (answers->quick == NULL)
		{
			answers->quick = MemoryContextAllocExtended(decision->context,
														journey_fact_cache_count() * sizeof(JourneyQuickVerdicts),
														MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
			answers->quick[0] = (JourneyQuickVerdicts) JOURNEY_ALL_DENIED;
			/* exceptions were listed when the decision met the cache, and are no more since */
			decision->front.quick = answers->quick;
			decision->front.quick_version = answers->hash->members == 0 ? answers->version : 0;
		}
		if (number == 0 && 2 * class_number < JOURNEY_QUICK_BITS)
			answers->quick[facts] |= (jn_is_shown(reason) ? JOURNEY_SHOWN : JOURNEY_DENIED) << 2 * class_number;
		decision->front.asked.verdicts = answers->quick[facts];
	}
	return limit_retention(reason, limit, collected);
}

static inline JnReason
reason_of_facts(JourneyDecision *decision, int class_number, uint32 facts, TimestampTz collected)
{
	SubjectAnswers *answers = decision->answers;
	const AnswerClass *class = &answers->class[class_number];
	Memo		memo;

	if (facts == 0)
		return JN_REASON_NO_SUBJECT;
	if (class->memo == NULL || (memo = class->memo[facts]) == 0)
		return work_out(decision, class_number, facts, collected);
	if (memo <= MEMO_REASON_MASK)
		return (JnReason) memo;
	return limit_retention((JnReason) (memo & MEMO_REASON_MASK),
						   answers->limit[memo >> MEMO_REASON_BITS], collected);
}


/* ------------------------------------------------------------------------
 * What others call
 * ------------------------------------------------------------------------ */

SubjectAnswers *
journey_answers_create(JourneyDecision *decision)
{
	SubjectAnswers *answers = MemoryContextAllocZero(decision->context, sizeof(SubjectAnswers));

	answers->memory = AllocSetContextCreate(decision->context, "journey answers",
											ALLOCSET_DEFAULT_SIZES);
	decision->front.asked.name = answers->last_name;
	start(answers);
	return answers;
}

/* A number by which the decision knows a class of data. */
static int
number_class(JourneyDecision *decision, const char *name)
{
	SubjectAnswers *answers = decision->answers;

	for (int i = 0; i < answers->class_count; i++)
	{
		if (strcmp(answers->class[i].name, name) == 0)
			return i;
	}
	if (answers->class_count >= answers->class_room)
	{
		int			room = Max(4, 2 * answers->class_room);
		AnswerClass *new = MemoryContextAllocZero(decision->context, room * sizeof(AnswerClass));

		if (answers->class != NULL)
		{
			memcpy(new, answers->class, answers->class_count * sizeof(AnswerClass));
			pfree(answers->class);
		}
		answers->class = new;
		answers->class_room = room;
	}
	answers->class[answers->class_count].name = MemoryContextStrdup(decision->context, name);
	return answers->class_count++;
}

static JnReason ask(JourneyDecision *decision, int class_number, const char *subject, int size,
					TimestampTz collected);

/* By the tables, or an exception. */
static pg_noinline JnReason
ask_tables(JourneyDecision *decision, int class_number, const char *subject, int size,
		   TimestampTz collected)
{
	SubjectAnswers *answers = decision->answers;
	SubjectName name = {subject, size};
	SubjectAnswer *answer = answers->latest;

	/* The columns of one row ask about the same subject. */
	if (answer == NULL || answer->name.size != size || memcmp(answer->name.bytes, subject, size) != 0)
		answer = answers_lookup(answers->hash, name);
	if (answer == NULL)
	{
		if (journey_fact_cache_missed(decision->tables))
		{
			choose_way(decision);
			if (answers->cached)
				return ask(decision, class_number, subject, size, collected);
		}
		if (MemoryContextMemAllocated(answers->memory, false) >= get_hash_memory_limit())
			start(answers);
		answer = look_up(decision, name);
	}
	answers->latest = answer;
	return reason_of(decision, class_number, answer, collected);
}

/* Is the subject decided by the tables? */
static bool
is_exception(SubjectAnswers *answers, const char *name, int size)
{
	SubjectName key = {name, size};

	return answers_lookup(answers->hash, key) != NULL;
}

/* The same for a number; apart, so that the way that is taken for each row needs no space on the stack. */
static pg_noinline bool
is_number_exception(SubjectAnswers *answers, int64 number)
{
	char		name[JOURNEY_SUBJECT_SPACE];

	return is_exception(answers, name, journey_number_name(number, name));
}

/*
 * What is known about the subject that is now asked about; "facts" are its, if it is no exception.
 *
 * No branch depends on the facts: from row to row nobody can tell whether a
 * subject is known, and a wrong guess costs more than all the rest here.
 */
static inline void
note_asked(SubjectAnswers *answers, JourneyAsked *asked, bool exception, uint32 facts)
{
	if (unlikely(exception || answers->quick == NULL))
	{
		answers->last_is_exception = exception;
		answers->last_facts = exception ? 0 : facts;
		asked->verdicts = exception || facts != 0 ? 0 : JOURNEY_ALL_DENIED;
		return;
	}
	answers->last_is_exception = false;
	answers->last_facts = facts;
	asked->verdicts = answers->quick[facts];
}

void
journey_front_find_number(JourneyDecisionFront *front, int64 number)
{
	SubjectAnswers *answers = ((JourneyDecision *) front)->answers;
	JourneyAsked *asked = &front->asked;

	asked->size = JOURNEY_ASKED_NUMBER;
	asked->head = (uint64) number;
	note_asked(answers, asked, unlikely(answers->hash->members > 0) && is_number_exception(answers, number),
			   journey_fact_cache_find_number(number));
}

void
journey_front_find_uuid(JourneyDecisionFront *front, const unsigned char *uuid)
{
	SubjectAnswers *answers = ((JourneyDecision *) front)->answers;
	JourneyAsked *asked = &front->asked;
	char		name[JOURNEY_SUBJECT_SPACE];
	int			size = journey_uuid_name(uuid, name);

	asked->size = JOURNEY_ASKED_UUID;
	asked->head = jn_load64(uuid);
	asked->tail = jn_load64(uuid + 8);
	note_asked(answers, asked, answers->hash->members > 0 && is_exception(answers, name, size),
			   journey_fact_cache_find(name, size, jn_name_tail(name, size)));
}

void
journey_front_find(JourneyDecisionFront *front, const char *subject, int size)
{
	const uint8 *bytes = (const uint8 *) subject;
	SubjectAnswers *answers = ((JourneyDecision *) front)->answers;
	JourneyAsked *asked = &front->asked;
	uint64		tail = jn_name_tail(subject, size);

	asked->size = size;
	asked->head = size >= 8 ? jn_load64(bytes) : size >= 4 ? jn_load32(bytes) : 0;
	asked->tail = size >= 8 || size < 4 ? tail : jn_load32(bytes + size - 4);
	if (size > 16)
		memcpy(answers->last_name, subject, size);
	note_asked(answers, asked, unlikely(answers->hash->members > 0) && is_exception(answers, subject, size),
			   journey_fact_cache_find(subject, size, tail));
}

/* Why the subject's values are shown or not. */
static pg_attribute_always_inline JnReason
ask(JourneyDecision *decision, int class_number, const char *subject, int size, TimestampTz collected)
{
	SubjectAnswers *answers = decision->answers;
	JourneyAsked *asked = &decision->front.asked;

	if (unlikely(answers->version != journey_fact_cache_version))
		choose_way(decision);
	if (unlikely(!answers->cached))
		return ask_tables(decision, class_number, subject, size, collected);

	/* the columns of one row ask about the same subject */
	if (!journey_is_asked(asked, subject, size))
		journey_front_find(&decision->front, subject, size);
	if (unlikely(answers->last_is_exception))
		return ask_tables(decision, class_number, subject, size, collected);
	return reason_of_facts(decision, class_number, answers->last_facts, collected);
}

/*
 * A class that is new to the decision.  What it comes to for most subjects is
 * looked up at once, and not when the first known one is asked about: the
 * server counts what is read, and would tell whether there was one.
 */
static pg_noinline void
meet_class(JourneyDecision *decision, JourneyClassRef *class)
{
	if (decision->standing == GRANTED)
	{
		class->number = number_class(decision, class->name);
		class->shift = Min(2 * class->number, JOURNEY_QUICK_BITS);
		for (int side = 0; side < decision->sides; side++)
			journey_standing_for(decision, side, class->name, NULL, DEFAULT_KIND);
	}
	class->decision = decision->front.serial;
}

bool
journey_decision_allows(JourneyDecision *decision, JourneyClassRef *class,
						const char *subject, int size, TimestampTz collected)
{
	if (unlikely(class->decision != decision->front.serial))
		meet_class(decision, class);
	if (unlikely(decision->standing != GRANTED))
		return false;
	if (unlikely(subject == NULL || size <= 0 || size > JOURNEY_MAX_SUBJECT))
	{
		/* nobody; asked about all the same, by a name that no text can be: the server counts what is read */
		(void) ask(decision, class->number, "", 1, collected);
		return false;
	}
	return jn_is_shown(ask(decision, class->number, subject, size, collected));
}


/* ------------------------------------------------------------------------
 * Explanations
 * ------------------------------------------------------------------------ */

/* The first side that denies says why, else the first one of all. */
static void
explain_side(JourneyDecision *decision, int number, const JourneyQuestion *question, JnReason denied,
			 Snapshot snapshot, JourneyExplanation *answer)
{
	JourneyFactsBuilder builder = {.context = CurrentMemoryContext};
	JourneyFacts *facts = NULL;
	SubjectSide seen;
	JnWords		words;
	JnStanding	standing = {.denied = JN_REASONS,.born_by = JN_ANY_AGE,.keep_since = JN_KEEP_ALL};
	JnReason	reason;
	int			size = strlen(question->subject);

	if (size > 0 && size <= JOURNEY_MAX_SUBJECT)
		facts = journey_facts_by_name(&builder, decision->tables, question->subject, size, snapshot);
	see_words(decision, number, facts, &seen, &words);
	if (decision->standing == GRANTED && facts != NULL)
		standing = *journey_standing_for(decision, number, question->class_name, seen.jurisdiction, seen.kind);
	if (denied < JN_REASONS)
		jn_standing_deny(&standing, denied);

	reason = jn_lawful_row(jn_lawful(&standing, &seen.subject), &standing, question->collected);
	answer->keep_since = Max(answer->keep_since, standing.keep_since);
	if (!jn_is_shown(answer->reason))
		return;
	answer->reason = reason;
	answer->row = jn_standing_source(&standing, reason);
	answer->seq = facts == NULL ? 0 :
		journey_facts_position(&builder, (uint32) jn_words_source(&words, &standing, reason));
}

void
journey_answers_explain(JourneyDecision *decision, const JourneyQuestion *question,
						JnReason denied, JourneyExplanation *answer)
{
	Snapshot	committed;
	MemoryContext caller = MemoryContextSwitchTo(decision->context);

	memset(answer, 0, sizeof(*answer));
	answer->reason = JN_REASON_CONSENT;
	answer->keep_since = JN_KEEP_ALL;

	/* without a purpose nothing has been looked up yet */
	if (decision->standing != GRANTED && !journey_find_own_tables(decision->tables))
		answer->reason = JN_REASON_NO_POLICY;
	else
	{
		explain_side(decision, 0, question, denied, GetActiveSnapshot(), answer);
		committed = journey_register_committed_snapshot(decision);
		if (committed != NULL)
		{
			explain_side(decision, Max(decision->sides - 1, 0), question, denied, committed, answer);
			UnregisterSnapshot(committed);
		}
	}
	MemoryContextSwitchTo(caller);
}
