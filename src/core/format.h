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
 *					the tracks, in the order of the directory
 *
 * The directory makes room for tracks without moving anything: with no track
 * the section of times ends where the value ends.
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

/* Tracks of a later minor version go here; version 1.0 knows time and event. */
#define JN_TRACKS_KNOWN	0x0000

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
