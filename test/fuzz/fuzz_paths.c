/*
 * fuzz_paths.c
 *	  Fuzzes the reader of states of paths.
 *
 * What it accepts is written again as the same bytes, tells rows that fit, and
 * merges with itself.
 */
#include "paths.h"

#include "fuzz.h"

static void
check_rows(const JnEnv *env, JnPaths *p)
{
	uint32_t	n;
	uint32_t   *row = jn_paths_top(env, p, &n);

	EXPECT(n <= p->rows);
	for (uint32_t i = 0; i < n; i++)
	{
		JnPathsFacts facts = jn_paths_facts(p, row[i]);
		JnName		name[JN_MAX_DEPTH + 1];

		EXPECT(facts.n >= 1);
		if (p->ask.kind == JN_PATHS_EDGES)
		{
			EXPECT(facts.distance >= 1 && facts.distance <= p->ask.depth && facts.near < p->names.names);
			EXPECT(facts.far < p->names.names || facts.far == JN_PATHS_NOTHING);
			continue;
		}
		EXPECT(facts.length >= 1 && facts.length <= p->ask.depth + 1u);
		jn_paths_steps(p, row[i], facts.length, name);
		EXPECT(jn_paths_text(name, facts.length, NULL) >= facts.length - 1);
	}
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnPaths		p;
	JnPaths		twice;
	JnPathsLook look;
	JnError		err = {0};
	size_t		again;
	uint8_t    *bytes;

	if (jn_paths_read(env, NULL, 0, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	EXPECT(jn_paths_read(env, &p, 42, data, size, &err) == JN_OK);
	EXPECT(jn_paths_bytes(env, &p, &bytes, &again, &err) == JN_OK && again == size);
	EXPECT(memcmp(bytes, data, size) == 0);
	check_rows(env, &p);

	EXPECT(jn_paths_look_init(env, &look, &p.ask, &err) == JN_OK);
	EXPECT(jn_paths_read(env, &twice, 7, data, size, &err) == JN_OK);
	if (jn_paths_merge(env, &twice, &look, &p, &err) == JN_OK)
	{
		if (jn_paths_finish(env, &twice, &look, &err) == JN_OK)
			check_rows(env, &twice);
	}
	else
		EXPECT(err.status == JN_TOO_MANY_POINTS || err.status == JN_TOO_MANY_STEPS);
}
