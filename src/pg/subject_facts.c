/*
 * subject_facts.c
 *	  What is known about a data subject, read from our tables.
 *
 * The state has positions in the ledger, which no two subjects share.  Only
 * their order within one subject decides anything, so they are replaced by
 * their rank: then a million people who all gave one consent have the same
 * facts.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "probe.h"
#include "subject_facts.h"

/* Positions of a word: given, refused, withdrawn, objected, expired. */
#define POSITIONS	5

int
journey_kind_number(Oid value)
{
	static const char *const labels[JN_KINDS] = {"customer", "consumer", "employee", "stakeholder"};
	static struct
	{
		Oid			value;
		int			number;
	}			last = {InvalidOid, -1};
	HeapTuple	tuple;

	if (value == last.value)
		return last.number;

	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	if (!HeapTupleIsValid(tuple))
		return -1;
	last.value = value;
	last.number = -1;
	for (int i = 0; i < JN_KINDS; i++)
	{
		if (strcmp(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel), labels[i]) == 0)
			last.number = i;
	}
	ReleaseSysCache(tuple);
	return last.number;
}

static const char *
keep_text(JourneyFactsBuilder *builder, Datum value)
{
	text	   *t = DatumGetTextPP(value);
	const char *result;
	char	   *copy;

	if (VARSIZE_ANY_EXHDR(t) == 0)
		return "";
	copy = text_to_cstring(t);
	if (builder->intern == NULL)
		return copy;
	result = builder->intern(builder->intern_arg, copy);
	pfree(copy);
	return result;
}

/* Room for "count" words. */
static void
make_room(JourneyFactsBuilder *builder, int count)
{
	JourneyFacts *old = builder->facts;
	int64	   *old_seq = builder->seq;
	int			room = Max(8, 2 * count);

	if (count <= builder->room)
		return;
	builder->facts = MemoryContextAllocZero(builder->context,
											offsetof(JourneyFacts, word) + room * sizeof(JourneyWord));
	builder->seq = MemoryContextAlloc(builder->context, room * POSITIONS * sizeof(int64));
	if (old != NULL)
	{
		memcpy(builder->facts, old, offsetof(JourneyFacts, word) + builder->room * sizeof(JourneyWord));
		memcpy(builder->seq, old_seq, builder->room * POSITIONS * sizeof(int64));
		pfree(old);
		pfree(old_seq);
	}
	builder->room = room;
}

/* All columns of a row at once: behind a name and NULLs each alone has to be searched for. */
static void
take_columns(JourneyFactsBuilder *builder, HeapTuple row, TupleDesc desc)
{
	if (desc->natts > builder->columns)
	{
		builder->value = MemoryContextAlloc(builder->context, desc->natts * sizeof(Datum));
		builder->null = MemoryContextAlloc(builder->context, desc->natts * sizeof(bool));
		builder->columns = desc->natts;
	}
	heap_deform_tuple(row, desc, builder->value, builder->null);
}

void
journey_facts_begin(JourneyFactsBuilder *builder, const JourneyTable *subject,
					HeapTuple row, TupleDesc desc)
{
	const AttrNumber *attnum = subject->column;
	JourneyFacts *facts;
	int			kind = 0;

	take_columns(builder, row, desc);
#define VALUE(column)	builder->value[attnum[column] - 1]
#define IS_NULL(column) builder->null[attnum[column] - 1]

	make_room(builder, 1);
	facts = builder->facts;
	memset(facts, 0, offsetof(JourneyFacts, word));

	builder->number = IS_NULL(JOURNEY_SUBJECT_NUMBER) ? 0 : DatumGetInt64(VALUE(JOURNEY_SUBJECT_NUMBER));
	builder->name = IS_NULL(JOURNEY_SUBJECT_NAME) ? NULL : DatumGetTextPP(VALUE(JOURNEY_SUBJECT_NAME));
	builder->spoiled = IS_NULL(JOURNEY_SUBJECT_RESTRICTED) || IS_NULL(JOURNEY_SUBJECT_ERASED) ||
		IS_NULL(JOURNEY_SUBJECT_KIND) || IS_NULL(JOURNEY_SUBJECT_NUMBER) || IS_NULL(JOURNEY_SUBJECT_NAME);
	if (!builder->spoiled)
	{
		facts->restricted = DatumGetBool(VALUE(JOURNEY_SUBJECT_RESTRICTED));
		facts->erased = DatumGetBool(VALUE(JOURNEY_SUBJECT_ERASED));
		kind = journey_kind_number(DatumGetObjectId(VALUE(JOURNEY_SUBJECT_KIND)));
		facts->kind = kind;
		builder->spoiled = kind < 0;
	}
	facts->jurisdiction = IS_NULL(JOURNEY_SUBJECT_JURISDICTION) ? NULL :
		keep_text(builder, VALUE(JOURNEY_SUBJECT_JURISDICTION));
	facts->born = IS_NULL(JOURNEY_SUBJECT_BORN) ? JN_BORN_UNKNOWN :
		DatumGetDateADT(VALUE(JOURNEY_SUBJECT_BORN));
#undef VALUE
#undef IS_NULL
}

