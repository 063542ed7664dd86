/*
 * test_frozen.c
 *	  Journeys that version 1 has written: every later version reads them.
 */
#include "frozen.h"
#include "golden.h"
#include "text.h"

/* The record at hand: proven, as text, from text, and step by step. */
static bool
check_record(const Frozen *f)
{
	Bytes		b = frozen_bytes(f);
	JnBuild    *from_text = jn_build_new(ENV, true);
	JnBuild    *from_steps = jn_build_new(ENV, true);
	JnStepReader r;
	JnStep		step;
	JnJourney	j;
	JnError		err;
	Bytes		again;
	size_t		size;
	char	   *written;

	if (!CHECK_INT(jn_journey_validate(ENV, b.data, b.size, &j, &err), JN_OK))
		return false;
	size = jn_text_size(ENV, &j);
	written = jn_alloc(ENV, size);
	jn_text_write(ENV, &j, written);
	if (!CHECK_BYTES(written, size, f->text, f->text_size))
		return false;

	if (!CHECK_INT(jn_text_read(ENV, f->text, f->text_size, from_text, &err), JN_OK))
		return false;
	again = build_bytes(ENV, from_text);
	if (!CHECK_BYTES(again.data, again.size, b.data, b.size))
		return false;

	for (jn_step_reader_open(ENV, &r, &j); jn_step_reader_next(ENV, &r, &step);)
		if (!CHECK_INT(jn_build_add_step(ENV, from_steps, &step, &err), JN_OK))
			return false;
	again = build_bytes(ENV, from_steps);
	return CHECK_BYTES(again.data, again.size, b.data, b.size);
}

TEST(frozen_version_1_is_read_and_written)
{
	frozen_check("test/unit/frozen/journey_v1.txt", 432, check_record);
}

/*
 * Codes of four bytes need more names than a file should have: 70 000 names of
 * 5 letters, written here as format.h says, and its frozen hashes.
 */
TEST(frozen_codes_of_four_bytes)
{
	const uint32_t n = 70000;
	size_t		size = JN_HEADER_SIZE + 3 + n + 5 * (size_t) n + 4 * (size_t) n + (n + 2) / 4 + n - 1;
	uint8_t    *bytes = jn_alloc(ENV, size);
	uint8_t    *p = bytes;
	uint64_t	presence = 0;
	JnJourney	j;
	JnError		err;

	p = model_put(p, 1, 1);
	p = model_put(p, JN_UNIT_S, 1);
	p = model_put(p, 0, 2);
	p = model_put(p, n, 4);
	p = model_put(p, 0, 8);
	p = model_put(p, (uint64_t) (n - 1) * 1000000, 8);
	p += 8;
	p = model_put_varint(p, n);
	memset(p, 5, n);
	p += n;
	for (uint32_t i = 0; i < n; i++, p += 5)
	{
		uint32_t	left = i;

		for (int k = 4; k >= 0; k--, left /= 26)
			p[k] = (uint8_t) ('a' + left % 26);
		presence |= jn_presence((char *) p, 5);
	}
	for (uint32_t i = 0; i < n; i++)
		p = model_put(p, n - 1 - i, 4);
	memset(p, 0, (n + 2) / 4);
	p += (n + 2) / 4;
	memset(p, 1, n - 1);
	p += n - 1;
	model_put(bytes + JN_AT_PRESENCE, presence, 8);

	CHECK_INT(p - bytes, size);
	CHECK_INT(jn_journey_validate(ENV, bytes, size, &j, &err), JN_OK);
	CHECK_INT(j.event.width, 4);
	CHECK(jn_journey_hash(&j, 0) == UINT64_C(0x587b9402f9fec43e));
	CHECK(jn_journey_variant_hash(ENV, &j) == UINT64_C(0x3f1923a88604bf47));
	CHECK_INT(jn_journey_time(ENV, &j, 12345), INT64_C(12345000000));
	CHECK_TEXT(jn_labels_name(&j.event, jn_journey_code(&j, 0)).data, 5, "adzoh");
}
