/*
 * season.c
 *	  Which season a time is of.
 *
 * A cycle of k units has k seasons of one unit each: 12 months are January to
 * December, 7 days the days of the week.  Seasons are numbered through from
 * some origin and taken modulo k; which one has number 0 means nothing.  A
 * cycle of one unit has the seasons of the next smaller one, and those are
 * numbered by the calendar: days of the month, hours of the day.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "glue.h"
#include "season.h"

/* Seasons of one cycle at most. */
#define MAX_SEASONS		100000

typedef enum Unit
{
	UNIT_MONTH,
	UNIT_DAY,
	UNIT_HOUR,
	UNIT_MINUTE,
	UNIT_SECOND
} Unit;

typedef struct Cycle
{
	Unit		unit;			/* of one season */
	int64		seasons;
	bool		of_month;		/* the seasons are the days of the month */
} Cycle;

static Cycle
read_cycle(const Interval *interval)
{
	static const int64 us[] = {[UNIT_HOUR] = USECS_PER_HOUR,[UNIT_MINUTE] = USECS_PER_MINUTE,[UNIT_SECOND] = USECS_PER_SEC};

	/* one unit is so many of the next smaller; months and days are not always that long */
	static const int64 parts[] = {31, 24, 60, 60};
	Cycle		cycle = {.unit = UNIT_MONTH};

	if (INTERVAL_NOT_FINITE(interval))
		cycle.seasons = 0;
	else if (interval->month != 0 && interval->day == 0 && interval->time == 0)
		cycle.seasons = interval->month;
	else if (interval->day != 0 && interval->month == 0 && interval->time == 0)
		cycle = (Cycle) {.unit = UNIT_DAY,.seasons = interval->day};
	else if (interval->month == 0 && interval->day == 0)
		for (Unit unit = UNIT_HOUR; unit <= UNIT_SECOND && cycle.seasons == 0; unit++)
			if (interval->time % us[unit] == 0)
				cycle = (Cycle) {.unit = unit,.seasons = interval->time / us[unit]};

	if (cycle.seasons == 1 && cycle.unit < UNIT_SECOND)
	{
		cycle.of_month = cycle.unit == UNIT_MONTH;
		cycle.seasons = parts[cycle.unit];
		cycle.unit++;
	}
	if (cycle.seasons < 2 || cycle.seasons > MAX_SEASONS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("season must be a whole number of months, days, hours, minutes or seconds"),
				 errdetail("It may have 2 to %d seasons.", MAX_SEASONS),
				 errhint("Use interval '1 year' for the months of the year, '7 days' for the days of the week, '1 day' for the hours of the day.")));
	return cycle;
}

static uint32
season_of(const Cycle *cycle, pg_tz *zone, TimestampTz at)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	int64		number;

	if (timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	if (cycle->of_month)
		number = tm.tm_mday;
	else if (cycle->unit == UNIT_MONTH)
		number = (int64) tm.tm_year * MONTHS_PER_YEAR + tm.tm_mon - 1;
	else
	{
		number = date2j(tm.tm_year, tm.tm_mon, tm.tm_mday);
		if (cycle->unit >= UNIT_HOUR)
			number = number * HOURS_PER_DAY + tm.tm_hour;
		if (cycle->unit >= UNIT_MINUTE)
			number = number * MINS_PER_HOUR + tm.tm_min;
		if (cycle->unit >= UNIT_SECOND)
			number = number * SECS_PER_MINUTE + tm.tm_sec;
	}
	number %= cycle->seasons;
	return (uint32) (number < 0 ? number + cycle->seasons : number);
}

void
journey_seasons(const Interval *interval, const char *zone, const JnSignal *signal, JnSignalAsk *ask)
{
	Cycle		cycle = read_cycle(interval);
	pg_tz	   *tz = pg_tzset(zone);
	uint32	   *season;

	if (tz == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", zone)));

	season = MemoryContextAllocHuge(CurrentMemoryContext, signal->n * sizeof(uint32));
	for (uint32 i = 0; i < signal->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		season[i] = season_of(&cycle, tz, signal->time[i]);
	}
	ask->season = season;
	ask->seasons = (uint32_t) cycle.seasons;
}
