/*
 * test_set_merge.c
 *	  Merging sets, gathering journeys, and the pile they wait in: against the
 *	  rules of set_merge.h, followed the slow way.
 */
#include "set_model.h"
#include "set_pile.h"

#define MAX_SETS	8

static Step step[SET_MAX_STEPS];
static Step merged_step[SET_MAX_STEPS];
static Part part[SET_MAX_PARTS];
static Part merged[SET_MAX_PARTS];
static uint8_t expected[SET_MAX_BYTES];

/* The order of the steps of two parts, ghosts left out. */
static int
compare_parts(const Part *a, const Part *b)
{
	for (uint32_t i = a->ghost, k = b->ghost; i < a->n && k < b->n; i++, k++)
	{
		int			order = (a->step[i].time > b->step[k].time) - (a->step[i].time < b->step[k].time);

		if (order == 0)
			order = model_compare_ties(&a->step[i], &b->step[k]);
		if (order != 0)
			return order;
	}
	return (a->n - a->ghost > b->n - b->ghost) - (a->n - a->ghost < b->n - b->ghost);
}

/* Whether the ghost of one part is later than that of another. */
static bool
later_ghost(const Part *a, const Part *b)
{
	if (a->step[0].time != b->step[0].time)
		return a->step[0].time > b->step[0].time;
	return model_compare_ties(&a->step[0], &b->step[0]) > 0;
}

/* Makes one part of parts of one subject, with its steps at out[]. */
static Part
join(Part *piece, uint32_t n, bool ordered, Step *out)
{
	const Part *ghost = NULL;
	Part		joined = {piece[0].key, out, 0, false, false};

	if (n == 1)
	{
		memcpy(out, piece[0].step, piece[0].n * sizeof(Step));
		joined.n = piece[0].n;
		joined.ghost = piece[0].ghost;
		joined.more = piece[0].more;
		return joined;
	}
	for (uint32_t i = 1; i < n && !ordered; i++)
		for (uint32_t k = i; k > 0 && compare_parts(&piece[k - 1], &piece[k]) > 0; k--)
		{
			Part		p = piece[k];

			piece[k] = piece[k - 1];
			piece[k - 1] = p;
		}
	for (uint32_t i = 0; i < n; i++)
	{
		bool		earliest = true;
		bool		latest = true;

		for (uint32_t k = 0; k < n; k++)
			earliest &= piece[i].step[piece[i].ghost].time <= piece[k].step[piece[k].ghost].time;
		for (uint32_t k = 0; k < n; k++)
			latest &= piece[i].step[piece[i].n - 1].time >= piece[k].step[piece[k].n - 1].time;
		joined.more |= latest && piece[i].more;
		if (earliest && piece[i].ghost && (ghost == NULL || later_ghost(&piece[i], ghost)))
			ghost = &piece[i];
	}
	if (ghost != NULL)
	{
		joined.ghost = true;
		out[joined.n++] = ghost->step[0];
	}
	for (uint32_t i = 0; i < n; i++)
	{
		memcpy(out + joined.n, piece[i].step + piece[i].ghost, (piece[i].n - piece[i].ghost) * sizeof(Step));
		joined.n += piece[i].n - piece[i].ghost;
	}
	model_sort(out + joined.ghost, joined.n - joined.ghost, true);
	return joined;
}

/* Merges parts in any order, several of a subject perhaps, into merged[]; returns how many there are. */
static uint32_t
merge_parts(Part *parts, uint32_t n, bool ordered)
{
	uint32_t	made = 0;
	uint32_t	at = 0;
	uint32_t	k;

	set_sort_parts(parts, n);
	for (uint32_t i = 0; i < n; i = k)
	{
		for (k = i; k < n && jn_key_compare(&parts[i].key, &parts[k].key) == 0; k++)
			;
		merged[made] = join(parts + i, k - i, ordered, merged_step + at);
		at += merged[made++].n;
	}
	return made;
}

/* Random sets of random parts; parts[] has all of them, set by set. */
static uint32_t
random_sets(uint64_t *seed, JnSet *set, Bytes *bytes, uint32_t *parts)
{
	uint32_t	n = set_random(seed, (JnKeyKind) unit_below(seed, JN_KEY_KINDS), step,
							   1 + unit_below(seed, unit_below(seed, 5) ? 40 : SET_MAX_STEPS), part);
	uint32_t	sets = 1 + unit_below(seed, MAX_SETS);
	uint32_t	kept = 0;
	uint32_t	made = 0;
	uint32_t	begin = 0;

	/* each set takes the next parts, one of each key */
	for (uint32_t k = 0; k < sets && begin < n; k++)
	{
		uint32_t	end = k == sets - 1 ? n : begin + unit_below(seed, n - begin + 1);
		uint32_t	count;

		if (begin == end)
			continue;
		set_sort_parts(part + begin, end - begin);
		count = set_distinct(part + begin, end - begin);
		bytes[made] = set_bytes(ENV, part + begin, count);
		set[made] = set_proved(ENV, bytes[made]);
		made++;
		memmove(part + kept, part + begin, count * sizeof(Part));
		kept += count;
		begin = end;
	}
	*parts = kept;
	return made;
}

