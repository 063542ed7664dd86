/*
 * test_lawful.c
 *	  The decision: a table of its branches, and every combination of facts
 *	  against a second formulation; rules, words and ages against slow ones.
 */
#include "lawful.h"

#include "unit.h"

#define DAY	INT64_C(86400000000)

static const JnPurpose paths[] = {
	{"ads.mail.weekly", NULL},
	{"ads.mail", "https://w3id.org/dpv#DirectMarketing"},
	{"ads", "https://w3id.org/dpv#Marketing"},
};

static const JnCase plain = {.at = 1000 * DAY,.path_length = 3,.path = paths,.class_name = "email",.class_known = true};
static const JnCase special = {.at = 1000 * DAY,.path_length = 3,.path = paths,.class_name = "health",.class_known = true,.special = true};
static const JnCase unknown = {.at = 1000 * DAY,.path_length = 3,.path = paths,.class_name = "x"};

static const JnRule any_rule = {.number = 1,.kind = JN_ANY_KIND,.regime = JN_REGIME_NONE,.keep_since = JN_KEEP_ALL,.from = INT64_MIN,.until = INT64_MAX};

static const JnWord no_word = {.from = INT64_MIN,.until = INT64_MAX};

static JnStanding
standing_of(const JnCase *what)
{
	JnStanding	standing;

	jn_standing_begin(&standing, what);
	return standing;
}

/* A subject of whom nothing bad is known and who said this about the purpose itself. */
static JnSubject
subject_of(const JnWord *word)
{
	JnSubject	subject = {.born = JN_BORN_UNKNOWN,.denied = JN_REASONS};
	JnWords		words = {0};

	if (word != NULL)
		jn_words_add(&words, word, plain.at);
	jn_words_end(&words, &subject);
	return subject;
}

static void
check_reason(JnReason got, const char *expected, int line)
{
	if (!unit_check(strcmp(jn_reason_text(got), expected) == 0, __FILE__, line, expected))
		printf("  got %s\n", jn_reason_text(got));
}

#define CHECK_REASON(got, expected)	check_reason(got, expected, __LINE__)

static void
add_rule(JnStanding *standing, const JnCase *what, JnRegime regime, int min_age, int64_t keep_since)
{
	JnRule		rule = any_rule;

	rule.regime = regime;
	rule.min_age = min_age;
	rule.keep_since = keep_since;
	jn_standing_rule(standing, what, &rule);
}

static void
add_basis(JnStanding *standing, const JnCase *what, const char *basis, const char *class_name)
{
	JnBasis		row = {.number = 1,.purpose = "ads",.class_name = class_name,.kind = JN_ANY_KIND,
		.basis = jn_basis_from_text(basis),.from = INT64_MIN,.until = INT64_MAX
	};

	jn_standing_basis(standing, what, &row);
}

/* ---- the table: each line leaves the decision by another branch ---- */

TEST(nothing_known_is_denied)
{
	JnStanding	standing = {0};
	JnSubject	subject = {0};
	JnSubject	willing = subject_of(&(JnWord) {.given = 1,.until = INT64_MAX});
	JnStanding	open = standing_of(&plain);

	CHECK_REASON(jn_lawful(&standing, &subject), "no subject");
	CHECK_REASON(jn_lawful(&standing, &willing), "no subject");
	CHECK_REASON(jn_lawful(&open, &subject), "no subject");
	CHECK_REASON(jn_lawful(&open, &willing), "consent");
}

