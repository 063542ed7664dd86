/*
 * fake.h
 *	  Made-up names, places and addresses, chosen by 64 bits.
 *
 * The words are our own, in ASCII.  E-mail addresses lie in example.org, which
 * RFC 2606 keeps free, and phone numbers in the range 555-0100 to 555-0199, so
 * that none of them reaches anybody.
 */
#ifndef JN_FAKE_H
#define JN_FAKE_H

#include "jn.h"

typedef enum JnFakeKind
{
	JN_FAKE_FIRST_NAME,
	JN_FAKE_LAST_NAME,
	JN_FAKE_FULL_NAME,
	JN_FAKE_CITY,
	JN_FAKE_STREET,
	JN_FAKE_COMPANY,
	JN_FAKE_EMAIL,
	JN_FAKE_PHONE,
	JN_FAKE_KINDS
} JnFakeKind;

/* Longest text that jn_fake() makes, in bytes and characters. */
#define JN_FAKE_SIZE	40

/* The kind of a name such as "first_name", or JN_FAKE_KINDS. */
extern JnFakeKind jn_fake_kind(const char *name);

/* Writes one of a kind, without a terminator; returns the number of bytes, at most JN_FAKE_SIZE. */
extern size_t jn_fake(JnFakeKind kind, uint64_t bits, char out[JN_FAKE_SIZE]);

#endif							/* JN_FAKE_H */
