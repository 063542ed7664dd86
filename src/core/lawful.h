/*
 * lawful.h
 *	  May a cell be shown, and why: from facts to a reason.
 *
 * This file decides and looks nothing up.  The caller brings facts, each kind
 * at its own pace, and all of them as one snapshot sees them:
 *
 *	  JnStanding	once a statement for each class of data, jurisdiction and
 *					kind of subject: what the reader, the purpose, the rules
 *					and the registered bases come to
 *	  JnSubject		once a subject: who it is, and what its words come to
 *	  collected		once a row, and only where a rule limits retention
 *
 *		reason = jn_lawful(&standing, &subject);
 *		reason = jn_lawful_row(reason, &standing, collected);
 *		if (jn_is_shown(reason))
 *			...
 *
 * First match wins, in the order of JnReason.  Zeroed facts deny: a standing
 * of zero bytes, a subject of zero bytes.
 *
 *	   1. no such subject
 *	   2. no purpose, no policy, no key
 *	   3. the subject is erased, or restricted
 *	   4. the reader has no grant
 *	   5. the class is prohibited for the purpose
 *	   6. a rule forbids, or the subject is not old enough for one
 *	   7. a lawful basis: consent; contract, legal obligation, vital interests;
 *		  public task, unless the subject objected; legitimate interests,
 *		  unless the subject closed
 *	   8. a regime of opting out, or of notice, unless the subject closed
 *	   9. retention, which limits what 7 and 8 would show
 *	  10. deny, with what the subject's words say about it as the reason
 *
 * Times are microseconds since 2000-01-01 UTC, dates are days since then.
 * Nothing here allocates; jn_lawful() is some nanoseconds.
 */
#ifndef JN_LAWFUL_H
#define JN_LAWFUL_H

#include "jn.h"

/*
 * Why a cell is masked or shown.  Up to JN_REASON_AGE in the order in which
 * the first match wins; from JN_REASON_CONSENT on the cell is shown.  The
 * texts of jn_reason_text() are stable, the numbers are not.
 */
typedef enum JnReason
{
	/* whatever else holds */
	JN_REASON_NO_SUBJECT = 0,
	JN_REASON_NO_PURPOSE,
	JN_REASON_NO_POLICY,
	JN_REASON_NO_KEY,
	JN_REASON_ERASED,
	JN_REASON_RESTRICTED,
	JN_REASON_NO_GRANT,
	JN_REASON_PROHIBITED,
	JN_REASON_FORBIDDEN,
	JN_REASON_AGE,

	/* there is no basis, and this is what the subject's words come to */
	JN_REASON_WITHDRAWN,
	JN_REASON_REFUSED,
	JN_REASON_OBJECTED,
	JN_REASON_EXPIRED,
	JN_REASON_NOT_BEGUN,
	JN_REASON_OLD_NOTICE,
	JN_REASON_NOT_EXPLICIT,
	JN_REASON_NO_BASIS,

	/* there is one, but the row is too old */
	JN_REASON_RETENTION,

	/* shown */
	JN_REASON_CONSENT,
	JN_REASON_CONTRACT,
	JN_REASON_LEGAL_OBLIGATION,
	JN_REASON_VITAL_INTERESTS,
	JN_REASON_PUBLIC_TASK,
	JN_REASON_LEGITIMATE_INTERESTS,
	JN_REASON_OPT_OUT,
	JN_REASON_NOTICE,

	JN_REASONS
} JnReason;

static inline bool
jn_is_shown(JnReason reason)
{
	return reason >= JN_REASON_CONSENT;
}

/* "consent", "no grant", ...: stable, lower case, never NULL. */
extern const char *jn_reason_text(JnReason reason);

/*
 * What a rule asks for.  Among rules that name as much, the one that stands
 * first here wins; JN_REGIME_NONE says nothing, and no rule at all is opt-in.
 */
typedef enum JnRegime
{
	JN_REGIME_FORBIDDEN = 0,
	JN_REGIME_OPT_IN,
	JN_REGIME_OPT_OUT,
	JN_REGIME_NOTICE,
	JN_REGIME_NONE
} JnRegime;

/* Reads "opt_in" and the like; JN_REGIME_FORBIDDEN for anything else but NULL, which is none. */
extern JnRegime jn_regime_from_text(const char *text);

/*
 * Reads "contract" and the like: one of JN_REASON_CONTRACT to
 * JN_REASON_LEGITIMATE_INTERESTS; JN_REASON_NO_BASIS for anything else.
 */
extern JnReason jn_basis_from_text(const char *text);

/* No limit of age, and a birth that is not known. */
#define JN_ANY_AGE			INT32_MAX
#define JN_BORN_UNKNOWN		INT32_MAX

/* No limit of retention, and a row whose time is not known: NULL. */
#define JN_KEEP_ALL			INT64_MIN
#define JN_COLLECTED_UNKNOWN	INT64_MIN

/* The kinds of subjects, in the order of journey.subject_kind. */
#define JN_KINDS			4
#define JN_ANY_KIND			(-1)

