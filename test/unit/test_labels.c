/*
 * test_labels.c
 *	  Columns of labels and the dictionary that fills them, each against a
 *	  list of names that is looked through from the front.
 */
#include "dict.h"

#include "unit.h"

#define MAX_STEPS	300
#define MAX_BYTES	(16 + MAX_STEPS * 40)

/* What the steps have: a name of the pool, or none (size 0 and no data). */
static JnName label[MAX_STEPS];
static uint32_t code[MAX_STEPS];
static uint32_t decoded[MAX_STEPS];
static uint8_t expected[MAX_BYTES];

/* ---- the slow way ---- */

static uint8_t *
put(uint8_t *p, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t) (v >> (8 * i));
	return p;
}

static uint8_t *
put_varint(uint8_t *p, uint32_t v)
{
	for (; v > 127; v >>= 7)
		*p++ = (uint8_t) (v % 128 + 128);
	*p++ = (uint8_t) v;
	return p;
}

/* The names of label[] in order; returns how many. */
static uint32_t
slow_names(uint32_t n, JnName *name)
{
	uint32_t	k = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	at = 0;

		if (label[i].data == NULL)
			continue;
		while (at < k && jn_name_compare(name[at], label[i]) < 0)
			at++;
		if (at < k && jn_name_compare(name[at], label[i]) == 0)
			continue;
		memmove(name + at + 1, name + at, (k - at) * sizeof(JnName));
		name[at] = label[i];
		k++;
	}
	return k;
}

/* Writes the section of label[] into expected[]; returns its size. */
static size_t
slow_encode(uint32_t n, JnLabelKind kind)
{
	JnName		name[MAX_STEPS];
	uint32_t	k = slow_names(n, name);
	uint32_t	gaps = 0;
	uint8_t    *p = expected;

	for (uint32_t i = 0; i < n; i++)
		gaps |= label[i].data == NULL;
	if (kind != JN_LABEL_EVENT)
		*p++ = (uint8_t) gaps;
	p = put_varint(p, k);
	for (uint32_t i = 0; i < k; i++)
		p = put_varint(p, name[i].size);
	for (uint32_t i = 0; i < k; i++)
	{
		memcpy(p, name[i].data, name[i].size);
		p += name[i].size;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	which = 0;

		while (label[i].data != NULL && jn_name_compare(name[which], label[i]) != 0)
			which++;
		which = label[i].data == NULL ? 0 : which + gaps;
		p = put(p, which, k + gaps == 1 ? 0 : k + gaps < 256 ? 1 : 2);
	}
	return (size_t) (p - expected);
}

/* ---- chance ---- */

/* A label from memory of its own, so that no pointer tells that two are the same. */
static JnName
random_label(uint64_t *seed, JnLabelKind kind, uint32_t names)
{
	static char text[MAX_STEPS * 10][40];
	static uint32_t next;
	char	   *one = text[next++ % (MAX_STEPS * 10)];
	uint32_t	which = unit_below(seed, names);
	int			size;

	if (kind == JN_LABEL_SET && which % 3 > 0)
	{
		size = snprintf(one, 40, "a%u", which);
		one[size++] = 0;
		size += snprintf(one + size, 40 - (size_t) size, "b%s", which % 3 == 1 ? "" : "0123456789");
	}
	else
	{
		static const char *const form[] = {"%u", "x%u", "longer than eight %u", "%08u", "%1$u%1$u%1$u"};

		size = snprintf(one, 40, form[which % 5], which);
		if (which == 7 && kind != JN_LABEL_SET)
			size = 0;
	}
	return (JnName) {one, (uint32_t) size};
}

/* Fills label[]; at least one step has one. */
static void
random_labels(uint64_t *seed, uint32_t n, JnLabelKind kind)
{
	uint32_t	names = 1 + unit_below(seed, unit_below(seed, 2) ? 3 : 400);
	uint32_t	gaps = kind == JN_LABEL_EVENT ? 0 : unit_below(seed, 4);

	for (uint32_t i = 0; i < n; i++)
	{
		label[i] = random_label(seed, kind, names);
		if (i > 0 && gaps > 0 && unit_below(seed, gaps + 1) == 0)
			label[i] = (JnName) {NULL, 0};
	}
}

/* ---- with the core ---- */

static JnStatus
prove(const uint8_t *bytes, size_t size, uint32_t n, JnLabelKind kind, JnLabels *labels)
{
	JnError		err;
	size_t		used;
	JnStatus	status = jn_labels_open(bytes, size, n, kind, labels, &used, &err);

	if (status != JN_OK)
		return status;
	if (used != size)
		return JN_BYTES_CORRUPT;
	return jn_labels_check(ENV, bytes, labels, n, kind, &err);
}