TEST(each_branch)
{
	static const JnReason gates[] = {
		JN_REASON_NO_SUBJECT, JN_REASON_NO_PURPOSE, JN_REASON_NO_POLICY, JN_REASON_NO_KEY,
		JN_REASON_NO_GRANT, JN_REASON_PROHIBITED, JN_REASON_FORBIDDEN
	};
	JnWord		yes = no_word;
	JnWord		yes_explicit = no_word;
	JnWord		no = no_word;
	JnSubject	giver;
	JnSubject	explicit_giver;
	JnSubject	silent = subject_of(NULL);
	JnSubject	closed;
	JnSubject	objector;
	JnSubject	someone;
	JnStanding	standing;

	yes.given = 5;
	giver = subject_of(&yes);
	yes_explicit.given = 5;
	yes_explicit.is_explicit = true;
	explicit_giver = subject_of(&yes_explicit);
	no.withdrawn = 5;
	closed = subject_of(&no);
	no.objected = 6;
	objector = subject_of(&no);

	/* 1 to 6 hide from those who gave consent */
	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++)
	{
		standing = standing_of(&plain);
		jn_standing_deny(&standing, gates[i]);
		CHECK_INT(jn_lawful(&standing, &giver), gates[i]);
	}
	someone = giver;
	someone.denied = JN_REASON_ERASED;
	CHECK_REASON(jn_lawful(&standing, &someone), "erased");
	someone.denied = JN_REASON_RESTRICTED;
	CHECK_REASON(jn_lawful(&standing, &someone), "restricted");
	standing = standing_of(&plain);
	add_rule(&standing, &plain, JN_REGIME_FORBIDDEN, 0, JN_KEEP_ALL);
	CHECK_REASON(jn_lawful(&standing, &giver), "forbidden");
	standing = standing_of(&plain);
	add_rule(&standing, &plain, JN_REGIME_NONE, 16, JN_KEEP_ALL);
	CHECK_REASON(jn_lawful(&standing, &giver), "age");
	someone = giver;
	someone.born = jn_born_by(plain.at, 16);
	CHECK_REASON(jn_lawful(&standing, &someone), "consent");
	someone.born++;
	CHECK_REASON(jn_lawful(&standing, &someone), "age");
	someone.facts |= JN_SUBJECT_PARENTAL;
	CHECK_REASON(jn_lawful(&standing, &someone), "consent");

	/* 7: consent, then what is registered, in this order */
	standing = standing_of(&plain);
	CHECK_REASON(jn_lawful(&standing, &giver), "consent");
	CHECK_REASON(jn_lawful(&standing, &silent), "no basis");
	add_basis(&standing, &plain, "legitimate interests", NULL);
	CHECK_REASON(jn_lawful(&standing, &silent), "legitimate interests");
	CHECK_REASON(jn_lawful(&standing, &closed), "withdrawn");
	CHECK_REASON(jn_lawful(&standing, &objector), "objected");
	add_basis(&standing, &plain, "public task", NULL);
	CHECK_REASON(jn_lawful(&standing, &silent), "public task");
	CHECK_REASON(jn_lawful(&standing, &closed), "public task");
	CHECK_REASON(jn_lawful(&standing, &objector), "objected");
	add_basis(&standing, &plain, "vital interests", NULL);
	CHECK_REASON(jn_lawful(&standing, &objector), "vital interests");
	add_basis(&standing, &plain, "legal obligation", NULL);
	CHECK_REASON(jn_lawful(&standing, &objector), "legal obligation");
	add_basis(&standing, &plain, "contract", NULL);
	CHECK_REASON(jn_lawful(&standing, &objector), "contract");
	CHECK_REASON(jn_lawful(&standing, &giver), "consent");

	/* special categories: explicit, or a duty that names the class */
	standing = standing_of(&special);
	CHECK_REASON(jn_lawful(&standing, &giver), "not explicit");
	CHECK_REASON(jn_lawful(&standing, &explicit_giver), "consent");
	add_basis(&standing, &special, "legitimate interests", "health");
	add_basis(&standing, &special, "contract", "health");
	add_basis(&standing, &special, "vital interests", NULL);
	add_basis(&standing, &special, "vital interests", "email");
	CHECK_REASON(jn_lawful(&standing, &silent), "no basis");
	add_basis(&standing, &special, "public task", "health");
	CHECK_REASON(jn_lawful(&standing, &silent), "public task");
	CHECK_REASON(jn_lawful(&standing, &objector), "objected");
	add_basis(&standing, &special, "vital interests", "health");
	CHECK_REASON(jn_lawful(&standing, &objector), "vital interests");
	CHECK_REASON(jn_lawful(&standing, &explicit_giver), "consent");

	/* a class that is not registered: consent, or what names it */
	standing = standing_of(&unknown);
	add_rule(&standing, &unknown, JN_REGIME_OPT_OUT, 0, JN_KEEP_ALL);
	add_basis(&standing, &unknown, "contract", NULL);
	jn_standing_end(&standing);
	CHECK_REASON(jn_lawful(&standing, &silent), "no basis");
	CHECK_REASON(jn_lawful(&standing, &giver), "consent");
	add_basis(&standing, &unknown, "contract", "x");
	CHECK_REASON(jn_lawful(&standing, &silent), "contract");

	/* 8 */
	standing = standing_of(&plain);
	add_rule(&standing, &plain, JN_REGIME_OPT_OUT, 0, JN_KEEP_ALL);
	jn_standing_end(&standing);
	CHECK_REASON(jn_lawful(&standing, &silent), "opt-out");
	CHECK_REASON(jn_lawful(&standing, &closed), "withdrawn");
	CHECK_REASON(jn_lawful(&standing, &giver), "consent");
	standing = standing_of(&plain);
	add_rule(&standing, &plain, JN_REGIME_NOTICE, 0, JN_KEEP_ALL);
	jn_standing_end(&standing);
	CHECK_REASON(jn_lawful(&standing, &silent), "notice");
	CHECK_REASON(jn_lawful(&standing, &objector), "objected");
	standing = standing_of(&special);
	add_rule(&standing, &special, JN_REGIME_NOTICE, 0, JN_KEEP_ALL);
	jn_standing_end(&standing);
	CHECK_REASON(jn_lawful(&standing, &silent), "no basis");

	/* 9: exactly as old is not over; who is denied anyway keeps the reason */
	standing = standing_of(&plain);
	CHECK(!jn_limits_retention(&standing));
	CHECK_REASON(jn_lawful_row(JN_REASON_CONSENT, &standing, JN_COLLECTED_UNKNOWN), "consent");
	add_rule(&standing, &plain, JN_REGIME_NONE, 0, 900 * DAY);
	CHECK(jn_limits_retention(&standing));
	CHECK_REASON(jn_lawful_row(jn_lawful(&standing, &giver), &standing, 900 * DAY), "consent");
	CHECK_REASON(jn_lawful_row(jn_lawful(&standing, &giver), &standing, 900 * DAY - 1), "retention");
	CHECK_REASON(jn_lawful_row(jn_lawful(&standing, &giver), &standing, JN_COLLECTED_UNKNOWN), "retention");
	CHECK_REASON(jn_lawful_row(jn_lawful(&standing, &silent), &standing, JN_COLLECTED_UNKNOWN), "no basis");
}

