/*
 * fact_bytes.h
 *	  What is known about all subjects, as bytes.
 *
 * A session that asks about many subjects reads what is known about all.  Row
 * by row that takes most of a second for a million of them, and a parallel
 * worker begins anew.  So the extension keeps the same packed (fact_pages.h),
 * and whoever takes it into memory copies arrays.
 *
 *		header		JN_FACT_HEADER bytes: whose they are, when, how many
 *		facts		of each kind that is there, numbered from 1; subjects who said
 *					the same share them
 *		series		names that end in numbers (numbered.h): what is written are
 *					the series, the numbers of their facts by place in four bits
 *					each, and in two bytes those that do not fit
 *		names		the others, with the numbers of their facts
 *
 * Writing: measure with a pen without paper, write with another one behind the
 * header, seal.  Reading: open, then the three parts in this order.
 *
 * Readers are bounded whatever the bytes hold.  A hash over all finds damage;
 * it has no key, and does not tell who wrote them.
 */
#ifndef JN_FACT_BYTES_H
#define JN_FACT_BYTES_H

#include "jn.h"
#include "numbered.h"
#include "pen.h"

/* Changes with the format and with what facts mean. */
#define JN_FACT_VERSION		1

/* Bytes of the header. */
#define JN_FACT_HEADER		800

/* Bytes of the digest that tells the tables they were read from. */
#define JN_FACT_ORIGIN		32

/* Transactions that a moment remembers one by one, at most. */
#define JN_FACT_RUNNING		64

/* Longest name, in bytes. */
#define JN_FACT_NAME		1024

/* Numbers of facts in an array: these stand elsewhere. */
#define JN_FACT_FEW			0xf
#define JN_FACT_MORE		0xffff

/* Sizes are of bytes, numbers of transactions in the 64-bit count. */
typedef struct JnFactHeader
{
	uint64_t	size;			/* of all; set by sealing */
	uint64_t	system;			/* identifier of the cluster */
	uint32_t	database;
	uint8_t		origin[JN_FACT_ORIGIN]; /* the tables they were read from */
	int64_t		position;		/* in the ledger, about */
	uint64_t	subjects;		/* how many */

	/* the moment, see changes.h in src/pg */
	uint64_t	xmin;
	uint64_t	xmax;
	int32_t		running_count;	/* -1: any between */
	uint64_t	running[JN_FACT_RUNNING];

	/* what follows */
	uint32_t	facts;
	uint32_t	series;
	uint64_t	names;
} JnFactHeader;

/* What one subject said, but for the purposes: see JourneyFacts. */
typedef struct JnFact
{
	const char *jurisdiction;	/* NULL: the default one; not terminated */
	uint32_t	jurisdiction_size;
	int32_t		born;
	uint8_t		kind;
	bool		restricted;
	bool		erased;
	uint32_t	words;			/* that follow */
} JnFact;

/* ... about one purpose: see JourneyWord. */
typedef struct JnFactWord
{
	int32_t		purpose;
	uint32_t	given;
	uint32_t	refused;
	uint32_t	withdrawn;
	uint32_t	objected;
	uint32_t	expired;
	bool		covers;
	bool		is_explicit;
	bool		parental;
	int64_t		from;
	int64_t		until;
	const char *notice;			/* not terminated */
	uint32_t	notice_size;
} JnFactWord;


/* ---- writing: each of these appends ---- */

extern void jn_fact_put(JnPen *pen, const JnFact *fact);
extern void jn_fact_put_word(JnPen *pen, const JnFactWord *word);

/*
 * Series that were sealed, with the numbers of facts by place: "few" has four
 * bits for each (the first one of two lower), "more" two bytes, which are read
 * only for places with JN_FACT_FEW.
 */
extern void jn_fact_put_series(JnPen *pen, const JnNumbered *numbered, uint64_t places,
							   const uint8_t *few, const uint16_t *more);

/* A name of 1 to JN_FACT_NAME bytes, the number of its facts from 1. */
extern void jn_fact_put_name(JnPen *pen, const char *name, size_t size, uint32_t facts);

/*
 * Writes the header before the "body" bytes that were put, and the hash.
 * JN_CRYPTO if there is no hash.
 */
extern JnStatus jn_fact_seal(uint8_t *bytes, uint64_t body, JnFactHeader *header, JnError *err);


/* ---- reading ---- */

/* How far bytes have been read.  They must stay where they are. */
typedef struct JnFactReader
{
	JnFactHeader header;
	const uint8_t *bytes;
	const uint8_t *p;
	const uint8_t *end;
	uint64_t	names;			/* left */
} JnFactReader;

/*
 * The header alone, of which JN_FACT_HEADER bytes suffice; what it says is
 * bounded and not proven.  JN_BYTES_SHORT, JN_BYTES_VERSION, JN_BYTES_CORRUPT.
 */
extern JnStatus jn_fact_read_header(const uint8_t *bytes, size_t size, JnFactHeader *header, JnError *err);

/* Checks size and hash, and begins.  Errors as above, and JN_CRYPTO.  O(size). */
extern JnStatus jn_fact_open(JnFactReader *reader, const uint8_t *bytes, size_t size, JnError *err);

/* The next fact of header.facts, to be followed by its words.  JN_BYTES_CORRUPT. */
extern JnStatus jn_fact_next(JnFactReader *reader, JnFact *fact, JnError *err);
extern JnStatus jn_fact_next_word(JnFactReader *reader, JnFactWord *word, JnError *err);

/*
 * The series, ready to find places in, and how many places there are: at most
 * twice the bytes.  "few" are the bytes of the first array, for jn_fact_more().
 * JN_BYTES_CORRUPT.
 */
extern JnStatus jn_fact_series(JnFactReader *reader, JnNumbered *numbered, uint64_t *places,
							   const uint8_t **few, JnError *err);

/* Fills the second array, of all places, which is zeroed, from the first.  JN_BYTES_CORRUPT. */
extern JnStatus jn_fact_more(JnFactReader *reader, uint64_t places, const uint8_t *few, uint16_t *more,
							 JnError *err);

/*
 * The next name; its size is 0 after the last one, and the facts 0 for one who
 * was forgotten.  JN_BYTES_CORRUPT.
 */
extern JnStatus jn_fact_next_name(JnFactReader *reader, const char **name, uint32_t *size, uint32_t *facts,
								  JnError *err);

/*
 * Takes a name out of the bytes, and seals them again; *found is whether it
 * was there.  Errors of all the above.  O(size).
 */
extern JnStatus jn_fact_forget(uint8_t *bytes, size_t size, const char *name, size_t name_size,
							   bool *found, JnError *err);

#endif							/* JN_FACT_BYTES_H */
