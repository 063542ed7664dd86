/*
 * fact_read.h
 *	  Reading what is known about subjects, some or all, from our tables.
 *
 * What the snapshot sees is put into a store.  The tables must be locked.
 */
#ifndef JOURNEY_FACT_READ_H
#define JOURNEY_FACT_READ_H

#include "changes.h"
#include "fact_store.h"

/* How many subjects there are, about; by the size of the table. */
extern double journey_fact_read_estimate(const JourneyTable *tables);

/* The facts of all subjects, some tenths of a microsecond each.  False: no room. */
extern bool journey_fact_read_all(FactStore *store, const JourneyTable *tables, Snapshot snapshot);

/* The facts of some subjects again, one by one: some microseconds each.  False: no room. */
extern bool journey_fact_read_again(FactStore *store, const JourneyTable *tables, Snapshot snapshot,
									const JourneyChanges *changes);

#endif							/* JOURNEY_FACT_READ_H */
