/*
 * calm.h
 *	  Plans that let nobody's code run between two rows of a scan.
 */
#ifndef JOURNEY_CALM_H
#define JOURNEY_CALM_H

#include "nodes/extensible.h"
#include "nodes/plannodes.h"

/*
 * The scans with these methods in a finished plan that is calm, as pointers into it;
 * NIL if it is not, or not known to be.
 */
extern List *journey_calm_scans(const PlannedStmt *statement, const CustomScanMethods *methods);

#endif							/* JOURNEY_CALM_H */
