/*
 * tcf.c
 *	  Reading the consent strings of the IAB's Transparency & Consent Framework.
 *
 * Every read may fail, because a string may end anywhere.  So the reader keeps
 * the first failure and gives zeros from then on, and whoever loops looks.
 */
#include "tcf.h"

#include <string.h>

#include "sixbits.h"

/* 2023-10-01 in tenths of a second since 1970. */
#define POLICY_4_FROM		UINT64_C(16961184000)

/* Types of segments, in their first three bits; the core's are part of its version. */
enum
{
	SEGMENT_CORE = 0,
	SEGMENT_DISCLOSED = 1,
	SEGMENT_ALLOWED = 2,
	SEGMENT_PUBLISHER = 3
};

#define ALL_PURPOSES		((UINT32_C(1) << JN_TCF_PURPOSES) - 1)

typedef struct Reader
{
	const JnEnv *env;
	JnSixbits	bits;
	JnStatus	status;
	JnError    *err;
} Reader;

static uint64_t
get(Reader *r, unsigned n)
{
	uint64_t	value = 0;

	if (r->status == JN_OK)
		r->status = jn_sixbits_get(&r->bits, n, &value, r->err);
	return r->status == JN_OK ? value : 0;
}

static void
fail(Reader *r, JnStatus status, size_t at, uint64_t found, uint64_t limit)
{
	if (r->status == JN_OK)
		r->status = jn_fail(r->err, status, at, (int64_t) found, (int64_t) limit);
}

/* n bits, of which the first one is bit 0 of the result. */
static uint64_t
get_set(Reader *r, unsigned n)
{
	uint64_t	set = 0;

	for (unsigned i = 0; i < n; i++)
		set |= get(r, 1) << i;
	return set;
}

/* Two letters of six bits each. */
static void
get_letters(Reader *r, char letters[3])
{
	for (int i = 0; i < 2; i++)
	{
		size_t		at = jn_sixbits_at(&r->bits);
		uint64_t	v = get(r, 6);

		if (v > 25)
			fail(r, JN_CONSENT_COUNTRY, at, v, 25);
		letters[i] = (char) ('A' + v % 26);
	}
	letters[2] = '\0';
}

/* An entry of a list of ranges: a vendor or two ends.  None is above "most". */
static void
get_range(Reader *r, uint64_t most, uint64_t *first, uint64_t *last)
{
	bool		two = get(r, 1);
	size_t		at = jn_sixbits_at(&r->bits);

	*first = get(r, 16);
	*last = two ? get(r, 16) : *first;
	if (r->status == JN_OK && (*first == 0 || *last < *first || *last > most))
		fail(r, JN_CONSENT_RANGE, at, *last, most);
}

/* Vendors, as a bit each or as ranges. */
static void
get_vendors(Reader *r, JnVendors *vendors)
{
	uint64_t	most = get(r, 16);

	vendors->given = true;
	if (get(r, 1) == 0)
	{
		for (uint64_t v = 1; v <= most && r->status == JN_OK; v++)
			if (get(r, 1))
				vendors->bit[v / 8] |= (uint8_t) (1u << v % 8);
		return;
	}
	for (uint64_t entries = get(r, 12); entries > 0 && r->status == JN_OK; entries--)
	{
		uint64_t	first;
		uint64_t	last;

		get_range(r, most, &first, &last);
		for (uint64_t v = first; v <= last && r->status == JN_OK; v++)
			vendors->bit[v / 8] |= (uint8_t) (1u << v % 8);
		jn_tick(r->env);
	}
}

/* What the publisher restricts. */
static void
get_restrictions(Reader *r, JnTcf *tcf)
{
	uint32_t	room = 0;

	for (uint64_t left = get(r, 12); left > 0 && r->status == JN_OK; left--)
	{
		JnTcfRestriction one;

		one.purpose = (uint8_t) get(r, 6);
		one.type = (uint8_t) get(r, 2);
		for (uint64_t entries = get(r, 12); entries > 0; entries--)
		{
			uint64_t	first;
			uint64_t	last;

			get_range(r, JN_TCF_MAX_VENDOR, &first, &last);
			if (r->status != JN_OK)
				return;
			one.first = (uint16_t) first;
			one.last = (uint16_t) last;
			if (tcf->restrictions == room)
			{
				room = (uint32_t) jn_larger_room(room, 0, 16);
				tcf->restriction = jn_grow(r->env, tcf->restriction, room, sizeof(JnTcfRestriction));
			}
			tcf->restriction[tcf->restrictions++] = one;
		}
		jn_tick(r->env);
	}
}

static void
get_core(Reader *r, JnTcf *tcf)
{
	tcf->version = (unsigned) get(r, 6);
	if (tcf->version != 2)
		fail(r, JN_CONSENT_VERSION, r->bits.at, tcf->version, 2);
	tcf->created = get(r, 36);
	tcf->updated = get(r, 36);
	tcf->cmp_id = (unsigned) get(r, 12);
	tcf->cmp_version = (unsigned) get(r, 12);
	tcf->screen = (unsigned) get(r, 6);
	get_letters(r, tcf->language);
	tcf->list_version = (unsigned) get(r, 12);
	tcf->policy_version = (unsigned) get(r, 6);
	tcf->service_specific = get(r, 1);
	tcf->nonstandard_texts = get(r, 1);
	tcf->features = (uint32_t) get_set(r, 12);
	tcf->consent = (uint32_t) get_set(r, 24);
	tcf->interests = (uint32_t) get_set(r, 24);
	tcf->purpose_one_treatment = get(r, 1);
	get_letters(r, tcf->publisher_country);
	get_vendors(r, &tcf->vendors);
	get_vendors(r, &tcf->vendor_interests);
	get_restrictions(r, tcf);
}

