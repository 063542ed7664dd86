/*
 * test_tracks.c
 *	  Journeys with tracks: bytes against the model, reading, order, proof.
 */
#include "model.h"

static Step step[MODEL_MAX_STEPS];
static uint8_t expected[MODEL_MAX_BYTES];

/* Random steps with tracks, in order. */
static void
random_steps(uint64_t *seed, Step *steps, uint32_t n, bool keep_ties)
{
	model_random(seed, steps, n);
	model_random_tracks(seed, steps, n);
	model_sort(steps, n, keep_ties);
}

TEST(tracks_are_the_bytes_of_format_h)
{
	uint64_t	seed = 11;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 10) ? 20 : MODEL_MAX_STEPS);
		Bytes		b;
		bool		same;

		random_steps(&seed, step, n, true);
		b = steps_bytes(ENV, step, n, true);
		same = CHECK_BYTES(b.data, b.size, expected, model_encode(step, n, expected));
		if (!same)
			return;
		proved(ENV, b);
		unit_env_clear(&unit_env);
	}
}

TEST(tracks_order_ties_whatever_the_order_of_rows)
{
	uint64_t	seed = 12;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 30);
		Bytes		b;

		random_steps(&seed, step, n, true);
		if (unit_below(&seed, 2))
			for (uint32_t i = 0; i < n; i++)
				step[i].time = unit_below(&seed, 3);
		model_shuffle(&seed, step, n);
		b = steps_bytes(ENV, step, n, false);
		model_sort(step, n, false);
		if (!CHECK_BYTES(b.data, b.size, expected, model_encode(step, n, expected)))
			return;
		unit_env_clear(&unit_env);
	}
}

TEST(tracks_are_read_as_they_were_built)
{
	uint64_t	seed = 13;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 10) ? 20 : MODEL_MAX_STEPS);
		JnJourney	j;
		JnStepReader r;
		JnStep		s;
		JnWalk		w;
		uint32_t	i = 0;

		random_steps(&seed, step, n, true);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		for (jn_step_reader_open(ENV, &r, &j); jn_step_reader_next(ENV, &r, &s);)
		{
			if (!CHECK(i < n) || !CHECK(model_is_step(&step[i], &s)))
				return;
			i++;
			CHECK_INT(r.walk.next, i);
		}
		CHECK_INT(i, n);
		CHECK(!jn_step_reader_next(ENV, &r, &s));
		jn_step_reader_close(ENV, &r);

		/* a walk that asks for values now and then */
		for (jn_walk_open(&w, &j); w.next < n; jn_walk_next(&w))
		{
			double		value;

			for (unsigned track = 0; track < JN_TRACKS; track++)
				if (track != JN_VALUE)
				{
					uint32_t	code = jn_journey_label(&j, track, w.next);

					if (!CHECK_INT(code != JN_NO_LABEL, model_has(&step[w.next], track)))
						return;
					CHECK(code == JN_NO_LABEL
						  || jn_name_compare(jn_labels_name(&j.label[track], code), step[w.next].label[track]) == 0);
				}
			if (!jn_has_track(&j.head, JN_VALUE) || unit_below(&seed, 3) > 0)
				continue;
			if (!CHECK_INT(jn_values_next(jn_walk_values(ENV, &w), &value), model_has(&step[w.next], JN_VALUE)))
				return;
			CHECK(!model_has(&step[w.next], JN_VALUE) || model_compare_values(value, step[w.next].value) == 0);
		}
		unit_env_clear(&unit_env);
	}
}

/* ---- order ---- */

static int
slow_compare(const Step *a, uint32_t n, const Step *b, uint32_t m)
{
	for (uint32_t i = 0; i < n && i < m; i++)
	{
		int			order = (a[i].time > b[i].time) - (a[i].time < b[i].time);

		if (order == 0)
			order = model_compare_ties(&a[i], &b[i]);
		if (order != 0)
			return order < 0 ? -1 : 1;
	}
	return (n > m) - (n < m);
}

TEST(tracks_compare_step_by_step)
{
	uint64_t	seed = 14;
	int			decided = 0;

	for (int round = 0; round < 4000; round++)
	{
		static Step other[MODEL_MAX_STEPS];
		uint32_t	n = 1 + unit_below(&seed, 12);
		uint32_t	m = n;
		JnJourney	a;
		JnJourney	b;
		int			order;

		/* the same journey, but for a step's track or its end */
		random_steps(&seed, step, n, true);
		memcpy(other, step, sizeof(Step) * n);
		if (unit_below(&seed, 4) == 0)
			m = 1 + unit_below(&seed, n);
		for (uint32_t k = unit_below(&seed, 3); k > 0; k--)
		{
			Step	   *s = &other[unit_below(&seed, m)];
			unsigned	track = unit_below(&seed, JN_TRACKS);
			uint32_t	pick;

			s->tracks ^= 1U << track;
			s->value = model_value(&seed, 9);
			pick = unit_below(&seed, 8);
			s->label[track] = track == JN_SENSES ? model_senses[pick]
				: (JnName) {model_names[pick].name, model_names[pick].size};
			if (unit_below(&seed, 2))
				s->tracks |= 1U << track;
		}
		a = proved(ENV, steps_bytes(ENV, step, n, true));
		b = proved(ENV, steps_bytes(ENV, other, m, true));
		order = jn_journey_compare(ENV, &a, &b);
		if (!CHECK_INT((order > 0) - (order < 0), slow_compare(step, n, other, m))
			|| !CHECK_INT(jn_journey_compare(ENV, &b, &a), -order)
			|| !CHECK_INT(order == 0, a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0))
			return;
		decided += order != 0 && n == m;
		unit_env_clear(&unit_env);
	}
	CHECK(decided > 1000);
}
