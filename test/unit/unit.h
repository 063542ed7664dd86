/*
 * unit.h
 *	  A small harness for tests of the core.  Include it once per program; it
 *	  brings main().
 *
 *	 TEST(merging_keeps_ties)
 *	 {
 *		 JnBuild    *b = jn_build_new(ENV, true);
 *
 *		 CHECK(jn_build_steps(b) == 0);
 *		 CHECK_INT(jn_build_add(ENV, b, 0, "a", 1, &err), JN_OK);
 *	 }
 *
 * A test passes if no check in it fails; a failed check tells its place and
 * the test goes on.  Tests run in the order of the file; an argument names
 * those to run by a part of their name.  The last line of the output is
 * "N passed, N failed", the exit status 1 if any failed.
 *
 * ENV is an environment that owns all its memory and frees it after the test,
 * so a test may forget, or be left by longjmp.  New memory is full of rubbish
 * and resize() always moves, so that stale pointers show under ASan.
 * unit_leave_everywhere() proves that a call may be left at any allocation and
 * any tick.
 */
#ifndef UNIT_H
#define UNIT_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jn.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNIT_SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNIT_SANITIZED	1
#endif
#endif
#ifdef UNIT_SANITIZED
#include <sanitizer/asan_interface.h>
#else
#define UNIT_SANITIZED	0
#define ASAN_POISON_MEMORY_REGION(p, size)		((void) (p), (void) (size))
#define ASAN_UNPOISON_MEMORY_REGION(p, size)	((void) (p), (void) (size))
#endif

/* ---- tests ---- */

typedef struct UnitTest
{
	const char *name;
	void		(*run) (void);
} UnitTest;

#define UNIT_MAX_TESTS	500

static UnitTest unit_tests[UNIT_MAX_TESTS];
static int	unit_test_count;
static int	unit_failed_checks;

