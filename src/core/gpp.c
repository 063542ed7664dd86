/*
 * gpp.c
 *	  Reading the strings of the IAB's Global Privacy Platform, as JSON.
 */
#include "gpp.h"

#include "sixbits.h"

/* Section numbers are small; the format would take any. */
#define MAX_SECTION		4095
#define MAX_SECTIONS	64

/* A field: "count" numbers of two bits; an array if there is more than one. */
typedef struct Field
{
	const char *name;
	unsigned	count;
} Field;

/* What all US sections but their beginnings have in common. */
#define MSPA \
	{"MspaCoveredTransaction", 1}, {"MspaOptOutOptionMode", 1}, {"MspaServiceProviderMode", 1}

#define NATIONAL(sensitive, children) \
	{"SharingNotice", 1}, {"SaleOptOutNotice", 1}, {"SharingOptOutNotice", 1}, \
	{"TargetedAdvertisingOptOutNotice", 1}, {"SensitiveDataProcessingOptOutNotice", 1}, \
	{"SensitiveDataLimitUseNotice", 1}, {"SaleOptOut", 1}, {"SharingOptOut", 1}, \
	{"TargetedAdvertisingOptOut", 1}, {"SensitiveDataProcessing", sensitive}, \
	{"KnownChildSensitiveDataConsents", children}, {"PersonalDataConsents", 1}, MSPA, {NULL, 0}

#define STATE(sensitive, children) \
	{"SharingNotice", 1}, {"SaleOptOutNotice", 1}, {"TargetedAdvertisingOptOutNotice", 1}, \
	{"SaleOptOut", 1}, {"TargetedAdvertisingOptOut", 1}, {"SensitiveDataProcessing", sensitive}, \
	{"KnownChildSensitiveDataConsents", children}, MSPA, {NULL, 0}

/* The states from 2024 on. */
#define LATER(sensitive, children) \
	{"ProcessingNotice", 1}, {"SaleOptOutNotice", 1}, {"TargetedAdvertisingOptOutNotice", 1}, \
	{"SaleOptOut", 1}, {"TargetedAdvertisingOptOut", 1}, {"SensitiveDataProcessing", sensitive}, \
	{"KnownChildSensitiveDataConsents", children}, {"AdditionalDataProcessingConsent", 1}, MSPA, {NULL, 0}

/* The states from 2025 on: the agreement comes first, and the version is its. */
#define AGREED \
	{"MspaCoveredTransaction", 1}, {"MspaMode", 1}, {"ProcessingNotice", 1}, {"SaleOptOutNotice", 1}, \
	{"TargetedAdvertisingOptOutNotice", 1}, {"SaleOptOut", 1}, {"TargetedAdvertisingOptOut", 1}

#define AGREED_SENSITIVE \
	AGREED, {"KnownChildSensitiveDataConsents", 1}, {"AdditionalDataProcessingConsent", 1}, {NULL, 0}

/* What a segment behind a dot holds: Global Privacy Control, or one field. */
#define GPC			{NULL, 0}
#define SENSITIVE	{"SensitiveDataProcessing", 8}

/* A section of a state, in one version. */
typedef struct Section
{
	unsigned	id;
	const char *name;
	unsigned	version;
	const char *version_name;
	Field		segment;		/* GPC has no name */
	Field		field[16];		/* the last has no name */
} Section;

