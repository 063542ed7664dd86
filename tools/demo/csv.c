/*
 * csv.c
 *	  Reads somebody's CSV for `make demo`, and says exactly what is wrong with it.
 *
 *	 csv look COLUMNS SAMPLE < file    names of the columns, and some of the values
 *	 csv take 3,2,7+8 < file           the chosen columns of every row
 *
 * COPY could read the rows, but it wants to know the columns first, and it
 * stops at a byte order mark, at mixed line ends and at two columns of one
 * name.  So this filter reads whatever spreadsheets and exporters write and
 * gives the server lines in COPY's text form.  Both commands read the whole
 * file, so `look` has seen every error that `take` could meet.
 *
 * What it accepts: UTF-8 with or without a byte order mark; lines that end in
 * \n, \r\n or \r, mixed if need be; fields in double quotes with quotes inside
 * doubled, over several lines too; a quote inside an unquoted field, taken as
 * it stands; blank lines, skipped.  The separator is that of comma, semicolon,
 * tab and bar which the header has most of, or what a first line "sep=;" says.
 * A field that is empty, NULL, null or \N is NULL.  Empty fields beyond those
 * of the header are dropped, as some exporters end every row with a separator.
 *
 * COLUMNS gets "number <tab> name", numbers from 1.  A name is trimmed and cut
 * to 63 bytes; an empty one becomes "column 4", a repeated one "name (2)".
 * SAMPLE gets "line <tab> number <tab> value": the first 1000 rows (fewer if
 * there are more than 100 columns), then every 10th of the first 10,000, every
 * 100th of the first 100,000, and so on, empty fields left out.  `take` prints "line <tab> value ..."; 7+8 joins two columns with a
 * blank, as a date and a time.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* A record longer than this is a quote that somebody forgot to close. */
#define MAX_RECORD	((size_t) 64 << 20)

/* Longest name of a column that is worth printing, as the server's NAMEDATALEN. */
#define MAX_NAME	63

/* One record: the fields' bytes one after another, each with a zero byte behind it. */
typedef struct Record
{
	char	   *data;
	size_t		size;
	size_t		room;
	size_t	   *start;			/* offset of each field; one more than there are fields */
	size_t		fields;
	size_t		start_room;
	long		line;			/* line in which it begins, from 1 */
} Record;

static char input[1 << 16];
static size_t input_at;
static size_t input_size;
static long line_now = 1;
static char separator = ',';

