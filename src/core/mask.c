/*
 * mask.c
 *	  Partial texts and tokens, see mask.h.
 */
#include "mask.h"

#include <string.h>

#include "bytes.h"
#include "utf8.h"

/* The byte after the character at p; one byte on if it is not UTF-8. */
static const char *
next_char(const char *p, const char *end)
{
	size_t		size = jn_utf8_character(p, (size_t) (end - p));

	return p + (size > 0 ? size : 1);
}

/* The byte where the character that ends before p begins; one byte back if it is not UTF-8. */
static const char *
previous_char(const char *p, const char *start)
{
	for (size_t size = 1; size <= 4 && size <= (size_t) (p - start); size++)
		if (jn_utf8_character(p - size, size) == size)
			return p - size;
	return p - 1;
}

size_t
jn_mask_partial(const JnPartial *mask, const char *text, size_t size, char *out)
{
	const char *end;
	const char *head;			/* end of what is shown at the start */
	const char *tail;			/* start of what is shown at the end */
	const char *hidden;
	char	   *p = out;

	if (size == 0)
		text = "";				/* no arithmetic on NULL */
	end = text + size;
	head = text;
	tail = end;

	for (int i = 0; i < mask->keep_first && head < end; i++)
		head = next_char(head, end);
	for (int i = 0; i < mask->keep_last && tail > head; i++)
		tail = previous_char(tail, head);

	/* are there enough characters between the two? */
	hidden = head;
	for (int i = 0; i < mask->min_hidden; i++)
	{
		if (hidden >= tail)
		{
			head = text;
			tail = end;
			break;
		}
		hidden = next_char(hidden, tail);
	}

	if (head > text)
		memcpy(p, text, (size_t) (head - text));
	p += head - text;
	memset(p, JN_PARTIAL_FILLER, (size_t) mask->min_hidden);
	p += mask->min_hidden;
	if (tail < end)
		memcpy(p, tail, (size_t) (end - tail));
	p += end - tail;
	return (size_t) (p - out);
}

size_t
jn_mask_beginning(int keep, const char *text, size_t size, char *out)
{
	const char *end;
	const char *head;

	if (size == 0)
		return 0;
	end = text + size;
	head = text;
	for (int i = 0; i < keep && head < end; i++)
		head = next_char(head, end);
	if (head == end)
		return 0;
	memcpy(out, text, (size_t) (head - text));
	return (size_t) (head - text);
}

JnStatus
jn_mask_key(uint8_t out[JN_KEY_SIZE], const uint8_t root[JN_KEY_SIZE], JnKeyUse use,
			const char *purpose, const char *name, uint32_t epoch, JnError *err)
{
	uint8_t		use_key[JN_KEY_SIZE];
	uint8_t		epoch_bytes[4];
	JnBytes		fields[3];
	JnStatus	status;

	jn_store32(epoch_bytes, epoch);
	fields[0] = (JnBytes) {purpose, strlen(purpose)};
	fields[1] = (JnBytes) {name, strlen(name)};
	fields[2] = (JnBytes) {epoch_bytes, sizeof(epoch_bytes)};

	status = jn_key_derive(use_key, root, use, err);
	if (status == JN_OK)
		status = jn_key_label(out, use_key, fields, 3, err);
	jn_wipe(use_key, sizeof(use_key));
	return status;
}

JnStatus
jn_token(uint8_t out[JN_TOKEN_SIZE], const uint8_t key[JN_KEY_SIZE],
		 JnTokenKind kind, const void *data, size_t size, JnError *err)
{
	uint8_t		kind_byte = (uint8_t) kind;
	JnBytes		parts[2];

	parts[0] = (JnBytes) {&kind_byte, 1};
	parts[1] = (JnBytes) {data, size};
	return jn_hash(out, JN_TOKEN_SIZE, key, JN_KEY_SIZE, parts, 2, err);
}

void
jn_token_text(const uint8_t token[JN_TOKEN_SIZE], char out[JN_TOKEN_TEXT_SIZE])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	char	   *p = out + sizeof(JN_TOKEN_PREFIX) - 1;
	unsigned	bits = 0;		/* read but not written yet */
	int			nbits = 0;

	memcpy(out, JN_TOKEN_PREFIX, sizeof(JN_TOKEN_PREFIX) - 1);
	for (int i = 0; i < JN_TOKEN_SIZE; i++)
	{
		bits = (bits << 8 | token[i]) & 0xfff;
		for (nbits += 8; nbits >= 5; nbits -= 5)
			*p++ = digits[(bits >> (nbits - 5)) & 31];
	}
	*p = digits[(bits << (5 - nbits)) & 31];
}

void
jn_token_uuid(const uint8_t token[JN_TOKEN_SIZE], uint8_t out[16])
{
	memcpy(out, token, 16);
	out[6] = (uint8_t) ((out[6] & 0x0f) | 0x80);
	out[8] = (uint8_t) ((out[8] & 0x3f) | 0x80);
}

int64_t
jn_token_int64(const uint8_t token[JN_TOKEN_SIZE])
{
	return (int64_t) jn_load64(token);
}