/* ---- every combination of facts, asked the long way ---- */

static JnReason
decide_slowly(const JnStanding *s, const JnSubject *u)
{
	static const JnReason order[] = {
		JN_REASON_NO_SUBJECT, JN_REASON_NO_PURPOSE, JN_REASON_NO_POLICY, JN_REASON_NO_KEY,
		JN_REASON_ERASED, JN_REASON_RESTRICTED, JN_REASON_NO_GRANT, JN_REASON_PROHIBITED, JN_REASON_FORBIDDEN
	};
	bool		consented = u->consent == JN_REASON_CONSENT;
	bool		is_explicit = (u->facts & JN_SUBJECT_EXPLICIT) != 0;
	bool		old_enough = s->born_by == JN_ANY_AGE || (u->born != JN_BORN_UNKNOWN && u->born <= s->born_by);
	JnReason	last_words = consented ? JN_REASON_NOT_EXPLICIT : (JnReason) u->consent;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
	{
		if (s->denied == order[i] || u->denied == order[i])
			return order[i];
	}
	if (!old_enough && !(u->facts & JN_SUBJECT_PARENTAL))
		return JN_REASON_AGE;
	for (int reason = JN_REASON_CONSENT; reason < JN_REASONS; reason++)
	{
		bool		holds = false;

		switch (reason)
		{
			case JN_REASON_CONSENT:
				holds = consented && (is_explicit || !s->special);
				break;
			case JN_REASON_CONTRACT:
			case JN_REASON_LEGAL_OBLIGATION:
			case JN_REASON_VITAL_INTERESTS:
				holds = (int) s->open[JN_ALWAYS] == reason;
				break;
			case JN_REASON_PUBLIC_TASK:
				holds = (int) s->open[JN_UNLESS_OBJECTED] == reason && !(u->facts & JN_SUBJECT_OBJECTED);
				break;
			default:
				holds = (int) s->open[JN_UNLESS_CLOSED] == reason && !(u->facts & JN_SUBJECT_CLOSED);
		}
		if (holds)
			return (JnReason) reason;
	}
	return last_words;
}

