/*
 * set_text.c
 *	  The text form of a set of journeys, see set_text.h for the grammar.
 *
 * The reader makes a journey of each part, ghost and all, and gathers them as
 * journeys from anywhere are gathered: so subjects may come in any order, and
 * twice.
 */
#include "set_text.h"

#include "pen.h"
#include "set_merge.h"
#include "text.h"

static const char *const kind_word[JN_KEY_KINDS] = {
	[JN_KEY_TEXT] = "text",
	[JN_KEY_BIGINT] = "bigint",
	[JN_KEY_UUID] = "uuid",
};

/* ---- keys ---- */

static size_t
write_bigint(int64_t number, char *out)
{
	size_t		sign = number < 0;

	if (number < 0)
		out[0] = '-';
	return sign + jn_digits_write(number < 0 ? -(uint64_t) number : (uint64_t) number, out + sign);
}

static size_t
write_uuid(const char *data, char *out)
{
	static const char digit[] = "0123456789abcdef";
	char	   *p = out;

	for (unsigned i = 0; i < JN_UUID_SIZE; i++)
	{
		uint8_t		byte = (uint8_t) data[i];

		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digit[byte >> 4];
		*p++ = digit[byte & 15];
	}
	return (size_t) (p - out);
}

size_t
jn_key_write(const JnKey *key, char *out)
{
	return key->kind == JN_KEY_BIGINT ? write_bigint(key->number, out) : write_uuid(key->data, out);
}

static bool
read_bigint(const char *text, size_t size, int64_t *number)
{
	bool		negative = size > 0 && text[0] == '-';
	uint64_t	most = (uint64_t) INT64_MAX + negative;
	uint64_t	v = 0;

	if (size == negative)
		return false;
	for (size_t i = negative; i < size; i++)
	{
		unsigned	digit = (unsigned) (unsigned char) text[i] - '0';

		if (digit > 9 || v > (most - digit) / 10)
			return false;
		v = 10 * v + digit;
	}
	*number = (int64_t) (negative ? -v : v);
	return true;
}

/* The value of a hexadecimal digit, or 16. */
static unsigned
hex(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned) (c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned) (c - 'a' + 10);
	return c >= 'A' && c <= 'F' ? (unsigned) (c - 'A' + 10) : 16;
}

static bool
read_uuid(const char *text, size_t size, char *uuid)
{
	size_t		at = 0;

	for (unsigned i = 0; i < JN_UUID_SIZE; i++)
	{
		if (i > 0 && i % 2 == 0 && at < size && text[at] == '-')
			at++;
		if (size - at < 2 || hex(text[at]) > 15 || hex(text[at + 1]) > 15)
			return false;
		uuid[i] = (char) (hex(text[at]) << 4 | hex(text[at + 1]));
		at += 2;
	}
	return at == size;
}

bool
jn_key_read(JnKeyKind kind, const char *text, size_t size, char uuid[JN_UUID_SIZE], JnKey *key)
{
	*key = (JnKey) {kind, 0, 0, NULL};
	switch (kind)
	{
		case JN_KEY_BIGINT:
			return read_bigint(text, size, &key->number);
		case JN_KEY_UUID:
			key->data = uuid;
			key->size = JN_UUID_SIZE;
			return read_uuid(text, size, uuid);
		default:
			key->data = text;
			key->size = size <= JN_MAX_NAME ? (uint32_t) size : JN_MAX_NAME + 1;
			return true;
	}
}

/* ---- reading ---- */

/* Where the reader is, and what it has read. */
typedef struct Reader
{
	const JnEnv *env;
	const char *text;
	size_t		size;
	size_t		at;				/* next byte */
	JnError    *err;
	JnKeyKind	kind;
	JnBuild    *build;			/* of one part */
	JnSubject  *subject;		/* parts so far */
	uint32_t	subjects;
	uint32_t	room;
} Reader;

static JnStatus
fail_at(const Reader *r, JnStatus status, size_t at)
{
	return jn_fail(r->err, status, at, 0, 0);
}

static void
skip_space(Reader *r)
{
	r->at = (size_t) (jn_skip_space(r->env, r->text + r->at, r->text + r->size) - r->text);
}

/* Whether the next character is the given one; moves past it. */
static bool
accept(Reader *r, char c)
{
	skip_space(r);
	if (r->at == r->size || r->text[r->at] != c)
		return false;
	r->at++;
	return true;
}

