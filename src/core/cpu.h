/*
 * cpu.h
 *	  Which vector instructions this processor has, asked when the code runs.
 *
 * One build serves all machines: a kernel is compiled once for each level by
 * __attribute__((target)), beside scalar code that gives the same answers, and
 * the caller asks jn_cpu() which to take.  Elsewhere than on x86-64 with gcc
 * or clang there is the scalar code alone.
 *
 *	 JN_TARGET_AVX2
 *	 static uint32_t count_avx2(...) { ... }
 *
 *	 #ifdef JN_X86
 *		 if (jn_cpu() >= JN_CPU_AVX2)
 *			 return count_avx2(...);
 *	 #endif
 */
#ifndef JN_CPU_H
#define JN_CPU_H

/* Levels, each of which includes the ones before it. */
typedef enum JnCpu
{
	JN_CPU_UNKNOWN = 0,			/* not asked yet */
	JN_CPU_SCALAR,
	JN_CPU_SSE41,				/* SSSE3 and SSE4.1: byte shuffles of 16 bytes */
	JN_CPU_AVX2					/* 32 bytes */
} JnCpu;

#if defined(__x86_64__) && defined(__GNUC__)
#define JN_X86			1
#define JN_TARGET_SSE41	__attribute__((target("ssse3,sse4.1")))
#define JN_TARGET_AVX2	__attribute__((target("avx2")))
#endif

/* The level in use.  A matter of the process: nothing else may write it. */
extern JnCpu jn_cpu_level;

/* Asks the processor once and remembers the answer. */
extern JnCpu jn_cpu_detect(void);

/* The level that kernels shall use. */
static inline JnCpu
jn_cpu(void)
{
	return jn_cpu_level != JN_CPU_UNKNOWN ? jn_cpu_level : jn_cpu_detect();
}

/*
 * For tests: uses no more than "most" from now on, JN_CPU_UNKNOWN for what
 * there is.  Returns the level in use, which is lower on a lesser machine.
 */
extern JnCpu jn_cpu_force(JnCpu most);

#endif							/* JN_CPU_H */
