/*
 * points.h
 *	  Data points of many topics: collected in any order, then put in order.
 *
 * What asks questions about many topics at once begins with one of these:
 * detection (detect.h) and co-occurrence (co_signals.h).
 */
#ifndef JN_POINTS_H
#define JN_POINTS_H

#include "dict.h"

/* Points at most, over all topics. */
#define JN_MAX_ALL_POINTS	(UINT32_MAX - 1)

/*
 * The points.  Make one with jn_points_init(), fill it with jn_points_add(),
 * then call jn_points_order() once; only then can topics be looked at.  The
 * object may not be moved.
 */
typedef struct JnPoints
{
	JnDict		topic;			/* names; codes are ranks by bytes, once in order */
	uint32_t	n;				/* points */
	uint32_t	room;
	bool		valued;			/* points have values */
	uint32_t   *code;			/* topic of each; not in order any more when the points are */
	int64_t    *time;			/* microseconds; once in order, topic after topic, ascending */
	double	   *value;			/* if valued, moved with the times; those of one time ascend */
	uint32_t   *begin;			/* once in order: topic i has points begin[i] .. begin[i + 1] - 1 */
} JnPoints;

extern void jn_points_init(JnPoints *p, bool valued);

/*
 * Adds a point: a topic, a time that is jn_time_ok(), and a value that is not
 * NaN; the value is not looked at if points have none.
 * Errors: those of jn_dict_code(), JN_TOO_MANY_POINTS.
 */
extern JnStatus jn_points_add(const JnEnv *env, JnPoints *p, JnName topic, int64_t time, double value, JnError *err);

/* Puts the points in order of topic, time and value.  O(n log n). */
extern void jn_points_order(const JnEnv *env, JnPoints *p);

/* Number of points of a topic. */
static inline uint32_t
jn_points_count(const JnPoints *p, uint32_t topic)
{
	return p->begin[topic + 1] - p->begin[topic];
}

#endif							/* JN_POINTS_H */
