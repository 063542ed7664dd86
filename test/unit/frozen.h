/*
 * frozen.h
 *	  Reading the files of values that an earlier version has written.
 *
 * frozen/TYPE_vN.txt has three lines for each value: what it shows, its text
 * form (a backslash doubled, control characters as \xNN), and its bytes in hex;
 * then an empty line.  Such a file was made once and may only grow; see
 * doc/decisions/frozen-format.md.
 */
#ifndef FROZEN_H
#define FROZEN_H

#include "model.h"

#define FROZEN_MAX_LINE	100000

/* One record. */
typedef struct Frozen
{
	char		what[FROZEN_MAX_LINE];
	char		text[FROZEN_MAX_LINE];
	size_t		text_size;
	char		hex[FROZEN_MAX_LINE];
} Frozen;

/* Reads a line without its end; false at the end of the file. */
static inline bool
frozen_line(FILE *file, char *line)
{
	size_t		size;

	if (fgets(line, FROZEN_MAX_LINE, file) == NULL)
		return false;
	size = strcspn(line, "\n");
	if (!CHECK(line[size] == '\n'))
		abort();
	line[size] = '\0';
	return true;
}

/* Puts back what was written with a backslash; returns the size. */
static inline size_t
frozen_unescape(char *line)
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

/* The bytes of a record. */
static inline Bytes
frozen_bytes(const Frozen *f)
{
	Bytes		b = {NULL, strlen(f->hex) / 2};

	b.data = jn_alloc(ENV, b.size);
	for (size_t i = 0; i < b.size; i++)
	{
		char		pair[3] = {f->hex[2 * i], f->hex[2 * i + 1], '\0'};

		b.data[i] = (uint8_t) strtoul(pair, NULL, 16);
	}
	return b;
}

/* Checks each record of a file with check(), and that there are so many. */
static inline void
frozen_check(const char *path, int expected, bool (*check) (const Frozen *f))
{
	static Frozen f;
	FILE	   *file = fopen(path, "r");
	int			records = 0;

	if (!CHECK(file != NULL))
		return;
	while (frozen_line(file, f.what) && frozen_line(file, f.text) && frozen_line(file, f.hex))
	{
		char		end[FROZEN_MAX_LINE];

		f.text_size = frozen_unescape(f.text);
		if (!check(&f))
			printf("  %s\n", f.what);
		records++;
		unit_env_clear(&unit_env);
		if (!frozen_line(file, end) || !CHECK_TEXT(end, strlen(end), ""))
			break;
	}
	fclose(file);
	CHECK_INT(records, expected);
}

#endif							/* FROZEN_H */
