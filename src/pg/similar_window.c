/*
 * similar_window.c
 *	  journey.similar_group(value, tolerance): groups of values that are alike.
 *
 * A group is known only when all rows of the partition are, so the first row
 * does the work of the whole partition, as PostGIS's cluster windows do:
 *
 * 1. collect	the values that are not NULL, and after how many rows that are
 *				not peers each comes
 * 2. link		by the core, in the way of the type: neighbours in order for
 *				what lies on a line; for texts and vectors first those that are
 *				equal, then those that are near
 * 3. number	by first appearance
 *
 * and the other rows read their number.  What differs between the types stands
 * in a SimilarKind.  The frame does not matter, as for row_number().
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "windowapi.h"

#include "compat.h"
#include "core/similar_text.h"
#include "core/similar_vector.h"
#include "fold.h"
#include "glue.h"

/* Position of the arguments. */
enum
{
	ARG_VALUE,
	ARG_TOLERANCE
};

/* A length of time as the server compares intervals: months as 30 days, days as 24 hours. */
typedef struct Span
{
	int64		days;
	int64		us;				/* 0 to one day */
	bool		finite;
} Span;

/* A value or a tolerance. */
typedef union Value
{
	double		number;
	int64		whole;			/* int8, or microseconds */
	Numeric		numeric;
	Span		span;
	struct
	{
		char	   *data;
		int			size;
	}			text;
	double	   *vector;
} Value;

typedef struct SimilarKind SimilarKind;

/* The partition at work. */
typedef struct Similar
{
	const SimilarKind *kind;
	MemoryContext context;		/* of all that goes with the work */
	JnEnv		env;			/* allocates there */
	Value		tolerance;
	int			dimensions;		/* of vectors; 0 before the first */
	uint32		n;				/* values */
	uint32		room;
	Value	   *value;
	uint32	   *rank;			/* peers before, by value */
	JnOrder		order;
	JnGroups	groups;
} Similar;

/* What a type does its own way. */
struct SimilarKind
{
	/* checks the tolerance and keeps it */
	void		(*set_tolerance) (Similar *s, Datum tolerance);
	/* copies a value into the context of the work */
	Value		(*read) (Similar *s, Datum value);
	/* a total order; equal values are of one group */
	int			(*compare) (void *similar, uint32 a, uint32 b);
	/* whether neighbours of that order are linked */
	bool		(*linked) (void *similar, uint32 lower, uint32 upper);
	/* links what neighbours do not tell, for one of each kind of equal values; or NULL */
	void		(*join) (Similar *s, const uint32 *list, uint32 n);
};

/* What is left when the work is done; all zero at the start of a partition. */
typedef struct SimilarState
{
	bool		done;
	uint32	   *number;			/* by row; 0 for NULL */
} SimilarState;

static inline int
compare_int64(int64 a, int64 b)
{
	return (a > b) - (a < b);
}


/*
 * float8.  The server's order: NaN equals itself and is above all others.
 */

/* The tolerance as a double, checked to be from 0 to "most". */
static double
check_tolerance(Datum tolerance, double most)
{
	double		x = DatumGetFloat8(tolerance);

	if (isnan(x))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must not be NaN")));
	if (x < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must not be negative")));
	if (x > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must be at most %g", most),
				 errdetail("It is a distance: 0 for what is alike, %g for what is as different as can be.", most),
				 errhint("For a least similarity s give 1 - s.")));
	return x;
}

static void
set_float8_tolerance(Similar *s, Datum tolerance)
{
	s->tolerance.number = check_tolerance(tolerance, INFINITY);
}

static Value
read_float8(Similar *s, Datum value)
{
	return (Value) {.number = DatumGetFloat8(value)};
}

static int
compare_float8(void *similar, uint32 a, uint32 b)
{
	const Similar *s = similar;
	double		x = s->value[a].number;
	double		y = s->value[b].number;

	if (isnan(x) || isnan(y))
		return (int) isnan(x) - (int) isnan(y);
	return (x > y) - (x < y);
}

