/*
 * season.h
 *	  Which season a time is of.
 */
#ifndef JOURNEY_SEASON_H
#define JOURNEY_SEASON_H

#include "utils/timestamp.h"

#include "core/signal_facts.h"

/*
 * Fills ask->season, in the current memory context, and ask->seasons for the
 * points of a signal.  "cycle" is after how long the seasons come back: k
 * months, days, hours, minutes or seconds have k seasons; one of them has
 * those of the next smaller unit.  Calendar and clock are those of the time
 * zone.  Errors: a cycle that is nothing of the kind, an unknown time zone.
 */
extern void journey_seasons(const Interval *cycle, const char *zone, const JnSignal *signal, JnSignalAsk *ask);

#endif							/* JOURNEY_SEASON_H */
