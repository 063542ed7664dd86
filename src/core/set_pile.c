/*
 * set_pile.c
 *	  What is to become a set of journeys.
 */
#include "set_pile.h"

#include "set_merge.h"

#define PILE_VERSION	1

#define AT_VERSION		0
#define AT_KIND			1
#define AT_SETS			2
#define AT_ORDERED		3

/* The first allocation. */
#define FIRST_SIZE		256

void
jn_pile_release(const JnEnv *env, JnPile *pile)
{
	jn_release(env, pile->bytes);
	*pile = (JnPile) {0};
}

/* Makes room for "more" bytes and gives their place; begins an empty pile. */
static JnStatus
begin_item(const JnEnv *env, JnPile *pile, bool ordered, JnKeyKind kind, bool sets, size_t more, uint8_t **place,
		   JnError *err)
{
	size_t		size = pile->size > 0 ? pile->size : JN_PILE_HEADER_SIZE;

	if (pile->size > 0 && pile->bytes[AT_KIND] != kind)
		return jn_fail(err, JN_SUBJECT_KINDS, 0, kind, pile->bytes[AT_KIND]);
	if (pile->size > 0 && pile->bytes[AT_SETS] != sets)
		return jn_corrupt_at(AT_SETS, err);
	if (pile->items == UINT32_MAX)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, INT64_C(1) + pile->items, pile->items);
	if (size + more > pile->room)
	{
		size_t		room = 2 * pile->room > size + more ? 2 * pile->room : size + more;

		if (room < FIRST_SIZE)
			room = FIRST_SIZE;
		pile->bytes = pile->bytes == NULL ? jn_alloc(env, room) : jn_resize(env, pile->bytes, room);
		pile->room = room;
	}
	if (pile->size == 0)
	{
		pile->bytes[AT_VERSION] = PILE_VERSION;
		pile->bytes[AT_KIND] = (uint8_t) kind;
		pile->bytes[AT_SETS] = sets;
		pile->bytes[AT_ORDERED] = ordered;
	}
	*place = pile->bytes + size;
	return JN_OK;
}

/* Writes an item's bytes at its place and makes it part of the pile. */
static void
end_item(JnPile *pile, uint8_t *place, const uint8_t *p, size_t size)
{
	jn_store32(place, (uint32_t) size);
	memcpy(place + 4, p, size);
	pile->size = (size_t) (place + 4 - pile->bytes) + size;
	pile->items++;
}

JnStatus
jn_pile_add_journey(const JnEnv *env, JnPile *pile, bool ordered, const JnKey *key, const uint8_t *p, size_t size,
					JnError *err)
{
	uint32_t	key_size = key->kind == JN_KEY_BIGINT ? 8 : key->size;
	uint8_t    *place;
	JnStatus	status = jn_key_check(key, err);

	if (status == JN_OK)
		status = begin_item(env, pile, ordered, key->kind, false, 2 + (size_t) key_size + 4 + size, &place, err);
	if (status != JN_OK)
		return status;
	jn_store16(place, (uint16_t) key_size);
	if (key->kind == JN_KEY_BIGINT)
		jn_store64(place + 2, (uint64_t) key->number);
	else
		memcpy(place + 2, key->data, key_size);
	end_item(pile, place + 2 + key_size, p, size);
	return JN_OK;
}

JnStatus
jn_pile_add_set(const JnEnv *env, JnPile *pile, bool ordered, JnKeyKind kind, const uint8_t *p, size_t size,
				JnError *err)
{
	uint8_t    *place;
	JnStatus	status = begin_item(env, pile, ordered, kind, true, 4 + size, &place, err);

	if (status == JN_OK)
		end_item(pile, place, p, size);
	return status;
}

JnStatus
jn_pile_add_pile(const JnEnv *env, JnPile *pile, const uint8_t *p, size_t size, uint32_t items, JnError *err)
{
	uint8_t    *place;
	JnStatus	status;

	if (items > UINT32_MAX - pile->items)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) items + pile->items, UINT32_MAX);
	status = begin_item(env, pile, p[AT_ORDERED], (JnKeyKind) p[AT_KIND], p[AT_SETS], size - JN_PILE_HEADER_SIZE,
						&place, err);
	if (status != JN_OK)
		return status;
	memcpy(place, p + JN_PILE_HEADER_SIZE, size - JN_PILE_HEADER_SIZE);
	pile->size = (size_t) (place - pile->bytes) + size - JN_PILE_HEADER_SIZE;
	pile->items += items;
	return JN_OK;
}

/* An item, in the bytes of a pile. */
typedef struct Item
{
	JnKey		key;			/* of a journey */
	const uint8_t *p;
	size_t		size;
} Item;