static bool
float8_linked(void *similar, uint32 lower, uint32 upper)
{
	const Similar *s = similar;
	volatile double distance;	/* no excess precision */

	/* infinities are no distance apart, and neither are NaNs */
	if (compare_float8(similar, lower, upper) == 0)
		return true;
	distance = s->value[upper].number - s->value[lower].number;
	return distance <= s->tolerance.number;
}

static const SimilarKind float8_kind = {set_float8_tolerance, read_float8, compare_float8, float8_linked, NULL};


/*
 * int8 and timestamptz
 */

static void
set_int8_tolerance(Similar *s, Datum tolerance)
{
	s->tolerance.whole = DatumGetInt64(tolerance);
	if (s->tolerance.whole < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must not be negative")));
}

static void
set_interval_tolerance(Similar *s, Datum tolerance)
{
	s->tolerance.whole = journey_interval_us(DatumGetIntervalP(tolerance), "tolerance");
}

static Value
read_int8(Similar *s, Datum value)
{
	return (Value) {.whole = DatumGetInt64(value)};
}

static int
compare_int8(void *similar, uint32 a, uint32 b)
{
	const Similar *s = similar;

	return compare_int64(s->value[a].whole, s->value[b].whole);
}

static bool
int8_linked(void *similar, uint32 lower, uint32 upper)
{
	const Similar *s = similar;

	return (uint64) s->value[upper].whole - (uint64) s->value[lower].whole <= (uint64) s->tolerance.whole;
}

/* Infinities are no distance apart, and infinitely far from the rest. */
static bool
timestamptz_linked(void *similar, uint32 lower, uint32 upper)
{
	const Similar *s = similar;

	if (s->value[lower].whole == s->value[upper].whole)
		return true;
	return !TIMESTAMP_NOT_FINITE(s->value[lower].whole) && !TIMESTAMP_NOT_FINITE(s->value[upper].whole) &&
		int8_linked(similar, lower, upper);
}

static const SimilarKind int8_kind = {set_int8_tolerance, read_int8, compare_int8, int8_linked, NULL};
static const SimilarKind timestamptz_kind = {set_interval_tolerance, read_int8, compare_int8, timestamptz_linked, NULL};


/*
 * numeric
 */

static void
set_numeric_tolerance(Similar *s, Datum tolerance)
{
	if (numeric_is_nan(DatumGetNumeric(tolerance)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must not be NaN")));
	if (DatumGetBool(DirectFunctionCall2(numeric_lt, tolerance, DirectFunctionCall1(int8_numeric, Int64GetDatum(0)))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must not be negative")));
	s->tolerance.numeric = DatumGetNumericCopy(tolerance);
}

static Value
read_numeric(Similar *s, Datum value)
{
	MemoryContext caller = MemoryContextSwitchTo(s->context);
	Value		v = {.numeric = DatumGetNumericCopy(value)};

	MemoryContextSwitchTo(caller);
	return v;
}

static int
compare_numeric(void *similar, uint32 a, uint32 b)
{
	const Similar *s = similar;

	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(s->value[a].numeric),
											 NumericGetDatum(s->value[b].numeric)));
}

static bool
numeric_linked(void *similar, uint32 lower, uint32 upper)
{
	const Similar *s = similar;
	Datum		distance;
	bool		linked;

	if (compare_numeric(similar, lower, upper) == 0)
		return true;
	distance = DirectFunctionCall2(numeric_sub, NumericGetDatum(s->value[upper].numeric),
								   NumericGetDatum(s->value[lower].numeric));
	linked = DatumGetBool(DirectFunctionCall2(numeric_le, distance, NumericGetDatum(s->tolerance.numeric)));
	pfree(DatumGetPointer(distance));
	return linked;
}

static const SimilarKind numeric_kind = {set_numeric_tolerance, read_numeric, compare_numeric, numeric_linked, NULL};


/*
 * interval
 */

static Value
read_interval(Similar *s, Datum value)
{
	Interval   *interval = DatumGetIntervalP(value);
	Span		span;

	span.days = (int64) interval->month * DAYS_PER_MONTH + interval->day + interval->time / USECS_PER_DAY;
	span.us = interval->time % USECS_PER_DAY;
	if (span.us < 0)
	{
		span.us += USECS_PER_DAY;
		span.days--;
	}
	span.finite = !INTERVAL_NOT_FINITE(interval);
	return (Value) {.span = span};
}

static int
compare_interval(void *similar, uint32 a, uint32 b)
{
	const Similar *s = similar;
	const Span *x = &s->value[a].span;
	const Span *y = &s->value[b].span;

	if (x->days != y->days)
		return compare_int64(x->days, y->days);
	return compare_int64(x->us, y->us);
}

static bool
interval_linked(void *similar, uint32 lower, uint32 upper)
{
	const Similar *s = similar;
	const Span *x = &s->value[lower].span;
	const Span *y = &s->value[upper].span;
	int64		tolerance_days = s->tolerance.whole / USECS_PER_DAY;
	int64		days = y->days - x->days;

	if (compare_interval(similar, lower, upper) == 0)
		return true;
	if (!x->finite || !y->finite || days > tolerance_days + 1)
		return false;
	/* in two steps, as the product alone can pass 64 bits */
	return (days - tolerance_days) * USECS_PER_DAY + (y->us - x->us) <= s->tolerance.whole % USECS_PER_DAY;
}

static const SimilarKind interval_kind = {set_interval_tolerance, read_interval, compare_interval, interval_linked, NULL};


/*
 * text
 */

static bool
are_equal(void *similar, uint32 lower, uint32 upper)
{
	const Similar *s = similar;

	return s->kind->compare(similar, lower, upper) == 0;
}

static void
set_text_tolerance(Similar *s, Datum tolerance)
{
	s->tolerance.number = check_tolerance(tolerance, 1);
}

static Value
read_text(Similar *s, Datum value)
{
	text	   *t = DatumGetTextPP(value);
	Value		v;

	v.text.size = VARSIZE_ANY_EXHDR(t);
	v.text.data = MemoryContextAlloc(s->context, v.text.size + 1);
	memcpy(v.text.data, VARDATA_ANY(t), v.text.size);
	return v;
}

/* By bytes, so that no collation has a say. */
static int
compare_text(void *similar, uint32 a, uint32 b)
{
	const Similar *s = similar;
	const Value *x = &s->value[a];
	const Value *y = &s->value[b];
	int			c = memcmp(x->text.data, y->text.data, Min(x->text.size, y->text.size));

	return c != 0 ? c : x->text.size - y->text.size;
}

static void
join_texts(Similar *s, const uint32 *list, uint32 n)
{
	JnTrigrams *trigrams;
	MemoryContext scratch;
	MemoryContext caller;

	if (s->tolerance.number == 0)
		return;					/* equal texts, and no others */

	trigrams = jn_trigrams_new(&s->env);
	scratch = AllocSetContextCreate(s->context, "folded text", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	for (uint32 i = 0; i < n; i++)
	{
		const Value *v = &s->value[list[i]];
		size_t		length;
		uint32	   *code = journey_fold_text(v->text.data, v->text.size, &length);

		jn_trigrams_add(&s->env, trigrams, code, length, list[i]);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	jn_trigrams_link(&s->env, trigrams, s->tolerance.number, &s->groups);
	jn_trigrams_free(&s->env, trigrams);
}

static const SimilarKind text_kind = {set_text_tolerance, read_text, compare_text, are_equal, join_texts};


/*
 * float8[] and float4[]
 */

static void
set_vector_tolerance(Similar *s, Datum tolerance)
{
	s->tolerance.number = check_tolerance(tolerance, 2);
}

static Value
read_vector(Similar *s, Datum value)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	int			n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	double	   *vector;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("vectors must be one-dimensional arrays")));
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("vectors must not be empty"),
				 errhint("Leave them out, for example with nullif(vector, '{}').")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("vectors must not contain nulls")));
	if (s->dimensions != 0 && n != s->dimensions)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("vectors must be of one length"),
				 errdetail("There are %d and %d dimensions.", s->dimensions, n)));
	s->dimensions = n;

	vector = MemoryContextAllocHuge(s->context, n * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		vector[i] = ARR_ELEMTYPE(array) == FLOAT4OID ? (double) ((float4 *) ARR_DATA_PTR(array))[i]
			: ((float8 *) ARR_DATA_PTR(array))[i];
		if (!isfinite(vector[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("vectors must not contain NaN or infinity")));
		if (vector[i] == 0)
			vector[i] = 0;		/* -0 points nowhere else */
	}
	return (Value) {.vector = vector};
}

