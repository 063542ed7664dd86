/*
 * lawful.c
 *	  What a standing and a subject's words come to.
 *
 * Both are folds: rows come in any order, each is compared with what was kept,
 * and the comparison is total, so the order leaves no trace.  Where two rows
 * say the same with equal weight, the lower row number is named as the source.
 *
 * The words of a subject about the path of a purpose come down to maxima of
 * ledger positions:
 *
 *	  given		the last give that counts
 *	  closed	the last event that ends a consent
 *	  blocked	the last of them that also speaks against other bases
 *	  objected	the last of these that is an objection
 *
 * and a consent counts if given > closed.  There are three kinds of "given",
 * because consents for several purposes on the path stand side by side: a
 * later wide one, which is not explicit, takes nothing from a narrow one that
 * is.
 *
 * Days are those of Howard Hinnant's "chrono-compatible low-level date
 * algorithms": the year begins in March, so that the day which may be missing
 * is its last one.
 */
#include "lawful.h"

#include <string.h>

#define US_PER_DAY	INT64_C(86400000000)

/* Days from 0000-03-01 to 2000-01-01. */
#define EPOCH_DAYS	730425

/* Days in 400 years. */
#define ERA_DAYS	146097

static const char *const reason_texts[JN_REASONS] = {
	[JN_REASON_NO_SUBJECT] = "no subject",
	[JN_REASON_NO_PURPOSE] = "no purpose",
	[JN_REASON_NO_POLICY] = "no policy",
	[JN_REASON_NO_KEY] = "no key",
	[JN_REASON_ERASED] = "erased",
	[JN_REASON_RESTRICTED] = "restricted",
	[JN_REASON_NO_GRANT] = "no grant",
	[JN_REASON_PROHIBITED] = "prohibited class",
	[JN_REASON_FORBIDDEN] = "forbidden",
	[JN_REASON_AGE] = "age",
	[JN_REASON_WITHDRAWN] = "withdrawn",
	[JN_REASON_REFUSED] = "refused",
	[JN_REASON_OBJECTED] = "objected",
	[JN_REASON_EXPIRED] = "expired",
	[JN_REASON_NOT_BEGUN] = "not begun",
	[JN_REASON_OLD_NOTICE] = "old notice",
	[JN_REASON_NOT_EXPLICIT] = "not explicit",
	[JN_REASON_NO_BASIS] = "no basis",
	[JN_REASON_RETENTION] = "retention",
	[JN_REASON_CONSENT] = "consent",
	[JN_REASON_CONTRACT] = "contract",
	[JN_REASON_LEGAL_OBLIGATION] = "legal obligation",
	[JN_REASON_VITAL_INTERESTS] = "vital interests",
	[JN_REASON_PUBLIC_TASK] = "public task",
	[JN_REASON_LEGITIMATE_INTERESTS] = "legitimate interests",
	[JN_REASON_OPT_OUT] = "opt-out",
	[JN_REASON_NOTICE] = "notice",
};

static const char *const regime_texts[] = {
	[JN_REGIME_FORBIDDEN] = "forbidden",
	[JN_REGIME_OPT_IN] = "opt_in",
	[JN_REGIME_OPT_OUT] = "opt_out",
	[JN_REGIME_NOTICE] = "notice",
};

const char *
jn_reason_text(JnReason reason)
{
	return reason_texts[reason];
}

JnRegime
jn_regime_from_text(const char *text)
{
	if (text == NULL)
		return JN_REGIME_NONE;
	for (int i = JN_REGIME_OPT_IN; i < JN_REGIME_NONE; i++)
	{
		if (strcmp(text, regime_texts[i]) == 0)
			return (JnRegime) i;
	}
	return JN_REGIME_FORBIDDEN;
}

JnReason
jn_basis_from_text(const char *text)
{
	for (int i = JN_REASON_CONTRACT; i <= JN_REASON_LEGITIMATE_INTERESTS; i++)
	{
		if (text != NULL && strcmp(text, reason_texts[i]) == 0)
			return (JnReason) i;
	}
	return JN_REASON_NO_BASIS;
}

/* ------------------------------------------------------------------------
 * Matching
 * ------------------------------------------------------------------------ */

/* Is "below" the purpose "above" or one under it? */
static bool
is_at_or_below(const char *below, const char *above)
{
	size_t		size = strlen(above);

	return strncmp(below, above, size) == 0 && (below[size] == '\0' || below[size] == '.');
}

