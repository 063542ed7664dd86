/*
 * progress.c
 *	  How far a long call has come, for others to see while it runs.
 */
#include "postgres.h"

#include <limits.h>

#include "commands/progress.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "progress.h"

/* In the last parameter: the progress is ours.  The view has the same number. */
#define MARK		INT64CONST(7094989413)
#define AT_MARK		(PGSTAT_NUM_PROGRESS_PARAM - 1)

/* Parameters that no view of the server looks at. */
enum
{
	AT_PHASE = 10,
	AT_ROWS_READ,
	AT_ROWS_PACKED,
	AT_SUBJECTS,
	AT_SETS
};

/* Milliseconds between two notices. */
static int	notice_interval = 5000;

static bool
is_ours(void)
{
	return MyBEEntry != NULL && MyBEEntry->st_progress_command == PROGRESS_COMMAND_COPY
		&& MyBEEntry->st_progress_param[AT_MARK] == MARK;
}

void
journey_progress_start(void)
{
	if (MyBEEntry == NULL || MyBEEntry->st_progress_command != PROGRESS_COMMAND_INVALID)
		return;
	pgstat_progress_start_command(PROGRESS_COMMAND_COPY, InvalidOid);
	pgstat_progress_update_param(AT_MARK, MARK);
}

void
journey_progress_show(const JourneyProgress *progress)
{
	static const int at[] = {
		PROGRESS_COPY_TUPLES_PROCESSED, AT_PHASE, AT_ROWS_READ, AT_ROWS_PACKED, AT_SUBJECTS, AT_SETS
	};
	int64		value[lengthof(at)];

	if (!is_ours())
		return;
	value[0] = progress->rows_read;
	value[1] = progress->phase;
	value[2] = progress->rows_read;
	value[3] = progress->rows_packed;
	value[4] = progress->subjects;
	value[5] = progress->sets;
	pgstat_progress_update_multi_param(lengthof(at), at, value);
}

bool
journey_progress_may_say(TimestampTz *said)
{
	TimestampTz now = GetCurrentTimestamp();

	if (!TimestampDifferenceExceeds(*said, now, notice_interval))
		return false;
	*said = now;
	return true;
}

void
journey_progress_define_setting(void)
{
	DefineCustomIntVariable("journey.notice_interval",
							"Time between two notices of how far the building or folding of a store has come.",
							NULL,
							&notice_interval,
							5000,
							0,
							INT_MAX,
							PGC_SUSET,
							GUC_UNIT_MS | GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							NULL,
							NULL,
							NULL);
}

void
journey_progress_end(void)
{
	if (is_ours())
		pgstat_progress_end_command();
}