static const Section sections[] = {
	{7, "usnat", 1, "Version", GPC, {NATIONAL(12, 2)}},
	{7, "usnat", 2, "Version", GPC, {NATIONAL(16, 3)}},
	{8, "usca", 1, "Version", GPC, {
			{"SaleOptOutNotice", 1}, {"SharingOptOutNotice", 1}, {"SensitiveDataLimitUseNotice", 1},
			{"SaleOptOut", 1}, {"SharingOptOut", 1}, {"SensitiveDataProcessing", 9},
			{"KnownChildSensitiveDataConsents", 2}, {"PersonalDataConsents", 1}, MSPA, {NULL, 0}
	}},
	{9, "usva", 1, "Version", GPC, {STATE(8, 1)}},
	{10, "usco", 1, "Version", GPC, {STATE(7, 1)}},
	{11, "usut", 1, "Version", GPC, {
			{"SharingNotice", 1}, {"SaleOptOutNotice", 1}, {"TargetedAdvertisingOptOutNotice", 1},
			{"SensitiveDataProcessingOptOutNotice", 1}, {"SaleOptOut", 1}, {"TargetedAdvertisingOptOut", 1},
			{"SensitiveDataProcessing", 8}, {"KnownChildSensitiveDataConsents", 1}, MSPA, {NULL, 0}
	}},
	{12, "usct", 1, "Version", GPC, {STATE(8, 3)}},
	{13, "usfl", 1, "Version", GPC, {LATER(8, 3)}},
	{14, "usmt", 1, "Version", GPC, {
			{"SharingNotice", 1}, {"SaleOptOutNotice", 1}, {"TargetedAdvertisingOptOutNotice", 1},
			{"SaleOptOut", 1}, {"TargetedAdvertisingOptOut", 1}, {"SensitiveDataProcessing", 8},
			{"KnownChildSensitiveDataConsents", 3}, {"AdditionalDataProcessingConsent", 1}, MSPA, {NULL, 0}
	}},
	{15, "usor", 1, "Version", GPC, {LATER(11, 3)}},
	{16, "ustx", 1, "Version", GPC, {LATER(8, 1)}},
	{17, "usde", 1, "Version", GPC, {LATER(9, 5)}},
	{18, "usia", 1, "Version", GPC, {
			{"ProcessingNotice", 1}, {"SaleOptOutNotice", 1}, {"TargetedAdvertisingOptOutNotice", 1},
			{"SensitiveDataOptOutNotice", 1}, {"SaleOptOut", 1}, {"TargetedAdvertisingOptOut", 1},
			{"SensitiveDataProcessing", 8}, {"KnownChildSensitiveDataConsents", 1}, MSPA, {NULL, 0}
	}},
	{19, "usne", 1, "Version", GPC, {LATER(8, 1)}},
	{20, "usnh", 1, "Version", GPC, {LATER(8, 3)}},
	{21, "usnj", 1, "Version", GPC, {LATER(10, 5)}},
	{22, "ustn", 1, "Version", GPC, {LATER(8, 1)}},
	{23, "usmn", 1, "Version", GPC, {LATER(8, 1)}},
	{24, "usmd", 1, "MspaVersion", GPC, {AGREED, {"AdditionalDataProcessingConsent", 1}, {NULL, 0}}},
	{25, "usin", 1, "MspaVersion", SENSITIVE, {AGREED_SENSITIVE}},
	{26, "usky", 1, "MspaVersion", SENSITIVE, {AGREED_SENSITIVE}},
	{27, "usri", 1, "MspaVersion", SENSITIVE, {AGREED_SENSITIVE}},
};

#define SECTIONS	(sizeof(sections) / sizeof(sections[0]))

/* Segment that tells whether Global Privacy Control was on. */
#define SEGMENT_GPC		1

/* "name": */
static void
put_key(JnPen *pen, const char *name)
{
	jn_pen_say(pen, "\"");
	jn_pen_say(pen, name);
	jn_pen_say(pen, "\": ");
}

/* A section as it stands; its bytes are proven to need no escape. */
static JnStatus
put_string(JnPen *pen, const char *text, size_t at, size_t size, JnError *err)
{
	for (size_t i = 0; i < size; i++)
		if (text[at + i] < 0x20 || text[at + i] > 0x7e || text[at + i] == '"' || text[at + i] == '\\')
			return jn_fail(err, JN_CONSENT_LETTER, at + i, 0, 0);
	jn_pen_say(pen, "{\"string\": \"");
	jn_pen_put(pen, text + at, size);
	jn_pen_say(pen, "\"}");
	return JN_OK;
}

/* A number in Fibonacci coding: which of 1, 2, 3, 5, 8 ... to add, and one more 1. */
static JnStatus
get_fibonacci(JnSixbits *r, uint64_t *value, JnError *err)
{
	uint64_t	sum = 0;
	uint64_t	a = 1;
	uint64_t	b = 2;
	uint64_t	before = 0;

	for (;;)
	{
		uint64_t	bit;
		uint64_t	next = a + b;
		size_t		at = jn_sixbits_at(r);
		JnStatus	status = jn_sixbits_get(r, 1, &bit, err);

		if (status != JN_OK)
			return status;
		if (bit && before)
			break;
		if (bit)
			sum += a;
		if (a > MAX_SECTION)
			return jn_fail(err, JN_CONSENT_RANGE, at, (int64_t) a, MAX_SECTION);
		a = b;
		b = next;
		before = bit;
	}
	*value = sum;
	return JN_OK;
}