/* Puts steps from .. to-1 into a dictionary; sometimes asks first. */
static void
fill(uint64_t *seed, JnDict *d, uint32_t from, uint32_t to, JnLabelKind kind)
{
	JnError		err;

	for (uint32_t i = from; i < to; i++)
	{
		uint32_t	found;

		code[i] = JN_NO_LABEL;
		if (label[i].data == NULL)
			continue;
		found = jn_dict_find(d, label[i].data, label[i].size);
		if (found == JN_NO_LABEL && unit_below(seed, 2))
		{
			CHECK_INT(jn_dict_check(d, label[i], kind, &err), JN_OK);
			code[i] = jn_dict_put(ENV, d, label[i]);
		}
		else
			CHECK_INT(jn_dict_code(ENV, d, label[i].data, label[i].size, kind, &code[i], &err), JN_OK);
		CHECK(found == JN_NO_LABEL ? code[i] == d->names - 1 : code[i] == found);
	}
}

/* Orders and writes what is in a dictionary, and reads it back in every way. */
static bool
check_dict(uint64_t *seed, JnDict *d, uint32_t n, JnLabelKind kind)
{
	JnName		name[MAX_STEPS];
	size_t		size = slow_encode(n, kind);
	bool		gaps = kind != JN_LABEL_EVENT && expected[0];
	uint32_t	k = slow_names(n, name);
	uint8_t    *out;
	JnLabels	labels;
	uint32_t	from = unit_below(seed, n);

	jn_dict_order(ENV, d, code, n);
	if (!CHECK_INT(jn_dict_size(d, n, kind, gaps), size))
		return false;
	out = jn_alloc(ENV, size);
	CHECK(jn_dict_write(ENV, d, code, n, kind, gaps, out) == out + size);
	if (!CHECK_BYTES(out, size, expected, size) || !CHECK_INT(prove(out, size, n, kind, &labels), JN_OK))
		return false;

	CHECK_INT(labels.names, k);
	for (uint32_t i = 0; i < k; i += 1 + k / 10)
	{
		CHECK_INT(jn_labels_find(&labels, name[i].data, name[i].size), i);
		CHECK_INT(jn_name_compare(jn_labels_name(&labels, i), name[i]), 0);
	}
	CHECK_INT(jn_labels_find(&labels, "absent", 6), JN_NO_LABEL);
	jn_labels_names(&labels, name);
	jn_labels_decode(ENV, &labels, from, n - from, decoded);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	one = jn_labels_code(&labels, i);

		CHECK(i < from || decoded[i - from] == one);
		if (!CHECK_INT(one, code[i])
			|| !CHECK(one == JN_NO_LABEL ? label[i].data == NULL : jn_name_compare(name[one], label[i]) == 0))
			return false;
	}
	return true;
}

TEST(labels_equal_model)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		JnLabelKind kind = unit_below(&seed, 3);
		uint32_t	n = 1 + unit_below(&seed, round % 20 == 0 ? MAX_STEPS : 20);
		JnDictEntry entry[4];
		char		text[30];
		JnDict		d;

		random_labels(&seed, n, kind);
		jn_dict_init(&d, entry, unit_below(&seed, 5), text, unit_below(&seed, 31));

		/* ordering in between changes nothing */
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	to = done + 1 + unit_below(&seed, n - done);

			fill(&seed, &d, done, to, kind);
			done = to;
			if (unit_below(&seed, 2))
				jn_dict_order(ENV, &d, code, done);
		}
		if (!check_dict(&seed, &d, n, kind))
			return;

		/* emptied, it is as new */
		jn_dict_reset(&d);
		random_labels(&seed, n, kind);
		fill(&seed, &d, 0, n, kind);
		if (!check_dict(&seed, &d, n, kind))
			return;
		jn_dict_release(ENV, &d);
		unit_env_clear(&unit_env);
	}
}

/* Codes of other dictionaries, of which not every name need be used. */
TEST(labels_mapped)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 2000; round++)
	{
		JnLabelKind kind = unit_below(&seed, 3);
		uint32_t	n = 1 + unit_below(&seed, round % 20 == 0 ? MAX_STEPS : 20);
		JnDict		d;

		random_labels(&seed, n, kind);
		jn_dict_init(&d, NULL, 0, NULL, 0);
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	to = done + 1 + unit_below(&seed, n - done);
			JnName		name[MAX_STEPS];
			uint32_t	names = 0;
			JnError		err;

			for (uint32_t i = done; i < to; i++)
			{
				uint32_t	k = 0;

				code[i] = JN_NO_LABEL;
				if (label[i].data == NULL)
					continue;
				while (k < names && jn_name_compare(name[k], label[i]) != 0)
					k++;
				if (k == names)
					name[names++] = label[i];
				code[i] = k;
			}
			/* names that no step has, but not so many that a table of them would not pay */
			while (names < MAX_STEPS && unit_below(&seed, 3) > 0)
				name[names++] = (JnName) {"unused", 6};
			CHECK_INT(jn_dict_map(ENV, &d, name, names, code + done, to - done, &err), JN_OK);
			done = to;
		}
		if (!check_dict(&seed, &d, n, kind))
			return;
		unit_env_clear(&unit_env);
	}
}