/*
 * How closely a row speaks of the declared purpose: 0 not at all, 1 because it
 * speaks of all, then two steps for each label down the tree, the upper one
 * for a name and the lower one for an IRI.  A row that has both needs both,
 * and counts by the nearer one.
 */
static uint32_t
purpose_rank(const JnCase *what, const char *name, const char *dpv)
{
	uint32_t	by_name = 0;
	uint32_t	by_dpv = 0;

	if (name == NULL && dpv == NULL)
		return 1;
	for (int i = what->path_length - 1; i >= 0; i--)
	{
		uint32_t	nearness = 2 * (uint32_t) (what->path_length - i);

		if (name != NULL && strcmp(what->path[i].name, name) == 0)
			by_name = nearness + 1;
		if (dpv != NULL && what->path[i].dpv != NULL && strcmp(what->path[i].dpv, dpv) == 0)
			by_dpv = nearness;
	}
	if ((name != NULL && by_name == 0) || (dpv != NULL && by_dpv == 0))
		return 0;
	return by_name > by_dpv ? by_name : by_dpv;
}

/* 0: does not speak of this class, 1: of all, 2: of special ones, 3: of it by name. */
static uint32_t
class_rank(const JnCase *what, const char *class_name, bool special_only)
{
	if (special_only && !what->special)
		return 0;
	if (class_name != NULL)
		return strcmp(what->class_name, class_name) == 0 ? 3 : 0;
	return special_only ? 2 : 1;
}

static bool
is_kind(const JnCase *what, int kind)
{
	return kind == JN_ANY_KIND || kind == what->kind;
}

static bool
is_within(int64_t at, int64_t from, int64_t until)
{
	return from <= at && at < until;
}

/* Names the row with the lowest number among those that say the same. */
static void
keep_lowest(int64_t *row, int64_t number)
{
	if (*row == 0 || number < *row)
		*row = number;
}

/* ------------------------------------------------------------------------
 * Standing
 * ------------------------------------------------------------------------ */

void
jn_standing_begin(JnStanding *standing, const JnCase *what)
{
	memset(standing, 0, sizeof(*standing));
	standing->denied = JN_REASONS;
	standing->born_by = JN_ANY_AGE;
	standing->special = what->special;
	standing->class_known = what->class_known;
	for (int level = 0; level < JN_LEVELS; level++)
		standing->open[level] = JN_REASON_NO_BASIS;
	standing->keep_since = JN_KEEP_ALL;
	standing->regime = JN_REGIME_OPT_IN;
}

void
jn_standing_deny(JnStanding *standing, JnReason reason)
{
	if (reason < standing->denied)
		standing->denied = reason;
}

void
jn_standing_prohibit(JnStanding *standing, const JnCase *what, const char *purpose, int64_t number)
{
	if (is_at_or_below(what->path[0].name, purpose) || is_at_or_below(purpose, what->path[0].name))
	{
		jn_standing_deny(standing, JN_REASON_PROHIBITED);
		keep_lowest(&standing->prohibition, number);
	}
}

void
jn_standing_rule(JnStanding *standing, const JnCase *what, const JnRule *rule)
{
	uint32_t	by_purpose = purpose_rank(what, rule->purpose, rule->dpv);
	uint32_t	by_class = class_rank(what, rule->class_name, rule->special_only);

	if (by_purpose == 0 || by_class == 0 || !is_kind(what, rule->kind) ||
		!is_within(what->at, rule->from, rule->until))
		return;

	if (rule->min_age > 0)
	{
		int32_t		born_by = jn_born_by(what->at, rule->min_age);

		if (born_by < standing->born_by)
			standing->age_rule = 0;
		if (born_by <= standing->born_by)
		{
			standing->born_by = born_by;
			keep_lowest(&standing->age_rule, rule->number);
		}
	}

	if (rule->keep_since != JN_KEEP_ALL)
	{
		if (rule->keep_since > standing->keep_since)
			standing->keep_rule = 0;
		if (rule->keep_since >= standing->keep_since)
		{
			standing->keep_since = rule->keep_since;
			keep_lowest(&standing->keep_rule, rule->number);
		}
	}

	if (rule->regime == JN_REGIME_FORBIDDEN)
	{
		jn_standing_deny(standing, JN_REASON_FORBIDDEN);
		keep_lowest(&standing->forbidden_rule, rule->number);
	}
	else if (rule->regime != JN_REGIME_NONE)
	{
		uint32_t	rank = ((rule->everywhere ? 0 : UINT32_C(1) << 31) |
							by_class << 28 | by_purpose << 4 | (rule->kind == JN_ANY_KIND ? 0 : 1));
		bool		more = (rank > standing->regime_rank ||
							(rank == standing->regime_rank && rule->regime < standing->regime));

		if (more)
			standing->regime_rule = 0;
		if (more || (rank == standing->regime_rank && rule->regime == standing->regime))
		{
			standing->regime = rule->regime;
			standing->regime_rank = rank;
			keep_lowest(&standing->regime_rule, rule->number);
		}
	}
}