/* The sections that the header lists. */
static JnStatus
get_header(JnSixbits *r, unsigned id[MAX_SECTIONS], unsigned *ids, uint64_t *version, JnError *err)
{
	uint64_t	type;
	uint64_t	items = 0;
	uint64_t	last = 0;
	JnStatus	status = jn_sixbits_get(r, 6, &type, err);

	if (status == JN_OK && type != 3)
		return jn_fail(err, JN_CONSENT_SEGMENT, r->at, (int64_t) type, 3);
	if (status == JN_OK)
		status = jn_sixbits_get(r, 6, version, err);
	if (status == JN_OK && *version != 1)
		return jn_fail(err, JN_CONSENT_VERSION, r->at + 1, (int64_t) *version, 1);
	if (status == JN_OK)
		status = jn_sixbits_get(r, 12, &items, err);
	*ids = 0;
	for (; status == JN_OK && items > 0; items--)
	{
		uint64_t	group;
		uint64_t	offset;
		uint64_t	length = 0;
		size_t		at = jn_sixbits_at(r);

		status = jn_sixbits_get(r, 1, &group, err);
		if (status == JN_OK)
			status = get_fibonacci(r, &offset, err);
		if (status == JN_OK && group)
			status = get_fibonacci(r, &length, err);
		if (status != JN_OK)
			break;
		if (last + offset + length > MAX_SECTION || *ids + length >= MAX_SECTIONS)
			return jn_fail(err, JN_CONSENT_RANGE, at, (int64_t) (last + offset + length), MAX_SECTION);
		for (last += offset;; last++, length--)
		{
			id[(*ids)++] = (unsigned) last;
			if (length == 0)
				break;
		}
	}
	return status;
}

/* US Privacy: a version and three letters of Y, N and -. */
static JnStatus
put_us_privacy(JnPen *pen, const char *text, size_t at, size_t size, JnError *err)
{
	static const char *const name[] = {"Notice", "OptOutSale", "LspaCovered"};

	if (size != 4)
		return jn_fail(err, JN_CONSENT_SHORT, at + size, 0, 0);
	if (text[at] != '1')
		return jn_fail(err, JN_CONSENT_VERSION, at, text[at] - '0', 1);
	jn_pen_say(pen, "{\"Version\": 1");
	for (size_t i = 1; i < 4; i++)
	{
		char		c = text[at + i];

		if (c != 'Y' && c != 'N' && c != '-')
			return jn_fail(err, JN_CONSENT_LETTER, at + i, 0, 0);
		jn_pen_say(pen, ", ");
		put_key(pen, name[i - 1]);
		jn_pen_say(pen, c == 'Y' ? "true" : c == 'N' ? "false" : "null");
	}
	jn_pen_say(pen, "}");
	return JN_OK;
}

/* A field, as a number or an array of them. */
static JnStatus
put_field(JnPen *pen, const Field *field, JnSixbits *r, JnError *err)
{
	jn_pen_say(pen, ", ");
	put_key(pen, field->name);
	for (unsigned i = 0; i < field->count; i++)
	{
		uint64_t	value;
		JnStatus	status = jn_sixbits_get(r, 2, &value, err);

		if (status != JN_OK)
			return status;
		jn_pen_say(pen, i > 0 ? ", " : field->count > 1 ? "[" : "");
		jn_pen_number(pen, value);
	}
	jn_pen_say(pen, field->count > 1 ? "]" : "");
	return JN_OK;
}

/* What the segment about Global Privacy Control says; "at" is its place. */
static JnStatus
put_gpc(JnPen *pen, JnSixbits *r, size_t at, JnError *err)
{
	uint64_t	value;
	JnStatus	status = jn_sixbits_get(r, 2, &value, err);

	if (status != JN_OK)
		return status;
	if (value != SEGMENT_GPC)
		return jn_fail(err, JN_CONSENT_SEGMENT, at, (int64_t) value, SEGMENT_GPC);
	status = jn_sixbits_get(r, 1, &value, err);
	if (status != JN_OK)
		return status;
	jn_pen_say(pen, ", ");
	put_key(pen, "Gpc");
	jn_pen_say(pen, value ? "true" : "false");
	return JN_OK;
}