static int
compare_vector(void *similar, uint32 a, uint32 b)
{
	const Similar *s = similar;
	const double *x = s->value[a].vector;
	const double *y = s->value[b].vector;

	for (int i = 0; i < s->dimensions; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* A vector of zeros has no direction: it is like itself and nothing else. */
static bool
has_direction(const Similar *s, uint32 i)
{
	for (int d = 0; d < s->dimensions; d++)
		if (s->value[i].vector[d] != 0)
			return true;
	return false;
}

static void
join_vectors(Similar *s, const uint32 *list, uint32 n)
{
	JnVectors  *vectors = jn_vectors_new(&s->env, s->dimensions);

	for (uint32 i = 0; i < n; i++)
		if (has_direction(s, list[i]))
			jn_vectors_add(&s->env, vectors, s->value[list[i]].vector, list[i]);
	jn_vectors_link(&s->env, vectors, s->tolerance.number, &s->groups);
	jn_vectors_free(&s->env, vectors);
}

static const SimilarKind vector_kind = {set_vector_tolerance, read_vector, compare_vector, are_equal, join_vectors};


/*
 * the window function
 */

pg_noreturn static void
report_null_tolerance(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("tolerance must not be null"),
			 errhint("Give the largest distance of neighbours in a group; 0 for equal values.")));
}

