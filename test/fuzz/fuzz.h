/*
 * fuzz.h
 *	  What the fuzzers share: an environment, a check, and main() for replay.
 *
 * A fuzzer defines fuzz(env, data, size).  Memory of env goes when it returns.
 * Built with libFuzzer (clang) it gets inputs from there; built with another
 * compiler it is a program that replays the files named as arguments.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jn.h"

/* What must hold for each input. */
#define EXPECT(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* To be defined by the fuzzer. */
static void fuzz(const JnEnv *env, const uint8_t *data, size_t size);

/* Stands before each piece of memory, in a ring. */
typedef struct FuzzBlock
{
	struct FuzzBlock *next;
	struct FuzzBlock *before;
} FuzzBlock;

static inline void *
fuzz_linked(FuzzBlock *ring, FuzzBlock *block)
{
	if (block == NULL)
		abort();
	block->next = ring->next;
	block->before = ring;
	block->next->before = block;
	ring->next = block;
	return block + 1;
}

static inline void
fuzz_unlink(FuzzBlock *block)
{
	block->next->before = block->before;
	block->before->next = block->next;
}

static inline void *
fuzz_alloc(void *ring, size_t size)
{
	return fuzz_linked(ring, malloc(sizeof(FuzzBlock) + size));
}

static inline void *
fuzz_resize(void *ring, void *ptr, size_t size)
{
	FuzzBlock  *block = (FuzzBlock *) ptr - 1;

	fuzz_unlink(block);
	return fuzz_linked(ring, realloc(block, sizeof(FuzzBlock) + size));
}

static inline void
fuzz_release(void *ring, void *ptr)
{
	FuzzBlock  *block = (FuzzBlock *) ptr - 1;

	(void) ring;
	fuzz_unlink(block);
	free(block);
}

static inline void
fuzz_tick(void *ring)
{
	(void) ring;
}

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzBlock	ring = {&ring, &ring};
	JnEnv		env = {fuzz_alloc, fuzz_resize, fuzz_release, fuzz_tick, &ring};

	fuzz(&env, data, size);
	while (ring.next != &ring)
		fuzz_release(&ring, ring.next + 1);
	return 0;
}

#ifndef __clang__
int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
	{
		FILE	   *file = fopen(argv[i], "rb");
		uint8_t    *data;
		long		size;

		if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		{
			perror(argv[i]);
			return 1;
		}
		rewind(file);
		data = malloc((size_t) size + 1);
		if (data == NULL || fread(data, 1, (size_t) size, file) != (size_t) size)
			return 1;
		fclose(file);
		/* to the byte, so that a read beyond it shows */
		data = realloc(data, size > 0 ? (size_t) size : 1);
		LLVMFuzzerTestOneInput(data, (size_t) size);
		free(data);
	}
	return 0;
}
#endif

#endif							/* FUZZ_H */