static JnStatus
expect(Reader *r, char c)
{
	return accept(r, c) ? JN_OK : fail_at(r, JN_TEXT_SET, r->at);
}

/* Reads what the keys are, if it is told. */
static JnStatus
read_kind(Reader *r)
{
	size_t		begin;
	size_t		size;

	skip_space(r);
	begin = r->at;
	while (r->at < r->size && r->text[r->at] >= 'a' && r->text[r->at] <= 'z' && r->at - begin < 8)
		r->at++;
	size = r->at - begin;
	r->kind = JN_KEY_TEXT;
	if (size == 0)
		return JN_OK;
	for (unsigned kind = 0; kind < JN_KEY_KINDS; kind++)
	{
		if (strlen(kind_word[kind]) == size && memcmp(kind_word[kind], r->text + begin, size) == 0)
		{
			r->kind = (JnKeyKind) kind;
			return JN_OK;
		}
	}
	return fail_at(r, JN_TEXT_SET, begin);
}

/* Where the next colon stands, or the end. */
static size_t
colon(const char *text, size_t begin, size_t end)
{
	const char *p = memchr(text + begin, ':', end - begin);

	return p == NULL ? end : (size_t) (p - text);
}

/* Copies a key's bytes into memory of their own. */
static void
keep_key(const Reader *r, JnKey *key, const char *data)
{
	char	   *copy = jn_alloc(r->env, key->size + 1);

	memcpy(copy, data, key->size);
	key->data = copy;
}

static JnStatus
read_key(Reader *r, JnKey *key)
{
	char		copy[JN_MAX_NAME];
	char		uuid[JN_UUID_SIZE];
	size_t		begin;
	JnName		name;
	JnStatus	status;

	skip_space(r);
	begin = r->at;
	if (r->kind == JN_KEY_TEXT)
	{
		size_t		end = r->size;

		/* without quotes, a name ends before a colon */
		if (begin < end && r->text[begin] != '"')
			end = colon(r->text, begin, end);
		status = jn_text_read_name(r->env, r->text, end, &r->at, copy, &name, r->err);
		if (status != JN_OK)
		{
			if (status == JN_TEXT_SYNTAX)
				r->err->status = JN_TEXT_SET;
			else if (status == JN_NAME_LONG)
				r->err->status = JN_SUBJECT_LONG;
			return r->err->status;
		}
		*key = (JnKey) {JN_KEY_TEXT, name.size, 0, name.data};
		status = jn_key_check(key, r->err);
		if (status != JN_OK)
		{
			r->err->at = begin;
			return status;
		}
	}
	else
	{
		while (r->at < r->size && (hex(r->text[r->at]) < 16 || r->text[r->at] == '-') && r->at - begin < 64)
			r->at++;
		if (!jn_key_read(r->kind, r->text + begin, r->at - begin, uuid, key))
			return fail_at(r, JN_TEXT_SET, begin);
	}
	if (key->size > 0)
		keep_key(r, key, key->data);
	return JN_OK;
}

/* Makes a journey of the steps read, and a subject of it. */
static JnStatus
keep_part(Reader *r, const JnKey *key, bool ghost, int64_t ghost_time, bool more, size_t begin)
{
	size_t		size;
	uint8_t    *bytes;
	JnStatus	status = jn_build_finish(r->env, r->build, &size, r->err);

	if (status != JN_OK)
		return status;
	bytes = jn_alloc(r->env, size);
	jn_build_write(r->env, r->build, bytes);
	jn_build_reset(r->build);
	if (ghost)
	{
		JnJourney	j;
		JnTimesReader times;

		/* it is the first step, and alone at its time */
		status = jn_journey_open(bytes, size, &j, r->err);
		if (status != JN_OK)
			return status;
		jn_journey_times(&j, &times);
		if (j.head.n < 2 || j.head.first != ghost_time || jn_times_next(&times) == 0)
			return fail_at(r, JN_TEXT_SET, begin);
	}
	if (r->subjects == r->room)
	{
		r->room = r->room > 0 ? 2 * r->room : 16;
		r->subject = r->subject == NULL ? jn_alloc(r->env, jn_array_size(r->room, sizeof(JnSubject)))
			: jn_resize(r->env, r->subject, jn_array_size(r->room, sizeof(JnSubject)));
	}
	r->subject[r->subjects++] = (JnSubject) {*key, bytes, size, ghost, more};
	return JN_OK;
}

