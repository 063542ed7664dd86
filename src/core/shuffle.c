/*
 * shuffle.c
 *	  Rows in any order in, lot by lot of neighbouring subjects out, in bounded
 *	  memory.
 *
 * Lanes and levels.  A level divides rows over lanes, so that all rows of a
 * lane are before all rows of the next one.  The first level divides what is
 * added, by hash or, if there are chunks, by chunk.  Lanes are taken up one
 * after another: what fits is a lot; a lane that does not is read and divided
 * over a level of its own, more finely, which is worked off before the next
 * lane below it.  What a level divides by follows from what is left to be
 * divided:
 *
 *	 BY_CHUNK	ranges of chunks, until a lane is one chunk
 *	 BY_HASH	ranges of hashes, until a lane is one bucket.  Lanes of the first
 *				level may be finer than that, since nobody knew how many rows
 *				would come: then as many as are a bucket are taken together
 *	 BY_KEY		splitters chosen from the rows; one lane for each splitter, in
 *				between one for what lies between two
 *	 BY_TIME	slices of one subject, that of a splitter
 *
 *			 first level  [  |  |  |##|  |  |  |  ]			## taken up
 *								  /    \
 *			second level		 [  |##|  |  ]				too large, divided
 *								   /    \
 *			 third level		  [##|  |  ]				## the lot
 *
 * To choose good splitters, a bucket is first copied, and every so many rows
 * one gives its key.  That is a pass over the rows more, but it is seldom: only
 * for buckets that do not fit, because memory is short or somebody has very
 * many rows.  Keys that are splitters have a lane of their own, so a level
 * always gets on, whatever the keys, even if all have the same hash.
 *
 * Memory.  A lane is a chain of blocks of rows, whose bytes shuffle_row.h
 * describes.  When a new block would be one too many, the lane that will be
 * taken up last gives up its blocks: they go to a stream, and later ones follow
 * when they are full.  So what comes first stays in memory, and rows that all
 * fit are never written anywhere.
 */
#include "shuffle.h"

#include "shuffle_row.h"

/* Bytes of a block with all its parts: a size that allocators like. */
#define BLOCK_SIZE		8192

/* Lanes of a level, at least and at most. */
#define MIN_LANES		16
#define MAX_LANES		256

/* Keys that splitters are chosen from, at most. */
#define SAMPLES			256

/* A level of the least size takes a share of memory like this. */
#define LANE_SHARE		(8 * BLOCK_SIZE)

typedef struct Block
{
	struct Block *next;
	uint32_t	used;			/* bytes of rows */
	uint8_t		data[BLOCK_SIZE - sizeof(struct Block *) - sizeof(uint32_t)];
} Block;

#define BLOCK_ROOM		(sizeof(((Block *) NULL)->data) - JN_ROW_SLACK)

typedef struct Lane
{
	uint8_t    *at;				/* where the next row goes, in the last block */
	uint8_t    *end;			/* and where rows must end; both NULL without a block */
	uint64_t	rows;
	uint64_t	key_bytes;		/* of keys that are no numbers, counted with each row */
	int64_t		time;			/* of the last row */
	Block	   *first;			/* rows in memory; those in the stream are before them */
	Block	   *last;
	void	   *stream;			/* or NULL */
	uint64_t	spilled;		/* blocks there */
	int64_t		low;			/* BY_KEY and BY_TIME: earliest time */
	int64_t		high;			/* likewise, latest */
} Lane;

typedef enum Mode
{
	BY_CHUNK,
	BY_HASH,
	BY_KEY,
	BY_TIME
} Mode;

typedef struct Level
{
	struct Level *below;		/* what was divided stands there; NULL for the first */
	Mode		mode;
	uint64_t	base;			/* not BY_KEY: first chunk, hash or time */
	uint32_t	shift;			/* likewise: a lane is 2^shift of them */
	uint32_t	bits;			/* BY_HASH and finer: of the bucket */
	uint32_t	splitters;		/* BY_KEY */
	JnKey	   *splitter;		/* ascending; texts in memory of their own */
	uint32_t	lanes;
	uint32_t	next;			/* the lane to be taken up */
	uint32_t	resident;		/* lanes from here on go to streams */
	Lane		lane[];
} Level;

