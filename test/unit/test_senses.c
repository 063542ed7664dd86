/*
 * test_senses.c
 *	  Sets of senses as labels, against a sorted array of strings.
 */
#include "senses.h"
#include "unit.h"

static const char *const names[] = {"angry", "tired", "a", "ab", "b", "\x01", "é", "愤怒", "angr", "angry2", "z", "👩"};

#define NAMES	(sizeof(names) / sizeof(names[0]))

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

TEST(any_order_gives_the_same_label)
{
	uint64_t	seed = 31;

	for (int round = 0; round < 2000; round++)
	{
		const char *sorted[40];
		char		label[JN_MAX_NAME];
		uint32_t	n = 1 + unit_below(&seed, 40);
		size_t		size = 0;
		uint32_t	subset = 1 + unit_below(&seed, NAMES);
		JnSenseSet	set;
		JnError		err;

		jn_senses_clear(&set);
		for (uint32_t i = 0; i < n; i++)
		{
			sorted[i] = names[unit_below(&seed, subset)];
			CHECK_INT(jn_senses_add(&set, sorted[i], strlen(sorted[i]), &err), JN_OK);
		}
		qsort(sorted, n, sizeof(char *), by_bytes);
		for (uint32_t i = 0; i < n; i++)
		{
			if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
				continue;
			if (size > 0)
				label[size++] = '\0';
			memcpy(label + size, sorted[i], strlen(sorted[i]));
			size += strlen(sorted[i]);
		}
		CHECK_BYTES(set.data, set.size, label, size);
		CHECK_INT(jn_label_check(jn_senses_label(&set), JN_LABEL_SET, &err), JN_OK);
	}
}

TEST(what_is_refused_changes_nothing)
{
	char		long_name[JN_MAX_NAME + 1];
	JnSenseSet	set;
	JnSenseSet	before;
	JnError		err;

	memset(long_name, 'x', sizeof(long_name));
	jn_senses_clear(&set);
	memset(set.data, 0, sizeof(set.data));
	CHECK_INT(jn_senses_add(&set, "b", 1, &err), JN_OK);
	before = set;
	CHECK_INT(jn_senses_add(&set, "", 0, &err), JN_SENSE_EMPTY);
	CHECK_INT(jn_senses_add(&set, long_name, JN_MAX_NAME + 1, &err), JN_NAME_LONG);
	CHECK_INT(jn_senses_add(&set, long_name, JN_MAX_NAME - 1, &err), JN_NAME_LONG);
	CHECK_INT(err.found, JN_MAX_NAME + 1);
	CHECK_INT(jn_senses_add(&set, "ab\xff", 3, &err), JN_NAME_UTF8);
	CHECK_INT(err.at, 2);
	CHECK_INT(jn_senses_add(&set, "a\0b", 3, &err), JN_NAME_UTF8);
	CHECK_INT(err.at, 1);
	CHECK_BYTES(set.data, set.size, before.data, before.size);

	/* to the last byte, in front of what is there and behind it */
	CHECK_INT(jn_senses_add(&set, long_name, JN_MAX_NAME - 2, &err), JN_OK);
	CHECK_INT(set.size, JN_MAX_NAME);
	CHECK_INT(jn_senses_add(&set, "b", 1, &err), JN_OK);
	jn_senses_clear(&set);
	CHECK_INT(jn_senses_add(&set, "y", 1, &err), JN_OK);
	CHECK_INT(jn_senses_add(&set, long_name, JN_MAX_NAME - 2, &err), JN_OK);
	CHECK_INT(set.size, JN_MAX_NAME);
	CHECK_INT(jn_label_check(jn_senses_label(&set), JN_LABEL_SET, &err), JN_OK);
	jn_senses_clear(&set);
	CHECK_INT(jn_senses_add(&set, long_name, JN_MAX_NAME, &err), JN_OK);
	CHECK_INT(set.size, JN_MAX_NAME);
}