void
journey_facts_add(JourneyFactsBuilder *builder, const JourneyTable *state,
				  HeapTuple row, TupleDesc desc)
{
	const AttrNumber *attnum = state->column;
	JourneyWord word;
	int64	   *seq;
	int			place;

	take_columns(builder, row, desc);
#define VALUE(column)	builder->value[attnum[column] - 1]

	memset(&word, 0, sizeof(word));
	make_room(builder, builder->facts->count + 1);

	/* none of them may be NULL */
	for (int i = JOURNEY_STATE_SUBJECT; i <= JOURNEY_STATE_NOTICE; i++)
		builder->spoiled |= builder->null[attnum[i] - 1];

	word.purpose = DatumGetInt32(VALUE(JOURNEY_STATE_PURPOSE));
	word.covers = DatumGetBool(VALUE(JOURNEY_STATE_COVERS));
	word.is_explicit = DatumGetBool(VALUE(JOURNEY_STATE_EXPLICIT));
	word.parental = DatumGetBool(VALUE(JOURNEY_STATE_PARENTAL));
	word.from = DatumGetTimestampTz(VALUE(JOURNEY_STATE_FROM));
	word.until = DatumGetTimestampTz(VALUE(JOURNEY_STATE_UNTIL));
	word.notice = builder->spoiled ? "" : keep_text(builder, VALUE(JOURNEY_STATE_NOTICE));

	/* in the order of purposes, of which most subjects have one */
	for (place = builder->facts->count; place > 0; place--)
	{
		if (builder->facts->word[place - 1].purpose < word.purpose)
			break;
		memcpy(&builder->facts->word[place], &builder->facts->word[place - 1], sizeof(JourneyWord));
		memcpy(&builder->seq[place * POSITIONS], &builder->seq[(place - 1) * POSITIONS],
			   POSITIONS * sizeof(int64));
	}

	seq = &builder->seq[place * POSITIONS];
	seq[0] = DatumGetInt64(VALUE(JOURNEY_STATE_GIVEN));
	seq[1] = DatumGetInt64(VALUE(JOURNEY_STATE_REFUSED));
	seq[2] = DatumGetInt64(VALUE(JOURNEY_STATE_WITHDRAWN));
	seq[3] = DatumGetInt64(VALUE(JOURNEY_STATE_OBJECTED));
	seq[4] = DatumGetInt64(VALUE(JOURNEY_STATE_EXPIRED));
	memcpy(&builder->facts->word[place], &word, sizeof(word));
	builder->facts->count++;
#undef VALUE
}

static int
compare_positions(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return x < y ? -1 : x > y;
}

