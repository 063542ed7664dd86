/*
 * test_clickhouse.c
 *	  Patterns of ClickHouse: what comes out can be read as a pattern of ours,
 *	  and what cannot be read is told where.
 */
#include "clickhouse.h"

#include "pattern/pattern.h"
#include "unit.h"

static const JnName conditions[] = {{"a", 1}, {"\"b c\"", 5}, {"[x, y]", 6}};

static void
translates(const char *pattern, bool all_rows, const char *expected)
{
	char	   *text;
	size_t		size;
	JnError		err;
	JnPattern	p;

	if (CHECK_INT(jn_clickhouse_translate(ENV, pattern, strlen(pattern), conditions, 3, all_rows, &text, &size, &err), JN_OK))
	{
		CHECK_TEXT(text, size, expected);
		CHECK_INT(jn_pattern_read(ENV, text, size, &p, &err), JN_OK);
	}
}

static void
refuses(const char *pattern, uint32_t count, JnStatus status, size_t at)
{
	char	   *text;
	size_t		size;
	JnError		err = {0};

	CHECK_INT(jn_clickhouse_translate(ENV, pattern, strlen(pattern), conditions, count, false, &text, &size, &err), status);
	CHECK_INT(err.at, at);
}

TEST(clickhouse_translates)
{
	translates("(?1)", false, "a");
	translates("(?1)(?2)", true, "a >> \"b c\"");
	translates("(?1)(?2)", false, "a -[no a, no \"b c\", no [x, y]]-> \"b c\"");
	translates("(?1).*(?3)", false, "a -> [x, y]");
	translates("(?1)(?t>5)(?t<=60)(?2)", false, "a -[> 5 s, <= 60 s]-> \"b c\"");
	translates("(?1)(?t<=60).*(?t>=5)(?2)", false, "a -[>= 5 s, <= 60 s]-> \"b c\"");
	translates("(?1)(?t==0)(?2)", true, "a -[>= 0 s, <= 0 s]-> \"b c\"");
	translates(".", false, "(a | \"b c\" | [x, y])");
	translates(".*.(?1).*", true, ". >> a");
}

TEST(clickhouse_refuses)
{
	refuses("", 3, JN_CLICKHOUSE_EMPTY, 1);
	refuses(".*.*", 3, JN_CLICKHOUSE_EMPTY, 1);
	refuses("(?4)", 3, JN_CLICKHOUSE_CONDITION, 1);
	refuses("(?1)(?0)", 3, JN_CLICKHOUSE_CONDITION, 5);
	refuses(".", 0, JN_CLICKHOUSE_CONDITION, 1);
	refuses("(?1)x", 3, JN_CLICKHOUSE_SYNTAX, 5);
	refuses("(?", 3, JN_CLICKHOUSE_SYNTAX, 3);
	refuses("(?t", 3, JN_CLICKHOUSE_SYNTAX, 4);
	refuses("(?t<=1", 3, JN_CLICKHOUSE_SYNTAX, 7);
	refuses("(?t<1)(?1)", 3, JN_CLICKHOUSE_TIME, 1);
	refuses("(?1)(?t<1)", 3, JN_CLICKHOUSE_TIME, 8);
	refuses("(?1)(?t<1)(?t==1)(?2)", 3, JN_CLICKHOUSE_TIME, 14);
}

/* Whatever the text: an error that points into it, or a pattern. */
TEST(clickhouse_anything)
{
	static const char *const part[] = {"(?1)", "(?2)", "(?9)", ".*", ".", "(?t<=5)", "(?t>1)", "(?t==3)", "(?", "(?t", ")", " ", "1"};
	uint64_t	seed = 5;
	int			good = 0;

	for (int round = 0; round < 20000; round++)
	{
		char		pattern[100] = "";
		uint32_t	parts = unit_below(&seed, 8);
		uint32_t	known = round % 2 ? sizeof(part) / sizeof(part[0]) : 8;
		char	   *text;
		size_t		size;
		JnError		err = {0};
		JnPattern	p;

		for (uint32_t i = 0; i < parts; i++)
			strcat(pattern, part[unit_below(&seed, known)]);
		if (round % 1000 == 0)
			unit_env_clear(&unit_env);
		if (jn_clickhouse_translate(ENV, pattern, strlen(pattern), conditions, 3, round % 3 == 0, &text, &size, &err) != JN_OK)
			CHECK(err.status != JN_OK && err.at <= strlen(pattern) + 1);
		else
		{
			good++;
			if (!CHECK_INT(jn_pattern_read(ENV, text, size, &p, &err), JN_OK))
				return;
		}
	}
	CHECK(good > 1000);
}
