/*
 * numbered.c
 *	  Names that are numbers, or end in one.
 */
#include "numbered.h"

/* A smaller series is not worth an array. */
#define FEWEST_MEMBERS	256

/* So many places for each member are too many. */
#define MOST_PLACES		8

/* Notes where a series has its places, if its names are digits only. */
static void
note_plain(JnNumbered *n, const JnSeries *s)
{
	if (s->size == s->digits)
		n->plain[s->digits] = (JnPlain) {.first = s->first,.places = s->last + 1};
}

void
jn_numbered_begin(JnNumbered *n)
{
	n->count = 0;
	memset(n->first, -1, sizeof(n->first));
	memset(n->plain, 0, sizeof(n->plain));
}

void
jn_numbered_add(JnNumbered *n, const uint8_t *prefix, uint8_t size, uint8_t digits,
				uint32_t last, uint64_t first)
{
	JnSeries   *s = &n->series[n->count];

	memset(s, 0, sizeof(*s));
	s->size = size;
	s->digits = digits;
	memcpy(s->prefix, prefix, (size_t) (size - digits));
	for (int i = 0; i < 8 && i < size - digits && size >= 8; i++)
	{
		s->head |= (uint64_t) prefix[i] << 8 * i;
		s->head_mask |= UINT64_C(0xff) << 8 * i;
	}
	for (int i = 0; i < 8; i++)
	{
		int			at = size - 8 + i;
		bool		is_digit = at >= size - digits;

		s->tail |= (uint64_t) (is_digit ? '0' : at >= 0 ? prefix[at] : 0) << 8 * i;
		s->room |= (uint64_t) (is_digit ? 0x7f - 9 : 0x7f) << 8 * i;
	}
	s->last = last;
	s->first = first;
	s->next = n->first[size];
	n->first[size] = (int8_t) n->count++;
	note_plain(n, s);
}

void
jn_numbered_count(JnNumbered *n, const char *name, size_t size)
{
	const uint8_t *bytes = (const uint8_t *) name;
	int			digits = 0;
	uint32_t	number = 0;
	JnSeries   *s;

	if (size > JN_SERIES_NAME)
		return;
	while (digits < JN_SERIES_DIGITS && (size_t) digits < size &&
		   bytes[size - digits - 1] >= '0' && bytes[size - digits - 1] <= '9')
		digits++;
	if (digits == 0)
		return;
	for (int i = digits; i > 0; i--)
		number = number * 10 + (bytes[size - i] - '0');

	for (int i = n->first[size]; i >= 0; i = n->series[i].next)
	{
		s = &n->series[i];
		if (s->digits == digits && memcmp(s->prefix, bytes, size - digits) == 0)
		{
			s->members++;
			if (number > s->last)
				s->last = number;
			return;
		}
	}
	if (n->count >= JN_SERIES_MOST)
		return;
	jn_numbered_add(n, bytes, (uint8_t) size, (uint8_t) digits, number, 0);
	n->series[n->count - 1].members = 1;
}

/* Is the series worth an array? */
static bool
is_dense(const JnSeries *series)
{
	return series->members >= FEWEST_MEMBERS && series->last / MOST_PLACES < series->members;
}

uint64_t
jn_numbered_seal(JnNumbered *n)
{
	uint64_t	places = 0;
	int			kept = 0;

	memset(n->first, -1, sizeof(n->first));
	memset(n->plain, 0, sizeof(n->plain));
	for (int i = 0; i < n->count; i++)
	{
		JnSeries   *s = &n->series[kept];

		if (!is_dense(&n->series[i]))
			continue;
		if (kept < i)
			*s = n->series[i];
		s->first = places;
		places += (uint64_t) s->last + 1;
		s->next = n->first[s->size];
		n->first[s->size] = (int8_t) kept;
		note_plain(n, s);
		kept++;
	}
	n->count = kept;
	return places;
}

int64_t
jn_numbered_find_from(const JnNumbered *n, int i, const char *name, size_t size, uint64_t tail)
{
	uint64_t	head = jn_name_start(name, size);
	int64_t		place = -1;

	for (; i >= 0 && place < 0; i = n->series[i].next)
		place = jn_series_find(&n->series[i], name, size, head, tail);
	return place;
}