JourneyFacts *
journey_facts_end(JourneyFactsBuilder *builder)
{
	JourneyFacts *facts = builder->facts;
	int			count = facts->count * POSITIONS;
	int64		few[8 * POSITIONS];
	int64	   *sorted = few;
	int			events = 0;

	if (builder->spoiled)
		return NULL;

	/* most said one thing about one purpose */
	if (facts->count == 1)
	{
		JourneyWord *word = &facts->word[0];

		word->given = builder->seq[0] > 0;
		word->refused = builder->seq[1] > 0;
		word->withdrawn = builder->seq[2] > 0;
		word->objected = builder->seq[3] > 0;
		word->expired = builder->seq[4] > 0;
		if (word->given + word->refused + word->withdrawn + word->objected + word->expired <= 1)
			return facts;
	}

	if (count > lengthof(few))
		sorted = palloc(count * sizeof(int64));
	for (int i = 0; i < count; i++)
	{
		if (builder->seq[i] > 0)
			sorted[events++] = builder->seq[i];
	}
	if (events > 1)
		qsort(sorted, events, sizeof(int64), compare_positions);

	for (int i = 0; i < count; i++)
	{
		JourneyWord *word = &facts->word[i / POSITIONS];
		uint32		rank = 0;

		if (builder->seq[i] > 0)
		{
			int64	   *found = events == 1 ? sorted :
			bsearch(&builder->seq[i], sorted, events, sizeof(int64), compare_positions);

			/* equal ones, which a ledger does not have, stay equal */
			while (found > sorted && found[-1] == *found)
				found--;
			rank = found - sorted + 1;
		}
		switch (i % POSITIONS)
		{
			case 0:
				word->given = rank;
				break;
			case 1:
				word->refused = rank;
				break;
			case 2:
				word->withdrawn = rank;
				break;
			case 3:
				word->objected = rank;
				break;
			case 4:
				word->expired = rank;
				break;
		}
	}
	if (sorted != few)
		pfree(sorted);
	return facts;
}

int64
journey_facts_position(const JourneyFactsBuilder *builder, uint32 event)
{
	for (int i = 0; event > 0 && i < builder->facts->count; i++)
	{
		const JourneyWord *word = &builder->facts->word[i];
		const int64 *seq = &builder->seq[i * POSITIONS];

		if (word->given == event)
			return seq[0];
		if (word->refused == event)
			return seq[1];
		if (word->withdrawn == event)
			return seq[2];
		if (word->objected == event)
			return seq[3];
		if (word->expired == event)
			return seq[4];
	}
	return 0;
}

/* Adds what the subject said, and closes. */
static JourneyFacts *
add_words(JourneyFactsBuilder *builder, const JourneyTable *tables, int64 number, Snapshot snapshot)
{
	JourneyProbe probe;

	journey_probe_begin(&probe, &tables[JOURNEY_STATE], snapshot, F_INT8EQ, Int64GetDatum(number));
	while (journey_probe_next(&probe))
		journey_facts_add(builder, &tables[JOURNEY_STATE], probe.row, RelationGetDescr(probe.rel));
	journey_probe_end(&probe);
	return journey_facts_end(builder);
}

JourneyFacts *
journey_facts_by_name(JourneyFactsBuilder *builder, const JourneyTable *tables,
					  const char *name, int size, Snapshot snapshot)
{
	JourneyProbe probe;
	bool		found;

	journey_probe_begin(&probe, &tables[JOURNEY_SUBJECT], snapshot, F_TEXTEQ,
						PointerGetDatum(cstring_to_text_with_len(name, size)));
	found = journey_probe_next(&probe);
	if (found)
		journey_facts_begin(builder, &tables[JOURNEY_SUBJECT], probe.row, RelationGetDescr(probe.rel));
	journey_probe_end(&probe);
	return found ? add_words(builder, tables, builder->number, snapshot) : NULL;
}

JourneyFacts *
journey_facts_by_number(JourneyFactsBuilder *builder, const JourneyTable *tables,
						int64 number, Snapshot snapshot, text * *name)
{
	JourneyProbe probe;
	bool		found = false;

	*name = NULL;
	journey_probe_begin(&probe, &tables[JOURNEY_SUBJECT_BY_NUMBER], snapshot, F_INT8EQ,
						Int64GetDatum(number));
	if (journey_probe_next(&probe))
	{
		journey_facts_begin(builder, &tables[JOURNEY_SUBJECT], probe.row, RelationGetDescr(probe.rel));
		found = builder->name != NULL;
		if (found)
			*name = DatumGetTextPCopy(PointerGetDatum(builder->name));
	}
	journey_probe_end(&probe);
	return found ? add_words(builder, tables, number, snapshot) : NULL;
}
