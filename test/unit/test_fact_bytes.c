/*
 * test_fact_bytes.c
 *	  What is known about all subjects, as bytes: what is written is read, the
 *	  same for each name; what was damaged or cut off is not; and who is
 *	  forgotten is gone, and nobody else.
 */
#include "fact_bytes.h"

#include "unit.h"

/* The model: facts by number from 1, and names with the number of theirs. */
#define FACTS	40
#define WORDS	4
#define NAMES	6000

typedef struct ModelFact
{
	JnFact		fact;
	JnFactWord	word[WORDS];
} ModelFact;

typedef struct ModelName
{
	char		text[40];
	uint32_t	facts;			/* 0: nobody */
} ModelName;

typedef struct Model
{
	uint32_t	facts;
	ModelFact	fact[FACTS + 1];
	int			names;
	ModelName	name[NAMES];
	uint64_t	rng;
} Model;

static uint32_t
below(Model *m, uint32_t n)
{
	return unit_below(&m->rng, n);
}

/* Facts of any kind; "dense" makes series of names, else none has a place. */
static void
make_model(Model *m, uint64_t seed, uint32_t facts, bool dense)
{
	static const char *const texts[] = {"", "eu", "brazil", "a rather long notice, of version 17"};

	memset(m, 0, sizeof(*m));
	m->rng = seed;
	m->facts = facts;
	for (uint32_t i = 1; i <= facts; i++)
	{
		ModelFact  *f = &m->fact[i];
		uint32_t	text = below(m, 5);

		f->fact.jurisdiction = text == 4 ? NULL : texts[text];
		f->fact.jurisdiction_size = text == 4 ? 0 : (uint32_t) strlen(texts[text]);
		f->fact.born = (int32_t) below(m, 20000) - 10000;
		f->fact.kind = (uint8_t) below(m, 4);
		f->fact.restricted = below(m, 2);
		f->fact.erased = below(m, 2);
		f->fact.words = below(m, WORDS + 1);
		for (uint32_t j = 0; j < f->fact.words; j++)
		{
			text = below(m, 4);
			f->word[j] = (JnFactWord)
			{
				.purpose = (int32_t) below(m, 1000) - 5,
					.given = below(m, 3),
					.refused = below(m, 3),
					.withdrawn = UINT32_MAX - below(m, 3),
					.objected = below(m, 3),
					.expired = below(m, 3),
					.covers = below(m, 2),
					.is_explicit = below(m, 2),
					.parental = below(m, 2),
					.from = below(m, 2) ? INT64_MIN : (int64_t) below(m, 1000000) * -1000,
					.until = below(m, 2) ? INT64_MAX : (int64_t) below(m, 1000000) * 100000,
					.notice = texts[text],
					.notice_size = (uint32_t) strlen(texts[text])
			};
		}
	}
	if (facts == 0)
		return;
	for (int i = 0; i < NAMES; i++)
	{
		ModelName  *name = &m->name[m->names++];

		if (dense && i % 3 > 0)
			snprintf(name->text, sizeof(name->text), i % 3 == 1 ? "customer-%05d" : "%07d", i);
		else
			snprintf(name->text, sizeof(name->text), "%08x%s", (unsigned) i * 2654435761u, i % 2 ? "@example.com" : "z");
		name->facts = 1 + below(m, facts);
		/* most said the same */
		if (below(m, 4) > 0)
			name->facts = 1;
	}
}

/* Puts all into a pen, as the cache does; the series and the arrays are given. */
static void
put_all(const Model *m, JnPen *pen, const JnNumbered *numbered, uint64_t places,
		const uint8_t *few, const uint16_t *more, JnFactHeader *header)
{
	header->facts = m->facts;
	header->series = (uint32_t) numbered->count;
	header->names = 0;
	for (uint32_t i = 1; i <= m->facts; i++)
	{
		jn_fact_put(pen, &m->fact[i].fact);
		for (uint32_t j = 0; j < m->fact[i].fact.words; j++)
			jn_fact_put_word(pen, &m->fact[i].word[j]);
	}
	jn_fact_put_series(pen, numbered, places, few, more);
	for (int i = 0; i < m->names; i++)
	{
		size_t		size = strlen(m->name[i].text);

		if (jn_numbered_find(numbered, m->name[i].text, size, jn_name_tail(m->name[i].text, size)) >= 0)
			continue;
		jn_fact_put_name(pen, m->name[i].text, size, m->name[i].facts);
		header->names++;
	}
}

