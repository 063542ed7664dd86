/*
 * atom.c
 *	  Step atoms: masks by event, and tests where those leave it open.
 *
 * For an event, an option of an atom is out of the question, or holds, or
 * holds if its tests do.  So does the atom: it holds for sure if an option
 * does, and otherwise depends on the options that have tests.  A negated atom
 * turns the two sure answers round and depends on the same tests.
 */
#include "atom.h"

/* Whether an option is possible for an event; "named" is NULL for one that no atom names. */
static bool
option_fits(const JnOption *option, const JnName *event)
{
	return option->any || (event != NULL && jn_name_compare(option->event, *event) == 0);
}

/* Fills the two masks of an event. */
static void
make_masks(const JnEnv *env, const JnAtoms *atoms, const JnName *event, uint64_t *sure, uint64_t *maybe)
{
	for (uint32_t i = 0; i < atoms->count; i++)
	{
		const JnAtom *atom = &atoms->atom[i];
		bool		holds = false;
		bool		tested = false;

		for (uint32_t k = 0; k < atom->options && !holds; k++)
		{
			if (!option_fits(&atom->option[k], event))
				continue;
			holds = atom->option[k].tests == 0;
			tested = true;
		}
		tested &= !holds;
		if (tested)
			maybe[i / 64] |= UINT64_C(1) << (i % 64);
		else if (holds != atom->negated)
			sure[i / 64] |= UINT64_C(1) << (i % 64);
		if (i % 64 == 63)
			jn_tick(env);
	}
}

void
jn_atoms_make(const JnEnv *env, const JnAtom *atom, uint32_t count, JnAtoms *atoms)
{
	uint64_t	options = 0;
	uint32_t	names = 0;
	JnName	   *name;
	size_t		masks;

	*atoms = (JnAtoms) {.count = count,.atom = atom,.words = count > 64 ? (count + 63) / 64 : 1};
	for (uint32_t i = 0; i < count; i++)
		options += atom[i].options;
	name = jn_alloc(env, jn_array_size(options + 1, sizeof(JnName)));
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < atom[i].options; k++)
		{
			const JnOption *option = &atom[i].option[k];

			if (!option->any)
				name[names++] = option->event;
			for (uint32_t t = 0; t < option->tests; t++)
				atoms->tracks |= 1U << option->test[t].track;
			atoms->tests += option->tests;
		}
	jn_name_set_make(env, name, names, &atoms->events);
	atoms->few = jn_wanted_init(&atoms->wanted, atoms->events.name, atoms->events.count);
	atoms->head = jn_alloc(env, jn_array_size(atoms->events.count + UINT64_C(1), sizeof(uint64_t)));
	for (uint32_t e = 0; e < atoms->events.count; e++)
		atoms->head[e] = jn_name_head(atoms->events.name[e], atoms->events.name[e].size);

	masks = jn_array_size(((uint64_t) atoms->events.count + 1) * atoms->words, sizeof(uint64_t));
	atoms->sure = jn_alloc(env, masks);
	atoms->maybe = jn_alloc(env, masks);
	memset(atoms->sure, 0, masks);
	memset(atoms->maybe, 0, masks);
	for (uint32_t e = 0; e <= atoms->events.count; e++)
		make_masks(env, atoms, e < atoms->events.count ? &atoms->events.name[e] : NULL,
				   atoms->sure + (size_t) e * atoms->words, atoms->maybe + (size_t) e * atoms->words);
}

/* ---- binding ---- */

/* Finds the place of each name of the column among those of the atoms: looks for these, if they are few. */
static void
find_names(JnBinding *b)
{
	const JnLabels *labels = b->columns.event;
	const uint8_t *end = labels->codes + (size_t) b->columns.rows * labels->width;
	uint32_t	other = b->atoms->events.count;

	for (uint32_t code = 0; code < labels->names; code++)
		b->name[code] = other;
	b->found = jn_wanted_find(&b->atoms->wanted, labels, end, b->columns.presence, b->code);
	for (uint32_t i = 0; i < b->found; i++)
		b->name[b->code[i].code] = b->code[i].name;
}

