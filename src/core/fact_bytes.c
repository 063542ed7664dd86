/*
 * fact_bytes.c
 *	  What is known about all subjects, as bytes.
 *
 * Numbers are little-endian and of a fixed size, because there are few facts
 * and the names are many: a name is read by two loads and its bytes.
 *
 *	  header	see the offsets below; zeros up to JN_FACT_HEADER
 *	  fact		4 born, 1 kind, 1 flags, 4 words, 4 size of the jurisdiction, its bytes
 *	  word		4 purpose, 4 for each of five ranks, 1 flags, 8 from, 8 until,
 *				4 size of the notice, its bytes
 *	  series	1 size of names, 1 digits, 4 last number, the prefix
 *	  arrays	four bits a place; two bytes for each place that has JN_FACT_FEW there
 *	  name		4 number of facts, 2 size, the name
 *
 * The hash is BLAKE2b of all bytes but its own.
 */
#include "fact_bytes.h"

#include "bytes.h"
#include "crypto.h"

/* Offsets in the header. */
#define AT_MAGIC		0
#define AT_VERSION		4
#define AT_SIZE			8
#define AT_HASH			16
#define AT_ORIGIN		48
#define AT_SYSTEM		80
#define AT_POSITION		88
#define AT_SUBJECTS		96
#define AT_XMIN			104
#define AT_XMAX			112
#define AT_NAMES		120
#define AT_DATABASE		128
#define AT_FACTS		132
#define AT_SERIES		136
#define AT_COUNT		140
#define AT_RUNNING		144

_Static_assert(AT_RUNNING + 8 * JN_FACT_RUNNING <= JN_FACT_HEADER, "the header holds all");

#define MAGIC			UINT32_C(0x46416e4a)
#define HASH_SIZE		(AT_ORIGIN - AT_HASH)

/* Flags of facts and of words. */
#define RESTRICTED		1
#define ERASED			2
#define JURISDICTION	4
#define COVERS			1
#define EXPLICIT		2
#define PARENTAL		4

/* Bytes before the variable ones. */
#define FACT_SIZE		14
#define WORD_SIZE		45
#define SERIES_SIZE		6
#define NAME_SIZE		6


/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------ */

static void
put(JnPen *pen, const void *data, size_t size)
{
	jn_pen_put(pen, data, size);
}

void
jn_fact_put(JnPen *pen, const JnFact *fact)
{
	uint8_t		fixed[FACT_SIZE];

	jn_store32(fixed, (uint32_t) fact->born);
	fixed[4] = fact->kind;
	fixed[5] = (uint8_t) ((fact->restricted ? RESTRICTED : 0) | (fact->erased ? ERASED : 0) |
						  (fact->jurisdiction != NULL ? JURISDICTION : 0));
	jn_store32(fixed + 6, fact->words);
	jn_store32(fixed + 10, fact->jurisdiction == NULL ? 0 : fact->jurisdiction_size);
	put(pen, fixed, sizeof(fixed));
	if (fact->jurisdiction != NULL)
		put(pen, fact->jurisdiction, fact->jurisdiction_size);
}

void
jn_fact_put_word(JnPen *pen, const JnFactWord *word)
{
	uint8_t		fixed[WORD_SIZE];

	jn_store32(fixed, (uint32_t) word->purpose);
	jn_store32(fixed + 4, word->given);
	jn_store32(fixed + 8, word->refused);
	jn_store32(fixed + 12, word->withdrawn);
	jn_store32(fixed + 16, word->objected);
	jn_store32(fixed + 20, word->expired);
	fixed[24] = (uint8_t) ((word->covers ? COVERS : 0) | (word->is_explicit ? EXPLICIT : 0) |
						   (word->parental ? PARENTAL : 0));
	jn_store64(fixed + 25, (uint64_t) word->from);
	jn_store64(fixed + 33, (uint64_t) word->until);
	jn_store32(fixed + 41, word->notice_size);
	put(pen, fixed, sizeof(fixed));
	put(pen, word->notice, word->notice_size);
}

static inline uint32_t
few_at(const uint8_t *few, uint64_t place)
{
	return few[place / 2] >> 4 * (place & 1) & JN_FACT_FEW;
}