/* A way to show without consent; within a level the first of JnReason wins. */
static void
open_level(JnStanding *standing, int level, JnReason reason, int64_t row)
{
	JnReason	now = standing->open[level];

	if (now != JN_REASON_NO_BASIS && now < reason)
		return;
	if (now != reason)
		standing->open_row[level] = 0;
	standing->open[level] = reason;
	keep_lowest(&standing->open_row[level], row);
}

void
jn_standing_basis(JnStanding *standing, const JnCase *what, const JnBasis *basis)
{
	bool		duty = (basis->basis == JN_REASON_LEGAL_OBLIGATION ||
						basis->basis == JN_REASON_VITAL_INTERESTS ||
						basis->basis == JN_REASON_PUBLIC_TASK);

	if (purpose_rank(what, basis->purpose, NULL) == 0 ||
		class_rank(what, basis->class_name, false) == 0 ||
		!is_kind(what, basis->kind) ||
		!is_within(what->at, basis->from, basis->until))
		return;
	if (what->special && !(duty && basis->class_name != NULL))
		return;
	if (!what->class_known && basis->class_name == NULL)
		return;

	switch (basis->basis)
	{
		case JN_REASON_CONTRACT:
		case JN_REASON_LEGAL_OBLIGATION:
		case JN_REASON_VITAL_INTERESTS:
			open_level(standing, JN_ALWAYS, basis->basis, basis->number);
			break;
		case JN_REASON_PUBLIC_TASK:
			open_level(standing, JN_UNLESS_OBJECTED, basis->basis, basis->number);
			break;
		case JN_REASON_LEGITIMATE_INTERESTS:
			open_level(standing, JN_UNLESS_CLOSED, basis->basis, basis->number);
			break;
		default:
			break;
	}
}

void
jn_standing_end(JnStanding *standing)
{
	if (standing->special || !standing->class_known)
		return;
	if (standing->regime == JN_REGIME_OPT_OUT)
		open_level(standing, JN_UNLESS_CLOSED, JN_REASON_OPT_OUT, standing->regime_rule);
	else if (standing->regime == JN_REGIME_NOTICE)
		open_level(standing, JN_UNLESS_CLOSED, JN_REASON_NOTICE, standing->regime_rule);
}

int64_t
jn_standing_source(const JnStanding *standing, JnReason reason)
{
	switch (reason)
	{
		case JN_REASON_PROHIBITED:
			return standing->prohibition;
		case JN_REASON_FORBIDDEN:
			return standing->forbidden_rule;
		case JN_REASON_AGE:
			return standing->age_rule;
		case JN_REASON_RETENTION:
			return standing->keep_rule;
		case JN_REASON_CONTRACT:
		case JN_REASON_LEGAL_OBLIGATION:
		case JN_REASON_VITAL_INTERESTS:
			return standing->open_row[JN_ALWAYS];
		case JN_REASON_PUBLIC_TASK:
			return standing->open_row[JN_UNLESS_OBJECTED];
		case JN_REASON_LEGITIMATE_INTERESTS:
		case JN_REASON_OPT_OUT:
		case JN_REASON_NOTICE:
			return standing->open_row[JN_UNLESS_CLOSED];
		case JN_REASON_CONSENT:
		case JN_REASON_WITHDRAWN:
		case JN_REASON_REFUSED:
		case JN_REASON_OBJECTED:
		case JN_REASON_EXPIRED:
		case JN_REASON_NOT_BEGUN:
		case JN_REASON_OLD_NOTICE:
		case JN_REASON_NOT_EXPLICIT:
		case JN_REASON_NO_BASIS:
			return standing->regime_rule;
		default:
			return 0;
	}
}

