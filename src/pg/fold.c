/*
 * fold.c
 *	  Texts in the form in which they are compared: NFKC, case folding, NFKC.
 *
 * The second normalization is for what folding takes apart, and for letters
 * that only become composable by it.  Normalization is the server's own; case
 * folding is not, see core/casefold.h.
 *
 * The server normalizes a text in one go, moves combining marks into their
 * order one by one, and does not look for interrupts meanwhile.  So it gets
 * pieces: each ends before a character that combines with nothing before it,
 * which gives the same as the whole would.  A text without such a character in
 * a full piece, which is no writing that anybody reads, is cut where the piece
 * ends; that is still a function of the text alone.
 */
#include "postgres.h"

#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/casefold.h"
#include "fold.h"

/* Code points of a piece at most. */
#define PIECE	4096

/* Code points that grow. */
typedef struct Codes
{
	uint32	   *code;
	size_t		n;
	size_t		room;
} Codes;

static void
append(Codes *codes, const uint32 *code, size_t n)
{
	if (codes->room - codes->n < n)
	{
		codes->room = Max(codes->room * 2, codes->n + n);
		codes->code = repalloc_huge(codes->code, codes->room * sizeof(uint32));
	}
	memcpy(codes->code + codes->n, code, n * sizeof(uint32));
	codes->n += n;
}

static Codes
new_codes(size_t room)
{
	Codes		codes = {NULL, 0, Max(room, 16)};

	codes.code = MemoryContextAllocHuge(CurrentMemoryContext, codes.room * sizeof(uint32));
	return codes;
}

/*
 * Whether normalization leaves what comes before a character alone.  Not all
 * that do: the letters of scripts with much text.
 */
static bool
starts_anew(uint32 c)
{
	return c < 0x300			/* ASCII, Latin */
		|| (c >= 0x370 && c <= 0x482)	/* Greek, Cyrillic */
		|| (c >= 0x5d0 && c <= 0x5ea)	/* Hebrew */
		|| (c >= 0x621 && c <= 0x64a)	/* Arabic */
		|| (c >= 0xe01 && c <= 0xe30)	/* Thai consonants */
		|| (c >= 0x3041 && c <= 0x3096) /* Hiragana */
		|| (c >= 0x30a1 && c <= 0x30fa) /* Katakana */
		|| (c >= 0x3400 && c <= 0x9fff) /* Han */
		|| (c >= 0xac00 && c <= 0xd7a3) /* Hangul syllables */
		|| (c >= 0x1f000 && c <= 0x1faff);	/* pictures */
}

static Codes
normalize(const Codes *from)
{
	Codes		to = new_codes(from->n);
	pg_wchar	piece[PIECE + 1];

	for (size_t at = 0; at < from->n;)
	{
		size_t		n = Min(from->n - at, PIECE);
		pg_wchar   *normal;
		size_t		length = 0;

		CHECK_FOR_INTERRUPTS();
		if (at + n < from->n)
		{
			size_t		cut = n;

			while (cut > 0 && !starts_anew(from->code[at + cut]))
				cut--;
			if (cut > 0)
				n = cut;
		}
		memcpy(piece, from->code + at, n * sizeof(pg_wchar));
		piece[n] = 0;
		normal = unicode_normalize(UNICODE_NFKC, piece);
		while (normal[length] != 0)
			length++;
		append(&to, normal, length);
		pfree(normal);
		at += n;
	}
	return to;
}

static Codes
fold_case(const Codes *from)
{
	Codes		to = new_codes(from->n);

	for (size_t i = 0; i < from->n; i++)
	{
		uint32		folded[JN_CASEFOLD_MAX];

		if (i % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		append(&to, folded, jn_casefold(from->code[i], folded));
	}
	return to;
}

uint32 *
journey_fold_text(const char *data, int size, size_t *n)
{
	const unsigned char *utf8 = (const unsigned char *) data;
	Codes		codes = new_codes(size);
	Codes		folded;
	bool		ascii = true;

	for (int at = 0; at < size;)
	{
		int			length = pg_utf_mblen(utf8 + at);

		/* the server promises valid text; be safe all the same */
		codes.code[codes.n] = length <= size - at ? utf8_to_unicode(utf8 + at) : 0xfffd;
		ascii &= codes.code[codes.n++] < 0x80;
		at += length;
		if (codes.n % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
	}
	if (ascii)
		folded = fold_case(&codes);
	else
	{
		Codes		normal = normalize(&codes);

		folded = fold_case(&normal);
		folded = normalize(&folded);
	}
	*n = folded.n;
	return folded.code;
}