/* ------------------------------------------------------------------------
 * Standing
 * ------------------------------------------------------------------------ */

/* A purpose with its IRI in the Data Privacy Vocabulary; dpv may be NULL. */
typedef struct JnPurpose
{
	const char *name;
	const char *dpv;
} JnPurpose;

/*
 * What a standing is for.  The path holds the declared purpose first, then
 * those above it; at least one.
 */
typedef struct JnCase
{
	int64_t		at;				/* start of the statement */
	int			path_length;
	const JnPurpose *path;
	const char *class_name;		/* "" where there is none */
	bool		class_known;	/* is it registered? */
	bool		special;		/* a special category? */
	int			kind;			/* of the subject, 0 to JN_KINDS - 1 */
} JnCase;

/* A row of journey.rule; a NULL text or JN_ANY_KIND speaks of all. */
typedef struct JnRule
{
	int64_t		number;			/* of the row, to be named by an explanation */
	bool		everywhere;		/* not of one jurisdiction */
	const char *purpose;		/* name; it and all below */
	const char *dpv;			/* IRI of purposes; they and all below */
	const char *class_name;
	bool		special_only;
	int			kind;
	JnRegime	regime;
	int			min_age;		/* years; 0: none */
	int64_t		keep_since;		/* statement's start less retention, or JN_KEEP_ALL */
	int64_t		from;			/* inclusive */
	int64_t		until;			/* exclusive */
} JnRule;

/* A row of journey.lawful_basis that speaks of the jurisdiction and kind. */
typedef struct JnBasis
{
	int64_t		number;
	const char *purpose;		/* it and all below */
	const char *class_name;		/* NULL: any */
	int			kind;
	JnReason	basis;			/* from jn_basis_from_text() */
	int64_t		from;			/* inclusive */
	int64_t		until;			/* exclusive */
} JnBasis;

/* Where a basis stands: it yields to nothing, to an objection, to any closing word. */
enum
{
	JN_ALWAYS,
	JN_UNLESS_OBJECTED,
	JN_UNLESS_CLOSED,
	JN_LEVELS
};

/*
 * What all that comes to.  The first three fields and "open" decide; the
 * others tell which row it was (0: none) and take part in building.
 */
typedef struct JnStanding
{
	JnReason	denied;			/* the first reason to deny all, else JN_REASONS */
	int32_t		born_by;		/* the last birth that is old enough, or JN_ANY_AGE */
	bool		special;
	bool		class_known;
	JnReason	open[JN_LEVELS];	/* a basis without consent, or JN_REASON_NO_BASIS */
	int64_t		keep_since;		/* rows collected before it are over */

	JnRegime	regime;
	uint32_t	regime_rank;	/* how much its rule names */
	int64_t		prohibition;
	int64_t		regime_rule;
	int64_t		forbidden_rule;
	int64_t		age_rule;
	int64_t		keep_rule;
	int64_t		open_row[JN_LEVELS];
} JnStanding;

/* Begins with nothing but what the class is: opt-in. */
extern void jn_standing_begin(JnStanding *standing, const JnCase *what);

/*
 * Denies all cells for one of JN_REASON_NO_SUBJECT to JN_REASON_FORBIDDEN;
 * the one that stands first wins.
 */
extern void jn_standing_deny(JnStanding *standing, JnReason reason);

/*
 * Takes a prohibition of the class, row "number" of journey.prohibition, into
 * account: it holds for the purpose it names, all below it, and all above it.
 */
extern void jn_standing_prohibit(JnStanding *standing, const JnCase *what, const char *purpose,
								 int64_t number);

/*
 * Takes a rule of the subject's jurisdiction, or of all, into account, if it
 * speaks of this case.  Limits add up: any rule may forbid, the highest age
 * and the shortest retention count.  The regime is that of the rule which
 * names most: the jurisdiction first, then the class (by name, as special),
 * then the purpose (the nearest, a name before an IRI), then the kind; among
 * equals the strictest.  The order of calls does not matter.
 */
extern void jn_standing_rule(JnStanding *standing, const JnCase *what, const JnRule *rule);

/*
 * Takes a registered basis into account, if it speaks of this case.  For a
 * special category it must name the class and be a legal obligation, vital
 * interests or a public task; for a class that is not registered it must name
 * the class.
 */
extern void jn_standing_basis(JnStanding *standing, const JnCase *what, const JnBasis *basis);

/* To be called last: makes the regime one of the ways to show. */
extern void jn_standing_end(JnStanding *standing);

/*
 * The row that made the reason, 0 if none did: of journey.prohibition for
 * JN_REASON_PROHIBITED, of journey.lawful_basis for a registered basis, of
 * journey.rule for JN_REASON_FORBIDDEN, JN_REASON_AGE, JN_REASON_RETENTION, the
 * regimes, and where consent decides: the rule that asks for it.
 */
extern int64_t jn_standing_source(const JnStanding *standing, JnReason reason);

/* The last birth of which "years" have passed at a time, both by the calendar in UTC. */
extern int32_t jn_born_by(int64_t at, int years);

/* ------------------------------------------------------------------------
 * Subject
 * ------------------------------------------------------------------------ */