TEST(every_combination_of_facts)
{
	static const JnReason subject_denied[] = {JN_REASON_NO_SUBJECT, JN_REASON_ERASED, JN_REASON_RESTRICTED, JN_REASONS};
	static const JnReason always[] = {JN_REASON_NO_BASIS, JN_REASON_CONTRACT, JN_REASON_LEGAL_OBLIGATION, JN_REASON_VITAL_INTERESTS};
	static const JnReason unless_closed[] = {JN_REASON_NO_BASIS, JN_REASON_LEGITIMATE_INTERESTS, JN_REASON_OPT_OUT, JN_REASON_NOTICE};
	static const int32_t births[] = {1000, 1001, JN_BORN_UNKNOWN};
	int64_t		differ = 0;
	int64_t		shown = 0;
	int64_t		asked = 0;

	for (int denied = JN_REASON_NO_SUBJECT; denied <= JN_REASONS; denied++)
	{
		if (denied > JN_REASON_FORBIDDEN && denied < JN_REASONS)
			continue;
		for (int i = 0; i < 4 * 4 * 4 * 2 * 2 * 2 * 3; i++)
		{
			int			n = i;
			JnStanding	s = {.denied = (JnReason) denied,.keep_since = JN_KEEP_ALL};
			JnSubject	u = {0};

			u.denied = (uint8_t) subject_denied[n % 4], n /= 4;
			s.open[JN_ALWAYS] = always[n % 4], n /= 4;
			s.open[JN_UNLESS_CLOSED] = unless_closed[n % 4], n /= 4;
			s.open[JN_UNLESS_OBJECTED] = n % 2 ? JN_REASON_PUBLIC_TASK : JN_REASON_NO_BASIS, n /= 2;
			s.special = n % 2, n /= 2;
			s.born_by = n % 2 ? 1000 : JN_ANY_AGE, n /= 2;
			u.born = births[n];
			for (int consent = JN_REASON_WITHDRAWN; consent <= JN_REASON_CONSENT; consent++)
			{
				if (consent == JN_REASON_RETENTION)
					continue;
				u.consent = (uint8_t) consent;
				for (int facts = 0; facts < 16; facts++)
				{
					JnReason	reason;

					u.facts = (uint8_t) facts;
					reason = jn_lawful(&s, &u);
					differ += reason != decide_slowly(&s, &u);
					shown += jn_is_shown(reason);
					asked++;
				}
			}
		}
	}
	CHECK_INT(differ, 0);
	CHECK_INT(asked, 10 * 1536 * 9 * 16);
	CHECK(shown > 0 && shown < asked / 10);
}

TEST(reasons_have_texts_of_their_own)
{
	for (int i = 0; i < JN_REASONS; i++)
	{
		CHECK(jn_reason_text((JnReason) i) != NULL);
		for (int j = 0; j < i; j++)
			CHECK(strcmp(jn_reason_text((JnReason) i), jn_reason_text((JnReason) j)) != 0);
	}
	CHECK_INT(jn_basis_from_text("public task"), JN_REASON_PUBLIC_TASK);
	CHECK_INT(jn_basis_from_text("consent"), JN_REASON_NO_BASIS);
	CHECK_INT(jn_basis_from_text("opt-out"), JN_REASON_NO_BASIS);
	CHECK_INT(jn_basis_from_text(NULL), JN_REASON_NO_BASIS);
	CHECK_INT(jn_regime_from_text(NULL), JN_REGIME_NONE);
	CHECK_INT(jn_regime_from_text("opt_in"), JN_REGIME_OPT_IN);
	CHECK_INT(jn_regime_from_text("opt_out"), JN_REGIME_OPT_OUT);
	CHECK_INT(jn_regime_from_text("notice"), JN_REGIME_NOTICE);
	CHECK_INT(jn_regime_from_text("forbidden"), JN_REGIME_FORBIDDEN);
	CHECK_INT(jn_regime_from_text("whatever"), JN_REGIME_FORBIDDEN);
}

/* ---- standing ---- */

