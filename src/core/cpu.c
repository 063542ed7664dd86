/*
 * cpu.c
 *	  Which vector instructions this processor has.
 *
 * Several threads that ask at the same time find the same, so no lock.
 */
#include "cpu.h"

JnCpu		jn_cpu_level = JN_CPU_UNKNOWN;

JnCpu
jn_cpu_detect(void)
{
	JnCpu		level = JN_CPU_SCALAR;

#ifdef JN_X86
	__builtin_cpu_init();
	if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1"))
		level = JN_CPU_SSE41;
	if (level == JN_CPU_SSE41 && __builtin_cpu_supports("avx2"))
		level = JN_CPU_AVX2;
#endif
	jn_cpu_level = level;
	return level;
}

JnCpu
jn_cpu_force(JnCpu most)
{
	JnCpu		level = jn_cpu_detect();

	if (most != JN_CPU_UNKNOWN && most < level)
		jn_cpu_level = most;
	return jn_cpu_level;
}