/* Where reading is. */
typedef struct Reader
{
	Lane	   *lane;			/* being read */
	uint32_t	lanes_left;		/* with this one */
	uint64_t	rows_left;		/* of this lane */
	const uint8_t *at;			/* the next row, in a block */
	const uint8_t *end;			/* of that block */
	bool		in_memory;		/* it is the first one of the lane */
	int64_t		time;			/* of the row before */
} Reader;

struct JnShuffle
{
	const JnSpill *spill;
	JnShuffleOptions options;
	bool		plain;			/* keys are numbers, and there are no further columns */
	uint32_t	lanes;			/* of a full level, a power of two */
	uint32_t	row_most;		/* bytes of a row without a text key, at most */
	uint64_t	rows;			/* added */
	size_t		used;			/* bytes of memory */
	Level	   *top;			/* the finest level; rows are added to it */
	Block	   *free;			/* blocks that nobody uses */
	Block	   *page;			/* what came from a stream, is read here */
	Reader		reader;
};

/* ---- blocks ---- */

static void
release_block(JnShuffle *s, Block *block)
{
	block->next = s->free;
	s->free = block;
	s->used -= BLOCK_SIZE;
}

/* Puts the number of bytes into the block that rows went to last. */
static inline void
close_block(Lane *lane)
{
	if (lane->last != NULL)
		lane->last->used = (uint32_t) (lane->at - lane->last->data);
}

static inline void
begin_block(Lane *lane)
{
	lane->at = lane->last->data;
	lane->end = lane->at + BLOCK_ROOM;
}

/* Appends a block to the lane's stream. */
static void
write_block(JnShuffle *s, Lane *lane, const Block *block)
{
	if (lane->stream == NULL)
	{
		lane->stream = s->spill->create(s->spill->ctx);
		s->used += s->spill->memory;
	}
	s->spill->write(s->spill->ctx, lane->stream, &block->used, sizeof(block->used));
	s->spill->write(s->spill->ctx, lane->stream, block->data, block->used);
	lane->spilled++;
}

/* Moves all rows of a lane to its stream and gives up its blocks. */
static void
evict(const JnEnv *env, JnShuffle *s, Lane *lane)
{
	close_block(lane);
	while (lane->first != NULL)
	{
		Block	   *block = lane->first;

		if (block->used > 0)
			write_block(s, lane, block);
		lane->first = block->next;
		release_block(s, block);
		jn_tick(env);
	}
	lane->last = NULL;
	lane->at = lane->end = NULL;
}

/*
 * Evicts the lane that will be taken up last of those that still have blocks
 * to keep; false if there is none.
 */
static bool
evict_last(const JnEnv *env, JnShuffle *s, Level *level)
{
	if (level == NULL)
		return false;
	if (evict_last(env, s, level->below))
		return true;
	while (level->resident > level->next)
	{
		Lane	   *lane = &level->lane[--level->resident];

		if (lane->first != NULL)
		{
			evict(env, s, lane);
			return true;
		}
	}
	return false;
}

static Block *
new_block(const JnEnv *env, JnShuffle *s)
{
	Block	   *block;

	while (s->used + BLOCK_SIZE > s->options.memory && evict_last(env, s, s->top))
		 /* again */ ;
	block = s->free;
	if (block != NULL)
		s->free = block->next;
	else
		block = jn_alloc(env, sizeof(Block));
	s->used += BLOCK_SIZE;
	block->next = NULL;
	block->used = 0;
	return block;
}

/* Makes room for a row behind the last one of lane i of the top level. */
static void
make_room(const JnEnv *env, JnShuffle *s, uint32_t i)
{
	Lane	   *lane = &s->top->lane[i];
	Block	   *block;

	if (lane->last != NULL && i >= s->top->resident)
	{
		/* the one block of a lane that goes to its stream */
		close_block(lane);
		write_block(s, lane, lane->last);
		begin_block(lane);
		return;
	}
	close_block(lane);
	block = new_block(env, s);

	/* that may have evicted this very lane */
	if (lane->last == NULL)
		lane->first = block;
	else
		lane->last->next = block;
	lane->last = block;
	begin_block(lane);
}

/* ---- levels ---- */

static inline size_t
level_size(uint32_t lanes, uint32_t splitters)
{
	return sizeof(Level) + lanes * sizeof(Lane) + splitters * sizeof(JnKey);
}