/* ------------------------------------------------------------------------
 * Ages
 * ------------------------------------------------------------------------ */

/* Days since 2000-01-01 of a date whose year begins in March. */
static int64_t
days_of(int64_t year, int64_t day_of_year)
{
	int64_t		era = (year >= 0 ? year : year - 399) / 400;
	int64_t		of_era = year - era * 400;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - EPOCH_DAYS;
}

int32_t
jn_born_by(int64_t at, int years)
{
	int64_t		days = at / US_PER_DAY - (at % US_PER_DAY < 0) + EPOCH_DAYS;
	int64_t		era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t		of_era = days - era * ERA_DAYS;
	int64_t		year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
	int64_t		day_of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t		birth;
	int64_t		next;

	/*
	 * The same day "years" ago.  A year that begins in March ends with the 29th of
	 * February, day 365; where it has none, who was born on the day before is old
	 * enough, and nobody who was born in March.
	 */
	year += era * 400 - years;
	birth = days_of(year, day_of_year);
	next = days_of(year + 1, 0);
	if (birth >= next)
		birth = next - 1;
	return birth < INT32_MIN ? INT32_MIN : (int32_t) birth;
}

/* ------------------------------------------------------------------------
 * Words
 * ------------------------------------------------------------------------ */

static void
keep_last(int64_t *position, int64_t other)
{
	if (other > *position)
		*position = other;
}

static void
close_words(JnWords *words, int64_t position, JnReason reason)
{
	if (position > words->closed)
	{
		words->closed = position;
		words->closed_by = reason;
	}
	if (reason != JN_REASON_EXPIRED)
		keep_last(&words->blocked, position);
}

void
jn_words_add(JnWords *words, const JnWord *word, int64_t at)
{
	close_words(words, word->withdrawn, JN_REASON_WITHDRAWN);
	close_words(words, word->refused, JN_REASON_REFUSED);
	close_words(words, word->objected, JN_REASON_OBJECTED);
	close_words(words, word->expired, JN_REASON_EXPIRED);
	keep_last(&words->objected, word->objected);

	/* a give for a purpose above that does not cover says nothing here */
	if (word->given == 0 || (word->depth > 0 && !word->covers))
		return;

	if (is_within(at, word->from, word->until) && !word->old_notice)
	{
		keep_last(&words->given, word->given);
		if (word->is_explicit)
			keep_last(&words->given_explicit, word->given);
		if (word->parental)
			keep_last(&words->given_parental, word->given);
	}
	else if (word->given > words->useless)
	{
		words->useless = word->given;
		words->useless_why = at >= word->until ? JN_REASON_EXPIRED :
			at < word->from ? JN_REASON_NOT_BEGUN : JN_REASON_OLD_NOTICE;
	}
}

void
jn_words_end(const JnWords *words, JnSubject *subject)
{
	subject->facts = 0;
	if (words->given_explicit > words->closed)
		subject->facts |= JN_SUBJECT_EXPLICIT;
	if (words->given_parental > words->closed)
		subject->facts |= JN_SUBJECT_PARENTAL;
	if (words->blocked > 0 && words->blocked >= words->given)
		subject->facts |= JN_SUBJECT_CLOSED;
	if (words->objected > 0 && words->objected >= words->given)
		subject->facts |= JN_SUBJECT_OBJECTED;

	if (words->given > words->closed)
		subject->consent = JN_REASON_CONSENT;
	else if (words->closed > 0 && words->closed >= words->useless)
		subject->consent = (uint8_t) words->closed_by;
	else if (words->useless > 0)
		subject->consent = (uint8_t) words->useless_why;
	else
		subject->consent = JN_REASON_NO_BASIS;
}

int64_t
jn_words_source(const JnWords *words, const JnStanding *standing, JnReason reason)
{
	switch (reason)
	{
		case JN_REASON_CONSENT:
			return standing->special ? words->given_explicit : words->given;
		case JN_REASON_WITHDRAWN:
		case JN_REASON_REFUSED:
		case JN_REASON_OBJECTED:
			return words->closed;
		case JN_REASON_EXPIRED:
			/* by an event, or by the end of its range */
			return words->closed >= words->useless ? words->closed : words->useless;
		case JN_REASON_NOT_BEGUN:
		case JN_REASON_OLD_NOTICE:
			return words->useless;
		case JN_REASON_NOT_EXPLICIT:
			return words->given;
		default:
			return 0;
	}
}
