/*
 * set_format.h
 *	  The bytes of a set of journeys, version 1.  This file is the authority.
 *
 * A journey_set holds parts of the journeys of many subjects: for each subject
 * its key and one step or more, ordered as in a journey.  The steps of all
 * parts stand one behind the other, part by part, and are written as columns
 * like those of one journey (format.h): one dictionary of names, one stream of
 * codes, one stream of time differences.  So a set has no more to say than one
 * long journey but for a few bytes a subject, and a question about all of it
 * runs through one array.
 *
 * Ghosts.  A journey that is too long for one set goes on in another.  The
 * part that goes on begins with a ghost: the last step of the part before,
 * with all its tracks, repeated.  So the pair of that step and the next one is
 * there to be looked at, though neither its step nor its subject counts here.
 * And the part before says that it goes on: so a part without either mark is a
 * whole journey, and who counts subjects need not remember it.
 *
 * Little-endian, unaligned, and the same on disk, on the wire and in memory.
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  flags: bits 0-1 time unit (JnUnit), bit 2 wide times, bits
 *					3-4 kind of the keys (JnKeyKind), other bits 0
 *		  2      2  tracks beyond time and event, a bit each, as in a journey
 *		  4      4  T, the number of steps, ghosts among them
 *		  8      4  S, the number of parts, at least 1
 *		 12      4  G, the number of ghosts, which is that of the parts that
 *					begin with one
 *		 16      8  time of the earliest step that is no ghost, microseconds
 *					since 2000-01-01 UTC
 *		 24      8  time of the latest step
 *		 32      8  presence: of the names of events, as in a journey
 *		 40      4  bytes of the section of step counts
 *		 44      4  bytes of the section of keys
 *		 48         directory: u32 byte length of each track, as in a journey
 *
 *					step counts: for each part a varint 4 n + 2 m + g, where n is
 *					the number of its steps, m is 1 if the journey goes on in
 *					another set, and g is 1 if the first step is a ghost; n is at
 *					least 1 + g, and the n add up to T
 *					starts: u8 width w (0 to 8), then for each part w bytes: the
 *					time from the earliest step of the set to the first step
 *					of the part that is no ghost, in units.  w is the least that
 *					holds all of them; at least one is 0
 *					keys: strictly ascending, see below
 *					names of events, as in a journey
 *					codes: T indexes into the names, as in a journey
 *					times: the differences between neighbouring steps of one
 *					part, D = T - S of them, part by part; in the form that a
 *					journey of D + 1 steps has; absent if D = 0.  The first
 *					difference of a part with a ghost is above 0, for no cut
 *					falls between steps of one time
 *					the tracks, each over T steps, as in a journey
 *
 * The unit is the coarsest in which every difference and every start is whole.
 *
 * Keys, by their kind:
 *
 *	 text	for each key two varints and some bytes: s, how many bytes it has in
 *			common with the key before, as many as there are (0 for the first);
 *			the number of its bytes behind those; these bytes.  A key is UTF-8
 *			without zero bytes, at most JN_MAX_NAME bytes; ordered by memcmp,
 *			the shorter first
 *	 bigint	the first key in 8 bytes, then for each a varint, which here has up
 *			to 64 bits: how much it is above the key before, less 1
 *	 uuid	for each key u8 s, as for text, and its last 16 - s bytes; ordered
 *			by memcmp
 *
 * One value, one form: the rules leave no choice, so two sets are equal exactly
 * if their bytes are, and jn_set_validate() proves every rule for bytes from
 * outside.
 */
#ifndef JN_SET_FORMAT_H
#define JN_SET_FORMAT_H

#include "format.h"

#define JN_SET_VERSION		1

#define JN_SET_AT_VERSION	0
#define JN_SET_AT_FLAGS		1
#define JN_SET_AT_TRACKS	2
#define JN_SET_AT_STEPS		4
#define JN_SET_AT_PARTS		8
#define JN_SET_AT_GHOSTS	12
#define JN_SET_AT_FIRST		16
#define JN_SET_AT_LAST		24
#define JN_SET_AT_PRESENCE	32
#define JN_SET_AT_COUNTS	40
#define JN_SET_AT_KEYS		44
#define JN_SET_HEADER_SIZE	48

/* Flags: the lower ones are those of a journey. */
#define JN_SET_FLAG_KIND	0x18
#define JN_SET_KIND_SHIFT	3
#define JN_SET_FLAGS_KNOWN	(JN_FLAGS_KNOWN | JN_SET_FLAG_KIND)

/* What the subjects of a set are named by. */
typedef enum JnKeyKind
{
	JN_KEY_TEXT = 0,
	JN_KEY_BIGINT = 1,
	JN_KEY_UUID = 2
} JnKeyKind;

#define JN_KEY_KINDS	3
#define JN_UUID_SIZE	16

#endif							/* JN_SET_FORMAT_H */
