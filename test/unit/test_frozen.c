/*
 * test_frozen.c
 *	  Journeys that version 1 has written: every later version reads them.
 *
 * frozen/journey_v1.txt has three lines for each: what it shows, its text form
 * (a backslash doubled, control characters as \xNN), and its bytes in hex.
 * The file was made once and may only grow; see doc/decisions/frozen-format.md.
 */
#include "golden.h"
#include "text.h"

#define FROZEN		"test/unit/frozen/journey_v1.txt"
#define RECORDS		432
#define MAX_LINE	100000

static char what[MAX_LINE];
static char text[MAX_LINE];
static char hex[MAX_LINE];

/* Reads a line without its end; false at the end of the file. */
static bool
read_line(FILE *file, char *line)
{
	size_t		size;

	if (fgets(line, MAX_LINE, file) == NULL)
		return false;
	size = strcspn(line, "\n");
	if (!CHECK(line[size] == '\n'))
		abort();
	line[size] = '\0';
	return true;
}

/* Puts back what was written with a backslash; returns the size. */
static size_t
unescape(char *line)
{
	char	   *out = line;

	for (const char *p = line; *p != '\0'; p++)
		if (*p != '\\')
			*out++ = *p;
		else if (*++p == '\\')
			*out++ = '\\';
		else
		{
			char		digits[3] = {p[1], p[2], '\0'};

			*out++ = (char) strtoul(digits, NULL, 16);
			p += 2;
		}
	*out = '\0';
	return (size_t) (out - line);
}

static Bytes
hex_bytes(const char *digits)
{
	Bytes		b = {NULL, strlen(digits) / 2};

	b.data = jn_alloc(ENV, b.size);
	for (size_t i = 0; i < b.size; i++)
	{
		char		pair[3] = {digits[2 * i], digits[2 * i + 1], '\0'};

		b.data[i] = (uint8_t) strtoul(pair, NULL, 16);
	}
	return b;
}

/* The record at hand: proven, as text, from text, and step by step. */
static bool
check_record(void)
{
	Bytes		b = hex_bytes(hex);
	size_t		text_size = unescape(text);
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
	if (!CHECK_BYTES(written, size, text, text_size))
		return false;

	if (!CHECK_INT(jn_text_read(ENV, text, text_size, from_text, &err), JN_OK))
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
	FILE	   *file = fopen(FROZEN, "r");
	int			records = 0;

	if (!CHECK(file != NULL))
		return;
	while (read_line(file, what) && read_line(file, text) && read_line(file, hex))
	{
		if (!check_record())
			printf("  %s\n", what);
		records++;
		unit_env_clear(&unit_env);
		if (!read_line(file, what) || !CHECK_TEXT(what, strlen(what), ""))
			break;
	}
	fclose(file);
	CHECK_INT(records, RECORDS);
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
