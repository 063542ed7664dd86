/*
 * fuzz_json_path.c
 *	  Fuzzes the reader of paths into JSON documents.
 *
 * What it accepts reads back as the same steps from its written form, meets
 * itself, and what it refuses tells a place inside the text.
 */
#include "json_path.h"

#include "fuzz.h"

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnJsonPath *path = jn_alloc(env, sizeof(JnJsonPath));
	JnJsonPath *again = jn_alloc(env, sizeof(JnJsonPath));
	char	   *text = jn_alloc(env, size + 1);
	char	   *written;
	size_t		written_size;
	JnError		err = {.status = JN_OK};

	memcpy(text, data, size);
	if (jn_json_path_read(text, size, path, &err) != JN_OK)
	{
		EXPECT((err.status == JN_PATH_SYNTAX || err.status == JN_PATH_LONG) && err.at <= size);
		return;
	}
	EXPECT(jn_is_json_path(text, size));
	EXPECT(path->nsteps >= 1 && path->nsteps <= JN_JSON_PATH_MAX_STEPS);
	EXPECT(jn_json_paths_meet(path, path));

	written_size = jn_json_path_write(path, NULL);
	EXPECT(written_size <= 2 * size + 2 * JN_JSON_PATH_MAX_STEPS);
	written = jn_alloc(env, written_size);
	EXPECT(jn_json_path_write(path, written) == written_size);
	if (written_size > JN_JSON_PATH_MAX_TEXT)
		return;
	EXPECT(jn_json_path_read(written, written_size, again, &err) == JN_OK);
	EXPECT(again->nsteps == path->nsteps && again->is_text == path->is_text && again->column.size == 0);
	for (int i = 0; i < path->nsteps; i++)
	{
		EXPECT(again->step[i].is_index == path->step[i].is_index && again->step[i].index == path->step[i].index);
		EXPECT(again->step[i].is_index || jn_name_compare(again->step[i].key, path->step[i].key) == 0);
	}
}