/* Raises unless the tolerance of a row is that of the first. */
static void
check_same_tolerance(FunctionCallInfo fcinfo, WindowObject winobj, int64 row, Datum first)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, ARG_TOLERANCE);
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
	bool		isnull;
	bool		isout;
	Datum		tolerance = WinGetFuncArgInPartition(winobj, ARG_TOLERANCE, (int) row, WINDOW_SEEK_HEAD, false,
													 &isnull, &isout);

	if (isnull)
		report_null_tolerance();
	if (!DatumGetBool(FunctionCall2(&entry->eq_opr_finfo, first, tolerance)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tolerance must be the same on all rows of a partition"),
				 errhint("Add what it depends on to PARTITION BY.")));
}

/* Makes room for one value more. */
static void
reserve(Similar *s)
{
	if (s->n < s->room)
		return;
	s->room = Max(s->room, 32) * (uint64) 2 < JN_MAX_ELEMENTS ? Max(s->room, 32) * 2 : JN_MAX_ELEMENTS;
	if (s->value == NULL)
	{
		s->value = MemoryContextAllocHuge(s->context, (Size) s->room * sizeof(Value));
		s->rank = MemoryContextAllocHuge(s->context, (Size) s->room * sizeof(uint32));
	}
	else
	{
		s->value = repalloc_huge(s->value, (Size) s->room * sizeof(Value));
		s->rank = repalloc_huge(s->rank, (Size) s->room * sizeof(uint32));
	}
}

/*
 * Step 1.  Leaves in number[] of each row 1 + the index of its value.  Values
 * come in a scratch context, as an argument may be an expression that leaves
 * something behind on each row.
 */
