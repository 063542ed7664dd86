/*
 * store_batch.h
 *	  Changes of a table of interactions, written one behind the other.
 *
 * What a statement adds to a table, and what it takes away, is kept as it comes
 * until it is folded into sets of journeys.  A batch is a run of such changes in
 * about 15 bytes each: the key, the time as its difference to the change before,
 * and codes of names, each of which stands in the batch where it is used first.
 *
 *	 u8 version, 1; u8 kind of the keys (JnKeyKind); u16 tracks that the changes
 *	 may have; then for each change
 *
 *	 event		varint: lowest bit 1 if the row is gone, 0 if it came; above it 0
 *				for a new name, which follows, else the number of the name + 1
 *	 time		varint of 64 bits: zigzag difference to the time before, at first
 *				to 0; microseconds
 *	 key		text: varint size and bytes; bigint: varint of 64 bits, zigzag
 *				difference to the key before; uuid: 16 bytes
 *	 tracks		for each that the changes may have: a label as varint, 0 for none, 1
 *				for a new name, which follows, else the number of the name + 2;
 *				a value as u8 0 for none, 1 and 8 bytes of its key (values.h)
 *
 * A new name is a varint size and its bytes.  Each column numbers its names from
 * 0.  Batches are private to the store; every later version reads them.
 */
#ifndef JN_STORE_BATCH_H
#define JN_STORE_BATCH_H

#include "dict.h"
#include "set_build.h"

#define JN_BATCH_VERSION	1
#define JN_BATCH_HEADER		4

/* A row of the table that came or is gone. */
typedef struct JnChange
{
	JnKey		key;
	bool		gone;
	int64_t		time;			/* microseconds since 2000-01-01 UTC */
	JnName		event;
	JnName		label[JN_TRACKS];	/* data NULL: none; [JN_VALUE] is not used */
	uint64_t	value;			/* key of values.h, or JN_NO_VALUE */
} JnChange;

/* A batch that is being written.  It may not be moved. */
typedef struct JnBatch
{
	JnKeyKind	kind;
	unsigned	tracks;			/* bits of those that changes may have */
	uint8_t    *bytes;			/* NULL before the first change */
	size_t		size;			/* bytes so far; 0 before the first change */
	size_t		room;
	uint32_t	changes;
	int64_t		number;			/* the last key, if it is one */
	int64_t		time;			/* the last one */
	JnDict		names[JN_SET_COLUMNS];	/* [JN_VALUE] is not used */
} JnBatch;

/* Makes an empty batch; allocates nothing. */
extern void jn_batch_open(JnBatch *b, JnKeyKind kind, unsigned tracks);

/*
 * Adds a change.  O(1).
 * Errors: JN_TIME_RANGE, JN_SUBJECT_LONG, JN_SUBJECT_UTF8, those of
 * jn_label_check(); the batch can only be reset then.
 */
extern JnStatus jn_batch_add(const JnEnv *env, JnBatch *b, const JnChange *change, JnError *err);

/* Forgets the changes, keeps the memory. */
extern void jn_batch_reset(JnBatch *b);

/* Reads a batch from its bytes, which stay where they are. */
typedef struct JnBatchReader
{
	const uint8_t *start;
	const uint8_t *p;
	const uint8_t *end;
	unsigned	tracks;
	JnName	   *name[JN_SET_COLUMNS];	/* by number */
	uint32_t	names[JN_SET_COLUMNS];
	uint32_t	room[JN_SET_COLUMNS];
	uint32_t	event;			/* numbers of the names of the change at hand */
	uint32_t	label[JN_TRACKS];	/* likewise, or JN_NO_LABEL */
	JnChange	change;			/* the change at hand; points into the bytes */
} JnBatchReader;

/* Errors: JN_BYTES_SHORT, JN_BYTES_VERSION, JN_BYTES_TRACKS, JN_BYTES_CORRUPT. */
extern JnStatus jn_batch_read(JnBatchReader *r, const uint8_t *p, size_t size, JnError *err);

/*
 * Moves to the next change; *found is false after the last.  It stays inside the
 * bytes whatever they are, and gives keys and names that are not too long.
 * Errors: JN_BYTES_CORRUPT.
 */
extern JnStatus jn_batch_next(const JnEnv *env, JnBatchReader *r, bool *found, JnError *err);

/* Releases what reading allocated. */
extern void jn_batch_done(const JnEnv *env, JnBatchReader *r);

#endif							/* JN_STORE_BATCH_H */
