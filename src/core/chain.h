/*
 * chain.h
 *	  The hashes that tie the entries of the consent ledger together.
 *
 * Each entry has a leaf, the hash of what it says, and a link, the hash of its
 * place, of the link before it and of its leaf:
 *
 *		leaf(e)  = H(00, version, number of fields, field, field, ...)
 *		link(p)  = H(01, version, p, link(p - 1), leaf(entry at p))
 *		link(0)  = 32 bytes of zero
 *
 * H is BLAKE2b with 32 bytes.  Numbers are little-endian: the version has one
 * byte, the number of fields four, a place eight.  A field that is missing
 * (NULL) is the byte 00; any other is the byte 01, its length in four bytes,
 * and its bytes.  So no two lists of fields make the same bytes, and a leaf
 * never looks like a link.
 *
 * To change, remove, add or move an entry, one has to make all links from there
 * on anew; whoever kept one of them can tell.
 */
#ifndef JN_CHAIN_H
#define JN_CHAIN_H

#include "crypto.h"

/* Bytes of a leaf and of a link. */
#define JN_CHAIN_HASH		32

/* Goes into every hash, and grows when the fields or their order change. */
#define JN_CHAIN_VERSION	1

/* Most fields that a leaf takes. */
#define JN_CHAIN_FIELDS		32

/*
 * The leaf of an entry.  A field whose data is NULL is missing; an empty one
 * has data and a size of zero.  Fails with JN_TOO_LARGE for a field of 4 GB or
 * more, JN_ARGUMENT for too many fields, and JN_CRYPTO.
 */
extern JnStatus jn_chain_leaf(uint8_t leaf[JN_CHAIN_HASH],
							  const JnBytes *fields, int nfields, JnError *err);

/*
 * The link at a place, 1 or more.  "before" is the link at place - 1, or
 * NULL for the first; link may be the same memory.  Fails with JN_CRYPTO.
 */
extern JnStatus jn_chain_link(uint8_t link[JN_CHAIN_HASH], int64_t place,
							  const uint8_t *before,
							  const uint8_t leaf[JN_CHAIN_HASH], JnError *err);

#endif							/* JN_CHAIN_H */
