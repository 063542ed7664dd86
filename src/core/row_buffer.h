/*
 * row_buffer.h
 *	  The rows of one subject as columns, in the codes of a builder of sets.
 *
 * What merging sets and folding changes into them share.  Rows come as pieces:
 * a part of a set, or a journey, each with its ghost in front if it has one.
 *
 * Memory: 12 bytes a row and 4 to 8 for each track, doubling; 12 bytes a piece;
 * from the JnEnv that it was opened with.
 */
#ifndef JN_ROW_BUFFER_H
#define JN_ROW_BUFFER_H

#include "set_build.h"

/* Rows of one part in the buffer. */
typedef struct JnPiece
{
	uint32_t	row;			/* the first one that is no ghost */
	uint32_t	rows;			/* without the ghost */
	bool		ghost;			/* one stands before them */
	bool		more;			/* the journey goes on in another set */
} JnPiece;

/* All that there is of one subject. */
typedef struct JnRowBuffer
{
	const JnEnv *env;
	JnSetBuild *b;
	bool		ordered;		/* pieces stay in the order of the operands */

	unsigned	tracks;			/* that some row has */
	uint32_t	rows;
	uint32_t	room;
	int64_t    *time;
	uint32_t   *event;			/* codes of the builder */
	uint32_t   *label[JN_TRACKS];	/* NULL before the first use; else all rows, if in "tracks" */
	uint64_t   *value;			/* likewise */
	uint32_t   *order;			/* of the rows, while they are sorted */
	uint64_t   *spare;			/* a column, meanwhile */

	JnPiece    *piece;
	uint32_t	pieces;
	uint32_t	piece_room;
} JnRowBuffer;

/* For each column the builder's codes by those of a set or a journey. */
typedef struct JnCodeMap
{
	uint32_t   *code;			/* all of them, one column behind the other */
	uint32_t   *column[JN_SET_COLUMNS];
} JnCodeMap;

/* A set, and the part of it that is next. */
typedef struct JnSetSource
{
	const JnSet *s;
	uint32_t	number;			/* of the operand */
	JnSetParts	parts;
	JnSetSteps	steps;
	JnPart		part;
	JnCodeMap	map;
} JnSetSource;

/* Allocates nothing. */
extern void jn_row_buffer_open(JnRowBuffer *buffer, const JnEnv *env, JnSetBuild *b, bool ordered);
extern void jn_row_buffer_close(JnRowBuffer *buffer);

/*
 * Makes room for "more" rows with these tracks, and says of the rows before that
 * they have no new ones, and of the new rows that they have none beside these.
 * Errors: JN_TOO_MANY_STEPS.
 */
extern JnStatus jn_row_buffer_room(JnRowBuffer *buffer, uint32_t more, unsigned tracks, JnError *err);

/* Makes the next "rows" rows, which have been written, a piece. */
extern void jn_row_buffer_piece(JnRowBuffer *buffer, uint32_t rows, bool ghost, bool more);

/* Compares two rows as the steps of journeys are compared: by time, event and tracks, none after all others. */
extern int	jn_row_buffer_compare(const JnRowBuffer *buffer, uint32_t x, uint32_t y);

/* Compares rows of two buffers of one builder likewise; tracks that a buffer lacks are none. */
extern int	jn_row_buffer_compare_across(const JnRowBuffer *a, uint32_t x, const JnRowBuffer *b, uint32_t y);

/* Whether n rows of two buffers of one builder, from x and y on, are the same. */
extern bool jn_row_buffer_same(const JnRowBuffer *a, uint32_t x, const JnRowBuffer *b, uint32_t y, uint32_t n);

/* Appends n rows of another buffer of the builder.  Errors: JN_TOO_MANY_STEPS. */
extern JnStatus jn_row_buffer_copy(JnRowBuffer *to, const JnRowBuffer *from, uint32_t row, uint32_t n, JnError *err);

/* Removes a row, moving those behind it up; pieces are as they were. */
extern void jn_row_buffer_remove(JnRowBuffer *buffer, uint32_t row);

/* Forgets rows and pieces, keeps the memory. */
extern void jn_row_buffer_empty(JnRowBuffer *buffer);

/* Rows of a buffer as the builder takes them; they point into it. */
extern JnRows jn_row_buffer_rows(const JnRowBuffer *buffer, uint32_t row, uint32_t n, bool ghost, bool more);

/*
 * Fills a map from the codes of a set or journey to those of the builder;
 * "label" are the columns of the tracks.  Release map->code.
 * Errors: those of jn_set_build_code().
 */
extern JnStatus jn_code_map_open(const JnEnv *env, JnSetBuild *b, JnCodeMap *map, const JnLabels *event,
								 const JnLabels *label, unsigned tracks, JnError *err);

/* Writes the labels of rows from .. from+count-1 behind the rows of the buffer, which has room. */
extern void jn_row_buffer_labels(JnRowBuffer *buffer, const JnCodeMap *map, const JnLabels *event,
								 const JnLabels *label, unsigned tracks, uint32_t from, uint32_t count);

/*
 * Appends the part at hand as a piece; it may not be behind source->steps.
 * Errors: JN_TOO_MANY_STEPS.
 */
extern JnStatus jn_row_buffer_part(JnRowBuffer *buffer, JnSetSource *source, JnError *err);

#endif							/* JN_ROW_BUFFER_H */
