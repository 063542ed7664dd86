/*
 * mask_journey.c
 *	  Journeys without some of what they tell, and sets without the subjects
 *	  whose data is denied.
 *
 * Of a masked journey stay the steps that may, in their order: events can be
 * kept by name, the others dropped or given one name; tracks can be dropped;
 * times can be those of the start of a minute, day or month.  Nothing left is
 * NULL, as is a missing journey.
 *
 * A set holds journeys of many subjects, whose names are in it.  So each is
 * decided by itself: the set is shown without those who are denied, whatever
 * the subject of the row is, and also to those who may see that one's data.
 * Without any, it is NULL.  Other masks of sets, such as null, show this of
 * allowed cells, and themselves of denied ones.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "compat.h"
#include "core/build.h"
#include "core/generalize.h"
#include "core/name_set.h"
#include "core/set_merge.h"
#include "core/set_text.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "masks.h"

/* ----- journeys ----- */

typedef struct Keep
{
	bool		all_events;
	JnNameSet	events;			/* that are kept, unless all are */
	JnName		rename;			/* the name of the others; data NULL: they go */
	unsigned	drop;			/* bits of tracks */
	JnTimeUnit	unit;			/* of times; JN_TIME_UNITS: as they are */
} Keep;

/* What is left of a step; false if nothing. */
static bool
keep_step(const Keep *keep, JnStep *step)
{
	if (!keep->all_events && jn_name_set_find(&keep->events, step->event) < 0)
	{
		if (keep->rename.data == NULL)
			return false;
		step->event = keep->rename;
	}
	step->tracks &= ~keep->drop;
	if (keep->unit < JN_TIME_UNITS)
		step->time = jn_floor_time(step->time, keep->unit);
	return true;
}

static Datum
show_journey(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	const Keep *keep = mask->state;
	MemoryContext result_context = CurrentMemoryContext;
	MemoryContext work;
	JnEnv		env;
	JnBuild    *build;
	JnStepReader reader;
	JnJourney	j;
	JnStep		step;
	JnError		error;
	Datum		result = (Datum) 0;

	*isnull = cell->isnull;
	if (cell->isnull)
		return result;

	work = AllocSetContextCreate(CurrentMemoryContext, "journey mask of a journey", ALLOCSET_SMALL_SIZES);
	env = journey_env(work);
	MemoryContextSwitchTo(work);
	journey_open(cell->raw, &j);
	build = jn_build_new(&env, true);
	jn_step_reader_open(&env, &reader, &j);
	while (jn_step_reader_next(&env, &reader, &step))
	{
		if (reader.walk.next % JN_TICK_EVERY == 0)
			jn_tick(&env);
		/* a journey that would become too large is not shown at all: no error tells how large it is */
		if (keep_step(keep, &step) && jn_build_add_step(&env, build, &step, &error) != JN_OK)
		{
			jn_build_reset(build);
			break;
		}
	}
	jn_step_reader_close(&env, &reader);
	MemoryContextSwitchTo(result_context);
	if (jn_build_steps(build) == 0)
		*isnull = true;
	else
		result = journey_finish(&env, build);
	MemoryContextDelete(work);
	return result;
}

/* The bit of a track by its name, 0 if there is none. */
static unsigned
track_bit(const char *name)
{
	static const char *const names[JN_TRACKS] = {
		[JN_CHANNEL] = "channel",
		[JN_DECISION] = "decision",
		[JN_ACTION] = "action",
		[JN_PERSONA] = "persona",
		[JN_VALUE] = "value",
		[JN_SENSES] = "senses",
	};

	for (int track = 0; track < JN_TRACKS; track++)
	{
		if (strcmp(names[track], name) == 0)
			return 1U << track;
	}
	return 0;
}

static void
open_journey(JourneyMask *mask, const JourneyOptions *options)
{
	Keep	   *keep = palloc0(sizeof(Keep));
	char	   *rename = journey_option_text(options, "rename_events");
	char	   *unit = journey_option_text(options, "unit");
	char	  **text;
	int			n;

	keep->all_events = !journey_option_texts(options, "keep_events", &text, &n);
	if (!keep->all_events)
	{
		JnEnv		env = journey_env(mask->context);
		JnName	   *name = palloc(Max(n, 1) * sizeof(JnName));

		for (int i = 0; i < n; i++)
			name[i] = (JnName) {text[i], (uint32) strlen(text[i])};
		jn_name_set_make(&env, name, (uint32) n, &keep->events);
	}
	if (rename != NULL)
	{
		JnError		error;

		keep->rename = (JnName) {rename, (uint32) strlen(rename)};
		if (jn_label_check(keep->rename, JN_LABEL_EVENT, &error) != JN_OK)
			return;
	}
	keep->unit = unit != NULL ? jn_time_unit(unit) : JN_TIME_UNITS;
	if (unit != NULL && keep->unit == JN_TIME_UNITS)
		return;
	if (journey_option_texts(options, "drop_tracks", &text, &n))
	{
		for (int i = 0; i < n; i++)
		{
			if (track_bit(text[i]) == 0)
				return;
			keep->drop |= track_bit(text[i]);
		}
	}
	mask->state = keep;
	mask->show = show_journey;
}

