/*
 * dict.h
 *	  Names to numbers: the dictionary that fills a column of labels.
 *
 * An object with these operations:
 *
 *	 find, code		O(1) expected, O(length of the name)
 *	 map			O(1) a step: takes codes of another dictionary over
 *	 order			O(k log k) for k names, if new ones came out of order, and
 *					O(n) for the codes given so far
 *	 size, write	O(k + n): the section of labels.h, after order
 *
 * A name's code is the number of names before it, in order of their first use;
 * order makes codes the ranks of the names, by bytes.  Whoever has codes keeps
 * them in an array of their own, with JN_NO_LABEL for steps without a label.
 *
 * Memory: 14 bytes and the text for each name, doubling as it grows, from the
 * JnEnv given at each call, which must be the same.  It may begin in lent
 * memory, so that a dictionary of a few names allocates nothing.  The object
 * may not be moved.
 */
#ifndef JN_DICT_H
#define JN_DICT_H

#include "labels.h"

/* A distinct name, in text[at .. at+size-1]. */
typedef struct JnDictEntry
{
	uint32_t	at;
	uint16_t	size;			/* bytes, at most JN_MAX_NAME */
	uint16_t	tag;			/* bits of its hash, to skip most comparisons */
} JnDictEntry;

/* Use the functions below. */
typedef struct JnDict
{
	JnDictEntry *entry;			/* distinct names */
	char	   *text;			/* their bytes, one after another */
	uint32_t   *slot;			/* table of names: code + 1, or 0 when free; NULL before its first use */
	uint32_t	names;
	uint32_t	name_room;		/* entries that fit */
	uint32_t	text_size;		/* bytes, at most JN_MAX_BYTES */
	uint32_t	text_room;
	uint32_t	slots;			/* in use: 0 while few, else a power of two, at least twice the names */
	uint32_t	slot_room;		/* slots that fit */
	uint32_t	ordered;		/* names before this one are in order */
	uint32_t	last;			/* the code tried first */
	bool		entry_lent;		/* entry[] is the lender's */
	bool		text_lent;		/* text[] is the lender's */
} JnDict;

/*
 * Makes an empty dictionary that begins in lent memory: room for so many
 * entries and bytes, which may be 0.
 */
extern void jn_dict_init(JnDict *d, JnDictEntry *entry, uint32_t entries, char *text, uint32_t bytes);

/* Releases what the dictionary has allocated; it can only be made anew then. */
extern void jn_dict_release(const JnEnv *env, JnDict *d);

/* Forgets the names, keeps the memory. */
extern void jn_dict_reset(JnDict *d);

/* The name of a code, until the next name is added. */
static inline JnName
jn_dict_name(const JnDict *d, uint32_t code)
{
	return (JnName) {d->text + d->entry[code].at, d->entry[code].size};
}

/*
 * Whether "size" bytes are the same.  Names are short: no call, and no loop up
 * to eight bytes.
 */
static inline bool
jn_same_bytes(const char *a, const char *b, size_t size)
{
	const uint8_t *x = (const uint8_t *) a;
	const uint8_t *y = (const uint8_t *) b;

	if (size >= 8)
	{
		for (size_t i = 0; i < size - 8; i += 8)
			if (jn_load64(x + i) != jn_load64(y + i))
				return false;
		return jn_load64(x + size - 8) == jn_load64(y + size - 8);
	}
	if (size >= 4)
		return jn_load32(x) == jn_load32(y) && jn_load32(x + size - 4) == jn_load32(y + size - 4);
	return size == 0 || (x[0] == y[0] && x[size / 2] == y[size / 2] && x[size - 1] == y[size - 1]);
}

/* Whether the name of a code is this one. */
static inline bool
jn_dict_is(const JnDict *d, uint32_t code, const char *name, size_t size)
{
	const JnDictEntry *e = &d->entry[code];

	return e->size == size && jn_same_bytes(d->text + e->at, name, size);
}

/* The code of a name, or JN_NO_LABEL if it is not there. */
extern uint32_t jn_dict_find(const JnDict *d, const char *name, size_t size);

/*
 * The code of a name, which is added if it is not there.
 * Errors: those of jn_label_check(); JN_TOO_LARGE when the names alone are too
 * much; the dictionary is as before.
 */
extern JnStatus jn_dict_code(const JnEnv *env, JnDict *d, const char *name, size_t size, JnLabelKind kind,
							 uint32_t *code, JnError *err);

/* The errors that jn_dict_code() would return for a name that is not there. */
extern JnStatus jn_dict_check(const JnDict *d, JnName name, JnLabelKind kind, JnError *err);

/* Adds a name that is not there and has passed jn_dict_check(); returns its code. */
extern uint32_t jn_dict_put(const JnEnv *env, JnDict *d, JnName name);

/*
 * Makes codes of another dictionary, whose names are name[0 .. names-1] and
 * have been proved, codes of this one.  JN_NO_LABEL stays.
 * Errors: JN_BYTES_CORRUPT for a code that has no name, JN_TOO_LARGE; some
 * names may have been added.
 */
extern JnStatus jn_dict_map(const JnEnv *env, JnDict *d, const JnName *name, uint32_t names, uint32_t *code,
							uint32_t count, JnError *err);

/* Puts the names in order and renumbers all codes given so far: code[0 .. n-1]. */
extern void jn_dict_order(const JnEnv *env, JnDict *d, uint32_t *code, uint32_t n);

/*
 * The section of labels.h for n steps with these codes, each name in use, the
 * names in order; "gaps" if some step has JN_NO_LABEL.  Write returns the byte
 * after it.
 */
extern uint64_t jn_dict_size(const JnDict *d, uint32_t n, JnLabelKind kind, bool gaps);
extern uint8_t *jn_dict_write(const JnEnv *env, const JnDict *d, const uint32_t *code, uint32_t n,
							  JnLabelKind kind, bool gaps, uint8_t *out);

/*
 * Writes n codes of "width" bytes at out, none as 0 and the others one higher
 * if "gaps", and returns the byte after them.
 */
extern uint8_t *jn_codes_write(const JnEnv *env, const uint32_t *code, uint32_t n, unsigned width, bool gaps,
							   uint8_t *out);

#endif							/* JN_DICT_H */