/* The fields of a section, and of the segment behind it, if there is one. */
static JnStatus
put_fields(JnPen *pen, const Section *section, const char *text, size_t at, size_t size, JnError *err)
{
	const char *dot = memchr(text + at, '.', size);
	size_t		core = dot == NULL ? size : (size_t) (dot - (text + at));
	JnSixbits	r;
	uint64_t	value;
	JnStatus	status = jn_sixbits_open(&r, text + at, at, core, err);

	if (status == JN_OK)
		status = jn_sixbits_get(&r, 6, &value, err);
	if (status != JN_OK)
		return status;
	jn_pen_say(pen, "{");
	put_key(pen, section->version_name);
	jn_pen_number(pen, value);
	for (const Field *field = section->field; field->name != NULL && status == JN_OK; field++)
		status = put_field(pen, field, &r, err);
	if (status == JN_OK && dot != NULL)
	{
		size_t		segment = at + core + 1;

		status = jn_sixbits_open(&r, text + segment, segment, at + size - segment, err);
		if (status == JN_OK)
			status = section->segment.name == NULL ? put_gpc(pen, &r, segment, err)
				: put_field(pen, &section->segment, &r, err);
	}
	jn_pen_say(pen, "}");
	return status;
}

/* A section of a US state, known in the version that it says, or as it stands. */
static JnStatus
put_state(JnPen *pen, unsigned id, const char *text, size_t at, size_t size, JnError *err)
{
	JnSixbits	r;
	uint64_t	version = 0;
	JnError		unread;

	if (jn_sixbits_open(&r, text + at, at, 1, &unread) == JN_OK)
		(void) jn_sixbits_get(&r, 6, &version, &unread);
	for (size_t i = 0; i < SECTIONS; i++)
	{
		if (sections[i].id == id && sections[i].version == version)
			return put_fields(pen, &sections[i], text, at, size, err);
	}
	return put_string(pen, text, at, size, err);
}

/* The name of a section; of those that are not known the number. */
static void
put_section_key(JnPen *pen, unsigned id)
{
	const char *name = id == 2 ? "tcfeuv2" : id == 5 ? "tcfcav1" : id == 6 ? "uspv1" : NULL;

	for (size_t i = 0; i < SECTIONS && name == NULL; i++)
		if (sections[i].id == id)
			name = sections[i].name;
	if (name != NULL)
	{
		put_key(pen, name);
		return;
	}
	jn_pen_say(pen, "\"");
	jn_pen_number(pen, id);
	jn_pen_say(pen, "\": ");
}

JnStatus
jn_gpp_write(const char *text, size_t size, JnPen *pen, JnError *err)
{
	bool		bare = size > 0 && text[0] == 'C';
	const char *tilde = bare ? NULL : memchr(text, '~', size);
	size_t		head = tilde == NULL ? size : (size_t) (tilde - text);
	size_t		at = bare ? 0 : head + 1;
	unsigned	id[MAX_SECTIONS] = {2};
	unsigned	ids = 1;
	uint64_t	version = 1;
	JnSixbits	r;
	JnStatus	status = JN_OK;

	if (!bare)
	{
		status = jn_sixbits_open(&r, text, 0, head, err);
		if (status == JN_OK)
			status = get_header(&r, id, &ids, &version, err);
		if (status != JN_OK)
			return status;
	}
	jn_pen_say(pen, "{\"version\": ");
	jn_pen_number(pen, version);
	jn_pen_say(pen, ", \"sections\": [");
	for (unsigned i = 0; i < ids; i++)
	{
		jn_pen_say(pen, i > 0 ? ", " : "");
		jn_pen_number(pen, id[i]);
	}
	jn_pen_say(pen, "]");
	if (ids == 0 && tilde != NULL)
		return jn_fail(err, JN_CONSENT_SEGMENT, head, 1, 0);
	for (unsigned i = 0; i < ids && (bare || tilde != NULL); i++)
	{
		const char *next = at <= size ? memchr(text + at, '~', size - at) : NULL;
		size_t		end = next == NULL ? size : (size_t) (next - text);

		/* as many sections as the header lists */
		if (at > size || (next == NULL) != (i + 1 == ids))
			return jn_fail(err, JN_CONSENT_SEGMENT, end, i + (next != NULL ? 2 : 1), ids);
		if (end == at)
			return jn_fail(err, JN_CONSENT_SHORT, at, 0, 0);
		jn_pen_say(pen, ", ");
		put_section_key(pen, id[i]);
		if (id[i] == 6)
			status = put_us_privacy(pen, text, at, end - at, err);
		else
			status = put_state(pen, id[i], text, at, end - at, err);
		if (status != JN_OK)
			return status;
		at = end + 1;
	}
	jn_pen_say(pen, "}");
	return JN_OK;
}
