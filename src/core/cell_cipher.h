/*
 * cell_cipher.h
 *	  A cell as a message that only this server's key opens again.
 *
 * Bytes of a message:
 *
 *		 0	version, 1
 *		 1	epoch, 32 bits, little-endian
 *		 5	nonce, 24 bytes
 *		29	XChaCha20-Poly1305 of the padded plain text, with 16 bytes of tag
 *
 *		plain text = kind (one byte, a JnTokenKind), data, 0x80, zeros
 *
 * It is bound to the column, the subject, the epoch and the version: in another
 * place it cannot be opened.  The nonce is a keyed hash of all of these and of
 * the plain text (as in SIV), so that a query gives the same answer twice; two
 * messages share a nonce only if they are the same message.
 *
 * The plain text is padded to 32 bytes or the next power of two, so that the
 * length tells no more than its order of magnitude, and a missing value looks
 * like a short one.
 *
 * Data keys.  Each subject has one for an epoch, made at random and kept
 * sealed ("wrapped") by a key that follows from the root key; both keys of a
 * message follow from it.  When the wrapped key is destroyed, what was
 * encrypted under it can never be read again.
 */
#ifndef JN_CELL_CIPHER_H
#define JN_CELL_CIPHER_H

#include "crypto.h"
#include "mask.h"

#define JN_CELL_HEAD		29

/* Longest data that fits into the largest value. */
#define JN_CELL_MAX_DATA	((size_t) 0x1ffffff0)

/* Where a message belongs; none is zero-terminated. */
typedef struct JnCellPlace
{
	JnBytes		column;
	JnBytes		subject;
	uint32_t	epoch;
} JnCellPlace;

/* Bytes of the message for so many bytes of data, at most JN_CELL_MAX_DATA. */
extern size_t jn_cell_cipher_size(size_t size);

/* Writes the message; fails with JN_CRYPTO. */
extern JnStatus jn_cell_encrypt(uint8_t *out, const uint8_t data_key[JN_KEY_SIZE],
								const JnCellPlace *place, JnTokenKind kind,
								const void *data, size_t size, JnError *err);

/* The epoch of a message; fails with JN_UNSEAL if it is none. */
extern JnStatus jn_cell_epoch(const uint8_t *message, size_t size, uint32_t *epoch, JnError *err);

/*
 * Opens a message in room for "size" bytes at out; *data points into it.  Fails
 * with JN_UNSEAL, whatever is wrong.
 */
extern JnStatus jn_cell_decrypt(uint8_t *out, const uint8_t data_key[JN_KEY_SIZE],
								const JnCellPlace *place, const uint8_t *message, size_t size,
								JnTokenKind *kind, const uint8_t **data, size_t *data_size,
								JnError *err);

/* Bytes of a wrapped data key. */
#define JN_WRAPPED_SIZE		(JN_NONCE_SIZE + JN_KEY_SIZE + JN_SEAL_EXTRA)

/* Makes a data key for a subject and an epoch, and wraps it; fails with JN_CRYPTO. */
extern JnStatus jn_data_key_new(uint8_t wrapped[JN_WRAPPED_SIZE], const uint8_t root[JN_KEY_SIZE],
								JnBytes subject, uint32_t epoch, JnError *err);

/* Takes the data key out again; fails with JN_UNSEAL if it is another's, or with JN_CRYPTO. */
extern JnStatus jn_data_key_open(uint8_t out[JN_KEY_SIZE], const uint8_t root[JN_KEY_SIZE],
								 JnBytes subject, uint32_t epoch,
								 const uint8_t wrapped[JN_WRAPPED_SIZE], JnError *err);

#endif							/* JN_CELL_CIPHER_H */