TEST(prohibitions_reach_up_and_down)
{
	static const struct
	{
		const char *purpose;
		bool		prohibited;
	}			cases[] = {
		{"ads.mail.weekly", true}, {"ads.mail", true}, {"ads", true}, {"ads.mail.weekly.sport", true},
		{"ads.mail.week", false}, {"ads.mai", false}, {"ad", false}, {"ads.mail.weekly-sport", false}, {"ads.phone", false}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnStanding	standing = standing_of(&plain);

		jn_standing_prohibit(&standing, &plain, cases[i].purpose, 7);
		CHECK_INT(standing.denied == JN_REASON_PROHIBITED, cases[i].prohibited);
		CHECK_INT(jn_standing_source(&standing, JN_REASON_PROHIBITED), cases[i].prohibited ? 7 : 0);
	}
}

/* How much a rule names, as the header says it: compared one after the other. */
static bool
names_more(const JnCase *what, const JnRule *a, const JnRule *b)
{
	const JnRule *both[2] = {a, b};
	int			by[2][4];

	for (int i = 0; i < 2; i++)
	{
		const JnRule *r = both[i];

		by[i][0] = !r->everywhere;
		by[i][1] = r->class_name != NULL ? 2 : r->special_only ? 1 : 0;
		by[i][2] = -100;
		for (int depth = 0; depth < what->path_length; depth++)
		{
			int			nearness = -2 * depth;

			if (r->purpose != NULL && strcmp(r->purpose, what->path[depth].name) == 0 && nearness > by[i][2])
				by[i][2] = nearness;
			if (r->dpv != NULL && what->path[depth].dpv != NULL && strcmp(r->dpv, what->path[depth].dpv) == 0 &&
				nearness - 1 > by[i][2])
				by[i][2] = nearness - 1;
		}
		by[i][3] = r->kind != JN_ANY_KIND;
	}
	for (int i = 0; i < 4; i++)
	{
		if (by[0][i] != by[1][i])
			return by[0][i] > by[1][i];
	}
	return a->regime < b->regime;
}

static bool
speaks_of(const JnCase *what, const JnRule *r)
{
	bool		name = r->purpose == NULL;
	bool		dpv = r->dpv == NULL;

	for (int i = 0; i < what->path_length; i++)
	{
		name = name || strcmp(r->purpose, what->path[i].name) == 0;
		dpv = dpv || (what->path[i].dpv != NULL && strcmp(r->dpv, what->path[i].dpv) == 0);
	}
	return name && dpv &&
		(r->class_name == NULL || strcmp(r->class_name, what->class_name) == 0) &&
		(!r->special_only || what->special) &&
		(r->kind == JN_ANY_KIND || r->kind == what->kind) &&
		what->at >= r->from && what->at < r->until;
}

