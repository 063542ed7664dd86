/*
 * consent_action.h
 *	  What an event of the consent ledger does.
 */
#ifndef JOURNEY_CONSENT_ACTION_H
#define JOURNEY_CONSENT_ACTION_H

typedef enum JourneyAction
{
	ACTION_NONE,				/* no such action */

	/* a consent */
	ACTION_GIVE,
	ACTION_RENEW,

	/* closes a purpose */
	ACTION_REFUSE,
	ACTION_WITHDRAW,
	ACTION_OBJECT,
	ACTION_EXPIRE,

	/* about all data of the subject, without a purpose */
	ACTION_RESTRICT,
	ACTION_LIFT,
	ACTION_ERASE
} JourneyAction;

/* The action of this name; ACTION_NONE if there is none. */
extern JourneyAction journey_action(const char *name);

static inline bool
journey_action_is_consent(JourneyAction action)
{
	return action == ACTION_GIVE || action == ACTION_RENEW;
}

static inline bool
journey_action_is_about_all(JourneyAction action)
{
	return action >= ACTION_RESTRICT;
}

#endif							/* JOURNEY_CONSENT_ACTION_H */