void
jn_fact_put_series(JnPen *pen, const JnNumbered *numbered, uint64_t places,
				   const uint8_t *few, const uint16_t *more)
{
	for (int i = 0; i < numbered->count; i++)
	{
		const JnSeries *s = &numbered->series[i];
		uint8_t		fixed[SERIES_SIZE] = {s->size, s->digits};

		jn_store32(fixed + 2, s->last);
		put(pen, fixed, sizeof(fixed));
		put(pen, s->prefix, (size_t) (s->size - s->digits));
	}
	if (places > 0)
		put(pen, few, (size_t) ((places + 1) / 2));
	for (uint64_t place = 0; place < places; place++)
	{
		uint8_t		number[2];

		if (few_at(few, place) != JN_FACT_FEW)
			continue;
		jn_store16(number, more[place]);
		put(pen, number, sizeof(number));
	}
}

void
jn_fact_put_name(JnPen *pen, const char *name, size_t size, uint32_t facts)
{
	uint8_t		fixed[NAME_SIZE];

	jn_store32(fixed, facts);
	jn_store16(fixed + 4, (uint16_t) size);
	put(pen, fixed, sizeof(fixed));
	put(pen, name, size);
}

static JnStatus
hash_all(const uint8_t *bytes, size_t size, uint8_t hash[HASH_SIZE], JnError *err)
{
	JnBytes		parts[2] = {{bytes, AT_HASH}, {bytes + AT_ORIGIN, size - AT_ORIGIN}};

	return jn_hash(hash, HASH_SIZE, NULL, 0, parts, 2, err);
}

JnStatus
jn_fact_seal(uint8_t *bytes, uint64_t body, JnFactHeader *header, JnError *err)
{
	header->size = JN_FACT_HEADER + body;
	memset(bytes, 0, JN_FACT_HEADER);
	jn_store32(bytes + AT_MAGIC, MAGIC);
	jn_store32(bytes + AT_VERSION, JN_FACT_VERSION);
	jn_store64(bytes + AT_SIZE, header->size);
	memcpy(bytes + AT_ORIGIN, header->origin, JN_FACT_ORIGIN);
	jn_store64(bytes + AT_SYSTEM, header->system);
	jn_store64(bytes + AT_POSITION, (uint64_t) header->position);
	jn_store64(bytes + AT_SUBJECTS, header->subjects);
	jn_store64(bytes + AT_XMIN, header->xmin);
	jn_store64(bytes + AT_XMAX, header->xmax);
	jn_store64(bytes + AT_NAMES, header->names);
	jn_store32(bytes + AT_DATABASE, header->database);
	jn_store32(bytes + AT_FACTS, header->facts);
	jn_store32(bytes + AT_SERIES, header->series);
	jn_store32(bytes + AT_COUNT, (uint32_t) header->running_count);
	for (int i = 0; i < header->running_count; i++)
		jn_store64(bytes + AT_RUNNING + 8 * i, header->running[i]);
	return hash_all(bytes, (size_t) header->size, bytes + AT_HASH, err);
}


/* ------------------------------------------------------------------------
 * Reading
 * ------------------------------------------------------------------------ */

JnStatus
jn_fact_read_header(const uint8_t *bytes, size_t size, JnFactHeader *header, JnError *err)
{
	JnStatus	status = jn_check_size(size, JN_FACT_HEADER, err);

	if (status != JN_OK)
		return status;
	if (jn_load32(bytes + AT_MAGIC) != MAGIC)
		return jn_corrupt_at(AT_MAGIC, err);
	if (jn_load32(bytes + AT_VERSION) != JN_FACT_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, AT_VERSION, jn_load32(bytes + AT_VERSION), JN_FACT_VERSION);

	memset(header, 0, sizeof(*header));
	header->size = jn_load64(bytes + AT_SIZE);
	memcpy(header->origin, bytes + AT_ORIGIN, JN_FACT_ORIGIN);
	header->system = jn_load64(bytes + AT_SYSTEM);
	header->position = (int64_t) jn_load64(bytes + AT_POSITION);
	header->subjects = jn_load64(bytes + AT_SUBJECTS);
	header->xmin = jn_load64(bytes + AT_XMIN);
	header->xmax = jn_load64(bytes + AT_XMAX);
	header->names = jn_load64(bytes + AT_NAMES);
	header->database = jn_load32(bytes + AT_DATABASE);
	header->facts = jn_load32(bytes + AT_FACTS);
	header->series = jn_load32(bytes + AT_SERIES);
	header->running_count = (int32_t) jn_load32(bytes + AT_COUNT);
	if (header->size < JN_FACT_HEADER)
		return jn_corrupt_at(AT_SIZE, err);
	if (header->facts >= INT32_MAX)
		return jn_corrupt_at(AT_FACTS, err);
	if (header->series > JN_SERIES_MOST)
		return jn_corrupt_at(AT_SERIES, err);
	if (header->running_count < -1 || header->running_count > JN_FACT_RUNNING)
		return jn_corrupt_at(AT_COUNT, err);
	for (int i = 0; i < header->running_count; i++)
		header->running[i] = jn_load64(bytes + AT_RUNNING + 8 * i);
	return JN_OK;
}

