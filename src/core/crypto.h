/*
 * crypto.h
 *	  The few things we ask of libsodium, in our words.
 *
 * Keyed and plain BLAKE2b, keys derived from one root key, sealing
 * (XChaCha20-Poly1305), signing (Ed25519), guarded memory, comparing and
 * wiping.  Nothing here is an invention of ours; crypto.c is the only file
 * that knows the library.
 *
 * How keys hang together:
 *
 *		root key (the key file)
 *		  |  crypto_kdf, context "journey\0", one number per use
 *		  +-- fingerprint   tells administrators which key is loaded
 *		  +-- token         |  keyed BLAKE2b over (purpose, class, epoch)
 *		  |				    +-- one key per purpose, class and epoch
 *		  +-- sign          the seed of the Ed25519 key for receipts and the ledger
 *		  +-- noise, fake   |  keyed BLAKE2b over (column, epoch)
 *		  |				    +-- one key per column or class and epoch
 *		  +-- wrap          seals the data keys of subjects, which are random
 *
 * so that tokens of two purposes, classes or epochs have nothing in common,
 * and no derived key says anything about its siblings or about the root.
 */
#ifndef JN_CRYPTO_H
#define JN_CRYPTO_H

#include "jn.h"

/* Bytes of the root key and of every derived key. */
#define JN_KEY_SIZE			32

/* Hexadecimal digits of a key file. */
#define JN_KEY_DIGITS		(2 * JN_KEY_SIZE)

/* Bytes of a message digest: what jn_hash() may give. */
#define JN_HASH_MIN			16
#define JN_HASH_MAX			64

/* Longest key that jn_hash() takes, in bytes. */
#define JN_HASH_KEY_MAX		64

/* What a key is for; the number goes into crypto_kdf.  Append only. */
typedef enum JnKeyUse
{
	JN_KEY_FINGERPRINT = 1,
	JN_KEY_TOKEN = 2,
	JN_KEY_SIGN = 3,
	JN_KEY_NOISE = 4,
	JN_KEY_FAKE = 5,
	JN_KEY_WRAP = 6,
	JN_KEY_CELL_SEAL = 7,		/* of a data key, not of the root key, and so is the next */
	JN_KEY_CELL_NONCE = 8,
	JN_KEY_DIGEST = 9			/* of names in receipts; of the root key */
} JnKeyUse;

/* A run of bytes; data may be NULL if size is 0. */
typedef struct JnBytes
{
	const void *data;
	size_t		size;			/* bytes */
} JnBytes;

/*
 * Prepares the library; call it before anything else here, as often as you
 * like.  Fails with JN_CRYPTO if the machine has no usable randomness.
 */
extern JnStatus jn_crypto_init(JnError *err);

/*
 * BLAKE2b (RFC 7693) of the parts, one after the other and without anything
 * between them, into size bytes at out.  key may be NULL if key_size is 0.
 * Fails with JN_CRYPTO if size or key_size is out of range.
 */
extern JnStatus jn_hash(uint8_t *out, size_t size,
						const uint8_t *key, size_t key_size,
						const JnBytes *parts, int nparts, JnError *err);

/*
 * The key for one use, from the root key.  Fails with JN_CRYPTO only if the
 * library refuses.
 */
extern JnStatus jn_key_derive(uint8_t out[JN_KEY_SIZE],
							  const uint8_t root[JN_KEY_SIZE],
							  JnKeyUse use, JnError *err);

/*
 * The key for one label, from the key for a use.  The label is a list of
 * fields; each goes in with its length before it (32 bits, little-endian), so
 * that no two lists make the same bytes.  Fails with JN_CRYPTO, or with
 * JN_TOO_LARGE for a field above 32 bits of length.
 */
extern JnStatus jn_key_label(uint8_t out[JN_KEY_SIZE],
							 const uint8_t key[JN_KEY_SIZE],
							 const JnBytes *fields, int nfields, JnError *err);

/* Bytes of a nonce, and by how much a sealed message is longer. */
#define JN_NONCE_SIZE		24
#define JN_SEAL_EXTRA		16

/*
 * XChaCha20-Poly1305 (IETF draft-irtf-cfrg-xchacha): hides and authenticates
 * the message, and authenticates "bound", bytes that whoever opens it must
 * know too.  Writes size + JN_SEAL_EXTRA bytes to out, which may be where the
 * message is.  A nonce must never serve two messages under one key.  Fails with
 * JN_CRYPTO.
 */
extern JnStatus jn_seal(uint8_t *out, const uint8_t key[JN_KEY_SIZE],
						const uint8_t nonce[JN_NONCE_SIZE],
						const void *bound, size_t bound_size,
						const void *message, size_t size, JnError *err);

/*
 * The reverse: writes size - JN_SEAL_EXTRA bytes to out.  Fails with
 * JN_UNSEAL, whatever is wrong: too short, another key, nonce or binding, one
 * bit changed; out is wiped then.
 */
extern JnStatus jn_unseal(uint8_t *out, const uint8_t key[JN_KEY_SIZE],
						  const uint8_t nonce[JN_NONCE_SIZE],
						  const void *bound, size_t bound_size,
						  const uint8_t *sealed, size_t size, JnError *err);

/* Bytes of a signature, and of the key that checks it. */
#define JN_SIGNATURE_SIZE	64
#define JN_PUBLIC_KEY_SIZE	32

/*
 * Ed25519 (RFC 8032).  The seed is a derived key (JN_KEY_SIGN); the same seed
 * and message always give the same signature.  Fails with JN_CRYPTO.
 */
extern JnStatus jn_sign_public_key(uint8_t out[JN_PUBLIC_KEY_SIZE],
								   const uint8_t seed[JN_KEY_SIZE], JnError *err);
extern JnStatus jn_sign(uint8_t out[JN_SIGNATURE_SIZE], const uint8_t seed[JN_KEY_SIZE],
						const void *message, size_t size, JnError *err);

/* Did the owner of the key sign the message?  False also for keys and signatures that are none. */
extern bool jn_verify(const uint8_t signature[JN_SIGNATURE_SIZE],
					  const uint8_t public_key[JN_PUBLIC_KEY_SIZE],
					  const void *message, size_t size);

/* Fills size bytes with what nobody can guess; needs jn_crypto_init(). */
extern void jn_random(void *out, size_t size);

/*
 * Reads the text of a key file: 64 hexadecimal digits of either case and at
 * most one newline after them.  Fails with JN_KEY_FORMAT, "at" the first byte
 * that does not belong, "found" the bytes given; out is wiped then.  Takes
 * the same time for all digits.
 */
extern JnStatus jn_key_parse(const char *text, size_t size,
							 uint8_t out[JN_KEY_SIZE], JnError *err);

/*
 * Memory for one key that is locked into RAM where the system allows it, left
 * out of core dumps, fenced by guard pages, and read-only once it is sealed.
 * This is the one place where the core owns something: guarded pages cannot
 * come from a JnEnv.  new() copies the key; it fails with JN_CRYPTO if the
 * system has no such memory.  free() wipes it; NULL is fine.
 */
typedef struct JnGuarded JnGuarded;

extern JnStatus jn_guarded_new(JnGuarded **out, const uint8_t key[JN_KEY_SIZE],
							   JnError *err);
extern const uint8_t *jn_guarded_key(const JnGuarded *guarded);
extern void jn_guarded_free(JnGuarded *guarded);

/* Writes zeros that the compiler may not leave out. */
extern void jn_wipe(void *data, size_t size);

#endif							/* JN_CRYPTO_H */
