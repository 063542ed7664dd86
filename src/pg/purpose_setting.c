/*
 * purpose_setting.c
 *	  The setting journey.purpose: the claim of the session.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "compat.h"
#include "decision.h"
#include "purpose_setting.h"

char	   *journey_purpose_setting = NULL;

bool
journey_is_purpose_name(const char *name, int size)
{
	bool		in_label = false;

	for (int i = 0; i < size; i++)
	{
		unsigned char c = name[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
			in_label = true;
		else if (c == '.' && in_label)
			in_label = false;
		else
			return false;
	}
	return in_label && size <= JOURNEY_MAX_PURPOSE;
}

/* Looks at the syntax only: there may be no transaction to ask a catalog in. */
static bool
check_purpose(char **newval, void **extra, GucSource source)
{
	if (**newval == '\0' || journey_is_purpose_name(*newval, strlen(*newval)))
		return true;

	GUC_check_errdetail("A purpose is named by labels of a-z, 0-9, _ and -, joined by dots, at most %d bytes.",
						JOURNEY_MAX_PURPOSE);
	return false;
}

static void
assign_purpose(const char *newval, void *extra)
{
	journey_forget_declared();
}

void
journey_purpose_define_setting(void)
{
	DefineCustomStringVariable("journey.purpose",
							   "The purpose for which this session reads protected data.",
							   "A claim that any role may make; raw values are shown only if the role was "
							   "granted the purpose and the data subject consented to it.",
							   &journey_purpose_setting,
							   "",
							   PGC_USERSET,
							   0,
							   check_purpose,
							   assign_purpose,
							   NULL);
}