TEST(merging_follows_the_rules)
{
	uint64_t	seed = 31;

	for (int round = 0; round < 3000; round++)
	{
		JnSet		set[MAX_SETS];
		const JnSet *operand[MAX_SETS];
		Bytes		bytes[MAX_SETS];
		uint32_t	parts;
		uint32_t	sets = random_sets(&seed, set, bytes, &parts);
		bool		ordered = unit_below(&seed, 2);
		JnSetBuild *b = jn_set_build_new(ENV, set[0].head.kind, JN_MAX_BYTES);
		JnError		err;
		Bytes		got;

		for (uint32_t i = 0; i < sets; i++)
			operand[i] = &set[i];
		CHECK_INT(jn_sets_merge(ENV, operand, sets, ordered, b, &err), JN_OK);
		got = set_build_bytes(ENV, b);
		parts = merge_parts(part, parts, ordered);
		if (!CHECK_BYTES(got.data, got.size, expected, set_encode(merged, parts, expected)))
			return;
		set_proved(ENV, got);
		unit_env_clear(&unit_env);
	}
}

TEST(piles_give_the_same_however_they_are_split)
{
	uint64_t	seed = 32;

	for (int round = 0; round < 1000; round++)
	{
		JnSet		set[MAX_SETS];
		Bytes		bytes[MAX_SETS];
		uint32_t	parts;
		uint32_t	sets = random_sets(&seed, set, bytes, &parts);
		JnPile		pile[3] = {{0}, {0}, {0}};
		JnPile		all = {0};
		JnSetBuild *b;
		JnError		err;
		Bytes		got;

		for (uint32_t i = sets; i > 0; i--)
		{
			uint32_t	pick = unit_below(&seed, i);
			Bytes		one = bytes[pick];

			bytes[pick] = bytes[i - 1];
			CHECK_INT(jn_pile_add_set(ENV, &pile[unit_below(&seed, 3)], false, set[0].head.kind, one.data, one.size, &err), JN_OK);
		}
		for (uint32_t i = 0; i < 3; i++)
		{
			uint32_t	items = 0;

			if (pile[i].items == 0)
				continue;
			CHECK_INT(jn_pile_check(ENV, pile[i].bytes, pile[i].size, true, &items, &err), JN_OK);
			CHECK_INT(items, pile[i].items);
			CHECK_INT(jn_pile_add_pile(ENV, &all, pile[i].bytes, pile[i].size, items, &err), JN_OK);
		}
		CHECK_INT(all.items, sets);
		CHECK_INT(jn_pile_merge(ENV, &all, &b, &err), JN_OK);
		got = set_build_bytes(ENV, b);
		parts = merge_parts(part, parts, false);
		if (!CHECK_BYTES(got.data, got.size, expected, set_encode(merged, parts, expected)))
			return;
		unit_env_clear(&unit_env);
	}
}

TEST(journeys_are_gathered_by_the_same_rules)
{
	uint64_t	seed = 33;

	for (int round = 0; round < 1500; round++)
	{
		JnKeyKind	kind = (JnKeyKind) unit_below(&seed, JN_KEY_KINDS);
		uint32_t	n = set_random(&seed, kind, step, 1 + unit_below(&seed, 100), part);
		bool		ordered = unit_below(&seed, 2);
		JnPile		pile = {0};
		JnSetBuild *b;
		JnError		err;
		Bytes		got;

		for (uint32_t i = 0; i < n; i++)
		{
			Bytes		j = steps_bytes(ENV, part[i].step, part[i].n, true);

			part[i].ghost = part[i].more = false;
			CHECK_INT(jn_pile_add_journey(ENV, &pile, ordered, &part[i].key, j.data, j.size, &err), JN_OK);
		}
		CHECK_INT(jn_pile_merge(ENV, &pile, &b, &err), JN_OK);
		got = set_build_bytes(ENV, b);
		n = merge_parts(part, n, ordered);
		if (!CHECK_BYTES(got.data, got.size, expected, set_encode(merged, n, expected)))
			return;
		unit_env_clear(&unit_env);
	}
}

