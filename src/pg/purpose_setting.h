/*
 * purpose_setting.h
 *	  The setting journey.purpose: the claim of the session.
 */
#ifndef JOURNEY_PURPOSE_SETTING_H
#define JOURNEY_PURPOSE_SETTING_H

/* Longest name of a purpose, in bytes. */
#define JOURNEY_MAX_PURPOSE		255

/* The value; never NULL once the setting is defined, empty: none declared. */
extern char *journey_purpose_setting;

/* Defines journey.purpose.  Called once, by _PG_init(). */
extern void journey_purpose_define_setting(void);

/* Is this the name of a purpose: labels of a-z, 0-9, _ and -, joined by dots? */
extern bool journey_is_purpose_name(const char *name, int size);

#endif							/* JOURNEY_PURPOSE_SETTING_H */
