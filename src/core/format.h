/*
 * format.h
 *	  The bytes of a journey, version 1.  This file is the authority.
 *
 * A journey is the ordered interactions of one subject: at least one step,
 * each with a time and an event.  The bytes are little-endian on every
 * machine, unaligned, and the same on disk, on the wire and in memory.
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  flags: bits 0-1 time unit (JnUnit), bit 2 wide times,
 *					other bits 0
 *		  2      2  tracks beyond time and event, a bit each (JnTrack); a
 *					reader refuses bits that it does not know
 *		  4      4  n, the number of steps, at least 1
 *		  8      8  time of the first step, microseconds since 2000-01-01 UTC
 *		 16      8  time of the last step, not before the first
 *		 24      8  presence: bit (jn_hash64(name) >> 58) is set for each event
 *					name, no other bit is
 *		 32         directory: u32 byte length of each track named in "tracks",
 *					by ascending bit; empty when there is none
 *					names of events: varint count k, then k varint lengths (each
 *					at most JN_MAX_NAME), then the k names, UTF-8 without zero
 *					bytes, strictly ascending by memcmp (shorter first); each
 *					is the event of at least one step; the empty name is a
 *					name like any other
 *					codes: n indexes into the names, of 0 bytes if k = 1, 1 if
 *					k <= 255, 2 if k <= 65535, else 4
 *					times: n - 1 differences, see below; absent if n = 1
 *					the tracks, in the order of the directory, each as long as
 *					it says; the value ends behind the last one
 *
 * Tracks.  Each step has or has not a label, or a value, in each of them; a
 * track in which no step has one is absent and costs nothing.
 *
 * Channel, decision, action and persona are labels:
 *
 *	 gaps			u8: 0 if every step has one, 1 if some have none
 *	 names			as those of events
 *	 codes			n numbers, as wide as codes of d = k + gaps names: with
 *					gaps 0 is none and i + 1 is name i, else i is name i
 *
 * so one channel throughout is one name and no codes.  Senses are labels, too.
 * The label of a step is the set of its senses: their names, none of them
 * empty, strictly ascending by memcmp (shorter first), joined by one zero byte
 * each, JN_MAX_NAME bytes together at most.
 *
 * Value:
 *
 *	 form			u8: bits 0-3 decimals e, 0 to 9, or 15 for doubles; bit 7 if
 *					some steps have none; other bits 0
 *	 bitmap			with bit 7: ceil(n/8) bytes, bit i%8 of byte i/8 is set if
 *					step i has a value; unused bits 0; some bits are set and
 *					some are not
 *	 width			u8, w: 0, 1, 2, 4 or 8
 *	 base			8 bytes
 *	 offsets		w bytes for each of the steps that have a value
 *
 * Values are IEEE 754 doubles; -0 is written as 0, every NaN as the one of
 * bits 0x7ff8000000000000.  Decimals: the value is the double nearest to
 * k / 10^e of a whole number k, |k| <= 2^53 if e = 0 and 2^50 else (so two k
 * never mean one value); e is the least that does for all values of the
 * column; the base is the least k, signed; the offsets are k - base, w the
 * least that holds them all.  If no e does: doubles; where all are the same
 * one, w = 0 and the base has its bits, else w = 8, the base is 0 and the
 * offsets are their bits.
 *
 * Times.  The unit is the coarsest of second, millisecond and microsecond in
 * which every difference between neighbours is whole (n = 1: second).  The
 * differences d[1..n-1], in units, are split streams (Lemire, Kurz, Rupp,
 * "Stream VByte", 2017): first ceil((n-1)/4) bytes of 2-bit lengths, the first
 * difference in the lowest bits, unused bits 0; then each difference in
 * length + 1 little-endian bytes, as few as hold it.  A difference of
 * UINT32_MAX or more is written as UINT32_MAX and its true value stands in the
 * list of wide ones: with flag "wide times" the section begins with a u32
 * count w >= 1, and ends with w u64 differences in order of steps.
 *
 * One value, one form.  The rules above leave no choice, so two journeys are
 * equal exactly if their bytes are, and jn_journey_validate() proves every
 * rule for bytes from outside.
 *
 * Frozen.  Every later version reads these bytes: test/unit/frozen keeps some
 * of each kind.  What a new track would need is there, a bit of "tracks" and
 * an entry of the directory; anything else is version 2, see
 * doc/decisions/frozen-format.md.
 */
#ifndef JN_FORMAT_H
#define JN_FORMAT_H

#include "jn.h"

#define JN_FORMAT_VERSION	1

/*
 * Longest journey.  A step takes at least 5/4 bytes, so that more cannot fit
 * into the largest value anyway.
 */
#define JN_MAX_STEPS	((uint32_t) (JN_MAX_BYTES / 5 * 4))

#define JN_AT_VERSION	0
#define JN_AT_FLAGS		1
#define JN_AT_TRACKS	2
#define JN_AT_STEPS		4
#define JN_AT_FIRST		8
#define JN_AT_LAST		16
#define JN_AT_PRESENCE	24
#define JN_HEADER_SIZE	32

#define JN_FLAG_UNIT	0x03
#define JN_FLAG_WIDE	0x04
#define JN_FLAGS_KNOWN	(JN_FLAG_UNIT | JN_FLAG_WIDE)

/* Tracks beside time and event: bit 1 << track in the header. */
typedef enum JnTrack
{
	JN_CHANNEL,
	JN_DECISION,
	JN_ACTION,
	JN_PERSONA,
	JN_VALUE,
	JN_SENSES
} JnTrack;

#define JN_TRACKS		6

/* The bits that readers take. */
#define JN_TRACKS_KNOWN	0x003f

/* Values that are no decimals, in place of their number. */
#define JN_VALUE_DOUBLES		15
#define JN_VALUE_MAX_DECIMALS	9
#define JN_VALUE_FORM_DECIMALS	0x0f
#define JN_VALUE_FORM_GAPS		0x80

/* Largest k of values with so many decimals. */
static inline int64_t
jn_value_limit(unsigned decimals)
{
	return decimals == 0 ? INT64_C(1) << 53 : INT64_C(1) << 50;
}

/* The unit of time differences.  Coarser is larger. */
typedef enum JnUnit
{
	JN_UNIT_US = 0,
	JN_UNIT_MS = 1,
	JN_UNIT_S = 2
} JnUnit;

/* Microseconds in a unit; 0 for a value that is no unit. */
static inline uint64_t
jn_unit_us(unsigned unit)
{
	static const uint64_t us[4] = {1, 1000, 1000000, 0};

	return us[unit & 3];
}

/* Bytes per code for k distinct names. */
static inline unsigned
jn_code_width(uint32_t k)
{
	return k <= 1 ? 0 : k <= 255 ? 1 : k <= 65535 ? 2 : 4;
}

#endif							/* JN_FORMAT_H */
