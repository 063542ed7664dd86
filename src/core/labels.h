/*
 * labels.h
 *	  A column of labels: one name, or none, for each of n steps.
 *
 * The events of a journey are such a column, and so are its channels,
 * decisions, actions, personas and senses; format.h has the bytes.  The names
 * stand in it once, ascending; each step has the number of its name.  The
 * column knows nothing of journeys: a set of them keeps its labels the same
 * way.
 *
 * Reading has the two levels of trust of journey.h: jn_labels_open() proves no
 * more than that all lies inside the section, and reading stays inside then,
 * whatever the bytes; jn_labels_check() proves every rule.  dict.h fills
 * columns.
 */
#ifndef JN_LABELS_H
#define JN_LABELS_H

#include "bytes.h"
#include "format.h"

/* A label in someone else's memory; not zero-terminated. */
typedef struct JnName
{
	const char *data;
	uint32_t	size;			/* bytes, 0 to JN_MAX_NAME */
} JnName;

/*
 * Compares two names by bytes, the shorter first if one begins the other.
 * Returns <0, 0, >0.
 */
static inline int
jn_name_compare(JnName a, JnName b)
{
	size_t		common = a.size < b.size ? a.size : b.size;
	int			order = common > 0 ? memcmp(a.data, b.data, common) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* The bytes of a name of this size in a little-endian load of eight. */
static inline uint64_t
jn_name_mask(uint32_t size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
}

/*
 * The first eight bytes of a name as a little-endian number, zeroes behind a
 * shorter one.  From the name's begin on "room" bytes may be read, which are not
 * fewer than it has.
 */
static inline uint64_t
jn_name_word(JnName name, size_t room)
{
	uint8_t		few[8] = {0};

	if (room >= 8)
		return jn_load64((const uint8_t *) name.data) & jn_name_mask(name.size);
	if (name.size > 0)			/* one without bytes may be nowhere */
		memcpy(few, name.data, name.size);
	return jn_load64(few);
}

/* The same as a number that orders as names do: those with different heads compare as these. */
static inline uint64_t
jn_name_head(JnName name, size_t room)
{
	return __builtin_bswap64(jn_name_word(name, room));
}

/* What a column may hold. */
typedef enum JnLabelKind
{
	JN_LABEL_EVENT,				/* every step has one: the section has no byte of gaps */
	JN_LABEL_NAME,				/* a name or none */
	JN_LABEL_SET				/* a set of names, see jn_label_check(), or none */
} JnLabelKind;

/* The kind of a label track; JN_VALUE is none. */
static inline JnLabelKind
jn_track_kind(JnTrack track)
{
	return track == JN_SENSES ? JN_LABEL_SET : JN_LABEL_NAME;
}

/* In place of a code: this step has no label.  Orders after every code. */
#define JN_NO_LABEL		UINT32_MAX

/*
 * A section, opened.  Points into the bytes, owns nothing.  Lengths, names and
 * codes are one piece of memory in this order, without anything in between, also
 * where a column was made and is no section: readers look at eight bytes of a
 * name at once, and at all names as one block.
 */
typedef struct JnLabels
{
	uint32_t	names;			/* distinct names, k; at least 1 */
	bool		gaps;			/* some steps have none */
	unsigned	width;			/* bytes per code: 0, 1, 2 or 4 */
	const uint8_t *lengths;		/* k varints */
	const char *name_data;		/* the names, one after another */
	const uint8_t *codes;		/* n codes; with gaps 0 is none and i + 1 name i, else i name i */
} JnLabels;

/*
 * Proves that a name may stand in a column of a kind: at most JN_MAX_NAME
 * bytes; UTF-8 without zero bytes; a set is one or more such names, none of
 * them empty, strictly ascending by bytes, joined by one zero byte each.
 * Errors: JN_NAME_LONG, JN_NAME_UTF8; JN_ARGUMENT for a set that is none; "at"
 * is relative to the name.
 */
extern JnStatus jn_label_check(JnName name, JnLabelKind kind, JnError *err);

/*
 * Opens the section of n >= 1 steps at p, and gives the bytes that it takes,
 * of the "size" that there are.  Cost: the lengths of the names.
 * Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, JN_NAME_LONG, relative to p.
 */
extern JnStatus jn_labels_open(const uint8_t *p, size_t size, uint32_t n, JnLabelKind kind, JnLabels *labels,
							   size_t *used, JnError *err);

/*
 * Proves that what was opened at p is the one form of its labels.  Linear in
 * n and the names.  Allocates k bytes and frees them.
 * Errors: JN_BYTES_CORRUPT, JN_NAME_UTF8, relative to p.
 */
extern JnStatus jn_labels_check(const JnEnv *env, const uint8_t *p, const JnLabels *labels, uint32_t n,
								JnLabelKind kind, JnError *err);

/* Goes through the names in order: ascending by bytes. */
typedef struct JnNames
{
	const uint8_t *length;		/* of the next name, a varint */
	const char *data;			/* the next name */
} JnNames;

static inline void
jn_names_open(JnNames *names, const JnLabels *labels)
{
	names->length = labels->lengths;
	names->data = labels->name_data;
}

/* The next name.  Call it labels->names times at most. */
static inline JnName
jn_names_next(JnNames *names)
{
	JnName		name = {names->data, names->length[0] & 0x7f};

	/* at most JN_MAX_NAME, so one byte or two */
	if (*names->length++ >= 0x80)
		name.size |= (uint32_t) *names->length++ << 7;
	names->data += name.size;
	return name;
}

/* Fills name[0 .. labels->names-1]; ascending by bytes. */
extern void jn_labels_names(const JnLabels *labels, JnName *name);

/* Name number i, 0 <= i < names.  Linear in i. */
extern JnName jn_labels_name(const JnLabels *labels, uint32_t i);

/* Number of a name, or JN_NO_LABEL if no step has it.  Linear in the names. */
extern uint32_t jn_labels_find(const JnLabels *labels, const char *name, size_t size);

/* Number i of a column of codes of "width" bytes. */
static inline uint32_t
jn_code_load(const uint8_t *codes, unsigned width, uint32_t i)
{
	switch (width)
	{
		case 0:
			return 0;
		case 1:
			return codes[i];
		case 2:
			return jn_load16(codes + 2 * (size_t) i);
		default:
			return jn_load32(codes + 4 * (size_t) i);
	}
}

/*
 * The label of step i, from 0: an index into the names, whatever the bytes, or
 * JN_NO_LABEL if it has none.
 */
static inline uint32_t
jn_labels_code(const JnLabels *labels, uint32_t i)
{
	uint32_t	code = jn_code_load(labels->codes, labels->width, i) - labels->gaps;

	return code < labels->names || (code == JN_NO_LABEL && labels->gaps) ? code : 0;
}

/*
 * Writes the labels of steps from .. from+count-1 to code[0 .. count-1], as
 * jn_labels_code() gives them.
 */
extern void jn_labels_decode(const JnEnv *env, const JnLabels *labels, uint32_t from, uint32_t count,
							 uint32_t *code);

/* Goes through the names of a set: sense by sense. */
static inline bool
jn_set_next(JnName *rest, JnName *one)
{
	const char *end;

	if (rest->size == 0)
		return false;
	end = memchr(rest->data, 0, rest->size);
	*one = (JnName) {rest->data, end != NULL ? (uint32_t) (end - rest->data) : rest->size};
	rest->data += one->size;
	rest->size -= one->size;
	if (rest->size > 0)
	{
		rest->data++;
		rest->size--;
	}
	return true;
}

#endif							/* JN_LABELS_H */