/* Puts an empty level on top. */
static Level *
push_level(const JnEnv *env, JnShuffle *s, Mode mode, uint32_t lanes, uint32_t splitters)
{
	size_t		size = level_size(lanes, splitters);
	Level	   *level = jn_alloc(env, size);

	memset(level, 0, size);
	s->used += size;
	level->below = s->top;
	level->mode = mode;
	level->lanes = lanes;
	level->resident = lanes;
	level->splitters = splitters;
	level->splitter = (JnKey *) &level->lane[lanes];
	for (uint32_t i = 0; i < lanes; i++)
	{
		level->lane[i].low = INT64_MAX;
		level->lane[i].high = INT64_MIN;
	}
	s->top = level;
	return level;
}

static void
pop_level(const JnEnv *env, JnShuffle *s)
{
	Level	   *level = s->top;

	s->top = level->below;
	s->used -= level_size(level->lanes, level->splitters);
	if (s->options.kind != JN_KEY_BIGINT)
		for (uint32_t i = 0; i < level->splitters; i++)
		{
			s->used -= level->splitter[i].size;
			jn_release(env, (char *) level->splitter[i].data);
		}
	for (uint32_t i = 0; i < level->lanes; i++)
	{
		Lane	   *lane = &level->lane[i];

		while (lane->first != NULL)
		{
			Block	   *block = lane->first;

			lane->first = block->next;
			release_block(s, block);
		}
		if (lane->stream != NULL)
		{
			s->spill->close(s->spill->ctx, lane->stream);
			s->used -= s->spill->memory;
		}
	}
	jn_release(env, level);
}