JnStatus
jn_fact_open(JnFactReader *reader, const uint8_t *bytes, size_t size, JnError *err)
{
	uint8_t		hash[HASH_SIZE];
	JnStatus	status = jn_fact_read_header(bytes, size, &reader->header, err);

	if (status != JN_OK)
		return status;
	if (reader->header.size > size)
		return jn_check_size(size, reader->header.size, err);
	if (reader->header.size < size)
		return jn_corrupt_at((size_t) reader->header.size, err);
	status = hash_all(bytes, size, hash, err);
	if (status != JN_OK)
		return status;
	if (memcmp(hash, bytes + AT_HASH, HASH_SIZE) != 0)
		return jn_corrupt_at(AT_HASH, err);

	reader->bytes = bytes;
	reader->p = bytes + JN_FACT_HEADER;
	reader->end = bytes + size;
	reader->names = reader->header.names;
	return JN_OK;
}

static JnStatus
corrupt(const JnFactReader *reader, JnError *err)
{
	return jn_corrupt_at((size_t) (reader->p - reader->bytes), err);
}

/* The next so many bytes, or NULL. */
static inline const uint8_t *
take(JnFactReader *reader, uint64_t size)
{
	const uint8_t *result = reader->p;

	if ((uint64_t) (reader->end - reader->p) < size)
		return NULL;
	reader->p += size;
	return result;
}

JnStatus
jn_fact_next(JnFactReader *reader, JnFact *fact, JnError *err)
{
	const uint8_t *fixed = take(reader, FACT_SIZE);

	if (fixed == NULL || fixed[5] >= 2 * JURISDICTION)
		return corrupt(reader, err);
	fact->born = (int32_t) jn_load32(fixed);
	fact->kind = fixed[4];
	fact->restricted = (fixed[5] & RESTRICTED) != 0;
	fact->erased = (fixed[5] & ERASED) != 0;
	fact->words = jn_load32(fixed + 6);
	fact->jurisdiction_size = jn_load32(fixed + 10);
	fact->jurisdiction = (const char *) take(reader, fact->jurisdiction_size);
	if (fact->jurisdiction == NULL ||
		fact->words > (uint64_t) (reader->end - reader->p) / WORD_SIZE ||
		((fixed[5] & JURISDICTION) == 0 && fact->jurisdiction_size > 0))
		return corrupt(reader, err);
	if ((fixed[5] & JURISDICTION) == 0)
		fact->jurisdiction = NULL;
	return JN_OK;
}

JnStatus
jn_fact_next_word(JnFactReader *reader, JnFactWord *word, JnError *err)
{
	const uint8_t *fixed = take(reader, WORD_SIZE);

	if (fixed == NULL || fixed[24] >= 2 * PARENTAL)
		return corrupt(reader, err);
	word->purpose = (int32_t) jn_load32(fixed);
	word->given = jn_load32(fixed + 4);
	word->refused = jn_load32(fixed + 8);
	word->withdrawn = jn_load32(fixed + 12);
	word->objected = jn_load32(fixed + 16);
	word->expired = jn_load32(fixed + 20);
	word->covers = (fixed[24] & COVERS) != 0;
	word->is_explicit = (fixed[24] & EXPLICIT) != 0;
	word->parental = (fixed[24] & PARENTAL) != 0;
	word->from = (int64_t) jn_load64(fixed + 25);
	word->until = (int64_t) jn_load64(fixed + 33);
	word->notice_size = jn_load32(fixed + 41);
	word->notice = (const char *) take(reader, word->notice_size);
	return word->notice == NULL ? corrupt(reader, err) : JN_OK;
}

JnStatus
jn_fact_series(JnFactReader *reader, JnNumbered *numbered, uint64_t *places,
			   const uint8_t **few, JnError *err)
{
	*places = 0;
	jn_numbered_begin(numbered);
	for (uint32_t i = 0; i < reader->header.series; i++)
	{
		const uint8_t *fixed = take(reader, SERIES_SIZE);
		const uint8_t *prefix;

		if (fixed == NULL || fixed[0] == 0 || fixed[0] > JN_SERIES_NAME ||
			fixed[1] == 0 || fixed[1] > JN_SERIES_DIGITS || fixed[1] > fixed[0])
			return corrupt(reader, err);
		prefix = take(reader, (uint64_t) (fixed[0] - fixed[1]));
		if (prefix == NULL)
			return corrupt(reader, err);
		jn_numbered_add(numbered, prefix, fixed[0], fixed[1], jn_load32(fixed + 2), *places);
		*places += (uint64_t) jn_load32(fixed + 2) + 1;
	}
	*few = take(reader, (*places + 1) / 2);
	return *few == NULL ? corrupt(reader, err) : JN_OK;
}

