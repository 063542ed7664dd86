/*
 * scan_team.c
 *	  Who of the processes that share a scan reads its last rows.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "scan_team.h"

/*
 * What going takes: to say so, to be noticed, and a share of the time for each block
 * that was mapped.  Measured on a virtual machine; elsewhere it may be less,
 * and then a worker goes too early by half of the difference.
 */
#define GO_USECS			2500
#define GO_BLOCKS_PER_USEC	2

void
journey_scan_team_begin(JourneyScanTeam *team)
{
	pg_atomic_init_u32(&team->leader_reads, 0);
}

void
journey_scan_team_lead(JourneyScanTeam *team)
{
	pg_atomic_write_u32(&team->leader_reads, 1);
}

void
journey_scan_team_join(JourneyScanTeam *team, JourneyScanMember *member, Relation rel)
{
	/* blocks of other tables may be shared out otherwise */
	member->team = rel->rd_tableam == GetHeapamTableAmRoutine() ? team : NULL;
	member->since = GetCurrentTimestamp();
	member->block = InvalidBlockNumber;
	member->blocks = 0;
}

/* From now on the worker sees a counter of its own, that has come to the end. */
static void
take_no_more(TableScanDesc scan)
{
	ParallelBlockTableScanDesc end = palloc(sizeof(ParallelBlockTableScanDescData));

	*end = *(ParallelBlockTableScanDesc) scan->rs_parallel;
	/* one more: who is given just the end tells others that the scan has come round */
	pg_atomic_init_u64(&end->phs_nallocated, (uint64) end->phs_nblocks + 1);
	scan->rs_parallel = &end->base;
}

void
journey_scan_team_look(JourneyScanMember *member, TableScanDesc scan)
{
	ParallelBlockTableScanDesc shared = (ParallelBlockTableScanDesc) scan->rs_parallel;
	uint64		given = pg_atomic_read_u64(&shared->phs_nallocated);
	uint64		left = shared->phs_nblocks - Min(given, shared->phs_nblocks);
	uint64		spent;

	/* as many blocks as took all the time so far cannot be waited for */
	member->blocks++;
	if (left > member->blocks || pg_atomic_read_u32(&member->team->leader_reads) == 0)
		return;

	/* would the leader, alone, be done before the worker has gone? */
	spent = Max(GetCurrentTimestamp() - member->since, 0);
	if (left * spent <= member->blocks * (GO_USECS + (uint64) member->blocks / GO_BLOCKS_PER_USEC))
	{
		take_no_more(scan);
		member->team = NULL;
	}
}