static uint8_t *
write_model(const Model *m, size_t *size)
{
	JnNumbered	numbered;
	uint64_t	places;
	uint8_t    *few;
	uint16_t   *more;
	JnFactHeader header = {
		.system = UINT64_C(0xfedcba9876543210),
		.database = 12345,
		.position = 77,
		.subjects = (uint64_t) m->names,
		.xmin = 100,
		.xmax = UINT64_C(0x500000007),
		.running_count = 2,
		.running = {101, 103}
	};
	JnPen		measure = {NULL, 0};
	JnPen		pen;
	uint8_t    *bytes;
	JnError		err;

	jn_numbered_begin(&numbered);
	for (int i = 0; i < m->names; i++)
		jn_numbered_count(&numbered, m->name[i].text, strlen(m->name[i].text));
	places = jn_numbered_seal(&numbered);
	few = jn_alloc(ENV, (size_t) places / 2 + 1);
	more = jn_alloc(ENV, (size_t) (places + 1) * sizeof(uint16_t));
	memset(few, 0, (size_t) places / 2 + 1);
	for (int i = 0; i < m->names; i++)
	{
		size_t		name_size = strlen(m->name[i].text);
		int64_t		place = jn_numbered_find(&numbered, m->name[i].text, name_size,
											 jn_name_tail(m->name[i].text, name_size));
		uint32_t	facts = m->name[i].facts;

		if (place < 0)
			continue;
		few[place / 2] |= (uint8_t) ((facts < JN_FACT_FEW ? facts : JN_FACT_FEW) << 4 * (place & 1));
		more[place] = (uint16_t) facts;
	}

	put_all(m, &measure, &numbered, places, few, more, &header);
	*size = JN_FACT_HEADER + (size_t) measure.size;
	bytes = jn_alloc(ENV, *size);
	pen = (JnPen) {(char *) bytes + JN_FACT_HEADER, 0};
	put_all(m, &pen, &numbered, places, few, more, &header);
	CHECK(pen.size == measure.size);
	CHECK_INT(jn_fact_seal(bytes, pen.size, &header, &err), JN_OK);
	CHECK(header.size == *size);
	return bytes;
}

/* What bytes say about each name of the model, and nothing about anybody else. */
static void
check_model(const Model *m, const uint8_t *bytes, size_t size)
{
	JnFactReader r;
	JnError		err;
	JnFact		fact;
	JnFactWord	word;
	JnNumbered	numbered;
	uint64_t	places;
	const uint8_t *few;
	uint16_t   *more;
	const char *name;
	uint32_t	name_size;
	uint32_t	facts;
	uint32_t   *said = jn_alloc(ENV, NAMES * sizeof(uint32_t));
	uint64_t	placed = 0;
	uint64_t	expected = 0;

	CHECK_INT(jn_fact_open(&r, bytes, size, &err), JN_OK);
	CHECK_INT(r.header.database, 12345);
	CHECK(r.header.system == UINT64_C(0xfedcba9876543210));
	CHECK(r.header.xmax == UINT64_C(0x500000007));
	CHECK_INT(r.header.xmin, 100);
	CHECK_INT(r.header.running_count, 2);
	CHECK_INT(r.header.running[1], 103);
	CHECK_INT(r.header.position, 77);
	CHECK_INT(r.header.facts, m->facts);
	for (uint32_t i = 1; i <= m->facts; i++)
	{
		const ModelFact *f = &m->fact[i];

		CHECK_INT(jn_fact_next(&r, &fact, &err), JN_OK);
		CHECK_INT(fact.born, f->fact.born);
		CHECK_INT(fact.kind, f->fact.kind);
		CHECK_INT(fact.restricted, f->fact.restricted);
		CHECK_INT(fact.erased, f->fact.erased);
		CHECK_INT(fact.words, f->fact.words);
		CHECK((fact.jurisdiction == NULL) == (f->fact.jurisdiction == NULL));
		CHECK_BYTES(fact.jurisdiction, fact.jurisdiction_size, f->fact.jurisdiction, f->fact.jurisdiction_size);
		for (uint32_t j = 0; j < fact.words; j++)
		{
			const JnFactWord *w = &f->word[j];

			CHECK_INT(jn_fact_next_word(&r, &word, &err), JN_OK);
			CHECK(word.purpose == w->purpose && word.given == w->given && word.refused == w->refused &&
				  word.withdrawn == w->withdrawn && word.objected == w->objected && word.expired == w->expired);
			CHECK(word.covers == w->covers && word.is_explicit == w->is_explicit && word.parental == w->parental);
			CHECK(word.from == w->from && word.until == w->until);
			CHECK_BYTES(word.notice, word.notice_size, w->notice, w->notice_size);
		}
	}

	CHECK_INT(jn_fact_series(&r, &numbered, &places, &few, &err), JN_OK);
	more = jn_alloc(ENV, (size_t) (places + 1) * sizeof(uint16_t));
	memset(more, 0, (size_t) (places + 1) * sizeof(uint16_t));
	CHECK_INT(jn_fact_more(&r, places, few, more, &err), JN_OK);
	for (uint64_t i = 0; i < places; i++)
	{
		facts = few[i / 2] >> 4 * (i & 1) & JN_FACT_FEW;
		placed += (facts == JN_FACT_FEW ? more[i] : facts) != 0;
	}
	memset(said, 0, NAMES * sizeof(uint32_t));
	for (int i = 0; i < m->names; i++)
	{
		size_t		s = strlen(m->name[i].text);
		int64_t		place = jn_numbered_find(&numbered, m->name[i].text, s, jn_name_tail(m->name[i].text, s));

		if (place < 0)
			continue;
		facts = few[place / 2] >> 4 * (place & 1) & JN_FACT_FEW;
		said[i] = facts == JN_FACT_FEW ? more[place] : facts;
		placed -= said[i] != 0;
	}
	/* no place says something about a name that is not in the model */
	CHECK_INT(placed, 0);
	for (;;)
	{
		CHECK_INT(jn_fact_next_name(&r, &name, &name_size, &facts, &err), JN_OK);
		if (name_size == 0)
			break;
		if (facts == 0)
			continue;
		for (; expected < (uint64_t) m->names; expected++)
		{
			if (strlen(m->name[expected].text) == name_size &&
				memcmp(m->name[expected].text, name, name_size) == 0)
				break;
		}
		/* in the order in which they were written */
		CHECK(expected < (uint64_t) m->names);
		if (expected >= (uint64_t) m->names)
			break;
		said[expected++] = facts;
	}
	for (int i = 0; i < m->names; i++)
	{
		if (said[i] != m->name[i].facts)
		{
			CHECK_INT(said[i], m->name[i].facts);
			break;
		}
	}
}