JnStatus
jn_fact_more(JnFactReader *reader, uint64_t places, const uint8_t *few, uint16_t *more, JnError *err)
{
	for (uint64_t place = 0; place < places; place++)
	{
		uint32_t	facts = few_at(few, place);

		if (facts == JN_FACT_FEW)
		{
			const uint8_t *number = take(reader, 2);

			if (number == NULL)
				return corrupt(reader, err);
			more[place] = jn_load16(number);
			facts = more[place] == JN_FACT_MORE ? 0 : more[place];
		}
		if (facts > reader->header.facts)
			return corrupt(reader, err);
	}
	return JN_OK;
}

JnStatus
jn_fact_next_name(JnFactReader *reader, const char **name, uint32_t *size, uint32_t *facts, JnError *err)
{
	const uint8_t *fixed;

	*name = NULL;
	*size = 0;
	*facts = 0;
	if (reader->names == 0)
		return reader->p == reader->end ? JN_OK : corrupt(reader, err);

	fixed = take(reader, NAME_SIZE);
	if (fixed == NULL)
		return corrupt(reader, err);
	*facts = jn_load32(fixed);
	*size = jn_load16(fixed + 4);
	*name = (const char *) take(reader, *size);
	if (*name == NULL || *size == 0 || *size > JN_FACT_NAME || *facts > reader->header.facts)
		return corrupt(reader, err);
	reader->names--;
	return JN_OK;
}


/* ------------------------------------------------------------------------
 * Forgetting
 * ------------------------------------------------------------------------ */

/* The bytes behind those of all facts. */
static JnStatus
skip_facts(JnFactReader *reader, JnError *err)
{
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < reader->header.facts && status == JN_OK; i++)
	{
		JnFact		fact;
		JnFactWord	word;

		status = jn_fact_next(reader, &fact, err);
		for (uint32_t j = 0; status == JN_OK && j < fact.words; j++)
			status = jn_fact_next_word(reader, &word, err);
	}
	return status;
}

/*
 * A place is emptied where its number stands; a number that is not in the
 * first array keeps its room in the second.  A name is overwritten by zeros.
 */
JnStatus
jn_fact_forget(uint8_t *bytes, size_t size, const char *name, size_t name_size, bool *found, JnError *err)
{
	JnFactReader reader;
	JnNumbered	numbered;
	const uint8_t *few;
	uint64_t	places;
	int64_t		place;
	uint8_t    *number = NULL;
	const char *other;
	uint32_t	other_size;
	uint32_t	facts;
	JnStatus	status = jn_fact_open(&reader, bytes, size, err);

	*found = false;
	if (status == JN_OK)
		status = skip_facts(&reader, err);
	if (status == JN_OK)
		status = jn_fact_series(&reader, &numbered, &places, &few, err);
	if (status != JN_OK)
		return status;

	place = jn_numbered_find(&numbered, name, name_size, jn_name_tail(name, name_size));
	for (uint64_t i = 0; i < places; i++)
	{
		if (few_at(few, i) != JN_FACT_FEW)
			continue;
		if (take(&reader, 2) == NULL)
			return corrupt(&reader, err);
		if ((int64_t) i == place)
			number = bytes + (reader.p - 2 - bytes);
	}
	if (number != NULL)
	{
		*found |= jn_load16(number) != 0;
		jn_store16(number, 0);
	}
	else if (place >= 0 && few_at(few, (uint64_t) place) != 0)
	{
		bytes[few - bytes + place / 2] &= (uint8_t) (JN_FACT_FEW << 4 * (~place & 1));
		*found = true;
	}

	do
	{
		status = jn_fact_next_name(&reader, &other, &other_size, &facts, err);
		if (status != JN_OK)
			return status;
		if (other_size == name_size && name_size > 0 && memcmp(other, name, name_size) == 0)
		{
			uint8_t    *at = bytes + ((const uint8_t *) other - bytes);

			memset(at - NAME_SIZE, 0, 4);
			memset(at, 0, name_size);
			*found = true;
		}
	} while (other_size > 0);

	return *found ? hash_all(bytes, size, bytes + AT_HASH, err) : JN_OK;
}