TEST(rules_add_up_in_any_order)
{
	static const char *const names[] = {NULL, "ads", "ads.mail", "ads.mail.weekly", "ads.mai", "shop"};
	static const char *const iris[] = {NULL, NULL, "https://w3id.org/dpv#DirectMarketing", "https://w3id.org/dpv#Marketing", "x"};
	static const char *const classes[] = {NULL, NULL, "email", "health"};
	uint64_t	seed = 43;

	for (int round = 0; round < 20000; round++)
	{
		JnCase		what = unit_below(&seed, 2) ? plain : special;
		JnRule		rule[5];
		int			n = (int) unit_below(&seed, 5) + 1;
		JnStanding	forwards;
		JnStanding	backwards;
		const JnRule *best = NULL;
		bool		forbidden = false;
		int			age = 0;
		int64_t		keep = JN_KEEP_ALL;

		what.kind = (int) unit_below(&seed, JN_KINDS);
		for (int i = 0; i < n; i++)
		{
			rule[i] = any_rule;
			rule[i].number = i + 1;
			rule[i].everywhere = unit_below(&seed, 2);
			rule[i].purpose = names[unit_below(&seed, 6)];
			rule[i].dpv = iris[unit_below(&seed, 5)];
			rule[i].class_name = classes[unit_below(&seed, 4)];
			rule[i].special_only = unit_below(&seed, 4) == 0;
			rule[i].kind = unit_below(&seed, 2) ? JN_ANY_KIND : (int) unit_below(&seed, JN_KINDS);
			rule[i].regime = unit_below(&seed, 12) ? (JnRegime) (1 + unit_below(&seed, 4)) : JN_REGIME_FORBIDDEN;
			rule[i].min_age = unit_below(&seed, 3) ? 0 : (int) (10 + unit_below(&seed, 3));
			rule[i].keep_since = unit_below(&seed, 3) ? JN_KEEP_ALL : (int64_t) unit_below(&seed, 3) * DAY;
			if (unit_below(&seed, 6) == 0)
				rule[i].until = what.at + (int64_t) unit_below(&seed, 2);
			if (unit_below(&seed, 6) == 0)
				rule[i].from = what.at + (int64_t) unit_below(&seed, 2);

			if (!speaks_of(&what, &rule[i]))
				continue;
			forbidden |= rule[i].regime == JN_REGIME_FORBIDDEN;
			age = rule[i].min_age > age ? rule[i].min_age : age;
			keep = rule[i].keep_since > keep ? rule[i].keep_since : keep;
			if (rule[i].regime != JN_REGIME_FORBIDDEN && rule[i].regime != JN_REGIME_NONE &&
				(best == NULL || names_more(&what, &rule[i], best)))
				best = &rule[i];
		}

		forwards = standing_of(&what);
		backwards = standing_of(&what);
		for (int i = 0; i < n; i++)
		{
			jn_standing_rule(&forwards, &what, &rule[i]);
			jn_standing_rule(&backwards, &what, &rule[n - 1 - i]);
		}
		jn_standing_end(&forwards);
		jn_standing_end(&backwards);
		CHECK(memcmp(&forwards, &backwards, sizeof(forwards)) == 0);
		CHECK_INT(forwards.denied, forbidden ? JN_REASON_FORBIDDEN : JN_REASONS);
		CHECK_INT(forwards.regime, best ? best->regime : JN_REGIME_OPT_IN);
		CHECK_INT(forwards.regime_rule, best ? best->number : 0);
		CHECK_INT(forwards.born_by, age ? jn_born_by(what.at, age) : JN_ANY_AGE);
		CHECK_INT(forwards.keep_since, keep);
		CHECK_INT(forwards.open[JN_UNLESS_CLOSED],
				  what.special || best == NULL ? JN_REASON_NO_BASIS :
				  best->regime == JN_REGIME_OPT_OUT ? JN_REASON_OPT_OUT :
				  best->regime == JN_REGIME_NOTICE ? JN_REASON_NOTICE : JN_REASON_NO_BASIS);
		if (unit_failed_checks > 0)
			return;
	}
}

/* The row that an explanation names says the thing that it is named for. */
TEST(sources_are_the_rows_that_decide)
{
	JnStanding	standing = standing_of(&plain);
	JnRule		rule = any_rule;
	JnBasis		basis = {.number = 30,.purpose = "ads.mail",.kind = JN_ANY_KIND,.basis = JN_REASON_LEGITIMATE_INTERESTS,.until = INT64_MAX};

	rule.number = 10;
	rule.min_age = 12;
	rule.keep_since = 1;
	jn_standing_rule(&standing, &plain, &rule);
	rule.number = 11;
	rule.min_age = 16;
	rule.keep_since = 1;
	jn_standing_rule(&standing, &plain, &rule);
	rule.number = 12;
	rule.min_age = 0;
	rule.keep_since = 2;
	rule.regime = JN_REGIME_OPT_OUT;
	jn_standing_rule(&standing, &plain, &rule);
	jn_standing_basis(&standing, &plain, &basis);
	basis.number = 29;
	jn_standing_basis(&standing, &plain, &basis);
	basis.basis = JN_REASON_VITAL_INTERESTS;
	basis.number = 31;
	jn_standing_basis(&standing, &plain, &basis);
	basis.basis = JN_REASON_CONTRACT;
	basis.number = 32;
	jn_standing_basis(&standing, &plain, &basis);
	basis.basis = JN_REASON_LEGAL_OBLIGATION;
	basis.number = 33;
	jn_standing_basis(&standing, &plain, &basis);
	jn_standing_end(&standing);

	CHECK_INT(jn_standing_source(&standing, JN_REASON_AGE), 11);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_RETENTION), 12);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_LEGITIMATE_INTERESTS), 29);
	CHECK_INT(standing.open[JN_ALWAYS], JN_REASON_CONTRACT);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_CONTRACT), 32);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_CONSENT), 12);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_WITHDRAWN), 12);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_FORBIDDEN), 0);
	CHECK_INT(jn_standing_source(&standing, JN_REASON_NO_GRANT), 0);

	/* of another kind, another purpose, not yet, no more, or no basis at all */
	standing = standing_of(&plain);
	basis.kind = 1;
	jn_standing_basis(&standing, &plain, &basis);
	basis.kind = 0;
	basis.purpose = "ads.phone";
	jn_standing_basis(&standing, &plain, &basis);
	basis.purpose = "ads.mail.weekly.sport";
	jn_standing_basis(&standing, &plain, &basis);
	basis.purpose = "ads";
	basis.from = plain.at + 1;
	jn_standing_basis(&standing, &plain, &basis);
	basis.from = 0;
	basis.until = plain.at;
	jn_standing_basis(&standing, &plain, &basis);
	basis.until = INT64_MAX;
	basis.basis = JN_REASON_NO_BASIS;
	jn_standing_basis(&standing, &plain, &basis);
	for (int level = 0; level < JN_LEVELS; level++)
		CHECK_INT(standing.open[level], JN_REASON_NO_BASIS);
	basis.basis = JN_REASON_CONTRACT;
	basis.from = plain.at;
	jn_standing_basis(&standing, &plain, &basis);
	CHECK_INT(standing.open[JN_ALWAYS], JN_REASON_CONTRACT);
}

