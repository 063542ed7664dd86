/*
 * gpp.h
 *	  Reading the strings of the IAB's Global Privacy Platform, as JSON.
 *
 * A GPP string is a header, which lists sections, and these sections behind
 * tildes.  Section 2 is a TC string (tcf.h), 6 is US Privacy ("1YNN"), those
 * from 7 to 27 are of states of the US: fields of two bits each, by the tables in
 * gpp.c, and "Gpc" or what is sensitive in a segment of its own.  Sections that
 * are not in the tables are given as they stand.  Source: "Global Privacy
 * Platform", IAB Tech Lab.
 *
 * Values of two bits: 0 does not apply; a notice or opt-out: 1 yes, 2 no; a
 * consent, as to sensitive data: 1 no, 2 yes.
 */
#ifndef JN_GPP_H
#define JN_GPP_H

#include "jn.h"
#include "pen.h"

/*
 * Writes what a string says as a JSON object:
 *
 *	{"version": 1, "sections": [2, 7], "tcfeuv2": {"string": "C..."},
 *	 "usnat": {"Version": 2, "SharingNotice": 1, ..., "Gpc": false}}
 *
 * A header alone is a string without what its sections say.  A bare TC string
 * is section 2.
 * Linear in the string.
 * Errors: JN_CONSENT_LETTER, JN_CONSENT_SHORT, JN_CONSENT_VERSION,
 * JN_CONSENT_RANGE (sections do not ascend, or are above 4095),
 * JN_CONSENT_SEGMENT (sections and header differ in number); at = the byte.
 */
extern JnStatus jn_gpp_write(const char *text, size_t size, JnPen *pen, JnError *err);

#endif							/* JN_GPP_H */