TEST(kinds_of_keys_do_not_mix)
{
	uint64_t	seed = 34;
	Bytes		b[2];
	JnSet		set[2];
	const JnSet *operand[2] = {&set[0], &set[1]};
	JnPile		pile = {0};
	JnKey		key = {JN_KEY_BIGINT, 0, 1, NULL};
	JnError		err;

	for (uint32_t i = 0; i < 2; i++)
	{
		set_random(&seed, (JnKeyKind) i, step, 1, part);
		b[i] = set_bytes(ENV, part, 1);
		set[i] = set_proved(ENV, b[i]);
	}
	CHECK_INT(jn_sets_merge(ENV, operand, 2, true, jn_set_build_new(ENV, JN_KEY_TEXT, JN_MAX_BYTES), &err),
			  JN_SUBJECT_KINDS);
	CHECK_INT(jn_pile_add_set(ENV, &pile, false, JN_KEY_TEXT, b[0].data, b[0].size, &err), JN_OK);
	CHECK_INT(jn_pile_add_set(ENV, &pile, false, JN_KEY_BIGINT, b[1].data, b[1].size, &err), JN_SUBJECT_KINDS);
	CHECK_INT(jn_pile_add_journey(ENV, &pile, false, &key, b[0].data, b[0].size, &err), JN_SUBJECT_KINDS);
	key = (JnKey) {JN_KEY_TEXT, 1, 0, "a"};
	CHECK_INT(jn_pile_add_journey(ENV, &pile, false, &key, b[0].data, b[0].size, &err), JN_BYTES_CORRUPT);
	CHECK_INT(pile.items, 1);
}

/* Each byte of a pile, changed: read in full or refused, never read beyond. */
TEST(piles_are_proved)
{
	uint64_t	seed = 35;

	for (int round = 0; round < 20; round++)
	{
		uint32_t	n = set_random(&seed, (JnKeyKind) (round % JN_KEY_KINDS), step, 8, part);
		JnPile		pile = {0};
		JnError		err;
		uint32_t	items;
		Bytes		b;

		for (uint32_t i = 0; i < n; i++)
		{
			Bytes		j = steps_bytes(ENV, part[i].step, part[i].n, true);

			CHECK_INT(jn_pile_add_journey(ENV, &pile, false, &part[i].key, j.data, j.size, &err), JN_OK);
		}
		b = bytes_copy(ENV, pile.bytes, pile.size);
		for (size_t size = 0; size < b.size; size++)
		{
			Bytes		cut = bytes_copy(ENV, b.data, size);
			JnStatus	status = jn_pile_check(ENV, cut.data, size, true, &items, &err);

			CHECK(status != JN_OK || items < n);
		}
		for (size_t at = 0; at < b.size; at++)
		{
			uint8_t		was = b.data[at];

			b.data[at] ^= (uint8_t) (1u << unit_below(&seed, 8));
			if (jn_pile_check(ENV, b.data, b.size, true, &items, &err) == JN_OK)
			{
				JnPile		changed = {b.data, b.size, b.size, items};
				JnSetBuild *built;

				if (CHECK_INT(jn_pile_merge(ENV, &changed, &built, &err), JN_OK))
					set_proved(ENV, set_build_bytes(ENV, built));
			}
			b.data[at] = was;
		}
		unit_env_clear(&unit_env);
	}
}

static void
merge_some(const JnEnv *env, void *arg)
{
	const Bytes *bytes = arg;
	JnPile		pile = {0};
	JnSetBuild *b;
	JnError		err;

	for (uint32_t i = 0; i < 4; i++)
		CHECK_INT(jn_pile_add_set(env, &pile, false, JN_KEY_TEXT, bytes[i].data, bytes[i].size, &err), JN_OK);
	CHECK_INT(jn_pile_merge(env, &pile, &b, &err), JN_OK);
	set_build_bytes(env, b);
	jn_set_build_free(env, b);
	jn_pile_release(env, &pile);
}

TEST(merging_may_be_left_anywhere)
{
	uint64_t	seed = 36;
	Bytes		bytes[4];

	for (uint32_t i = 0; i < 4; i++)
	{
		uint32_t	n = set_random(&seed, JN_KEY_TEXT, step, 100, part);

		set_sort_parts(part, n);
		bytes[i] = set_bytes(ENV, part, set_distinct(part, n));
	}
	unit_leave_everywhere(merge_some, bytes, 300);
}
