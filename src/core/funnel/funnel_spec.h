/*
 * funnel_spec.h
 *	  What a funnel asks, as bytes: what its aggregate's states carry with them.
 *
 * States are combined only if they ask the same, and a state that was sent
 * knows what it is the state of.  Little-endian and unaligned:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  mode, see JnFunnelMode
 *		  2      1  entry, see JnFunnelEntry
 *		  3      1  ties, see JnFunnelTies
 *		  4      1  0, or 1 + the track that is held
 *		  5      1  bit 0 if steps have limits of their own, bit 1 if some are
 *					optional
 *		  6      8  within, microseconds, or all bits 1
 *		 14      8  as_of, microseconds since 2000-01-01 UTC
 *		 22      4  s, the number of steps, at least 1
 *		 26      4  x, the number of atoms that are excluded
 *		 30         with bit 0 the s limits, u64 each, of the first all bits 1
 *					with bit 1 the s steps, u8 each: 1 if it is optional; the
 *					first is not
 *					the s + x atoms: varint length, canonical text
 *
 * Equal questions are equal bytes.
 */
#ifndef JN_FUNNEL_SPEC_H
#define JN_FUNNEL_SPEC_H

#include "funnel.h"

#define JN_FUNNEL_SPEC_VERSION	1

/* A question that has been read.  Lives in env's memory and points to the bytes. */
typedef struct JnFunnelSpec
{
	JnFunnelTerms terms;
	JnAtoms		atoms;			/* terms.atoms */
	JnName	   *text;			/* of the steps, and behind them of what is excluded */
	const uint8_t *bytes;
	size_t		size;
} JnFunnelSpec;

/*
 * Whether terms go together: JN_OK, or JN_ARGUMENT with err->at one of the
 * following.
 */
enum
{
	JN_FUNNEL_OPTIONAL_MODE = 1,	/* optional steps, and not ordered */
	JN_FUNNEL_LIMITS_MODE,		/* limits of steps, and unordered */
	JN_FUNNEL_TIES_MODE			/* strict ties, and unordered */
};

extern JnStatus jn_funnel_terms_check(const JnFunnelTerms *terms, JnError *err);

/*
 * The bytes of a question; text[] has the canonical texts of the steps and of
 * the "excluded" atoms behind them, terms->atoms is not looked at.  Write fills
 * what size gives.
 */
extern size_t jn_funnel_spec_size(const JnFunnelTerms *terms, const JnName *text, uint32_t excluded);
extern void jn_funnel_spec_write(const JnFunnelTerms *terms, const JnName *text, uint32_t excluded, uint8_t *out);

/*
 * Reads a question that begins at p and proves it; tells how many bytes it has.
 * The bytes must stay, and *spec where it is.
 * Errors: JN_BYTES_*, JN_PATTERN_*, JN_NAME_*.
 */
extern JnStatus jn_funnel_spec_read(const JnEnv *env, const uint8_t *p, size_t size, JnFunnelSpec *spec,
									JnError *err);

#endif							/* JN_FUNNEL_SPEC_H */