/* ----- sets ----- */

/* A part as a journey of its own, ghost and all, in env's memory. */
static void
take_part(const JnEnv *env, JnSetSteps *steps, const JnSetNames *names, const JnPart *part, JnSubject *subject)
{
	JnBuild    *build = jn_build_new(env, true);
	uint8	   *bytes;
	size_t		size;
	JnStep		step;
	JnError		error;

	jn_set_steps_enter(env, steps, part);
	do
	{
		jn_set_step(env, steps, names, &step);
		if (jn_build_add_step(env, build, &step, &error) != JN_OK)
			journey_report(&error, "journey_set");
	} while (jn_set_steps_next(steps));
	if (jn_build_finish(env, build, &size, &error) != JN_OK)
		journey_report(&error, "journey_set");
	bytes = jn_alloc(env, size);
	jn_build_write(env, build, bytes);
	jn_build_free(env, build);

	*subject = (JnSubject) {.key = part->key,.bytes = bytes,.size = size,.ghost = part->ghost,.more = part->more};
	if (part->key.data != NULL)
	{
		char	   *key = jn_alloc(env, Max(part->key.size, 1));

		memcpy(key, part->key.data, part->key.size);
		subject->key.data = key;
	}
}

/* The set without the parts of denied subjects, in the caller's memory context; NULL if none is left. */
static Datum
filter_set(Datum raw, const JourneyCell *cell, const JnEnv *env, MemoryContext result_context, bool *isnull)
{
	JnSet		set;
	JnSetParts	parts;
	JnSetSteps	steps;
	JnSetNames	names;
	JnPart		part;
	JnSubject  *subject;
	uint32		n = 0;
	JnSetBuild *build;
	JnError		error;

	journey_set_open(raw, &set);
	subject = jn_alloc(env, jn_array_size(set.head.parts, sizeof(JnSubject)));
	jn_set_names_open(env, &names, &set);
	jn_set_steps_open(&steps, &set);
	jn_set_parts_open(&parts, &set);
	while (jn_set_parts_next(env, &parts, &part))
	{
		char		text[JN_KEY_WIDTH];
		const char *name = part.key.data;
		int			size = (int) part.key.size;

		if (part.key.kind != JN_KEY_TEXT)
		{
			name = text;
			size = (int) jn_key_write(&part.key, text);
		}
		if (cell->allows(cell, name, size))
			take_part(env, &steps, &names, &part, &subject[n++]);
	}

	*isnull = n == 0;
	if (n == 0)
		return (Datum) 0;
	if (n == set.head.parts)
		return raw;
	build = jn_set_build_new(env, set.head.kind, JN_MAX_BYTES);
	if (jn_subjects_gather(env, subject, n, true, build, &error) != JN_OK)
		journey_report(&error, "journey_set");
	MemoryContextSwitchTo(result_context);
	return journey_set_finish(env, build);
}

static Datum
show_set(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	JnEnv		env;
	Datum		result;

	*isnull = cell->isnull;
	if (cell->isnull)
		return (Datum) 0;
	work = AllocSetContextCreate(caller, "journey mask of a set", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	MemoryContextSwitchTo(work);
	result = filter_set(cell->raw, cell, &env, caller, isnull);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
	return result;
}

/* Is this one of the types of our schema, whose types only its owner makes? */
static bool
is_our_type(Oid type, const char *name)
{
	Oid			schema = get_namespace_oid("journey", true);

	return OidIsValid(schema) &&
		type == GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(schema));
}

void
journey_mask_open_journey(JourneyMask *mask, const JourneyOptions *options)
{
	if (is_our_type(mask->base, "journey"))
		open_journey(mask, options);
	else if (is_our_type(mask->base, "journey_set"))
	{
		mask->show = show_set;
		mask->every_cell = true;
	}
}

/* The mask of a denied row, the filtered set of an allowed one. */
static Datum
show_guarded(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	JourneyMask *denied = mask->state;

	return cell->allowed ? show_set(mask, cell, isnull) : denied->show(denied, cell, isnull);
}

void
journey_mask_guard_set(JourneyMask *mask)
{
	JourneyMask *denied;

	if (mask->show == NULL || mask->every_cell || !is_our_type(mask->base, "journey_set"))
		return;
	denied = palloc(sizeof(JourneyMask));
	*denied = *mask;
	mask->state = denied;
	mask->show = show_guarded;
	mask->every_cell = true;
}
