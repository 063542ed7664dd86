/*
 * shuffle.h
 *	  Rows in any order in, lot by lot of neighbouring subjects out, in bounded
 *	  memory.
 *
 * A row is one interaction: a subject's key, a time, and codes of the caller's
 * dictionaries for the rest.  What comes out is arranged by
 *
 *	 1. the chunk, a number that the caller gives to each row;
 *	 2. the bucket: the first bits of a fixed hash of the key, as many as make
 *		buckets of about JN_BUCKET_ROWS rows or less;
 *	 3. the key, ascending.
 *
 * A lot is what stands together in that arrangement and fits into the memory
 * that the caller keeps for it.  Inside a lot rows come in any order, but what
 * one lot holds is before all that later ones hold.  Ordering a lot is the
 * caller's work, for which it is small enough.  So the arrangement depends on
 * nothing but the rows: memory decides only where one lot ends and the next
 * begins.
 *
 * A subject whose rows are too many for a lot comes in slices, lots of its own
 * that follow each other in time.
 *
 * An object with these operations:
 *
 *	 new
 *	 add			O(1): a row is about ten bytes behind those of its lane
 *	 finish			no more rows come
 *	 next, read		the next lot, and its rows, each once; all rows must be read
 *					before the next lot
 *	 free			at any time
 *
 * Memory: "memory" bytes; beyond that, what comes last in the arrangement goes
 * to streams of the caller's JnSpill.  Some 16 kB for each of 16 lanes are
 * needed in any case.
 */
#ifndef JN_SHUFFLE_H
#define JN_SHUFFLE_H

#include "set.h"

/* A bucket has so many rows or less, unless few subjects have them all. */
#define JN_BUCKET_ROWS	80000

/* Columns that rows may have beside key, time and event: bits 1 << JnTrack, and these. */
#define JN_ROW_SEQ		(1u << JN_TRACKS)
#define JN_ROW_CHUNK	(2u << JN_TRACKS)	/* and whether the journey has rows in others */

/* In place of a seq: this row has none.  Orders after every other. */
#define JN_NO_SEQ		UINT64_MAX

typedef struct JnRow
{
	JnKey		key;			/* of the kind that all rows have */
	int64_t		time;			/* microseconds since 2000-01-01 UTC */
	uint32_t	event;			/* code */
	bool		ghost;			/* with JN_ROW_CHUNK, else false */
	bool		more;			/* likewise: the journey goes on in another chunk */
	uint64_t	chunk;			/* likewise, else 0 */
	uint64_t	seq;			/* with JN_ROW_SEQ, else JN_NO_SEQ */
	uint64_t	value;			/* key of values.h, or JN_NO_VALUE */
	uint32_t	label[JN_TRACKS];	/* codes, or JN_NO_LABEL */
} JnRow;

/*
 * Streams of bytes outside of memory.  All are released by their owner when
 * the core has been left by longjmp.
 */
typedef struct JnSpill
{
	void	   *(*create) (void *ctx);
	void		(*write) (void *ctx, void *stream, const void *data, size_t size);
	void		(*rewind) (void *ctx, void *stream);	/* once: writing ends, reading begins */
	void		(*read) (void *ctx, void *stream, void *data, size_t size); /* exactly so much */
	void		(*close) (void *ctx, void *stream);
	size_t		memory;			/* that each stream takes */
	void	   *ctx;
} JnSpill;

typedef struct JnShuffleOptions
{
	JnKeyKind	kind;
	unsigned	columns;		/* bits of columns that rows may have */
	uint64_t	chunks;			/* with JN_ROW_CHUNK: all numbers are below */
	size_t		memory;			/* bytes to keep rows in */
	size_t		lot_memory;		/* bytes that the caller has for a lot */
	size_t		row_memory;		/* what it needs for a row, apart from the bytes of keys */
	uint32_t	least_bits;		/* of buckets: they are this fine at least */
} JnShuffleOptions;

/* A lot whose buckets depend on how many rows each chunk has in it, for it has all of them. */
#define JN_LOT_COUNTS	UINT32_MAX

typedef struct JnLot
{
	uint64_t	rows;			/* at least 1 */
	uint64_t	bytes;			/* that keys take if they are no numbers, each counted with each row */
	uint32_t	bits;			/* of the bucket, see jn_bucket(), or JN_LOT_COUNTS */
	bool		slice;			/* the rows are of one subject and chunk, which have others too */
	bool		more;			/* later ones follow in the next lot */
} JnLot;

typedef struct JnShuffle JnShuffle;

/* The hash of a key that decides on its bucket: the same everywhere and always. */
static inline uint64_t
jn_key_hash(const JnKey *key)
{
	return key->kind == JN_KEY_BIGINT ? jn_mix64((uint64_t) key->number) : jn_hash64(key->data, key->size);
}

/* Bits of the bucket where so many rows are to be arranged, "least" at least. */
static inline uint32_t
jn_bucket_bits(uint64_t rows, uint32_t least)
{
	uint32_t	bits = least;

	while (rows >> bits > JN_BUCKET_ROWS)
		bits++;
	return bits;
}

/* The bucket of a hash. */
static inline uint64_t
jn_bucket(uint64_t hash, uint32_t bits)
{
	return bits == 0 ? 0 : hash >> (64 - bits);
}

/* Creates an empty one in env's memory; *spill must last as long. */
extern JnShuffle *jn_shuffle_new(const JnEnv *env, const JnSpill *spill, const JnShuffleOptions *options);

/* Releases it with all memory and streams. */
extern void jn_shuffle_free(const JnEnv *env, JnShuffle *s);

/* Adds a row; the key is copied. */
extern void jn_shuffle_add(const JnEnv *env, JnShuffle *s, const JnRow *row);

/* Ends adding. */
extern void jn_shuffle_finish(const JnEnv *env, JnShuffle *s);

/* The next lot; false after the last. */
extern bool jn_shuffle_next(const JnEnv *env, JnShuffle *s, JnLot *lot);

/* A row for reading into: it holds what the columns do not have. */
extern JnRow jn_shuffle_blank(const JnShuffle *s);

/*
 * Reads the next row of the lot, lot.rows times, into one that began blank.  Its
 * key is valid until the next call.
 */
extern void jn_shuffle_read(const JnEnv *env, JnShuffle *s, JnRow *row);

#endif							/* JN_SHUFFLE_H */