/* ---- ages ---- */

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The day after, by counting. */
static void
next_day(int *year, int *month, int *day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (++*day > days[*month - 1] + (*month == 2 && is_leap(*year)))
	{
		*day = 1;
		if (++*month > 12)
		{
			*month = 1;
			++*year;
		}
	}
}

/* On each day of a century: who is born on the last day is old enough, who is born on the next is not. */
TEST(ages_are_counted_by_birthdays)
{
	enum
	{
		DAYS = 60000
	};
	static int	date[DAYS][3];
	int			year = 1900;
	int			month = 1;
	int			day = 1;
	int			epoch = -1;

	for (int i = 0; i < DAYS; i++)
	{
		date[i][0] = year;
		date[i][1] = month;
		date[i][2] = day;
		if (year == 2000 && month == 1 && day == 1)
			epoch = i;
		next_day(&year, &month, &day);
	}
	CHECK_INT(epoch, 36524);

	for (int today = 12000; today < DAYS; today++)
	{
		for (int age = 13; age <= 18; age += 5)
		{
			int32_t		born_by = jn_born_by((int64_t) (today - epoch) * DAY + (today % 2 ? 0 : DAY - 1), age);

			for (int i = 0; i < 2; i++)
			{
				int		   *birth = date[born_by + epoch + i];
				int			years = date[today][0] - birth[0];

				if (date[today][1] < birth[1] || (date[today][1] == birth[1] && date[today][2] < birth[2]))
					years--;
				if (!CHECK_INT(years >= age, i == 0))
					return;
			}
		}
	}

	/* no time makes it leave the range of a date */
	CHECK(jn_born_by(INT64_MIN, 150) < 0);
	CHECK(jn_born_by(INT64_MAX, 1) > 0);
	CHECK_INT(jn_born_by(0, 1), -365);
	CHECK_INT(jn_born_by(-1, 1), -366);
}

/* ---- words ---- */

typedef struct Event
{
	int			depth;
	JnReason	action;			/* JN_REASON_CONSENT: a give */
	JnWord		give;
	bool		in_force;		/* the last give for its purpose */
} Event;

