/*
 * points.c
 *	  Data points of many topics: collected in any order, then put in order.
 */
#include "points.h"

#include "similar.h"

#define ROOM_MIN	64

static inline void
tick_at(const JnEnv *env, uint32_t i)
{
	if (i % JN_TICK_EVERY == 0)
		jn_tick(env);
}

void
jn_points_init(JnPoints *p, bool valued)
{
	memset(p, 0, sizeof(JnPoints));
	p->valued = valued;
	jn_dict_init(&p->topic, NULL, 0, NULL, 0);
}

JnStatus
jn_points_add(const JnEnv *env, JnPoints *p, JnName topic, int64_t time, double value, JnError *err)
{
	uint32_t	code;
	JnStatus	status = jn_dict_code(env, &p->topic, topic.data, topic.size, JN_LABEL_NAME, &code, err);

	if (status != JN_OK)
		return status;
	if (p->n == p->room)
	{
		if (p->n == JN_MAX_ALL_POINTS)
			return jn_fail(err, JN_TOO_MANY_POINTS, 0, (int64_t) p->n + 1, JN_MAX_ALL_POINTS);
		p->room = p->room < ROOM_MIN ? ROOM_MIN : p->room < JN_MAX_ALL_POINTS / 2 ? p->room * 2 : JN_MAX_ALL_POINTS;
		p->code = jn_grow(env, p->code, p->room, sizeof(uint32_t));
		p->time = jn_grow(env, p->time, p->room, sizeof(int64_t));
		if (p->valued)
			p->value = jn_grow(env, p->value, p->room, sizeof(double));
	}
	p->code[p->n] = code;
	p->time[p->n] = time;
	if (p->valued)
		p->value[p->n] = value;
	p->n++;
	return JN_OK;
}

static int
compare_points(void *ctx, uint32_t a, uint32_t b)
{
	const JnPoints *p = ctx;

	if (p->code[a] != p->code[b])
		return p->code[a] < p->code[b] ? -1 : 1;
	if (p->time[a] != p->time[b])
		return p->time[a] < p->time[b] ? -1 : 1;
	if (p->valued && p->value[a] != p->value[b])
		return p->value[a] < p->value[b] ? -1 : 1;
	return 0;
}

void
jn_points_order(const JnEnv *env, JnPoints *p)
{
	JnOrder		order = {compare_points, p};
	uint32_t	topics = p->topic.names;
	uint32_t   *list = jn_alloc(env, jn_array_size(p->n, sizeof(uint32_t)));
	int64_t    *time = jn_alloc(env, jn_array_size(p->n, sizeof(int64_t)));
	double	   *value = p->valued ? jn_alloc(env, jn_array_size(p->n, sizeof(double))) : NULL;

	jn_dict_order(env, &p->topic, p->code, p->n);
	for (uint32_t i = 0; i < p->n; i++)
	{
		tick_at(env, i);
		list[i] = i;
	}
	jn_order_sort(env, &order, list, p->n);

	p->begin = jn_alloc(env, jn_array_size((uint64_t) topics + 1, sizeof(uint32_t)));
	topics = 0;
	for (uint32_t i = 0; i < p->n; i++)
	{
		tick_at(env, i);
		if (i == 0 || p->code[list[i]] != p->code[list[i - 1]])
			p->begin[topics++] = i;
		time[i] = p->time[list[i]];
		if (value != NULL)
			value[i] = p->value[list[i]];
	}
	p->begin[topics] = p->n;

	jn_release(env, list);
	if (p->n > 0)
	{
		jn_release(env, p->time);
		jn_release(env, p->code);
		if (p->valued)
			jn_release(env, p->value);
	}
	p->code = NULL;
	p->time = time;
	p->value = value;
}
