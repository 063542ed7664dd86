/*
 * mask_scan.h
 *	  A scan of protected tables that masks all cells of a row at once.
 */
#ifndef JOURNEY_MASK_SCAN_H
#define JOURNEY_MASK_SCAN_H

/* Makes the scan known to planner and executor, and defines journey.mask_scan.  Called once, by _PG_init(). */
extern void journey_mask_scan_define(void);

#endif							/* JOURNEY_MASK_SCAN_H */