/* Defines a test and registers it before main() begins. */
#define TEST(name) \
	static void test_##name(void); \
	__attribute__((constructor)) static void register_##name(void) \
	{ unit_register(#name, test_##name); } \
	static void test_##name(void)

static inline void
unit_register(const char *name, void (*run) (void))
{
	if (unit_test_count == UNIT_MAX_TESTS)
		abort();
	unit_tests[unit_test_count++] = (UnitTest) {name, run};
}

static inline bool
unit_check(bool ok, const char *file, int line, const char *what)
{
	if (!ok)
	{
		unit_failed_checks++;
		printf("%s:%d: %s\n", file, line, what);
	}
	return ok;
}

static inline bool
unit_check_int(int64_t got, int64_t expected, const char *file, int line, const char *what)
{
	if (got != expected)
	{
		unit_failed_checks++;
		printf("%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, got, expected);
	}
	return got == expected;
}

static inline bool
unit_check_bytes(const void *got, size_t size, const void *expected, size_t expected_size,
				 const char *file, int line, const char *what)
{
	const unsigned char *p = got;
	bool		ok = size == expected_size && (size == 0 || memcmp(got, expected, size) == 0);

	if (!ok)
	{
		unit_failed_checks++;
		printf("%s:%d: %s differs; %zu bytes, not %zu:", file, line, what, size, expected_size);
		for (size_t i = 0; i < size && i < 200; i++)
			printf(" %02x", p[i]);
		printf("\n");
	}
	return ok;
}

/* Each of these gives whether it held, and evaluates its arguments once. */
#define CHECK(condition) \
	unit_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(got, expected) \
	unit_check_int((int64_t) (got), (int64_t) (expected), __FILE__, __LINE__, #got)
#define CHECK_BYTES(got, size, expected, expected_size) \
	unit_check_bytes(got, size, expected, expected_size, __FILE__, __LINE__, #got)
#define CHECK_TEXT(got, size, expected) \
	unit_check_bytes(got, size, expected, strlen(expected), __FILE__, __LINE__, #got)

/* ---- the environment ---- */

typedef struct UnitEnv
{
	JnEnv		env;			/* first, so that it can stand for the whole */
	struct UnitBlock **block;	/* all that is allocated */
	size_t		blocks;
	size_t		block_room;
	size_t		bytes;			/* allocated now */
	size_t		most_bytes;		/* and at most, since somebody last set it */
	size_t		allocations;	/* calls of alloc and resize so far */
	size_t		ticks;			/* calls of tick so far */
	size_t		leave_at;		/* leave when allocations + ticks reach this; 0 = never */
	jmp_buf		leave;
} UnitEnv;

/* Stands before each piece of memory; poisoned, so that underruns show. */
typedef struct UnitBlock
{
	_Alignas(16) size_t index;	/* in block[] */
	size_t		size;
} UnitBlock;

_Static_assert(sizeof(UnitBlock) == 16, "memory behind it must be aligned for everything");

static inline void
unit_maybe_leave(UnitEnv *u)
{
	if (u->leave_at > 0 && u->allocations + u->ticks >= u->leave_at)
		longjmp(u->leave, 1);
}

static inline void *
unit_alloc(void *ctx, size_t size)
{
	UnitEnv    *u = ctx;
	UnitBlock  *block;

	u->allocations++;
	unit_maybe_leave(u);
	if (u->blocks == u->block_room)
	{
		u->block_room = 2 * u->block_room + 16;
		u->block = realloc(u->block, u->block_room * sizeof(UnitBlock *));
	}
	block = malloc(sizeof(UnitBlock) + size);
	if (block == NULL || u->block == NULL)
		abort();
	block->index = u->blocks;
	block->size = size;
	memset(block + 1, 0xa5, size);
	u->block[u->blocks++] = block;
	u->bytes += size;
	if (u->bytes > u->most_bytes)
		u->most_bytes = u->bytes;
	ASAN_POISON_MEMORY_REGION(block, sizeof(UnitBlock));
	return block + 1;
}

static inline void
unit_release(void *ctx, void *ptr)
{
	UnitEnv    *u = ctx;
	UnitBlock  *block = (UnitBlock *) ptr - 1;
	UnitBlock  *last = u->block[--u->blocks];

	ASAN_UNPOISON_MEMORY_REGION(block, sizeof(UnitBlock));
	ASAN_UNPOISON_MEMORY_REGION(last, sizeof(UnitBlock));
	u->bytes -= block->size;
	u->block[block->index] = last;
	last->index = block->index;
	ASAN_POISON_MEMORY_REGION(last, sizeof(UnitBlock));
	ASAN_UNPOISON_MEMORY_REGION(block, sizeof(UnitBlock));
	free(block);
}

static inline void *
unit_resize(void *ctx, void *ptr, size_t size)
{
	UnitBlock  *block = (UnitBlock *) ptr - 1;
	size_t		old;
	void	   *moved = unit_alloc(ctx, size);

	ASAN_UNPOISON_MEMORY_REGION(block, sizeof(UnitBlock));
	old = block->size;
	memcpy(moved, ptr, old < size ? old : size);
	unit_release(ctx, ptr);
	return moved;
}

static inline void
unit_tick(void *ctx)
{
	UnitEnv    *u = ctx;

	u->ticks++;
	unit_maybe_leave(u);
}

/* Frees all memory of an environment and makes it as new. */
static inline void
unit_env_clear(UnitEnv *u)
{
	while (u->blocks > 0)
		unit_release(u, u->block[u->blocks - 1] + 1);
	free(u->block);
	memset(u, 0, sizeof(UnitEnv));
	u->env = (JnEnv) {unit_alloc, unit_resize, unit_release, unit_tick, u};
}

/* The environment of the running test. */
static UnitEnv unit_env;

#define ENV	(&unit_env.env)

/*
 * Calls call(env, arg) again and again, leaving it by longjmp at its first
 * allocation or tick, its second and so on, until it comes to its end.  "most"
 * bounds the number of calls: then only every so many places are left at.
 * Nothing may be wrong with the memory (ASan tells), and nothing may be lost
 * that env does not own (LeakSanitizer tells).  Returns the number of places.
 */
static inline size_t
unit_leave_everywhere(void (*call) (const JnEnv *env, void *arg), void *arg, size_t most)
{
	UnitEnv    *u = calloc(1, sizeof(UnitEnv));
	size_t		places;

	if (u == NULL)
		abort();
	unit_env_clear(u);
	call(&u->env, arg);
	places = u->allocations + u->ticks;
	for (size_t at = 1; at <= places; at += places / most + 1)
	{
		unit_env_clear(u);
		u->leave_at = at;
		if (setjmp(u->leave) == 0)
		{
			call(&u->env, arg);
			unit_check(false, __FILE__, __LINE__, "the call did not come by the place to leave it at");
		}
		u->leave_at = 0;
	}
	unit_env_clear(u);
	free(u);
	return places;
}

/* ---- chance and time ---- */

/* The next number of a sequence that is the same each day (splitmix64). */
static inline uint64_t
unit_random(uint64_t *seed)
{
	uint64_t	x = *seed += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* A number from 0 to n-1. */
static inline uint32_t
unit_below(uint64_t *seed, uint32_t n)
{
	return (uint32_t) (unit_random(seed) % n);
}

static inline double
unit_seconds(void)
{
	struct timespec t;

	timespec_get(&t, TIME_UTC);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	int			passed = 0;
	int			failed = 0;

	for (int i = 0; i < unit_test_count; i++)
	{
		if (argc > 1 && strstr(unit_tests[i].name, argv[1]) == NULL)
			continue;
		unit_failed_checks = 0;
		unit_env_clear(&unit_env);
		unit_tests[i].run();
		unit_env_clear(&unit_env);
		if (unit_failed_checks > 0)
			printf("FAILED %s\n", unit_tests[i].name);
		unit_failed_checks > 0 ? failed++ : passed++;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}

#endif							/* UNIT_H */
