/*
 * signal_class.h
 *	  The labels of the enum journey.signal_class.
 */
#ifndef JOURNEY_SIGNAL_CLASS_H
#define JOURNEY_SIGNAL_CLASS_H

#include "core/signal.h"

/*
 * Fills label[] with the Oid of each class, for type_id the Oid of
 * journey.signal_class.  Costs a few cache look-ups: keep the result for the
 * query.
 */
extern void journey_signal_class_labels(Oid type_id, Oid label[JN_SIGNAL_CLASSES]);

#endif							/* JOURNEY_SIGNAL_CLASS_H */