/* The same for many: one merge, by their heads mostly. */
static void
merge_names(const JnEnv *env, JnBinding *b)
{
	const JnNameSet *events = &b->atoms->events;
	const uint64_t *heads = b->atoms->head;
	const JnLabels *labels = b->columns.event;
	const uint8_t *end = labels->codes + (size_t) b->columns.rows * labels->width;
	JnNames		names;
	uint32_t	e = 0;

	jn_names_open(&names, labels);
	for (uint32_t code = 0; code < labels->names; code++)
	{
		JnName		name = jn_names_next(&names);
		uint64_t	head = jn_name_head(name, (size_t) (end - (const uint8_t *) name.data));
		int			order = -1;

		while (e < events->count
			   && (heads[e] < head || (heads[e] == head && (order = jn_name_compare(events->name[e], name)) < 0)))
			e++;
		b->name[code] = e < events->count && heads[e] == head && order == 0 ? e : events->count;
		if (code % 1024 == 1023)
			jn_tick(env);
	}
}

/* Whether there is an event here for which tests decide. */
static bool
needs_tests(const JnBinding *b)
{
	if (b->atoms->tests == 0)
		return false;
	for (uint32_t code = 0; code < b->columns.event->names; code++)
	{
		const uint64_t *maybe = jn_atoms_maybe(b, code);

		for (uint32_t w = 0; w < b->atoms->words; w++)
			if (maybe[w] != 0)
				return true;
	}
	return false;
}

static bool
has_sense(JnName set, JnName wanted)
{
	JnName		one;

	while (jn_set_next(&set, &one))
		if (jn_name_compare(one, wanted) == 0)
			return true;
	return false;
}

static void
bind_test(const JnEnv *env, JnBinding *b, const JnTest *test, JnBoundTest *bound)
{
	const JnLabels *labels = &b->columns.label[test->track];
	JnNames		names;

	*bound = (JnBoundTest) {.test = test,.there = b->columns.tracks >> test->track & 1,.code = JN_NO_LABEL};
	if (test->track == JN_VALUE)
	{
		bound->key = jn_value_key(test->value);
		b->valued |= bound->there;
		return;
	}
	if (!bound->there)
		return;
	if (test->track != JN_SENSES)
	{
		bound->code = jn_labels_find(labels, test->name.data, test->name.size);
		return;
	}
	bound->sensed = jn_alloc(env, labels->names);
	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		bound->sensed[i] = has_sense(jn_names_next(&names), test->name);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
}

static void
bind_tests(const JnEnv *env, JnBinding *b)
{
	const JnAtoms *atoms = b->atoms;
	uint32_t	n = 0;

	b->test = b->few_test;
	if (atoms->tests > JN_BIND_TESTS)
		b->test = jn_alloc(env, jn_array_size(atoms->tests, sizeof(JnBoundTest)));
	for (uint32_t i = 0; i < atoms->count; i++)
		for (uint32_t k = 0; k < atoms->atom[i].options; k++)
			for (uint32_t t = 0; t < atoms->atom[i].option[k].tests; t++)
			{
				bind_test(env, b, &atoms->atom[i].option[k].test[t], &b->test[n]);
				if (++n % 64 == 0)
					jn_tick(env);
			}
	if (b->valued)
		jn_values_reader_open(&b->values, b->columns.values);
}

void
jn_atoms_bind(const JnEnv *env, const JnAtoms *atoms, const JnColumns *columns, JnBinding *b)
{
	b->atoms = atoms;
	b->columns = *columns;
	b->test = NULL;
	b->valued = false;
	b->name = b->few_name;
	if (columns->event->names > JN_BIND_NAMES)
		b->name = jn_alloc(env, jn_array_size(columns->event->names, sizeof(uint32_t)));
	b->few = atoms->few && columns->event->names <= JN_BIND_NAMES;
	if (b->few)
		find_names(b);
	else
		merge_names(env, b);
	b->tested = needs_tests(b);
	if (b->tested)
		bind_tests(env, b);
}

void
jn_atoms_unbind(const JnEnv *env, JnBinding *b)
{
	if (b->name != b->few_name)
		jn_release(env, b->name);
	if (b->tested)
	{
		for (uint32_t i = 0; i < b->atoms->tests; i++)
			if (b->test[i].sensed != NULL)
				jn_release(env, b->test[i].sensed);
		if (b->test != b->few_test)
			jn_release(env, b->test);
	}
}

