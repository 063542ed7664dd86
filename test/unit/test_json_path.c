/*
 * test_json_path.c
 *	  Paths into JSON documents: what is read, what is refused, what meets.
 */
#include "json_path.h"

#include "unit.h"

static JnStatus
read_copy(const char *text, JnJsonPath *path, JnError *err)
{
	size_t		size = strlen(text);
	char	   *copy = malloc(size + 1);	/* so that ASan sees its end */
	JnStatus	status;

	memcpy(copy, text, size);
	*err = (JnError) {0};
	status = jn_json_path_read(copy, size, path, err);
	free(copy);
	return status;
}

static void
check_path(const char *text, const char *column, int nsteps, bool is_text, const char *written)
{
	JnJsonPath	path;
	JnJsonPath	again;
	JnError		err;
	char		out[256];
	size_t		size;

	CHECK_INT(read_copy(text, &path, &err), JN_OK);
	CHECK_TEXT(path.column.data, path.column.size, column);
	CHECK_INT(path.nsteps, nsteps);
	CHECK_INT(path.is_text, is_text);
	size = jn_json_path_write(&path, NULL);
	CHECK_INT(jn_json_path_write(&path, out), size);
	CHECK_TEXT(out, size, written);
	out[size] = '\0';
	CHECK_INT(read_copy(out, &again, &err), JN_OK);
	CHECK_INT(again.nsteps, nsteps);
	CHECK_INT(again.column.size, 0);
}

TEST(paths)
{
	check_path("profile->>'email'", "profile", 1, true, "->>'email'");
	check_path("  profile  ->  'home'->0 ->> 'street' ", "profile", 3, true, "->'home'->0->>'street'");
	check_path("\"a \"\"b\"\" -> c\"->'x'", "a \"b\" -> c", 1, false, "->'x'");
	check_path("p->-1", "p", 1, false, "->-1");
	check_path("p->-2147483647->2147483647", "p", 2, false, "->-2147483647->2147483647");
	check_path("p->'it''s'->''", "p", 2, false, "->'it''s'->''");
	check_path("p->'->>'->>'>'", "p", 2, true, "->'->>'->>'>'");
	check_path("서울->>'거리'", "서울", 1, true, "->>'거리'");
	check_path("->'x'", "", 1, false, "->'x'");
	check_path("p->007", "p", 1, false, "->7");
}

static void
refuse(const char *text, JnStatus status, size_t at)
{
	JnJsonPath	path;
	JnError		err;

	CHECK_INT(read_copy(text, &path, &err), status);
	CHECK_INT(err.at, at);
}

TEST(refused)
{
	char		long_path[64 * 4 + 2] = "p";
	char		long_text[JN_JSON_PATH_MAX_TEXT + 2];

	refuse("", JN_PATH_SYNTAX, 0);
	refuse("p", JN_PATH_SYNTAX, 1);
	refuse("p->", JN_PATH_SYNTAX, 3);
	refuse("p->>", JN_PATH_SYNTAX, 4);
	refuse("p->x", JN_PATH_SYNTAX, 3);
	refuse("p->'x", JN_PATH_SYNTAX, 3);
	refuse("p->'x''", JN_PATH_SYNTAX, 3);
	refuse("p->'x' 'y'", JN_PATH_SYNTAX, 7);
	refuse("p->>'x'->'y'", JN_PATH_SYNTAX, 7);
	refuse("p->>'x'->>'y'", JN_PATH_SYNTAX, 7);
	refuse("p->'x';", JN_PATH_SYNTAX, 6);
	refuse("p->'x'--", JN_PATH_SYNTAX, 6);
	refuse("p->\"x\"", JN_PATH_SYNTAX, 3);
	refuse("\"p->'x'", JN_PATH_SYNTAX, 0);
	refuse("\"p\"x->'y'", JN_PATH_SYNTAX, 3);
	refuse("p->2147483648", JN_PATH_SYNTAX, 3);
	refuse("p->-", JN_PATH_SYNTAX, 3);
	refuse("p->1.5", JN_PATH_SYNTAX, 4);
	refuse("p#>'{a,b}'", JN_PATH_SYNTAX, 10);

	for (int i = 0; i < JN_JSON_PATH_MAX_STEPS; i++)
		strcat(long_path, "->1");
	check_path(long_path, "p", JN_JSON_PATH_MAX_STEPS, false, long_path + 1);
	strcat(long_path, "->1");
	refuse(long_path, JN_PATH_LONG, 1 + 3 * JN_JSON_PATH_MAX_STEPS);

	memset(long_text, 'x', sizeof(long_text));
	long_text[JN_JSON_PATH_MAX_TEXT + 1] = '\0';
	refuse(long_text, JN_PATH_LONG, 0);
}

TEST(meant_as_paths)
{
	CHECK(jn_is_json_path("p->>'x'", 7));
	CHECK(jn_is_json_path("->", 2));
	CHECK(!jn_is_json_path("p", 1));
	CHECK(!jn_is_json_path("p-", 2));
	CHECK(!jn_is_json_path("p>x", 3));
	CHECK(!jn_is_json_path("\"p->x\"", 6));
	CHECK(!jn_is_json_path("", 0));
}

static bool
meet(const char *a, const char *b)
{
	JnJsonPath	x;
	JnJsonPath	y;
	JnError		err;

	CHECK_INT(read_copy(a, &x, &err), JN_OK);
	CHECK_INT(read_copy(b, &y, &err), JN_OK);
	CHECK_INT(jn_json_paths_meet(&x, &y), jn_json_paths_meet(&y, &x));
	return jn_json_paths_meet(&x, &y);
}

TEST(meeting)
{
	CHECK(meet("->'a'", "->'a'"));
	CHECK(meet("->'a'", "->>'a'"));
	CHECK(meet("->'a'", "->'a'->'b'"));
	CHECK(!meet("->'a'", "->'b'"));
	CHECK(!meet("->'a'->'b'", "->'a'->'c'"));
	CHECK(!meet("->0", "->1"));
	CHECK(meet("->0", "->-1"));
	CHECK(!meet("->-1", "->-2"));
	CHECK(meet("->0->'a'", "->'a'"));
	CHECK(meet("->'x'->0->'a'", "->'x'->'a'"));
	CHECK(!meet("->'x'->0->'a'", "->'x'->'b'"));
	CHECK(meet("->'x'->0", "->'x'->'b'"));
}