TEST(words_say_what_the_ledger_says)
{
	static const JnReason closing[] = {JN_REASON_WITHDRAWN, JN_REASON_REFUSED, JN_REASON_OBJECTED, JN_REASON_EXPIRED};
	uint64_t	seed = 9;

	for (int round = 0; round < 100000; round++)
	{
		Event		event[8];
		int			n = (int) unit_below(&seed, 8);
		JnWord		row[3] = {no_word, no_word, no_word};
		int			first = (int) unit_below(&seed, 3);
		JnWords		words = {0};
		JnSubject	subject = {.denied = JN_REASONS,.born = 7,.group = 5};
		JnReason	why = JN_REASON_NO_BASIS;
		int			why_seq = 0;
		bool		is_explicit = false;
		bool		parental = false;
		int			given = 0;
		int			closed = 0;
		int			blocked = 0;
		int			objected = 0;

		/* a ledger, and the rows of state that its trigger makes */
		for (int i = 0; i < n; i++)
		{
			Event	   *e = &event[i];
			JnWord	   *s;

			memset(e, 0, sizeof(*e));
			e->depth = (int) unit_below(&seed, 3);
			s = &row[e->depth];
			s->depth = e->depth;
			e->action = unit_below(&seed, 2) ? JN_REASON_CONSENT : closing[unit_below(&seed, 4)];
			if (e->action == JN_REASON_CONSENT)
			{
				for (int j = 0; j < i; j++)
					event[j].in_force &= event[j].depth != e->depth;
				e->in_force = true;
				s->given = i + 1;
				s->covers = unit_below(&seed, 2);
				s->is_explicit = unit_below(&seed, 2);
				s->parental = unit_below(&seed, 2);
				s->old_notice = unit_below(&seed, 4) == 0;
				s->from = plain.at + (int64_t) unit_below(&seed, 4) - 2;
				s->until = s->from + 1 + (int64_t) unit_below(&seed, 3);
				e->give = *s;
			}
			else if (e->action == JN_REASON_WITHDRAWN)
				s->withdrawn = i + 1;
			else if (e->action == JN_REASON_REFUSED)
				s->refused = i + 1;
			else if (e->action == JN_REASON_OBJECTED)
				s->objected = i + 1;
			else
				s->expired = i + 1;
		}

		/* the same by walking the ledger backwards until something decides */
		for (int i = n - 1; i >= 0; i--)
		{
			const JnWord *g = &event[i].give;
			bool		counts;

			if (event[i].action != JN_REASON_CONSENT)
			{
				if (closed == 0)
					closed = i + 1;
				if (blocked == 0 && event[i].action != JN_REASON_EXPIRED)
					blocked = i + 1;
				if (objected == 0 && event[i].action == JN_REASON_OBJECTED)
					objected = i + 1;
				if (why_seq == 0)
				{
					why = event[i].action;
					why_seq = i + 1;
				}
				continue;
			}
			if (!event[i].in_force || !(g->covers || event[i].depth == 0))
				continue;
			counts = plain.at >= g->from && plain.at < g->until && !g->old_notice;
			if (counts && given == 0)
				given = i + 1;
			if (counts && closed == 0)
			{
				is_explicit |= g->is_explicit;
				parental |= g->parental;
			}
			if (!counts && why_seq == 0)
			{
				why = plain.at >= g->until ? JN_REASON_EXPIRED : plain.at < g->from ? JN_REASON_NOT_BEGUN : JN_REASON_OLD_NOTICE;
				why_seq = i + 1;
			}
		}
		if (given > closed)
		{
			why = JN_REASON_CONSENT;
			why_seq = given;
		}

		for (int i = 0; i < 3; i++)
		{
			row[(first + i) % 3].depth = (first + i) % 3;
			jn_words_add(&words, &row[(first + i) % 3], plain.at);
		}
		jn_words_end(&words, &subject);
		CHECK_INT(subject.consent, why);
		CHECK_INT((subject.facts & JN_SUBJECT_EXPLICIT) != 0, is_explicit);
		CHECK_INT((subject.facts & JN_SUBJECT_PARENTAL) != 0, parental);
		CHECK_INT((subject.facts & JN_SUBJECT_CLOSED) != 0, blocked > given);
		CHECK_INT((subject.facts & JN_SUBJECT_OBJECTED) != 0, objected > given);
		CHECK_INT(subject.denied, JN_REASONS);
		CHECK_INT(subject.born, 7);
		CHECK_INT(subject.group, 5);
		if (why != JN_REASON_NO_BASIS)
		{
			JnStanding	standing = standing_of(&plain);

			CHECK_INT(jn_words_source(&words, &standing, why), why_seq);
		}
		if (unit_failed_checks > 0)
			return;
	}
}