/* What the publisher asked for its own purposes. */
static void
get_publisher(Reader *r, JnTcf *tcf)
{
	tcf->publisher = true;
	tcf->publisher_consent = (uint32_t) get_set(r, 24);
	tcf->publisher_interests = (uint32_t) get_set(r, 24);
	tcf->custom_purposes = (unsigned) get(r, 6);
	tcf->custom_consent = get_set(r, tcf->custom_purposes);
	tcf->custom_interests = get_set(r, tcf->custom_purposes);
}

/* A segment behind the core. */
static void
get_segment(Reader *r, JnTcf *tcf)
{
	unsigned	type = (unsigned) get(r, 3);
	bool		twice = false;

	switch (type)
	{
		case SEGMENT_CORE:
			fail(r, JN_CONSENT_SEGMENT, r->bits.at, type, 0);
			break;
		case SEGMENT_DISCLOSED:
			twice = tcf->disclosed.given;
			if (!twice)
				get_vendors(r, &tcf->disclosed);
			break;
		case SEGMENT_ALLOWED:
			twice = tcf->allowed.given;
			if (!twice)
				get_vendors(r, &tcf->allowed);
			break;
		case SEGMENT_PUBLISHER:
			twice = tcf->publisher;
			if (!twice)
				get_publisher(r, tcf);
			break;
		default:
			tcf->notices |= JN_TCF_UNKNOWN_SEGMENT;
	}
	if (twice)
		fail(r, JN_CONSENT_SEGMENT, r->bits.at, type, 0);
}

JnStatus
jn_tcf_read(const JnEnv *env, const char *text, size_t size, JnTcf *tcf, JnError *err)
{
	Reader		r = {.env = env,.status = JN_OK,.err = err};
	size_t		at = 0;

	memset(tcf, 0, sizeof(JnTcf));

	/* how the header of a GPP string begins: its type, and version 1 */
	if (size >= 2 && memcmp(text, "DB", 2) == 0)
		fail(&r, JN_CONSENT_GPP, 0, 0, 0);
	while (r.status == JN_OK && at <= size)
	{
		const char *dot = memchr(text + at, '.', size - at);
		size_t		end = dot == NULL ? size : (size_t) (dot - text);

		if (end == at)
			fail(&r, JN_CONSENT_SHORT, at, 0, 0);
		else
			r.status = jn_sixbits_open(&r.bits, text + at, at, end - at, err);
		if (r.status == JN_OK && r.bits.padded)
			tcf->notices |= JN_TCF_PADDED;
		if (at == 0)
			get_core(&r, tcf);
		else
			get_segment(&r, tcf);
		at = end + 1;
	}
	if (r.status != JN_OK)
	{
		jn_tcf_free(env, tcf);
		return r.status;
	}

	if (!tcf->disclosed.given)
		tcf->notices |= JN_TCF_NOT_DISCLOSED;
	if (tcf->policy_version < 4 && tcf->created >= POLICY_4_FROM)
		tcf->notices |= JN_TCF_OLD_POLICY;
	if (!tcf->service_specific)
		tcf->notices |= JN_TCF_NOT_SERVICE_SPECIFIC;
	if ((tcf->consent | tcf->interests) & ~ALL_PURPOSES)
		tcf->notices |= JN_TCF_UNKNOWN_PURPOSE;
	return JN_OK;
}

void
jn_tcf_free(const JnEnv *env, JnTcf *tcf)
{
	jn_release(env, tcf->restriction);
	tcf->restriction = NULL;
	tcf->restrictions = 0;
}

uint32_t
jn_tcf_any_purposes(const JnTcf *tcf)
{
	return tcf->consent & ALL_PURPOSES;
}

uint32_t
jn_tcf_any_interests(const JnTcf *tcf)
{
	/* purpose 1 is bit 0; 3 to 6 are bits 2 to 5 */
	uint32_t	never = tcf->policy_version >= 4 ? 0x3d : 0x01;

	return tcf->interests & ALL_PURPOSES & ~never;
}

/* Types of restrictions that leave no room for consent. */
#define NOT_ALLOWED		0
#define BY_INTEREST		2

/* The purposes that restrictions take away from a vendor's consent. */
static uint32_t
restricted(const JnTcf *tcf, uint32_t vendor)
{
	uint32_t	purposes = 0;

	for (uint32_t i = 0; i < tcf->restrictions; i++)
	{
		const JnTcfRestriction *one = &tcf->restriction[i];

		if ((one->type == NOT_ALLOWED || one->type == BY_INTEREST) && one->purpose >= 1 &&
			one->purpose <= JN_TCF_PURPOSES && one->first <= vendor && vendor <= one->last)
			purposes |= UINT32_C(1) << (one->purpose - 1);
	}
	return purposes;
}

uint32_t
jn_tcf_purposes(const JnTcf *tcf, uint32_t vendor)
{
	return jn_has_vendor(&tcf->vendors, vendor) ? jn_tcf_any_purposes(tcf) & ~restricted(tcf, vendor) : 0;
}