TEST(labels_mapped_beyond_the_names)
{
	JnName		name[2] = {{"a", 1}, {"b", 1}};
	JnDict		d;
	JnError		err;

	jn_dict_init(&d, NULL, 0, NULL, 0);
	code[0] = 1;
	code[1] = 2;
	CHECK_INT(jn_dict_map(ENV, &d, name, 2, code, 2, &err), JN_BYTES_CORRUPT);
	code[0] = 1;
	code[1] = JN_NO_LABEL;
	CHECK_INT(jn_dict_map(ENV, &d, name, 2, code, 2, &err), JN_OK);
	CHECK_INT(code[1], JN_NO_LABEL);
	CHECK_INT(jn_dict_map(ENV, &d, name, 0, code + 1, 1, &err), JN_OK);
}

TEST(labels_refused)
{
	static char longest[JN_MAX_NAME + 1];
	static const struct
	{
		const char *what;
		JnLabelKind kind;
		const char *data;
		uint32_t	size;
		JnStatus	status;
		size_t		at;
	}			cases[] = {
		{"event", JN_LABEL_EVENT, "", 0, JN_OK, 0},
		{"name", JN_LABEL_NAME, "", 0, JN_OK, 0},
		{"longest", JN_LABEL_NAME, longest, JN_MAX_NAME, JN_OK, 0},
		{"longer", JN_LABEL_NAME, longest, JN_MAX_NAME + 1, JN_NAME_LONG, 0},
		{"longer set", JN_LABEL_SET, longest, JN_MAX_NAME + 1, JN_NAME_LONG, 0},
		{"zero byte", JN_LABEL_EVENT, "a\0b", 3, JN_NAME_UTF8, 1},
		{"zero byte", JN_LABEL_NAME, "a\0b", 3, JN_NAME_UTF8, 1},
		{"set of two", JN_LABEL_SET, "a\0b", 3, JN_OK, 0},
		{"shorter first", JN_LABEL_SET, "a\0aa\0b", 6, JN_OK, 0},
		{"no sense", JN_LABEL_SET, "", 0, JN_ARGUMENT, 0},
		{"empty sense", JN_LABEL_SET, "\0", 1, JN_ARGUMENT, 0},
		{"empty last", JN_LABEL_SET, "a\0", 2, JN_ARGUMENT, 2},
		{"empty within", JN_LABEL_SET, "a\0\0b", 4, JN_ARGUMENT, 2},
		{"twice", JN_LABEL_SET, "a\0b\0b", 5, JN_ARGUMENT, 4},
		{"falling", JN_LABEL_SET, "b\0a", 3, JN_ARGUMENT, 2},
		{"longer first", JN_LABEL_SET, "aa\0a", 4, JN_ARGUMENT, 3},
		{"not UTF-8", JN_LABEL_SET, "a\0b\x80", 4, JN_NAME_UTF8, 3},
		{"not UTF-8", JN_LABEL_NAME, "b\x80", 2, JN_NAME_UTF8, 1},
		{"character cut by a zero byte", JN_LABEL_SET, "a\xc3\0\xa9", 4, JN_NAME_UTF8, 1},
	};

	memset(longest, 'x', sizeof(longest));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnName		name = {cases[i].data, cases[i].size};
		JnDict		d;
		JnError		err = {0};
		uint32_t	got;

		jn_dict_init(&d, NULL, 0, NULL, 0);
		if (!CHECK_INT(jn_label_check(name, cases[i].kind, &err), cases[i].status) || !CHECK_INT(err.at, cases[i].at))
			printf("  %s\n", cases[i].what);
		CHECK_INT(jn_dict_code(ENV, &d, name.data, name.size, cases[i].kind, &got, &err), cases[i].status);
		CHECK_INT(d.names, cases[i].status == JN_OK);
	}
}