static Model model;

TEST(fact_bytes_round_trip)
{
	for (uint64_t seed = 1; seed <= 12; seed++)
	{
		size_t		size;
		uint8_t    *bytes;

		make_model(&model, seed, seed == 1 ? 0 : seed % 3 == 0 ? 5 : FACTS, seed % 2 == 0);
		bytes = write_model(&model, &size);
		check_model(&model, bytes, size);
	}
}

TEST(fact_bytes_forget)
{
	for (int dense = 0; dense < 2; dense++)
	{
		size_t		size;
		uint8_t    *bytes;
		bool		found;
		JnError		err;

		make_model(&model, 42, FACTS, dense);
		bytes = write_model(&model, &size);
		for (int i = 0; i < 60; i++)
		{
			ModelName  *name = &model.name[below(&model, NAMES)];

			CHECK_INT(jn_fact_forget(bytes, size, name->text, strlen(name->text), &found, &err), JN_OK);
			CHECK_INT(found, name->facts != 0);
			name->facts = 0;
		}
		check_model(&model, bytes, size);
		CHECK_INT(jn_fact_forget(bytes, size, "nobody", 6, &found, &err), JN_OK);
		CHECK(!found);
		/* one whose name is not in an array is not among the bytes any more */
		if (!dense)
		{
			for (int i = 0; i < NAMES; i++)
			{
				const ModelName *name = &model.name[i];
				bool		there = false;

				if (name->facts != 0)
					continue;
				for (size_t at = 0; at + strlen(name->text) <= size && !there; at++)
					there = memcmp(bytes + at, name->text, strlen(name->text)) == 0;
				CHECK(!there);
			}
		}
	}
}

/* Each damaged byte shows, and so does each other size. */
TEST(fact_bytes_refuse_damage)
{
	size_t		size;
	uint8_t    *bytes;
	uint8_t    *copy;
	JnFactReader r;
	JnError		err;

	make_model(&model, 7, 3, false);
	model.names = 30;
	bytes = write_model(&model, &size);
	copy = jn_alloc(ENV, size + 1);
	for (size_t at = 0; at < size; at++)
	{
		memcpy(copy, bytes, size);
		copy[at] ^= (uint8_t) (1 << at % 8);
		CHECK(jn_fact_open(&r, copy, size, &err) != JN_OK);
	}
	for (size_t less = 0; less < size; less++)
	{
		uint8_t    *cut = jn_alloc(ENV, less > 0 ? less : 1);

		memcpy(cut, bytes, less);
		CHECK(jn_fact_open(&r, cut, less, &err) != JN_OK);
	}
	memcpy(copy, bytes, size);
	copy[size] = 0;
	CHECK_INT(jn_fact_open(&r, copy, size + 1, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_fact_open(&r, copy, size, &err), JN_OK);

	/* another version is told as such */
	copy[4]++;
	CHECK_INT(jn_fact_open(&r, copy, size, &err), JN_BYTES_VERSION);
}
