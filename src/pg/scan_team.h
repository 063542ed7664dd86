/*
 * scan_team.h
 *	  Who of the processes that share a scan reads its last rows.
 *
 * The leader of a parallel statement waits until its workers have gone.  When a
 * process goes, the system takes apart what it has mapped: after 125 MB of the buffers that is
 * five milliseconds, in which nobody reads anything.  So a worker goes a bit
 * earlier, while the leader still has rows to read.
 *
 * It leaves nothing undone.  Blocks are given out by a counter, some at a time.  A worker that
 * goes reads those that it was given and takes no more; all others the counter
 * gives to who is still there.  That is the leader: no worker goes unless the leader has begun
 * to read this scan.  A process that has begun one reads it to its end, unless
 * the statement wants no more rows (LIMIT, EXISTS, an empty side of a join), and then
 * nobody's are wanted; such is what PostgreSQL's plans have above partial scans.
 */
#ifndef JOURNEY_SCAN_TEAM_H
#define JOURNEY_SCAN_TEAM_H

#include "access/relscan.h"
#include "datatype/timestamp.h"
#include "port/atomics.h"
#include "utils/rel.h"

/* What a team shares. */
typedef struct JourneyScanTeam
{
	pg_atomic_uint32 leader_reads;	/* has it begun? */
} JourneyScanTeam;

/* A worker, as it goes through the blocks. */
typedef struct JourneyScanMember
{
	JourneyScanTeam *team;		/* NULL: it stays to the end */
	TimestampTz since;
	BlockNumber block;			/* of the last row */
	BlockNumber blocks;			/* that it has read, about */
} JourneyScanMember;

/* The leader: before the workers are there, and again before each further scan; when it reads its first row. */
extern void journey_scan_team_begin(JourneyScanTeam *team);
extern void journey_scan_team_lead(JourneyScanTeam *team);

/* A worker that begins. */
extern void journey_scan_team_join(JourneyScanTeam *team, JourneyScanMember *member, Relation rel);

/* To be told after each block that the worker has read: it may be its last but those that it was given. */
extern void journey_scan_team_look(JourneyScanMember *member, TableScanDesc scan);

#endif							/* JOURNEY_SCAN_TEAM_H */