/* Reads the item at *at and moves *at behind it. */
static JnStatus
read_item(const uint8_t *p, size_t size, size_t *at, Item *item, JnError *err)
{
	JnKeyKind	kind = (JnKeyKind) p[AT_KIND];
	size_t		next = *at;

	item->key = (JnKey) {kind, 0, 0, NULL};
	if (!p[AT_SETS])
	{
		uint32_t	key_size;

		if (size - next < 2)
			return jn_too_short(size, (uint64_t) next + 2, err);
		key_size = jn_load16(p + next);
		next += 2;
		if (size - next < key_size)
			return jn_too_short(size, next + key_size, err);
		if ((kind == JN_KEY_BIGINT && key_size != 8) || (kind == JN_KEY_UUID && key_size != JN_UUID_SIZE))
			return jn_corrupt_at(*at, err);
		if (kind == JN_KEY_BIGINT)
			item->key.number = (int64_t) jn_load64(p + next);
		else
		{
			item->key.data = (const char *) p + next;
			item->key.size = key_size;
		}
		next += key_size;
	}
	if (size - next < 4)
		return jn_too_short(size, (uint64_t) next + 4, err);
	item->size = jn_load32(p + next);
	next += 4;
	if (size - next < item->size)
		return jn_too_short(size, next + item->size, err);
	item->p = p + next;
	*at = next + item->size;
	return JN_OK;
}

/* Proves one item. */
static JnStatus
check_item(const JnEnv *env, const uint8_t *p, const Item *item, JnError *err)
{
	JnJourney	j;
	JnSet		s;
	JnStatus	status;

	if (!p[AT_SETS])
	{
		status = jn_key_check(&item->key, err);
		if (status == JN_OK)
			status = jn_journey_validate(env, item->p, item->size, &j, err);
	}
	else
	{
		status = jn_set_validate(env, item->p, item->size, &s, err);
		if (status == JN_OK && s.head.kind != (JnKeyKind) p[AT_KIND])
			status = jn_corrupt_at(JN_SET_AT_FLAGS, err);
	}
	return status == JN_OK ? JN_OK : jn_fail_behind(err, (size_t) (item->p - p));
}

JnStatus
jn_pile_check(const JnEnv *env, const uint8_t *p, size_t size, bool deep, uint32_t *items, JnError *err)
{
	size_t		at = JN_PILE_HEADER_SIZE;

	if (size < JN_PILE_HEADER_SIZE)
		return jn_too_short(size, JN_PILE_HEADER_SIZE, err);
	if (p[AT_VERSION] != PILE_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, AT_VERSION, p[AT_VERSION], PILE_VERSION);
	if (p[AT_KIND] >= JN_KEY_KINDS || p[AT_SETS] > 1 || p[AT_ORDERED] > 1)
		return jn_corrupt_at(AT_KIND, err);
	*items = 0;
	do
	{
		Item		item;
		JnStatus	status = read_item(p, size, &at, &item, err);

		if (status == JN_OK && deep)
			status = check_item(env, p, &item, err);
		if (status != JN_OK)
			return status;
		if (++*items % 1024 == 0)
			jn_tick(env);
	} while (at < size);
	return JN_OK;
}

/* ---- merging ---- */

static JnStatus
merge_journeys(const JnEnv *env, const JnPile *pile, JnSetBuild *b, JnError *err)
{
	JnSubject  *subject = jn_alloc(env, jn_array_size(pile->items, sizeof(JnSubject)));
	size_t		at = JN_PILE_HEADER_SIZE;
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; status == JN_OK && i < pile->items; i++)
	{
		Item		item = {0};

		status = read_item(pile->bytes, pile->size, &at, &item, err);
		subject[i] = (JnSubject) {item.key, item.p, item.size, false, false};
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (status == JN_OK)
		status = jn_subjects_gather(env, subject, pile->items, pile->bytes[AT_ORDERED], b, err);
	jn_release(env, subject);
	return status;
}

static JnStatus
merge_sets(const JnEnv *env, const JnPile *pile, JnSetBuild *b, JnError *err)
{
	JnSet	   *set = jn_alloc(env, jn_array_size(pile->items, sizeof(JnSet)));
	const JnSet **operand = jn_alloc(env, jn_array_size(pile->items, sizeof(JnSet *)));
	size_t		at = JN_PILE_HEADER_SIZE;
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; status == JN_OK && i < pile->items; i++)
	{
		Item		item;

		status = read_item(pile->bytes, pile->size, &at, &item, err);
		if (status == JN_OK)
			status = jn_set_open(item.p, item.size, &set[i], err);
		operand[i] = &set[i];
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (status == JN_OK)
		status = jn_sets_merge(env, operand, pile->items, pile->bytes[AT_ORDERED], b, err);
	jn_release(env, operand);
	jn_release(env, set);
	return status;
}

JnStatus
jn_pile_merge(const JnEnv *env, const JnPile *pile, JnSetBuild **b, JnError *err)
{
	*b = jn_set_build_new(env, (JnKeyKind) pile->bytes[AT_KIND], JN_MAX_BYTES);
	return pile->bytes[AT_SETS] ? merge_sets(env, pile, *b, err) : merge_journeys(env, pile, *b, err);
}
