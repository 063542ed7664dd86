/*
 * build_own.h
 *	  What a builder looks like from inside: for build.c, which fills it,
 *	  build_finish.c, which puts it in order and writes it, and build_state.c,
 *	  which turns it into a state and back.  Nobody else includes this.
 */
#ifndef JN_BUILD_OWN_H
#define JN_BUILD_OWN_H

#include "build.h"
#include "common.h"
#include "values.h"

/* Room for names in the block of a label column. */
#define FIRST_LABELS	2
#define FIRST_LABEL_TEXT	24

/* A label track: as long as the steps. */
typedef struct JnBuildColumn
{
	uint32_t   *code;			/* of dict, or JN_NO_LABEL */
	uint32_t	given;			/* steps that have a label */
	JnDict		dict;
	JnDictEntry first_entry[FIRST_LABELS];
	char		first_text[FIRST_LABEL_TEXT];
} JnBuildColumn;

typedef struct JnBuildTracks
{
	JnBuildColumn *column[JN_TRACKS];	/* NULL before its first label; [JN_VALUE] is not used */
	uint64_t   *value;			/* keys of values.h; NULL before the first value */
	uint32_t	values;			/* steps that have a value */
	JnValuesPlan values_plan;	/* of finish, for write */
	uint32_t	size[JN_TRACKS];	/* likewise: bytes of each section, 0 if absent */
} JnBuildTracks;

struct JnBuild
{
	int64_t    *time;			/* n steps; microseconds */
	uint32_t   *code;			/* of common, or else dict; in the same block as time, behind its room */
	uint32_t	n;
	uint32_t	room;			/* steps that fit */
	JnCommon   *common;			/* names of events, shared with others; or NULL */
	JnDict	   *dict;			/* names of events, our own; or NULL */
	JnBuildTracks *tracks;		/* NULL as long as no step has any */
	JnTimesPlan times_plan;		/* of finish, for write */
	bool		keep_ties;		/* steps of one time stay as they came */
	bool		steps_lent;		/* they are in the first block */
	bool		dict_lent;		/* likewise */
};

/* Makes room for "count" more steps where there is none. */
extern JnStatus jn_build_grow(const JnEnv *env, JnBuild *b, uint32_t count, JnError *err);

/* Makes room for "count" more steps. */
static inline JnStatus
jn_build_make_room(const JnEnv *env, JnBuild *b, uint32_t count, JnError *err)
{
	return count <= b->room - b->n ? JN_OK : jn_build_grow(env, b, count, err);
}

/* The column of a track, and that of the values, made at the first need. */
extern JnBuildColumn *jn_build_column(const JnEnv *env, JnBuild *b, JnTrack track);
extern uint64_t *jn_build_values(const JnEnv *env, JnBuild *b);

/* Steps among code[0 .. count-1] that have a label. */
extern uint32_t jn_build_count_labels(const JnEnv *env, const uint32_t *code, uint32_t count);

/* Counts the values of "count" steps, which stand in the column behind the last step already. */
extern void jn_build_adopt_values(const JnEnv *env, JnBuild *b, uint32_t count);

/* Whether some step has something in a track. */
static inline bool
jn_build_has(const JnBuild *b, JnTrack track)
{
	const JnBuildTracks *tracks = b->tracks;

	if (tracks == NULL)
		return false;
	if (track == JN_VALUE)
		return tracks->values > 0;
	return tracks->column[track] != NULL && tracks->column[track]->given > 0;
}

/* The names of our steps out of those that we share; the last to pick was most likely jn_build_finish(). */
static inline const JnCommon *
jn_build_pick(const JnBuild *b)
{
	if (b->common->picker != b)
		jn_common_pick(b->common, b, b->code, b->n);
	return b->common;
}

/* Writes the codes of shared names as numbers among those picked; returns the byte after them. */
extern uint8_t *jn_build_write_shared_codes(const JnEnv *env, const JnBuild *b, uint8_t *out);

#endif							/* JN_BUILD_OWN_H */
