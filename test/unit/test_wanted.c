/*
 * test_wanted.c
 *	  A few names among those of a column, against a look at each of them.
 */
#include "wanted.h"

#include "build.h"
#include "cpu.h"
#include "unit.h"

#define MAX_NAMES	300

static char text[MAX_NAMES][JN_MAX_NAME];

/* A name that others resemble: few letters, lengths around those that are looked at as one piece. */
static JnName
random_name(uint64_t *seed, char *out)
{
	static const uint32_t sizes[] = {0, 1, 3, 4, 4, 5, 7, 8, 8, 9, 12, 16, 17, 100, 127, 128, 200};
	uint32_t	size = sizes[unit_below(seed, unit_below(seed, 4) ? 13 : 17)];

	for (uint32_t i = 0; i < size; i++)
		out[i] = "ab"[unit_below(seed, i == 0 || i + 1 == size ? 2 : 20) == 1];
	return (JnName) {out, size};
}

/* A journey of such names, in a block of its very size. */
static JnJourney
random_journey(uint64_t *seed, uint32_t names)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnJourney	j;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	for (uint32_t i = 0; i < names; i++)
	{
		JnName		name = random_name(seed, text[i]);

		CHECK_INT(jn_build_add(ENV, b, i, name.data, name.size, &err), JN_OK);
	}
	CHECK_INT(jn_build_finish(ENV, b, &size, &err), JN_OK);
	bytes = jn_alloc(ENV, size);
	jn_build_write(ENV, b, bytes);
	CHECK_INT(jn_journey_open(bytes, size, &j, &err), JN_OK);
	return j;
}

TEST(wanted_are_found)
{
	static char wanted_text[JN_WANTED][JN_MAX_NAME];
	uint64_t	seed = 1;
	uint32_t	all_found = 0;

	for (int round = 0; round < (UNIT_SANITIZED ? 6000 : 60000); round++)
	{
		uint32_t	names = 1 + unit_below(&seed, unit_below(&seed, 6) ? 30 : MAX_NAMES);
		JnJourney	j = random_journey(&seed, names);
		JnName		name[JN_WANTED];
		uint32_t	count = 0;
		JnWanted	w;
		JnWantedCode found[JN_WANTED];
		uint32_t	there = 0;
		uint32_t	n;

		for (uint32_t i = unit_below(&seed, JN_WANTED + 1); i > 0; i--)
		{
			bool		known = false;

			name[count] = random_name(&seed, wanted_text[count]);
			for (uint32_t k = 0; k < count; k++)
				known |= jn_name_compare(name[k], name[count]) == 0;
			count += !known;
		}
		CHECK(jn_wanted_init(&w, name, count));
		for (uint32_t i = 0; i < count; i++)
			there += jn_labels_find(&j.event, name[i].data, name[i].size) != JN_NO_LABEL;
		jn_cpu_force((JnCpu) (JN_CPU_SCALAR + round % 3));
		n = jn_wanted_find(&w, &j.event, j.event.codes + (size_t) j.event.width * j.head.n, j.head.presence, found);
		if (!CHECK_INT(n, there))
			return;
		all_found += n > 0 && n == count;
		for (uint32_t i = 0; i < n; i++)
		{
			JnName		one = name[found[i].name];

			if (!CHECK_INT(found[i].code, jn_labels_find(&j.event, one.data, one.size)))
				return;
		}
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
	CHECK(all_found > 100);
}

/* What is opened and found in one go is what is opened, and then found. */
TEST(wanted_are_found_where_they_are_opened)
{
	static char wanted_text[JN_WANTED][JN_MAX_NAME];
	uint64_t	seed = 2;
	uint32_t	opened = 0;
	uint32_t	refused = 0;

	for (int round = 0; round < (UNIT_SANITIZED ? 6000 : 60000); round++)
	{
		JnJourney	j = random_journey(&seed, 1 + unit_below(&seed, unit_below(&seed, 6) ? 30 : MAX_NAMES));
		const uint8_t *end = j.bytes + j.size;
		const uint8_t *p = j.bytes + JN_HEADER_SIZE;
		uint32_t	count = unit_below(&seed, 8);
		JnName		name[JN_WANTED];
		uint32_t	names = 0;
		JnWanted	w;
		JnLabels	labels;
		JnWantedCode found[JN_WANTED];
		JnWantedCode likewise[JN_WANTED];
		uint32_t	founds;
		uint32_t	all;

		for (uint32_t i = 0; i < count; i++)
		{
			bool		known = false;

			name[names] = random_name(&seed, wanted_text[i]);
			for (uint32_t k = 0; k < names; k++)
				known |= jn_name_compare(name[k], name[names]) == 0;
			names += !known;
		}
		CHECK(jn_wanted_init(&w, name, names));
		all = jn_wanted_find(&w, &j.event, end, j.head.presence, likewise);
		if (!jn_wanted_open(&w, p, end, j.head.n, j.head.presence, &labels, found, &founds))
		{
			refused++;
			unit_env_clear(&unit_env);
			continue;
		}
		opened++;
		CHECK_INT(labels.names, j.event.names);
		CHECK_INT(labels.width, j.event.width);
		CHECK(labels.lengths == j.event.lengths && labels.name_data == j.event.name_data && labels.codes == j.event.codes
			  && !labels.gaps);
		if (!CHECK_INT(founds, all))
			return;
		for (uint32_t i = 0; i < founds; i++)
			if (!CHECK_INT(found[i].code, jn_labels_find(&j.event, name[found[i].name].data, name[found[i].name].size)))
				return;

		/* cut off anywhere, it is refused, or lies inside */
		end = p + unit_below(&seed, (uint32_t) (end - p));
		if (jn_wanted_open(&w, p, end, j.head.n, j.head.presence, &labels, found, &founds))
			CHECK(labels.codes + j.head.n <= end);
		unit_env_clear(&unit_env);
	}
	CHECK(jn_cpu() < JN_CPU_AVX2 ? opened == 0 : opened > 1000 && refused > 1000);
}

TEST(wanted_are_few)
{
	JnName		name[JN_WANTED + 1];
	JnWanted	w;

	for (uint32_t i = 0; i <= JN_WANTED; i++)
		name[i] = (JnName) {"abcdefghijklmnopq", i};
	CHECK(jn_wanted_init(&w, name, JN_WANTED));
	CHECK(!jn_wanted_init(&w, name, JN_WANTED + 1));
}
