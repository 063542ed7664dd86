/*
 * compat.h
 *	  All differences between the supported servers, 15 to 19.
 *
 * Each entry gives old servers the newer spelling and names the server commit
 * that made it, so that dropping a version is deleting lines.
 */
#ifndef JOURNEY_COMPAT_H
#define JOURNEY_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "journey needs PostgreSQL 15 or newer"
#endif

/* 16 moved the varlena macros out of postgres.h (d952373a987b) */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * 16 marks what a library exports (089480c07705); before, everything was
 * exported, and our hidden visibility would hide these too.
 */
#if PG_VERSION_NUM < 160000
#include "fmgr.h"
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(funcname) \
	extern PGDLLEXPORT Datum funcname(PG_FUNCTION_ARGS); \
	extern PGDLLEXPORT const Pg_finfo_record *pg_finfo_##funcname(void); \
	const Pg_finfo_record * \
	pg_finfo_##funcname(void) \
	{ \
		static const Pg_finfo_record info = {1}; \
		return &info; \
	} \
	extern int	no_such_variable
#endif

/* 15.1 gave the helper of materializing functions its name (a19e5cee635d) */
#if PG_VERSION_NUM < 150001
#define InitMaterializedSRF(fcinfo, flags) SetSingleFuncCall(fcinfo, flags)
#define MAT_SRF_USE_EXPECTED_DESC SRF_SINGLE_USE_EXPECTED
#endif

/* 16 brought soft errors (d9f7f5d32f20); before, every error is a hard one */
#if PG_VERSION_NUM < 160000
#define errsave(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

/* 16 gave making a range soft errors (1f605b82ba66) */
#if PG_VERSION_NUM < 160000
#define make_range(typcache, lower, upper, empty, escontext) make_range(typcache, lower, upper, empty)
#endif

/* 16 asks for the owner of every kind of object in one way (afbfc02983f8) */
#if PG_VERSION_NUM < 160000
#define object_ownercheck(classid, objectid, roleid) pg_class_ownercheck(objectid, roleid)
#endif

/* 17 brought infinite intervals (519fc1bd9e9d) */
#if PG_VERSION_NUM < 170000
#define INTERVAL_NOT_FINITE(interval) false
#endif

/* 18 tells the name and version of a library (9324c8c58065) */
#if PG_VERSION_NUM < 180000
#define PG_MODULE_MAGIC_EXT(...) PG_MODULE_MAGIC
#endif

/* 18 put "does not return" before the declaration (28e7a9968ea6) */
#if PG_VERSION_NUM < 180000
#define pg_noreturn _Noreturn
#endif

/* 18 asks the executor no longer to run a plan once only (3eea7a0c97e9) */
#if PG_VERSION_NUM < 180000
#define EXECUTOR_RUN_PARAMETERS ScanDirection direction, uint64 count, bool execute_once
#define EXECUTOR_RUN_ARGUMENTS direction, count, execute_once
#else
#define EXECUTOR_RUN_PARAMETERS ScanDirection direction, uint64 count
#define EXECUTOR_RUN_ARGUMENTS direction, count
#endif

/* 18 keeps what prunes partitions apart from the plan */
#if PG_VERSION_NUM < 180000
#define APPEND_PRUNES(append) ((append)->part_prune_info != NULL)
#else
#define APPEND_PRUNES(append) ((append)->part_prune_index >= 0)
#endif

/* 18 has files of their own for what adds a line to EXPLAIN */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#else
#include "commands/explain.h"
#endif

/* 19 tells the planner of EXPLAIN */
#if PG_VERSION_NUM < 190000
#define PLANNER_PARAMETERS Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams
#define PLANNER_ARGUMENTS parse, query_string, cursorOptions, boundParams
#else
#define PLANNER_PARAMETERS Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams, \
	ExplainState *es
#define PLANNER_ARGUMENTS parse, query_string, cursorOptions, boundParams, es
#endif

#endif							/* JOURNEY_COMPAT_H */
