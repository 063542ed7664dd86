/*
 * store_batch.c
 *	  Changes of a table of interactions, written one behind the other.
 */
#include "store_batch.h"

#include "values.h"

/* Bytes that the first batch has room for. */
#define FIRST_ROOM		256

/* Bytes of a change at most, without its key and names: ten for each varint. */
#define CHANGE_MOST		(10 * (4 + 2 * JN_TRACKS))

/* ---- varints of 64 bits ---- */

static uint8_t *
put64(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t) (v | 0x80);
	*p++ = (uint8_t) v;
	return p;
}

static uint8_t *
put_difference(uint8_t *p, int64_t from, int64_t to)
{
	uint64_t	d = (uint64_t) to - (uint64_t) from;

	return put64(p, d << 1 ^ (d >> 63 ? UINT64_MAX : 0));
}

static const uint8_t *
get_difference(const uint8_t *p, const uint8_t *end, int64_t *number)
{
	uint64_t	v;

	p = jn_varint_get_bits(p, end, 64, &v);
	if (p != NULL)
		*number = (int64_t) ((uint64_t) *number + (v >> 1 ^ (v & 1 ? UINT64_MAX : 0)));
	return p;
}

/* ---- writing ---- */

void
jn_batch_open(JnBatch *b, JnKeyKind kind, unsigned tracks)
{
	memset(b, 0, sizeof(JnBatch));
	b->kind = kind;
	b->tracks = tracks;

	/* no bytes are lent, but a place to point at: the first name may be the empty one */
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		jn_dict_init(&b->names[c], NULL, 0, (char *) b, 0);
}

void
jn_batch_reset(JnBatch *b)
{
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		jn_dict_reset(&b->names[c]);
	b->size = 0;
	b->changes = 0;
	b->number = 0;
	b->time = 0;
}

/* Puts a name: "fresh" and the name itself, or a number above it for one that is known; of an event above the bit. */
static JnStatus
put_name(const JnEnv *env, JnBatch *b, unsigned column, JnName name, uint32_t fresh, unsigned bit, uint8_t **p,
		 JnError *err)
{
	JnDict	   *names = &b->names[column];
	JnLabelKind kind = column == JN_SET_EVENT ? JN_LABEL_EVENT : jn_track_kind((JnTrack) column);
	uint32_t	before = names->names;
	uint32_t	code;
	unsigned	shift = column == JN_SET_EVENT;
	JnStatus	status = jn_dict_code(env, names, name.data, name.size, kind, &code, err);

	if (status != JN_OK)
		return status;
	if (names->names == before)
	{
		*p = put64(*p, ((uint64_t) code + fresh + 1) << shift | bit);
		return JN_OK;
	}
	*p = put64(*p, (uint64_t) fresh << shift | bit);
	*p = jn_varint_put(*p, name.size);
	memcpy(*p, name.data, name.size);
	*p += name.size;
	return JN_OK;
}

JnStatus
jn_batch_add(const JnEnv *env, JnBatch *b, const JnChange *change, JnError *err)
{
	size_t		need = JN_BATCH_HEADER + b->size + CHANGE_MOST + change->key.size + change->event.size;
	uint8_t    *p;
	JnStatus	status = jn_key_check(&change->key, err);

	if (status != JN_OK)
		return status;
	if (!jn_time_ok(change->time))
		return jn_fail(err, JN_TIME_RANGE, 0, change->time, 0);
	for (unsigned t = 0; b->tracks >> t != 0; t++)
		if (b->tracks >> t & 1 && t != JN_VALUE && change->label[t].data != NULL)
			need += change->label[t].size;
	if (need > b->room)
	{
		b->room = (size_t) jn_larger_room(b->room, need, FIRST_ROOM);
		b->bytes = jn_grow(env, b->bytes, b->room, 1);
	}
	if (b->size == 0)
	{
		b->bytes[0] = JN_BATCH_VERSION;
		b->bytes[1] = (uint8_t) b->kind;
		jn_store16(b->bytes + 2, (uint16_t) b->tracks);
		b->size = JN_BATCH_HEADER;
	}

	p = b->bytes + b->size;
	status = put_name(env, b, JN_SET_EVENT, change->event, 0, change->gone, &p, err);
	if (status != JN_OK)
		return status;
	p = put_difference(p, b->time, change->time);
	b->time = change->time;
	if (b->kind == JN_KEY_BIGINT)
	{
		p = put_difference(p, b->number, change->key.number);
		b->number = change->key.number;
	}
	else
	{
		if (b->kind == JN_KEY_TEXT)
			p = jn_varint_put(p, change->key.size);
		memcpy(p, change->key.data, change->key.size);
		p += change->key.size;
	}
	for (unsigned t = 0; b->tracks >> t != 0; t++)
	{
		bool		given = t == JN_VALUE ? change->value != JN_NO_VALUE : change->label[t].data != NULL;

		if ((b->tracks >> t & 1) == 0)
			continue;
		if (!given)
			*p++ = 0;
		else if (t == JN_VALUE)
		{
			*p++ = 1;
			jn_store64(p, change->value);
			p += 8;
		}
		else
		{
			status = put_name(env, b, t, change->label[t], 1, 0, &p, err);
			if (status != JN_OK)
				return status;
		}
	}
	b->size = (size_t) (p - b->bytes);
	b->changes++;
	return JN_OK;
}

/* ---- reading ---- */