static JnStatus
read_part(Reader *r)
{
	bool		ghost;
	int64_t		ghost_time;
	bool		more;
	size_t		begin;
	JnKey		key;
	JnStatus	status = read_key(r, &key);

	if (status == JN_OK)
		status = expect(r, ':');
	if (status != JN_OK)
		return status;
	skip_space(r);
	begin = r->at;
	status = jn_text_read_part(r->env, r->text, r->size, &r->at, r->build, &ghost, &ghost_time, &more, r->err);
	if (status == JN_OK)
		status = keep_part(r, &key, ghost, ghost_time, more, begin);
	return status;
}

JnStatus
jn_set_text_read(const JnEnv *env, const char *text, size_t size, JnSetBuild **b, JnError *err)
{
	Reader		r = {.env = env,.text = text,.size = size,.err = err};
	JnStatus	status = read_kind(&r);

	if (status == JN_OK)
		status = expect(&r, '{');
	if (status != JN_OK)
		return status;
	r.build = jn_build_new(env, true);
	do
	{
		status = read_part(&r);
		if (status != JN_OK)
			return status;
		if (r.subjects % 1024 == 0)
			jn_tick(env);
	} while (accept(&r, ','));
	status = expect(&r, '}');
	if (status != JN_OK)
		return status;
	skip_space(&r);
	if (r.at < size)
		return fail_at(&r, JN_TEXT_SET, r.at);
	*b = jn_set_build_new(env, r.kind, JN_MAX_BYTES);
	return jn_subjects_gather(env, r.subject, r.subjects, true, *b, err);
}

/* ---- writing ---- */

static void
put_key(JnPen *pen, const JnKey *key)
{
	char		text[JN_KEY_WIDTH];
	JnName		name = {key->data, key->size};

	if (key->kind != JN_KEY_TEXT)
		jn_pen_put(pen, text, jn_key_write(key, text));
	else if (colon(name.data, 0, name.size) < name.size && jn_text_write_name(name, NULL) == name.size)
	{
		/* a plain name, but for the colon */
		jn_pen_say(pen, "\"");
		jn_pen_put(pen, name.data, name.size);
		jn_pen_say(pen, "\"");
	}
	else
		jn_pen_advance(pen, jn_text_write_name(name, pen->out));
}

static uint64_t
write_text(const JnEnv *env, const JnSet *s, char *out)
{
	JnPen		pen = {out, 0};
	JnSetParts	parts;
	JnSetSteps	steps;
	JnSetNames	names;
	JnPart		part;

	if (s->head.kind != JN_KEY_TEXT)
	{
		jn_pen_say(&pen, kind_word[s->head.kind]);
		jn_pen_say(&pen, " ");
	}
	jn_pen_say(&pen, "{");
	jn_set_parts_open(&parts, s);
	jn_set_steps_open(&steps, s);
	jn_set_names_open(env, &names, s);
	while (jn_set_parts_next(env, &parts, &part))
	{
		bool		more;

		if (part.number > 0)
			jn_pen_say(&pen, ", ");
		put_key(&pen, &part.key);
		jn_pen_say(&pen, ": [");
		jn_set_steps_enter(env, &steps, &part);
		do
		{
			bool		ghost = part.ghost && steps.row == part.row;
			JnStep		step;

			jn_set_step(env, &steps, &names, &step);
			if (ghost)
				jn_pen_say(&pen, "(");
			jn_pen_advance(&pen, jn_text_write_step(&step, pen.out));
			if (ghost)
				jn_pen_say(&pen, ")");
			if (steps.row % 1024 == 1023)
				jn_tick(env);
			more = jn_set_steps_next(&steps);
			if (more)
				jn_pen_say(&pen, ", ");
		} while (more);
		if (part.more)
			jn_pen_say(&pen, ", ...");
		jn_pen_say(&pen, "]");
	}
	jn_pen_say(&pen, "}");
	jn_set_names_close(env, &names);
	jn_set_parts_close(env, &parts);
	return pen.size;
}

uint64_t
jn_set_text_size(const JnEnv *env, const JnSet *s)
{
	return write_text(env, s, NULL);
}

void
jn_set_text_write(const JnEnv *env, const JnSet *s, char *out)
{
	write_text(env, s, out);
}
