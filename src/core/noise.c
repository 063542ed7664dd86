/*
 * noise.c
 *	  Noise and choices for cells, see noise.h.
 */
#include "noise.h"

#include "bytes.h"

JnStatus
jn_cell_bits(uint64_t *out, const uint8_t key[JN_KEY_SIZE], const JnCellValue *cell, JnError *err)
{
	uint8_t		head[9];
	uint8_t		hash[JN_HASH_MIN];
	JnBytes		parts[3];
	JnStatus	status;

	/* with its length first, no subject runs into the value */
	jn_store64(head, cell->subject_size);
	head[8] = cell->kind;
	parts[0] = (JnBytes) {head, sizeof(head)};
	parts[1] = (JnBytes) {cell->subject, cell->subject_size};
	parts[2] = (JnBytes) {cell->data, cell->size};
	status = jn_hash(hash, sizeof(hash), key, JN_KEY_SIZE, parts, 3, err);
	*out = jn_load64(hash);
	jn_wipe(hash, sizeof(hash));
	return status;
}

uint64_t
jn_choose(uint64_t bits, uint64_t n)
{
	/* the upper half of bits * n, from four products of 32 bits */
	uint64_t	a = bits >> 32;
	uint64_t	b = bits & UINT32_MAX;
	uint64_t	c = n >> 32;
	uint64_t	d = n & UINT32_MAX;
	uint64_t	middle = a * d + (b * d >> 32);

	return a * c + (middle >> 32) + ((b * c + (middle & UINT32_MAX)) >> 32);
}

int64_t
jn_add_within(int64_t x, int64_t noise, int64_t least, int64_t most)
{
	if (noise < 0)
		return (x < 0 && x - least < -noise) || x + noise < least ? least : x + noise;
	return (x > 0 && most - x < noise) || x + noise > most ? most : x + noise;
}

double
jn_noise_double(uint64_t bits, double spread)
{
	return ((double) (bits >> 11) / 4503599627370496.0 - 1.0) * spread;
}