/* Says what is wrong in which line, and ends. */
static void __attribute__((format(printf, 2, 3), noreturn))
fail(long line, const char *format, ...)
{
	va_list		args;

	fprintf(stderr, "line %ld: ", line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void *
grow(void *p, size_t size)
{
	p = realloc(p, size);
	if (p == NULL)
		fail(line_now, "out of memory");
	return p;
}

/* Fills the buffer behind what is still unread in it; false at the end of the file. */
static bool
fill(void)
{
	size_t		left = input_size - input_at;
	size_t		got;

	memmove(input, input + input_at, left);
	input_at = 0;
	got = fread(input + left, 1, sizeof(input) - left, stdin);
	if (got == 0 && ferror(stdin))
		fail(line_now, "the file cannot be read: %s", strerror(errno));
	input_size = left + got;
	return got > 0;
}

static int
peek(void)
{
	if (input_at == input_size && !fill())
		return EOF;
	return (unsigned char) input[input_at];
}

static int
next(void)
{
	int			c = peek();

	if (c != EOF)
		input_at++;
	return c;
}

/* Takes the line end that begins with c: \n, \r or \r\n. */
static void
end_line(int c)
{
	if (c == '\r' && peek() == '\n')
		next();
	line_now++;
}

static void
put(Record *r, int c)
{
	if (r->size == MAX_RECORD)
		fail(r->line, "a row of more than 64 MB begins here; is a double quote not closed?");
	if (r->size == r->room)
	{
		r->room = r->room ? 2 * r->room : 4096;
		r->data = grow(r->data, r->room);
	}
	r->data[r->size++] = (char) c;
}

static void
begin_field(Record *r)
{
	if (r->fields + 2 > r->start_room)
	{
		r->start_room = r->start_room ? 2 * r->start_room : 64;
		r->start = grow(r->start, r->start_room * sizeof(size_t));
	}
	r->start[r->fields++] = r->size;
}

static void
read_quoted(Record *r)
{
	long		opened = line_now;

	for (;;)
	{
		int			c = next();

		if (c == EOF)
			fail(opened, "a double quote that opens here is not closed");
		if (c == '"')
		{
			if (peek() != '"')
				return;
			next();
		}
		else if (c == '\r' || c == '\n')
		{
			end_line(c);
			c = '\n';
		}
		put(r, c);
	}
}

/* Reads the next record that is not a blank line; false at the end of the file. */
static bool
read_record(Record *r)
{
	int			c;

	while ((c = peek()) == '\n' || c == '\r')
		end_line(next());
	if (c == EOF)
		return false;

	r->size = 0;
	r->fields = 0;
	r->line = line_now;
	do
	{
		begin_field(r);
		if (peek() == '"')
		{
			next();
			read_quoted(r);
		}
		while ((c = next()) != EOF && c != separator && c != '\n' && c != '\r')
			put(r, c);
		put(r, 0);
	} while (c == separator);
	r->start[r->fields] = r->size;
	if (c != EOF)
		end_line(c);

	for (size_t i = 0; i < r->fields; i++)
	{
		size_t		size = r->start[i + 1] - r->start[i] - 1;
		size_t		good = jn_utf8_check(r->data + r->start[i], size);

		if (good == size)
			continue;
		if (r->data[r->start[i] + good] == 0)
			fail(r->line, "a zero byte: this is not a text file");
		fail(r->line, "not valid UTF-8; convert the file first, for example with: iconv -f WINDOWS-1252 -t UTF-8");
	}
	return true;
}

/* Skips a byte order mark and finds out the separator. */
static void
begin_file(void)
{
	static const char candidate[] = {',', ';', '\t', '|'};
	size_t		count[sizeof(candidate)] = {0};
	size_t		best = 0;
	bool		quoted = false;

	while (input_size < sizeof(input) && fill())
		;
	if (input_size >= 2 && (memcmp(input, "\xff\xfe", 2) == 0 || memcmp(input, "\xfe\xff", 2) == 0))
		fail(1, "this is UTF-16; convert the file first, for example with: iconv -f UTF-16 -t UTF-8");
	if (input_size >= 3 && memcmp(input, "\xef\xbb\xbf", 3) == 0)
		input_at = 3;

	/* Spreadsheets write and want a line that names the separator. */
	if (input_size - input_at >= 6 && memcmp(input + input_at, "sep=", 4) == 0 &&
		(input[input_at + 5] == '\n' || input[input_at + 5] == '\r'))
	{
		separator = input[input_at + 4];
		input_at += 5;
		return;
	}

	for (size_t i = input_at; i < input_size && (quoted || (input[i] != '\n' && input[i] != '\r')); i++)
	{
		if (input[i] == '"')
			quoted = !quoted;
		for (size_t k = 0; k < sizeof(candidate); k++)
			count[k] += !quoted && input[i] == candidate[k];
	}
	for (size_t k = 1; k < sizeof(candidate); k++)
		if (count[k] > count[best])
			best = k;
	separator = candidate[best];
}

/* Writes a value in COPY's text form. */
static void
write_value(FILE *to, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
	{
		switch (data[i])
		{
			case '\\':
				fputs("\\\\", to);
				break;
			case '\t':
				fputs("\\t", to);
				break;
			case '\n':
				fputs("\\n", to);
				break;
			case '\r':
				fputs("\\r", to);
				break;
			default:
				fputc(data[i], to);
		}
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Databases export NULL as an empty field, as the word or as \N. */
static bool
is_null(const char *data, size_t size)
{
	return size == 0 ||
		(size == 4 && (memcmp(data, "NULL", 4) == 0 || memcmp(data, "null", 4) == 0)) ||
		(size == 2 && memcmp(data, "\\N", 2) == 0);
}

static bool
is_taken(char **names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Copies at most "most" bytes of a name, whole characters only. */
static void
cut_name(char *out, const char *data, size_t size, size_t most)
{
	size_t		n = 0;

	while (n < size)
	{
		size_t		width = jn_utf8_character(data + n, size - n);

		if (width == 0 || n + width > most)
			break;
		n += width;
	}
	memcpy(out, data, n);
	out[n] = 0;
}

/* Gives every column of the header a name of its own. */
static char **
name_columns(const Record *header)
{
	char	  **names = grow(NULL, header->fields * sizeof(char *));

	for (size_t i = 0; i < header->fields; i++)
	{
		const char *data = header->data + header->start[i];
		size_t		size = header->start[i + 1] - header->start[i] - 1;
		char		plain[MAX_NAME + 1];
		char		name[MAX_NAME + 32];

		while (size > 0 && is_blank(*data))
			data++, size--;
		while (size > 0 && is_blank(data[size - 1]))
			size--;
		if (size > 0)
			cut_name(plain, data, size, MAX_NAME);
		else
			snprintf(plain, sizeof(plain), "column %zu", i + 1);

		strcpy(name, plain);
		for (size_t copy = 2; is_taken(names, i, name); copy++)
		{
			char		number[32];
			char		stem[MAX_NAME + 1];

			snprintf(number, sizeof(number), " (%zu)", copy);
			cut_name(stem, plain, strlen(plain), MAX_NAME - strlen(number));
			snprintf(name, sizeof(name), "%s%s", stem, number);
		}
		names[i] = strcpy(grow(NULL, strlen(name) + 1), name);
	}
	return names;
}

static void
check_fields(Record *r, size_t wanted)
{
	while (r->fields > wanted && r->start[r->fields] - r->start[r->fields - 1] == 1)
		r->fields--;
	if (r->fields != wanted)
		fail(r->line, "%zu field%s where the header has %zu", r->fields, r->fields == 1 ? "" : "s", wanted);
}

static FILE *
create(const char *path)
{
	FILE	   *f = fopen(path, "w");

	if (f == NULL)
	{
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static void
finish(FILE *f)
{
	if (ferror(f) || fclose(f) != 0)
	{
		fprintf(stderr, "cannot write: %s\n", strerror(errno));
		exit(1);
	}
}

static void
look(Record *r, const char *columns_path, const char *sample_path)
{
	FILE	   *columns = create(columns_path);
	FILE	   *sample = create(sample_path);
	size_t		fields;
	size_t		dense;			/* rows of the first part */
	size_t		stride = 1;
	size_t		rows = 0;
	char	  **names;

	if (!read_record(r))
		fail(1, "the file is empty");
	fields = r->fields;
	dense = fields > 2000 ? 50 : fields > 100 ? 100000 / fields : 1000;
	names = name_columns(r);
	for (size_t i = 0; i < fields; i++)
	{
		fprintf(columns, "%zu\t", i + 1);
		write_value(columns, names[i], strlen(names[i]));
		fputc('\n', columns);
	}
	while (read_record(r))
	{
		check_fields(r, fields);
		rows++;
		if (rows > dense * stride)
			stride *= 10;
		if (rows % stride != 0)
			continue;
		for (size_t i = 0; i < fields; i++)
		{
			size_t		size = r->start[i + 1] - r->start[i] - 1;

			if (is_null(r->data + r->start[i], size))
				continue;
			fprintf(sample, "%ld\t%zu\t", r->line, i + 1);
			write_value(sample, r->data + r->start[i], size);
			fputc('\n', sample);
		}
	}
	if (rows == 0)
		fail(1, "the file has a header and no rows");
	finish(columns);
	finish(sample);
}

static void
take(Record *r, const char *spec)
{
	size_t		fields;

	if (!read_record(r))
		fail(1, "the file is empty");
	fields = r->fields;
	while (read_record(r))
	{
		const char *p = spec;
		bool		joined = false;

		check_fields(r, fields);
		printf("%ld\t", r->line);
		while (*p)
		{
			char	   *end;
			size_t		i = strtoul(p, &end, 10);
			size_t		size;

			if (end == p || i == 0 || i > fields)
				fail(r->line, "no such column: %s", p);
			size = r->start[i] - r->start[i - 1] - 1;
			if (!is_null(r->data + r->start[i - 1], size))
				write_value(stdout, r->data + r->start[i - 1], size);
			else if (!joined && *end != '+')
				fputs("\\N", stdout);
			joined = *end == '+';
			if (joined)
				fputc(' ', stdout);
			else if (*end == ',')
				fputc('\t', stdout);
			p = *end ? end + 1 : end;
		}
		fputc('\n', stdout);
	}
	finish(stdout);
}

int
main(int argc, char **argv)
{
	Record		record = {0};

	begin_file();
	if (argc == 4 && strcmp(argv[1], "look") == 0)
		look(&record, argv[2], argv[3]);
	else if (argc == 3 && strcmp(argv[1], "take") == 0)
		take(&record, argv[2]);
	else
	{
		fputs("usage: csv look COLUMNS SAMPLE | csv take NUMBER[+NUMBER],...\n", stderr);
		return 2;
	}
	return 0;
}
