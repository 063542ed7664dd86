/*
 * module.c
 *	  What happens when the server loads the library.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "compat.h"
#include "decision.h"
#include "fact_cache.h"
#include "keyfile.h"
#include "mask_scan.h"
#include "progress.h"
#include "purpose_setting.h"
#include "store_memo.h"

PG_MODULE_MAGIC_EXT(
					.name = "journey",
					.version = JOURNEY_VERSION
);

PGDLLEXPORT void _PG_init(void);

/*
 * Each feature defines its own settings.  Only journey.purpose may be set by
 * everybody, because it is a claim that the decision checks; all others are
 * PGC_SUSET or stricter.
 *
 * The prefix is reserved last: it throws away what a session had set under
 * other names of ours before the library came, and refuses them from now on.
 */
void
_PG_init(void)
{
	journey_purpose_define_setting();
	journey_fact_cache_define_settings();
	journey_keyfile_define_settings();
	journey_progress_define_setting();
	journey_store_memo_define_setting();
	journey_mask_scan_define();
	journey_decision_watch_runs();

	MarkGUCPrefixReserved("journey");
}