JnStatus
jn_batch_read(JnBatchReader *r, const uint8_t *p, size_t size, JnError *err)
{
	memset(r, 0, sizeof(JnBatchReader));
	if (size < JN_BATCH_HEADER)
		return jn_fail(err, JN_BYTES_SHORT, 0, (int64_t) size, JN_BATCH_HEADER);
	if (p[0] != JN_BATCH_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_BATCH_VERSION);
	if (p[1] > JN_KEY_UUID)
		return jn_fail(err, JN_BYTES_CORRUPT, 1, p[1], JN_KEY_UUID);
	r->tracks = jn_load16(p + 2);
	if ((r->tracks & ~(unsigned) JN_TRACKS_KNOWN) != 0)
		return jn_fail(err, JN_BYTES_TRACKS, 2, r->tracks & ~(unsigned) JN_TRACKS_KNOWN, 0);
	r->start = p;
	r->p = p + JN_BATCH_HEADER;
	r->end = p + size;
	r->change.key.kind = (JnKeyKind) p[1];
	r->change.value = JN_NO_VALUE;
	for (unsigned t = 0; t < JN_TRACKS; t++)
		r->label[t] = JN_NO_LABEL;
	return JN_OK;
}

/* Reads so many bytes, of a size that was read at p; NULL if they are not there. */
static const uint8_t *
get_bytes(const uint8_t *p, const uint8_t *end, JnName *bytes)
{
	uint32_t	size;

	p = jn_varint_get(p, end, &size);
	if (p == NULL || size > JN_MAX_NAME || size > (size_t) (end - p))
		return NULL;
	*bytes = (JnName) {(const char *) p, size};
	return p + size;
}

/* Gives a name the next number in its column. */
static void
keep_name(const JnEnv *env, JnBatchReader *r, unsigned column, JnName name)
{
	if (r->names[column] == r->room[column])
	{
		r->room[column] = (uint32_t) jn_larger_room(r->room[column], (uint64_t) r->names[column] + 1, 8);
		r->name[column] = jn_grow(env, r->name[column], r->room[column], sizeof(JnName));
	}
	r->name[column][r->names[column]++] = name;
}

/* Reads the name that a code, "fresh" or a number above it, stands for. */
static const uint8_t *
get_name(const JnEnv *env, JnBatchReader *r, const uint8_t *p, unsigned column, uint64_t code, uint32_t fresh,
		 uint32_t *number, JnName *name)
{
	if (code == fresh)
	{
		p = get_bytes(p, r->end, name);
		if (p == NULL)
			return NULL;
		*number = r->names[column];
		keep_name(env, r, column, *name);
		return p;
	}
	code -= (uint64_t) fresh + 1;
	if (code >= r->names[column])
		return NULL;
	*number = (uint32_t) code;
	*name = r->name[column][code];
	return p;
}

/* Reads the key of a change. */
static const uint8_t *
get_key(JnBatchReader *r, const uint8_t *p)
{
	JnKey	   *key = &r->change.key;
	JnName		bytes;

	switch (key->kind)
	{
		case JN_KEY_BIGINT:
			return get_difference(p, r->end, &key->number);
		case JN_KEY_TEXT:
			p = get_bytes(p, r->end, &bytes);
			if (p == NULL)
				return NULL;
			key->data = bytes.data;
			key->size = bytes.size;
			return p;
		default:
			if (r->end - p < JN_UUID_SIZE)
				return NULL;
			key->data = (const char *) p;
			key->size = JN_UUID_SIZE;
			return p + JN_UUID_SIZE;
	}
}

/* Reads the tracks of a change. */
static const uint8_t *
get_tracks(const JnEnv *env, JnBatchReader *r, const uint8_t *p)
{
	for (unsigned t = 0; p != NULL && r->tracks >> t != 0; t++)
	{
		uint64_t	code;

		if ((r->tracks >> t & 1) == 0)
			continue;
		p = jn_varint_get_bits(p, r->end, 33, &code);
		if (p == NULL)
			return NULL;
		if (t == JN_VALUE)
		{
			r->change.value = JN_NO_VALUE;
			if (code == 0)
				continue;
			if (code != 1 || r->end - p < 8)
				return NULL;
			r->change.value = jn_load64(p);
			p += 8;

			/* a key has one form, as NaN and 0 have */
			if (r->change.value == JN_NO_VALUE || jn_value_key(jn_value_of_key(r->change.value)) != r->change.value)
				return NULL;
		}
		else if (code == 0)
		{
			r->label[t] = JN_NO_LABEL;
			r->change.label[t] = (JnName) {NULL, 0};
		}
		else
			p = get_name(env, r, p, t, code, 1, &r->label[t], &r->change.label[t]);
	}
	return p;
}

JnStatus
jn_batch_next(const JnEnv *env, JnBatchReader *r, bool *found, JnError *err)
{
	const uint8_t *p = r->p;
	uint64_t	code;

	*found = p < r->end;
	if (!*found)
		return JN_OK;
	p = jn_varint_get_bits(p, r->end, 34, &code);
	if (p != NULL)
	{
		r->change.gone = (code & 1) != 0;
		p = get_name(env, r, p, JN_SET_EVENT, code >> 1, 0, &r->event, &r->change.event);
	}
	if (p != NULL)
		p = get_difference(p, r->end, &r->change.time);
	if (p != NULL)
		p = get_key(r, p);
	if (p != NULL)
		p = get_tracks(env, r, p);
	if (p == NULL || !jn_time_ok(r->change.time))
		return jn_fail(err, JN_BYTES_CORRUPT, (size_t) (r->p - r->start), 0, 0);
	r->p = p;
	return JN_OK;
}

void
jn_batch_done(const JnEnv *env, JnBatchReader *r)
{
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (r->name[c] != NULL)
			jn_release(env, r->name[c]);
}
