/*
 * subject_value.h
 *	  Subjects as columns hold them: a text, an integer, a uuid.
 *
 * A subject is named by a text.  Most tables hold a number instead, whose name
 * is its text form; making that for every cell takes longer than all the rest.
 * So cells take the value as it is, compare it as it is with the subject that
 * was asked about last, and find small numbers without a name, see
 * jn_numbered_find_number().  The name is written where one is needed:
 * exactly what the type's output function writes.
 */
#ifndef JOURNEY_SUBJECT_VALUE_H
#define JOURNEY_SUBJECT_VALUE_H

#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

/* How an argument names a subject. */
typedef enum JourneySubjectKind
{
	JOURNEY_SUBJECT_ODD,		/* not at all */
	JOURNEY_SUBJECT_TEXT,
	JOURNEY_SUBJECT_INT2,
	JOURNEY_SUBJECT_INT4,
	JOURNEY_SUBJECT_INT8,
	JOURNEY_SUBJECT_UUID
} JourneySubjectKind;

/* Room for the name of an integer or a uuid. */
#define JOURNEY_SUBJECT_SPACE	40

static inline JourneySubjectKind
journey_subject_kind(Oid type)
{
	switch (type)
	{
		case TEXTOID:
			return JOURNEY_SUBJECT_TEXT;
		case INT2OID:
			return JOURNEY_SUBJECT_INT2;
		case INT4OID:
			return JOURNEY_SUBJECT_INT4;
		case INT8OID:
			return JOURNEY_SUBJECT_INT8;
		case UUIDOID:
			return JOURNEY_SUBJECT_UUID;
		default:
			return JOURNEY_SUBJECT_ODD;
	}
}

/* The number in a value of one of the three integer kinds. */
static inline int64
journey_subject_number(JourneySubjectKind kind, Datum value)
{
	return kind == JOURNEY_SUBJECT_INT4 ? DatumGetInt32(value) :
		kind == JOURNEY_SUBJECT_INT8 ? DatumGetInt64(value) : DatumGetInt16(value);
}

/* Writes the name of a number, zero-terminated; returns its size. */
static inline int
journey_number_name(int64 number, char space[JOURNEY_SUBJECT_SPACE])
{
	return pg_lltoa(number, space);
}

/* The same of a uuid, not zero-terminated. */
static inline int
journey_uuid_name(const unsigned char *uuid, char space[JOURNEY_SUBJECT_SPACE])
{
	static const char digit[] = "0123456789abcdef";
	char	   *out = space;

	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = digit[uuid[i] >> 4];
		*out++ = digit[uuid[i] & 15];
	}
	return out - space;
}

#endif							/* JOURNEY_SUBJECT_VALUE_H */