TEST(labels_of_a_set)
{
	JnName		rest = {"angry\0tired\0z", 13};
	JnName		one;

	CHECK(jn_set_next(&rest, &one));
	CHECK_TEXT(one.data, one.size, "angry");
	CHECK(jn_set_next(&rest, &one));
	CHECK_TEXT(one.data, one.size, "tired");
	CHECK(jn_set_next(&rest, &one));
	CHECK_TEXT(one.data, one.size, "z");
	CHECK(!jn_set_next(&rest, &one));
}

/* ---- the proof ---- */

/* What passes is what its own labels are written as; what opens can be read. */
static bool
check_bytes(const uint8_t *bytes, size_t size, uint32_t n, JnLabelKind kind, uint32_t *passed)
{
	uint8_t    *exact = jn_alloc(ENV, size);
	JnLabels	labels;
	JnError		err;
	size_t		used;
	JnName		name[MAX_STEPS];

	if (size > 0)
		memcpy(exact, bytes, size);
	if (jn_labels_open(exact, size, n, kind, &labels, &used, &err) != JN_OK)
		return CHECK(err.at <= size);
	jn_labels_names(&labels, name);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	one = jn_labels_code(&labels, i);

		CHECK(one < labels.names || (one == JN_NO_LABEL && labels.gaps));
		label[i] = one == JN_NO_LABEL ? (JnName) {NULL, 0} : name[one];
	}
	if (prove(exact, size, n, kind, &labels) != JN_OK)
		return true;
	++*passed;
	return CHECK_INT(slow_encode(n, kind), size) && CHECK_BYTES(bytes, size, expected, size);
}

TEST(labels_broken_in_each_way)
{
	uint64_t	seed = 3;
	uint32_t	passed = 0;

	for (int round = 0; round < 1500; round++)
	{
		JnLabelKind kind = unit_below(&seed, 3);
		uint32_t	n = 1 + unit_below(&seed, 6);
		uint8_t		bytes[MAX_BYTES];
		size_t		size;

		random_labels(&seed, n, kind);
		size = slow_encode(n, kind);
		memcpy(bytes, expected, size);
		for (size_t cut = 0; cut < size; cut++)
		{
			uint32_t	before = passed;

			if (!check_bytes(bytes, cut, n, kind, &passed) || !CHECK_INT(passed, before))
				return;
		}
		for (int change = 0; change < 60; change++)
		{
			uint8_t		was[MAX_BYTES];

			memcpy(was, bytes, size);
			for (uint32_t k = 1 + unit_below(&seed, 2); k > 0; k--)
				bytes[unit_below(&seed, (uint32_t) size)] = (uint8_t) (unit_below(&seed, 2) ? unit_below(&seed, 4)
																	   : unit_below(&seed, 3) ? '0' + unit_below(&seed, 10)
																	   : unit_below(&seed, 256));
			if (!check_bytes(bytes, size, n, kind, &passed))
				return;
			memcpy(bytes, was, size);
		}
		unit_env_clear(&unit_env);
	}
	CHECK(passed > 1000);
}

/* ---- cost ---- */

static void
work(const JnEnv *env, void *arg)
{
	uint32_t	n = *(uint32_t *) arg;
	uint32_t   *codes = jn_alloc(env, n * sizeof(uint32_t));
	uint8_t    *out;
	char		text[16];
	JnDict		d;
	JnLabels	labels;
	JnError		err;
	size_t		size;

	/* each name twice, in falling order, every tenth step without */
	jn_dict_init(&d, NULL, 0, NULL, 0);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	text_size = (uint32_t) snprintf(text, sizeof(text), "%u", (n - i) / 2);

		codes[i] = JN_NO_LABEL;
		if (i % 10 > 0)
			jn_dict_code(env, &d, text, text_size, JN_LABEL_NAME, &codes[i], &err);
	}
	jn_dict_order(env, &d, codes, n);
	size = (size_t) jn_dict_size(&d, n, JN_LABEL_NAME, true);
	out = jn_alloc(env, size);
	jn_dict_write(env, &d, codes, n, JN_LABEL_NAME, true, out);
	CHECK_INT(jn_labels_open(out, size, n, JN_LABEL_NAME, &labels, &size, &err), JN_OK);
	CHECK_INT(jn_labels_check(env, out, &labels, n, JN_LABEL_NAME, &err), JN_OK);
	jn_labels_decode(env, &labels, 0, n, codes);
	jn_dict_release(env, &d);
}

TEST(labels_cost_is_linear_and_can_be_left)
{
	uint32_t	n = 100000;
	size_t		ticks;

	work(ENV, &n);
	ticks = unit_env.ticks;
	CHECK(ticks > n / 1024);
	n = 1000000;
	work(ENV, &n);
	CHECK(unit_env.ticks - ticks < 13 * ticks);
	n = 70000;
	CHECK(unit_leave_everywhere(work, &n, 100) > 100);
}
