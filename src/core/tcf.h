/*
 * tcf.h
 *	  Reading the consent strings of the IAB's Transparency & Consent Framework.
 *
 * A TC string, version 2, is a core segment and optional ones behind dots; a
 * segment is bits in base64url (sixbits.h).  Source: "Transparency and Consent
 * String with Global Vendor & CMP List Formats", IAB Tech Lab, up to TCF v2.3.
 *
 * What is read is what the string says.  jn_tcf_purposes() and
 * jn_tcf_interests() say what it is worth: bits that the policies tell to
 * ignore are left out there.  A string is not signed: whoever has it can have
 * written it.
 */
#ifndef JN_TCF_H
#define JN_TCF_H

#include "jn.h"

/* Largest number of a vendor. */
#define JN_TCF_MAX_VENDOR	65535

/* Purposes of the framework that mean something; the string has bits for 24. */
#define JN_TCF_PURPOSES		11

/* A set of vendors: bit v % 8 of byte v / 8. */
typedef struct JnVendors
{
	bool		given;			/* the string has this list, be it empty */
	uint8_t		bit[JN_TCF_MAX_VENDOR / 8 + 1];
} JnVendors;

static inline bool
jn_has_vendor(const JnVendors *vendors, uint32_t v)
{
	return v <= JN_TCF_MAX_VENDOR && vendors->bit[v / 8] >> v % 8 & 1;
}

/* What a publisher restricts: a purpose, for the vendors first to last. */
typedef struct JnTcfRestriction
{
	uint8_t		purpose;
	uint8_t		type;			/* 0 not allowed, 1 consent, 2 legitimate interest, 3 undefined */
	uint16_t	first;
	uint16_t	last;
} JnTcfRestriction;

/* What is unusual about a string that could be read. */
typedef enum JnTcfNotice
{
	JN_TCF_PADDED = 0x01,		/* '=' behind a segment */
	JN_TCF_NOT_DISCLOSED = 0x02,	/* no disclosed vendors, which v2.3 asks for */
	JN_TCF_OLD_POLICY = 0x04,	/* policy below 4 after 2023-09-30: invalid by the policies */
	JN_TCF_NOT_SERVICE_SPECIFIC = 0x08, /* global scope, which has been given up */
	JN_TCF_UNKNOWN_SEGMENT = 0x10,	/* a segment of a type unknown here, left out */
	JN_TCF_UNKNOWN_PURPOSE = 0x20	/* bits of purposes that nobody has defined */
} JnTcfNotice;

/* A string that was read.  Bit i of the sets of purposes and features is number i + 1. */
typedef struct JnTcf
{
	unsigned	version;
	uint64_t	created;		/* tenths of a second since 1970 UTC */
	uint64_t	updated;
	unsigned	cmp_id;
	unsigned	cmp_version;
	unsigned	screen;
	char		language[3];
	unsigned	list_version;
	unsigned	policy_version;
	bool		service_specific;
	bool		nonstandard_texts;
	uint32_t	features;		/* special features opted in, 12 */
	uint32_t	consent;		/* purposes, 24 */
	uint32_t	interests;		/* purposes, by legitimate interest, 24 */
	bool		purpose_one_treatment;
	char		publisher_country[3];
	JnVendors	vendors;		/* with consent */
	JnVendors	vendor_interests;	/* by legitimate interest, transparency established */
	JnVendors	disclosed;
	JnVendors	allowed;
	bool		publisher;		/* is there a segment of the publisher's own? */
	uint32_t	publisher_consent;
	uint32_t	publisher_interests;
	unsigned	custom_purposes;	/* how many */
	uint64_t	custom_consent;
	uint64_t	custom_interests;
	uint32_t	restrictions;	/* how many */
	JnTcfRestriction *restriction;	/* in the order of the string; allocated, or NULL */
	unsigned	notices;		/* bits of JnTcfNotice */
} JnTcf;

/*
 * Reads a string into *tcf, which is large: 32 kB.  Linear in the string, and
 * in the vendors of its ranges: an entry costs 65535 at most.
 * Errors: JN_CONSENT_LETTER, JN_CONSENT_SHORT, JN_CONSENT_GPP, JN_CONSENT_VERSION (found,
 * limit = 2), JN_CONSENT_RANGE, JN_CONSENT_SEGMENT, JN_CONSENT_COUNTRY; at =
 * the byte.
 */
extern JnStatus jn_tcf_read(const JnEnv *env, const char *text, size_t size, JnTcf *tcf, JnError *err);
extern void jn_tcf_free(const JnEnv *env, JnTcf *tcf);

/*
 * The purposes for which a vendor may rely on consent; bits as in JnTcf.
 * Undefined purposes count for nothing; a restriction of the publisher takes a
 * purpose away where it does not allow it, or asks for legitimate interest.
 */
extern uint32_t jn_tcf_purposes(const JnTcf *tcf, uint32_t vendor);

/* The same before anything is asked about vendors: what the string is worth at most. */
extern uint32_t jn_tcf_any_purposes(const JnTcf *tcf);
extern uint32_t jn_tcf_any_interests(const JnTcf *tcf);

#endif							/* JN_TCF_H */