/* ---- rows ---- */

/* What a row is found to be while its tests are made. */
typedef struct Row
{
	const JnEnv *env;
	JnBinding  *b;
	uint32_t	row;
	const JnName *event;		/* NULL for one that no atom names */
	bool		read;			/* the value has been looked for */
	bool		has_value;
	uint64_t	key;			/* of the value, if it has one */
} Row;

static bool
compare_keys(JnCompare compare, uint64_t a, uint64_t b)
{
	switch (compare)
	{
		case JN_IS:
			return a == b;
		case JN_IS_NOT:
			return a != b;
		case JN_BELOW:
			return a < b;
		case JN_AT_MOST:
			return a <= b;
		case JN_ABOVE:
			return a > b;
		case JN_AT_LEAST:
			return a >= b;
	}
	return false;
}

static bool
value_passes(Row *row, const JnBoundTest *bound)
{
	JnBinding  *b = row->b;
	double		value;

	if (!bound->there)
		return false;
	if (!row->read)
	{
		row->read = true;
		jn_values_skip(row->env, &b->values, row->row - b->values.next);
		row->has_value = jn_values_next(&b->values, &value);
		row->key = row->has_value ? jn_value_key(value) : 0;
	}
	return row->has_value && compare_keys(bound->test->compare, row->key, bound->key);
}

static bool
test_passes(Row *row, const JnBoundTest *bound)
{
	bool		is = bound->test->compare == JN_IS;
	uint32_t	label;

	if (bound->test->track == JN_VALUE)
		return value_passes(row, bound);
	if (!bound->there)
		return bound->test->track == JN_SENSES && !is;
	label = jn_labels_code(&row->b->columns.label[bound->test->track], row->row);
	if (bound->test->track == JN_SENSES)
		return (label != JN_NO_LABEL && bound->sensed[label]) == is;
	return label != JN_NO_LABEL && (label == bound->code) == is;
}

/* Whether a row matches an atom whose tests begin at *bound; moves *bound behind them. */
static bool
atom_matches(Row *row, const JnAtom *atom, const JnBoundTest **bound)
{
	bool		holds = false;

	for (uint32_t k = 0; k < atom->options; k++)
	{
		const JnOption *option = &atom->option[k];
		bool		fits = !holds && option_fits(option, row->event);

		for (uint32_t t = 0; t < option->tests && fits; t++)
			fits = test_passes(row, *bound + t);
		*bound += option->tests;
		holds |= fits;
	}
	return holds != atom->negated;
}

void
jn_atoms_row(const JnEnv *env, JnBinding *b, uint32_t row, uint64_t *mask)
{
	const JnAtoms *atoms = b->atoms;
	uint32_t	code = jn_code_load(b->columns.event->codes, b->columns.event->width, row);
	const uint64_t *maybe;
	const uint64_t *sure;
	const JnBoundTest *bound = b->test;
	Row			r = {.env = env,.b = b,.row = row};
	uint64_t	open = 0;

	/* whatever the bytes */
	if (code >= b->columns.event->names)
		code = 0;
	sure = jn_atoms_sure(b, code);
	maybe = jn_atoms_maybe(b, code);
	for (uint32_t w = 0; w < atoms->words; w++)
	{
		mask[w] = sure[w];
		open |= maybe[w];
	}
	if (open == 0)
		return;
	if (b->name[code] < atoms->events.count)
		r.event = &atoms->events.name[b->name[code]];
	for (uint32_t i = 0; i < atoms->count; i++)
	{
		if (maybe[i / 64] >> (i % 64) & 1)
			mask[i / 64] |= (uint64_t) atom_matches(&r, &atoms->atom[i], &bound) << (i % 64);
		else
			for (uint32_t k = 0; k < atoms->atom[i].options; k++)
				bound += atoms->atom[i].option[k].tests;
	}
}

bool
jn_atoms_first(const JnEnv *env, JnBinding *b, uint32_t row)
{
	uint64_t	few[4];
	uint64_t   *mask = few;
	bool		result;

	if (b->atoms->words > 4)
		mask = jn_alloc(env, b->atoms->words * sizeof(uint64_t));
	jn_atoms_row(env, b, row, mask);
	result = mask[0] & 1;
	if (mask != few)
		jn_release(env, mask);
	return result;
}