/* What the words of a subject add to a consent, or take from other bases. */
enum
{
	JN_SUBJECT_EXPLICIT = 0x01, /* a consent that counts is explicit */
	JN_SUBJECT_PARENTAL = 0x02, /* ... is by the holder of parental responsibility */
	JN_SUBJECT_CLOSED = 0x04,	/* a withdrawal, refusal or objection stands */
	JN_SUBJECT_OBJECTED = 0x08	/* an objection stands */
};

/* A subject that was looked up.  12 bytes, because there may be millions. */
typedef struct JnSubject
{
	int32_t		born;			/* date, or JN_BORN_UNKNOWN */
	uint16_t	group;			/* which standing: the caller's business */
	uint8_t		denied;			/* JnReason: no subject, erased, restricted, else JN_REASONS */
	uint8_t		consent;		/* JnReason: consent, else withdrawn to no basis */
	uint8_t		facts;			/* of the enum above */
} JnSubject;

/*
 * What a subject said about one purpose on the path: a row of journey.state.
 * Positions are those of the ledger; 0 where there is none.
 */
typedef struct JnWord
{
	int			depth;			/* 0: the purpose itself, 1: the one above it, ... */
	int64_t		given;			/* the last consent, with the next six fields */
	bool		covers;			/* it covers what lies below */
	bool		is_explicit;
	bool		parental;		/* by the holder of parental responsibility */
	bool		old_notice;		/* under a text that has been renewed */
	int64_t		from;			/* inclusive */
	int64_t		until;			/* exclusive */
	int64_t		refused;		/* the last event of each kind */
	int64_t		withdrawn;
	int64_t		objected;
	int64_t		expired;
} JnWord;

/* The words so far.  Zeroed is none. */
typedef struct JnWords
{
	int64_t		given;			/* the last consent that counts */
	int64_t		given_explicit; /* ... and is explicit */
	int64_t		given_parental;
	int64_t		useless;		/* the last one that would reach the purpose and does not count */
	JnReason	useless_why;
	int64_t		closed;			/* the last event that ends a consent */
	JnReason	closed_by;
	int64_t		blocked;		/* the last of them that is not an expiry */
	int64_t		objected;		/* the last objection */
} JnWords;

/* Adds the word about one purpose, in any order. */
extern void jn_words_add(JnWords *words, const JnWord *word, int64_t at);

/*
 * What the words come to: fills subject->consent and subject->facts.  What is
 * later in the ledger wins.
 */
extern void jn_words_end(const JnWords *words, JnSubject *subject);

/*
 * The position in the ledger that made the reason, 0 if none did: the give of
 * a consent, the closing word of a denial.
 */
extern int64_t jn_words_source(const JnWords *words, const JnStanding *standing, JnReason reason);

/* ------------------------------------------------------------------------
 * The decision
 * ------------------------------------------------------------------------ */

/* Everything but retention. */
static inline JnReason
jn_lawful(const JnStanding *standing, const JnSubject *subject)
{
	JnReason	denied = (JnReason) subject->denied;

	/* 1 to 6: the first of both */
	if (standing->denied < denied)
		denied = standing->denied;
	if (denied < JN_REASONS)
		return denied;
	if (subject->born > standing->born_by && !(subject->facts & JN_SUBJECT_PARENTAL))
		return JN_REASON_AGE;

	/* 7 and 8 */
	if (subject->consent == JN_REASON_CONSENT &&
		(!standing->special || (subject->facts & JN_SUBJECT_EXPLICIT)))
		return JN_REASON_CONSENT;
	if (standing->open[JN_ALWAYS] != JN_REASON_NO_BASIS)
		return standing->open[JN_ALWAYS];
	if (standing->open[JN_UNLESS_OBJECTED] != JN_REASON_NO_BASIS &&
		!(subject->facts & JN_SUBJECT_OBJECTED))
		return standing->open[JN_UNLESS_OBJECTED];
	if (standing->open[JN_UNLESS_CLOSED] != JN_REASON_NO_BASIS &&
		!(subject->facts & JN_SUBJECT_CLOSED))
		return standing->open[JN_UNLESS_CLOSED];

	/* 10 */
	return subject->consent == JN_REASON_CONSENT ? JN_REASON_NOT_EXPLICIT : (JnReason) subject->consent;
}

/* Must the time of a row be known? */
static inline bool
jn_limits_retention(const JnStanding *standing)
{
	return standing->keep_since != JN_KEEP_ALL;
}

/*
 * 9: what jn_lawful() said, for a row that was collected at a time or at
 * JN_COLLECTED_UNKNOWN.  A row is over when it is older than the retention;
 * exactly as old is not over.
 */
static inline JnReason
jn_lawful_row(JnReason reason, const JnStanding *standing, int64_t collected)
{
	if (jn_is_shown(reason) && jn_limits_retention(standing) &&
		(collected == JN_COLLECTED_UNKNOWN || collected < standing->keep_since))
		return JN_REASON_RETENTION;
	return reason;
}

#endif							/* JN_LAWFUL_H */