/* The lane of a key BY_KEY: 2 i + 1 is splitter i, 2 i lies before it. */
static uint32_t
lane_of_key(const Level *level, const JnKey *key)
{
	uint32_t	low = 0;
	uint32_t	high = level->splitters;

	while (low < high)
	{
		uint32_t	middle = (low + high) / 2;
		int			order = jn_key_compare(key, &level->splitter[middle]);

		if (order == 0)
			return 2 * middle + 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 2 * low;
}

/* An order-preserving unsigned form of times. */
static inline uint64_t
time_order(int64_t time)
{
	return (uint64_t) time ^ UINT64_C(1) << 63;
}

/* Adds a row to the top level. */
static inline void
add_row(const JnEnv *env, JnShuffle *s, const JnRow *row)
{
	Level	   *level = s->top;
	uint32_t	i;
	Lane	   *lane;

	switch (level->mode)
	{
		case BY_CHUNK:
			i = (uint32_t) ((row->chunk - level->base) >> level->shift);
			break;
		case BY_HASH:
			i = (uint32_t) ((jn_key_hash(&row->key) - level->base) >> level->shift);
			break;
		case BY_KEY:
			i = lane_of_key(level, &row->key);
			break;
		default:
			i = (uint32_t) ((time_order(row->time) - level->base) >> level->shift);
			break;
	}
	lane = &level->lane[i];
	if ((size_t) (lane->end - lane->at) < s->row_most + (s->options.kind == JN_KEY_TEXT ? row->key.size : 0))
		make_room(env, s, i);
	if (level->mode >= BY_KEY)
	{
		if (row->time < lane->low)
			lane->low = row->time;
		if (row->time > lane->high)
			lane->high = row->time;
	}
	if (s->plain)
		lane->at = jn_row_put(lane->at, lane->time, row, JN_KEY_BIGINT, 0);
	else
		lane->at = jn_row_put(lane->at, lane->time, row, s->options.kind, s->options.columns);
	lane->time = row->time;
	lane->rows++;
	lane->key_bytes += row->key.size;
}

/* ---- the object ---- */

JnShuffle *
jn_shuffle_new(const JnEnv *env, const JnSpill *spill, const JnShuffleOptions *options)
{
	JnShuffle  *s = jn_alloc(env, sizeof(JnShuffle));
	Level	   *level;

	memset(s, 0, sizeof(JnShuffle));
	s->spill = spill;
	s->options = *options;
	s->plain = options->kind == JN_KEY_BIGINT && options->columns == 0;
	s->row_most = jn_row_most(options->columns);
	s->lanes = MIN_LANES;
	while (s->lanes < MAX_LANES && 2 * s->lanes * LANE_SHARE <= options->memory)
		s->lanes *= 2;

	if (options->columns & JN_ROW_CHUNK)
	{
		level = push_level(env, s, BY_CHUNK, s->lanes, 0);
		while ((options->chunks - 1) >> level->shift >= s->lanes)
			level->shift++;
		level->bits = JN_LOT_COUNTS;
	}
	else
	{
		level = push_level(env, s, BY_HASH, s->lanes, 0);
		level->shift = 64;
		for (uint32_t n = s->lanes; n > 1; n /= 2)
			level->shift--;
	}
	return s;
}

void
jn_shuffle_free(const JnEnv *env, JnShuffle *s)
{
	while (s->top != NULL)
		pop_level(env, s);
	while (s->free != NULL)
	{
		Block	   *block = s->free;

		s->free = block->next;
		jn_release(env, block);
	}
	jn_release(env, s->page);
	jn_release(env, s);
}

void
jn_shuffle_add(const JnEnv *env, JnShuffle *s, const JnRow *row)
{
	add_row(env, s, row);
	s->rows++;
}

/* Ends adding to the top level.  What has a stream needs no block any more. */
static void
finish_level(const JnEnv *env, JnShuffle *s)
{
	for (uint32_t i = 0; i < s->top->lanes; i++)
	{
		Lane	   *lane = &s->top->lane[i];

		if (lane->stream != NULL)
			evict(env, s, lane);
		else
			close_block(lane);
	}
}

void
jn_shuffle_finish(const JnEnv *env, JnShuffle *s)
{
	finish_level(env, s);
	if (s->top->mode == BY_HASH)
		s->top->bits = jn_bucket_bits(s->rows, s->options.least_bits);
}

/* ---- reading ---- */

/* Begins to read lanes that have rows, and whose level will not take them up again. */
static void
open_reader(JnShuffle *s, Lane *lane, uint32_t lanes)
{
	s->reader = (Reader) {.lane = lane,.lanes_left = lanes};
	s->reader.rows_left = lane->rows;
	if (lane->stream != NULL)
		s->spill->rewind(s->spill->ctx, lane->stream);
}

/* Takes up the lane after the one that has been read. */
static void
next_lane(JnShuffle *s, Reader *r)
{
	Lane	   *lane = r->lane;

	if (lane->first != NULL)
	{
		release_block(s, lane->first);
		lane->first = lane->last = NULL;
	}
	open_reader(s, lane + 1, r->lanes_left - 1);
}

/* Takes up the block after the one that has been read: those of the stream, then those in memory. */
static void
next_block(const JnEnv *env, JnShuffle *s, Reader *r)
{
	Lane	   *lane = r->lane;
	Block	   *block;

	if (lane->spilled > 0)
	{
		if (s->page == NULL)
		{
			s->page = jn_alloc(env, sizeof(Block));
			s->used += BLOCK_SIZE;
		}
		block = s->page;
		s->spill->read(s->spill->ctx, lane->stream, &block->used, sizeof(block->used));
		s->spill->read(s->spill->ctx, lane->stream, block->data, block->used);
		lane->spilled--;
	}
	else
	{
		if (r->in_memory)
		{
			block = lane->first;
			lane->first = block->next;
			release_block(s, block);
		}
		r->in_memory = true;
		block = lane->first;
	}
	if (lane->spilled == 0 && lane->stream != NULL)
	{
		s->spill->close(s->spill->ctx, lane->stream);
		s->used -= s->spill->memory;
		lane->stream = NULL;
	}
	r->at = block->data;
	r->end = block->data + block->used;
}

JnRow
jn_shuffle_blank(const JnShuffle *s)
{
	JnRow		row = {.seq = JN_NO_SEQ,.value = JN_NO_VALUE};

	row.key.kind = s->options.kind;
	row.key.size = s->options.kind == JN_KEY_UUID ? JN_UUID_SIZE : 0;
	for (unsigned track = 0; track < JN_TRACKS; track++)
		row.label[track] = JN_NO_LABEL;
	return row;
}

void
jn_shuffle_read(const JnEnv *env, JnShuffle *s, JnRow *row)
{
	Reader	   *r = &s->reader;

	while (r->rows_left == 0)
		next_lane(s, r);
	while (r->at == r->end)
		next_block(env, s, r);
	r->rows_left--;
	if (s->plain)
		r->at = jn_row_get(r->at, r->time, row, JN_KEY_BIGINT, 0);
	else
		r->at = jn_row_get(r->at, r->time, row, s->options.kind, s->options.columns);
	r->time = row->time;
}

/* ---- dividing ---- */

/* Bytes that the caller needs for a lot. */
static double
lot_size(const JnShuffle *s, uint64_t rows, uint64_t key_bytes)
{
	return (double) rows * (double) s->options.row_memory + (double) key_bytes;
}

static bool
fits(const JnShuffle *s, uint64_t rows, uint64_t key_bytes)
{
	return lot_size(s, rows, key_bytes) <= (double) s->options.lot_memory;
}

/* How many lanes make lots that fit well, most likely: a power of two. */
static uint32_t
good_lanes(const JnShuffle *s, uint64_t rows, uint64_t key_bytes)
{
	uint32_t	lanes = 2;

	while (lanes < s->lanes && lanes * (double) s->options.lot_memory < 2 * lot_size(s, rows, key_bytes))
		lanes *= 2;
	return lanes;
}

/* Moves the rows of the reader to the top level. */
static void
move_rows(const JnEnv *env, JnShuffle *s, uint64_t rows)
{
	JnRow		row = jn_shuffle_blank(s);

	for (uint64_t i = 0; i < rows; i++)
	{
		jn_shuffle_read(env, s, &row);
		add_row(env, s, &row);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	finish_level(env, s);
}

/*
 * Divides 2^shift chunks or hashes from base on, 64 at most, over a new level
 * whose lanes are no less than 2^least of them.
 */
static void
divide_range(const JnEnv *env, JnShuffle *s, Mode mode, uint64_t base, uint32_t shift, uint32_t least,
			 uint32_t bits, uint64_t rows, uint64_t key_bytes)
{
	uint32_t	most = good_lanes(s, rows, key_bytes);
	uint32_t	lanes = 1;
	Level	   *level;

	while (lanes < most && shift > least)
	{
		lanes *= 2;
		shift--;
	}
	level = push_level(env, s, mode, lanes, 0);
	level->base = base;
	level->shift = shift;
	level->bits = bits;
	move_rows(env, s, rows);
}

/* Divides the rows of one subject. */
static void
divide_time(const JnEnv *env, JnShuffle *s, int64_t low, int64_t high, uint32_t bits, uint64_t rows,
			uint64_t key_bytes)
{
	uint32_t	lanes = good_lanes(s, rows, key_bytes);
	Level	   *level = push_level(env, s, BY_TIME, lanes, 0);

	level->base = time_order(low);
	while ((time_order(high) - level->base) >> level->shift >= lanes)
		level->shift++;
	level->bits = bits;
	move_rows(env, s, rows);
}

/* Puts a few keys in order. */
static void
sort_keys(JnKey *key, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
	{
		JnKey		k = key[i];
		uint32_t	at = i;

		for (; at > 0 && jn_key_compare(&key[at - 1], &k) > 0; at--)
			key[at] = key[at - 1];
		key[at] = k;
	}
}

/* Divides the rows of one bucket, or part of it. */
static void
divide_keys(const JnEnv *env, JnShuffle *s, uint32_t bits, uint64_t rows, uint64_t key_bytes)
{
	JnRow		row = jn_shuffle_blank(s);
	JnKey		sample[SAMPLES];
	uint32_t	most = good_lanes(s, rows, key_bytes) / 2;
	uint32_t	samples = most * 8 < SAMPLES ? most * 8 : SAMPLES;
	uint64_t	every = rows / samples + 1;
	uint64_t	next = 0;		/* the row that gives its key */
	uint32_t	n = 0;
	uint32_t	distinct = 0;
	Level	   *copy = push_level(env, s, BY_KEY, 1, 0);
	Level	   *level;

	/* the copy; of every so many rows one gives its key, now this one, now that */
	for (uint64_t i = 0; i < rows; i++)
	{
		jn_shuffle_read(env, s, &row);
		add_row(env, s, &row);
		if (i % every == 0)
			next = i + jn_mix64(i) % every;
		if (i == next)
		{
			sample[n] = row.key;
			if (s->options.kind != JN_KEY_BIGINT)
			{
				char	   *data = jn_alloc(env, row.key.size + 1);

				memcpy(data, row.key.data, row.key.size);
				sample[n].data = data;
			}
			n++;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	finish_level(env, s);
	copy->next = 1;

	/* the last of each of so many equal shares is a splitter */
	sort_keys(sample, n);
	for (uint32_t i = 0; i < n; i++)
	{
		bool		is_splitter = i * (uint64_t) most / n != (i + 1) * (uint64_t) most / n;

		if (is_splitter && (distinct == 0 || jn_key_compare(&sample[distinct - 1], &sample[i]) != 0))
			sample[distinct++] = sample[i];
		else if (s->options.kind != JN_KEY_BIGINT)
			jn_release(env, (char *) sample[i].data);
	}

	level = push_level(env, s, BY_KEY, 2 * distinct + 1, distinct);
	for (uint32_t i = 0; i < distinct; i++)
	{
		level->splitter[i] = sample[i];
		s->used += sample[i].size;
	}
	level->bits = bits;
	open_reader(s, &copy->lane[0], 1);
	move_rows(env, s, rows);
}

/*
 * Divides lane i of a level and those that belong to it, which the reader
 * stands before, over new levels; false if that cannot be done.
 */
static bool
divide(const JnEnv *env, JnShuffle *s, const Level *level, uint32_t i, uint64_t rows, uint64_t key_bytes)
{
	const Lane *lane = &level->lane[i];
	uint32_t	bits = level->bits;

	switch (level->mode)
	{
		case BY_CHUNK:
			if (level->shift > 0)
				divide_range(env, s, BY_CHUNK, level->base + ((uint64_t) i << level->shift), level->shift, 0,
							 bits, rows, key_bytes);
			else
			{
				bits = jn_bucket_bits(rows, s->options.least_bits);
				if (bits > 0)
					divide_range(env, s, BY_HASH, 0, 64, 64 - bits, bits, rows, key_bytes);
				else
					divide_keys(env, s, bits, rows, key_bytes);
			}
			return true;
		case BY_HASH:
			if (level->shift > 64 - bits)
				divide_range(env, s, BY_HASH, level->base + ((uint64_t) i << level->shift), level->shift, 64 - bits,
							 bits, rows, key_bytes);
			else
				divide_keys(env, s, bits, rows, key_bytes);
			return true;
		case BY_KEY:
			if (i % 2 == 0)
			{
				divide_keys(env, s, bits, rows, key_bytes);
				return true;
			}
			break;
		case BY_TIME:
			break;
	}
	if (lane->low == lane->high)
		return false;
	divide_time(env, s, lane->low, lane->high, bits, rows, key_bytes);
	return true;
}

/* Lanes that are taken up together with the next one: those of its bucket. */
static uint32_t
lanes_together(const Level *level)
{
	return level->mode == BY_HASH && level->shift + level->bits < 64 ? UINT32_C(1) << (64 - level->bits - level->shift) : 1;
}

/* Whether rows of the same subject follow the lane that was taken up. */
static bool
slices_follow(const Level *level)
{
	for (; level->mode == BY_TIME; level = level->below)
		for (uint32_t i = level->next; i < level->lanes; i++)
			if (level->lane[i].rows > 0)
				return true;
	return false;
}

bool
jn_shuffle_next(const JnEnv *env, JnShuffle *s, JnLot *lot)
{
	while (s->top != NULL)
	{
		Level	   *level = s->top;
		uint32_t	i = level->next;
		uint32_t	together;
		uint64_t	rows = 0;
		uint64_t	key_bytes = 0;

		if (i == level->lanes)
		{
			pop_level(env, s);
			continue;
		}
		/* what comes next, and as much more as fits with it */
		together = lanes_together(level);
		while (level->next < level->lanes)
		{
			uint64_t	more = 0;
			uint64_t	more_bytes = 0;

			for (uint32_t k = 0; k < together; k++)
			{
				more += level->lane[level->next + k].rows;
				more_bytes += level->lane[level->next + k].key_bytes;
			}
			if (rows > 0 && more > 0 && (rows + more > JN_BUCKET_ROWS || !fits(s, rows + more, key_bytes + more_bytes)))
				break;
			rows += more;
			key_bytes += more_bytes;
			if (rows == 0)
				i += together;
			level->next += together;
		}
		if (rows == 0)
			continue;

		open_reader(s, &level->lane[i], level->next - i);
		if (!fits(s, rows, key_bytes) && divide(env, s, level, i, rows, key_bytes))
			continue;
		*lot = (JnLot)
		{
			.rows = rows,
				.bytes = key_bytes,
				.bits = level->bits,
				.slice = level->mode == BY_TIME,
				.more = slices_follow(level),
		};
		return true;
	}
	return false;
}
