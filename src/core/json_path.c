/*
 * json_path.c
 *	  Reading and writing paths into JSON documents, see json_path.h.
 */
#include "json_path.h"

#include <string.h>

#include "pen.h"

typedef struct Reader
{
	const char *text;
	size_t		size;
	size_t		at;				/* next byte */
	char	   *out;			/* free space for names */
} Reader;

static void
skip_space(Reader *r)
{
	while (r->at < r->size && (r->text[r->at] == ' ' || (r->text[r->at] >= '\t' && r->text[r->at] <= '\r')))
		r->at++;
}

static bool
is_arrow(const Reader *r)
{
	return r->at + 1 < r->size && r->text[r->at] == '-' && r->text[r->at + 1] == '>';
}

bool
jn_is_json_path(const char *text, size_t size)
{
	Reader		r = {text, size, 0, NULL};

	/* arrows in a name that is quoted are none; a doubled quote ends it and begins it again */
	skip_space(&r);
	while (r.at < size && text[r.at] == '"')
	{
		r.at++;
		while (r.at < size && text[r.at] != '"')
			r.at++;
		r.at++;
	}
	for (; r.at < size; r.at++)
	{
		if (is_arrow(&r))
			return true;
	}
	return false;
}

/* Reads what stands between two quotes, doubled ones inside; false if the second is missing. */
static bool
read_quoted(Reader *r, JnName *name)
{
	size_t		at = r->at;
	char		quote = r->text[at++];

	name->data = r->out;
	while (at < r->size)
	{
		char		c = r->text[at++];

		if (c == '\0')
			return false;
		if (c == quote)
		{
			if (at == r->size || r->text[at] != quote)
			{
				name->size = (uint32_t) (r->out - name->data);
				r->at = at;
				return true;
			}
			at++;
		}
		*r->out++ = c;
	}
	return false;
}

/* Reads a name as it stands, up to the first arrow or the end, without the space behind it. */
static void
read_plain(Reader *r, JnName *name)
{
	size_t		from = r->at;
	size_t		end;

	while (r->at < r->size && !is_arrow(r))
		r->at++;
	end = r->at;
	while (end > from && (r->text[end - 1] == ' ' || (r->text[end - 1] >= '\t' && r->text[end - 1] <= '\r')))
		end--;
	memcpy(r->out, r->text + from, end - from);
	*name = (JnName) {r->out, (uint32_t) (end - from)};
	r->out += end - from;
}

static bool
read_index(Reader *r, int32_t *index)
{
	int64_t		value = 0;
	bool		negative = r->text[r->at] == '-';
	size_t		digits = r->at + negative;
	size_t		at = digits;

	for (; at < r->size && r->text[at] >= '0' && r->text[at] <= '9'; at++)
	{
		value = 10 * value + (r->text[at] - '0');
		if (value > INT32_MAX)
			return false;
	}
	if (at == digits)
		return false;
	*index = (int32_t) (negative ? -value : value);
	r->at = at;
	return true;
}

JnStatus
jn_json_path_read(const char *text, size_t size, JnJsonPath *path, JnError *err)
{
	Reader		r = {text, size, 0, path->names};

	if (size > JN_JSON_PATH_MAX_TEXT)
		return jn_fail(err, JN_PATH_LONG, 0, (int64_t) size, JN_JSON_PATH_MAX_TEXT);

	path->column = (JnName) {r.out, 0};
	path->nsteps = 0;
	path->is_text = false;

	skip_space(&r);
	if (r.at < size && text[r.at] == '"')
	{
		if (!read_quoted(&r, &path->column))
			return jn_fail(err, JN_PATH_SYNTAX, r.at, 0, 0);
	}
	else
		read_plain(&r, &path->column);
	skip_space(&r);

	do
	{
		JnJsonStep *step = &path->step[path->nsteps];
		bool		ok;

		if (!is_arrow(&r) || path->is_text)
			return jn_fail(err, JN_PATH_SYNTAX, r.at, 0, 0);
		if (path->nsteps == JN_JSON_PATH_MAX_STEPS)
			return jn_fail(err, JN_PATH_LONG, r.at, JN_JSON_PATH_MAX_STEPS + 1, JN_JSON_PATH_MAX_STEPS);
		r.at += 2;
		if (r.at < size && text[r.at] == '>')
		{
			path->is_text = true;
			r.at++;
		}
		skip_space(&r);

		*step = (JnJsonStep) {0};
		step->is_index = r.at < size && text[r.at] != '\'';
		ok = r.at < size && (step->is_index ? read_index(&r, &step->index) : read_quoted(&r, &step->key));
		if (!ok)
			return jn_fail(err, JN_PATH_SYNTAX, r.at, 0, 0);
		path->nsteps++;
		skip_space(&r);
	} while (r.at < size);
	return JN_OK;
}

static void
write_index(JnPen *pen, int32_t index)
{
	if (index < 0)
		jn_pen_put(pen, "-", 1);
	jn_pen_number(pen, index < 0 ? -(uint32_t) index : (uint32_t) index);
}

size_t
jn_json_path_write(const JnJsonPath *path, char *out)
{
	JnPen		pen = {out, 0};

	for (int i = 0; i < path->nsteps; i++)
	{
		const JnJsonStep *step = &path->step[i];

		jn_pen_say(&pen, path->is_text && i == path->nsteps - 1 ? "->>" : "->");
		if (step->is_index)
		{
			write_index(&pen, step->index);
			continue;
		}
		jn_pen_say(&pen, "'");
		for (uint32_t k = 0; k < step->key.size; k++)
			jn_pen_put(&pen, step->key.data[k] == '\'' ? "''" : step->key.data + k, step->key.data[k] == '\'' ? 2 : 1);
		jn_pen_say(&pen, "'");
	}
	return (size_t) pen.size;
}

bool
jn_json_paths_meet(const JnJsonPath *a, const JnJsonPath *b)
{
	int			i = 0;
	int			k = 0;

	while (i < a->nsteps && k < b->nsteps)
	{
		const JnJsonStep *x = &a->step[i];
		const JnJsonStep *y = &b->step[k];

		if (x->is_index != y->is_index)
		{
			/* the key goes on to every element, so also to this one */
			if (x->is_index)
				i++;
			else
				k++;
			continue;
		}
		if (x->is_index)
		{
			/* one counts from the start, one from the end: who knows */
			if (x->index != y->index && (x->index < 0) == (y->index < 0))
				return false;
		}
		else if (jn_name_compare(x->key, y->key) != 0)
			return false;
		i++;
		k++;
	}
	return true;
}