static void
collect(FunctionCallInfo fcinfo, WindowObject winobj, Similar *s, int64 rows, uint32 *number)
{
	MemoryContext scratch = AllocSetContextCreate(s->context, "value of a row", ALLOCSET_SMALL_SIZES);
	bool		fixed = get_fn_expr_arg_stable(fcinfo->flinfo, ARG_TOLERANCE);
	uint32		rank = 0;
	Datum		tolerance;
	bool		isnull;
	bool		isout;

	tolerance = WinGetFuncArgInPartition(winobj, ARG_TOLERANCE, 0, WINDOW_SEEK_HEAD, false, &isnull, &isout);
	if (isnull)
		report_null_tolerance();
	if (!fixed)
	{
		/* it lies in a row that will not stay */
		TypeCacheEntry *entry = lookup_type_cache(get_fn_expr_argtype(fcinfo->flinfo, ARG_TOLERANCE), 0);

		tolerance = datumCopy(tolerance, entry->typbyval, entry->typlen);
	}
	s->kind->set_tolerance(s, tolerance);

	for (int64 row = 0; row < rows; row++)
	{
		MemoryContext caller;
		Datum		value;

		CHECK_FOR_INTERRUPTS();
		if (row > 0 && !WinRowsArePeers(winobj, row - 1, row))
			rank++;
		caller = MemoryContextSwitchTo(scratch);
		if (!fixed)
			check_same_tolerance(fcinfo, winobj, row, tolerance);
		value = WinGetFuncArgInPartition(winobj, ARG_VALUE, (int) row, WINDOW_SEEK_HEAD, false, &isnull, &isout);
		number[row] = 0;
		if (!isnull)
		{
			reserve(s);
			s->value[s->n] = s->kind->read(s, value);
			s->rank[s->n] = rank;
			number[row] = ++s->n;
		}
		MemoryContextSwitchTo(caller);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
}

/* Steps 2 and 3: the number of each value's group. */
static uint32 *
group(Similar *s)
{
	uint32	   *list = jn_alloc(&s->env, jn_array_size(s->n, sizeof(uint32)));
	uint32	   *number = jn_alloc(&s->env, jn_array_size(s->n, sizeof(uint32)));

	for (uint32 i = 0; i < s->n; i++)
		list[i] = i;
	jn_groups_init(&s->env, &s->groups, s->n);
	jn_groups_chain(&s->env, &s->groups, &s->order, s->kind->linked, list, s->n);
	if (s->kind->join != NULL)
		s->kind->join(s, list, jn_groups_distinct(&s->env, &s->groups, list, s->n));
	jn_groups_number(&s->env, &s->groups, s->rank, &s->order, number);
	return number;
}

static Datum
similar_group(FunctionCallInfo fcinfo, const SimilarKind *kind)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	SimilarState *state = WinGetPartitionLocalMemory(winobj, sizeof(SimilarState));
	int64		row = WinGetCurrentPosition(winobj);

	if (!state->done)
	{
		/* numbers live as long as the state of the partition does, all else only here */
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "similar_group", ALLOCSET_DEFAULT_SIZES);
		int64		rows = WinGetPartitionRowCount(winobj);
		Similar    *s = MemoryContextAllocZero(context, sizeof(Similar));

		if (rows > PG_INT32_MAX)	/* what the window API can look up */
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many rows in one partition"),
					 errdetail("There are " INT64_FORMAT " rows; at most %d are allowed.", rows, PG_INT32_MAX)));
		s->kind = kind;
		s->context = context;
		s->env = journey_env(context);
		s->order = (JnOrder) {kind->compare, s};
		state->number = MemoryContextAllocHuge(GetMemoryChunkContext(state), rows * sizeof(uint32));
		collect(fcinfo, winobj, s, rows, state->number);
		if (s->n > 0)
		{
			uint32	   *number = group(s);

			for (int64 i = 0; i < rows; i++)
				if (state->number[i] > 0)
					state->number[i] = number[state->number[i] - 1];
		}
		MemoryContextDelete(context);
		state->done = true;
	}

	WinSetMarkPosition(winobj, row);
	if (state->number[row] == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(state->number[row]);
}

#define SIMILAR_GROUP(type, kind) \
	PG_FUNCTION_INFO_V1(journey_similar_group_##type); \
	Datum \
	journey_similar_group_##type(PG_FUNCTION_ARGS) \
	{ \
		return similar_group(fcinfo, &(kind)); \
	} \
	extern int	no_such_variable

SIMILAR_GROUP(float8, float8_kind);
SIMILAR_GROUP(int8, int8_kind);
SIMILAR_GROUP(numeric, numeric_kind);
SIMILAR_GROUP(timestamptz, timestamptz_kind);
SIMILAR_GROUP(interval, interval_kind);
SIMILAR_GROUP(text, text_kind);
SIMILAR_GROUP(vector, vector_kind);
