/*
 * key.h
 *	  Keys of subjects of any kind: their order, their hash, their bytes.
 *
 * A key as bytes: u8 kind (JnKeyKind); of a bigint 8 bytes; of a uuid 16; of a
 * text a varint size and so many bytes of UTF-8.
 */
#ifndef JN_KEY_H
#define JN_KEY_H

#include "set.h"

/* Orders keys of all kinds: by kind, then as jn_key_compare(). */
extern int	jn_key_order(const JnKey *a, const JnKey *b);

/* A hash for tables in memory; "salt" as in jn_lexicon_init(). */
extern uint64_t jn_key_hash(const JnKey *key, uint64_t salt);

/* A copy that stays; release its "data" if that is not NULL. */
extern JnKey jn_key_keep(const JnEnv *env, const JnKey *key);

/* The bytes above: size gives what put writes; put returns what follows. */
extern size_t jn_key_size(const JnKey *key);
extern uint8_t *jn_key_put(const JnKey *key, uint8_t *out);

/*
 * Reads a key at *at and moves *at behind it; it points into the bytes.
 * Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, JN_SUBJECT_LONG, JN_SUBJECT_UTF8,
 * with offsets from p.
 */
extern JnStatus jn_key_get(const uint8_t *p, size_t size, size_t *at, JnKey *key, JnError *err);

#endif							/* JN_KEY_H */
