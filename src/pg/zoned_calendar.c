/*
 * zoned_calendar.c
 *	  The calendar of a time zone.
 *
 * A day begins with the first instant that has its date.  That is midnight,
 * but where clocks are put forward at midnight there is none and the day begins
 * at one o'clock, and where they are put back over midnight there are two and
 * it begins with the first.  So the question is always for the first instant at
 * which the clock of the zone stands at midnight or later.
 */
#include "postgres.h"

#include "common/int.h"
#include "datatype/timestamp.h"
#include "pgtime.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "zoned_calendar.h"

/* Monday 3 January 2000, in days of the server's calendar. */
#define FIRST_MONDAY	(POSTGRES_EPOCH_JDATE + 2)

/* Days that a calendar of the server knows, from the first to before the last. */
#define FIRST_DAY		DATETIME_MIN_JULIAN
#define DAY_AFTER		TIMESTAMP_END_JULIAN

/* What a JnCalendar is given. */
typedef struct Zoned
{
	JnCalendar	calendar;
	JnPeriod	period;
	pg_tz	   *zone;
	int64		first_day;		/* of period 0, if periods are of days: the day of the week on which weeks begin */
} Zoned;

JnPeriod
journey_period(const Interval *interval, const char *argument)
{
	JnPeriod	period = {interval->month, interval->day, interval->time};

	if (INTERVAL_NOT_FINITE(interval)
		|| interval->month < 0 || interval->day < 0 || interval->time < 0
		|| (interval->month > 0) + (interval->day > 0) + (interval->time > 0) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a number of months, of days, or of hours and below", argument),
				 errdetail("It must be above 0 and may not have parts of two of these."),
				 errhint("Use interval '1 day', '1 week', '1 month' or '1 hour'.")));
	return period;
}

/* The first instant at which the clock of the zone stands at midnight of a day or later. */
static int64
start_of_day(pg_tz *zone, int64 day)
{
	int64		midnight;		/* as if the zone were UTC */
	pg_time_t	before;
	long		before_offset;
	long		after_offset;
	int			before_dst;
	int			after_dst;
	pg_time_t	change;
	int64		start;

	if (day < FIRST_DAY)
		return JN_TIME_MIN;
	if (day >= DAY_AFTER)
		return JN_TIME_NEVER;
	midnight = (day - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;

	/* two days before, no zone has come to this midnight */
	before = (day - UNIX_EPOCH_JDATE - 2) * SECS_PER_DAY;
	for (;;)
	{
		int			changes = pg_next_dst_boundary(&before, &before_offset, &before_dst,
												   &change, &after_offset, &after_dst, zone);
		int64		changed;

		start = midnight - before_offset * USECS_PER_SEC;
		if (changes != 1)
			break;
		changed = (change - (int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY) * USECS_PER_SEC;
		if (start < changed)
			break;

		/* the clock passes midnight as it is put forward */
		start = midnight - after_offset * USECS_PER_SEC;
		if (start <= changed)
		{
			start = changed;
			break;
		}
		before = change;
	}
	return start < JN_TIME_MIN ? JN_TIME_MIN : start >= JN_TIME_END ? JN_TIME_NEVER : start;
}

/* The first day of a month, counted from January of year 0, which is 1 BC. */
static int64
day_of_month(int64 month)
{
	int64		year = month / MONTHS_PER_YEAR - (month % MONTHS_PER_YEAR < 0);

	/* far enough beyond the calendar at both ends, and near enough for its arithmetic */
	if (year < -5000)
		return FIRST_DAY - 1;
	if (year > 300000)
		return DAY_AFTER;
	return date2j((int) year, (int) (month - year * MONTHS_PER_YEAR) + 1, 1);
}

static int64
zoned_start(void *ctx, int64 number)
{
	const Zoned *zoned = ctx;
	int64		units;

	if (zoned->period.months > 0)
	{
		if (pg_mul_s64_overflow(number, zoned->period.months, &units)
			|| pg_add_s64_overflow(units, (int64) 2000 * MONTHS_PER_YEAR, &units))
			return number < 0 ? JN_TIME_MIN : JN_TIME_NEVER;
		return start_of_day(zoned->zone, day_of_month(units));
	}
	if (pg_mul_s64_overflow(number, zoned->period.days, &units)
		|| pg_add_s64_overflow(units, zoned->first_day, &units))
		return number < 0 ? JN_TIME_MIN : JN_TIME_NEVER;
	return start_of_day(zoned->zone, units);
}

/* What timestamptz + interval gives, in a zone of our own choice. */
static int64
zoned_later(void *ctx, int64 time, int64 count)
{
	const Zoned *zoned = ctx;
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;
	int64		units;
	int64		day;
	TimestampTz result;

	if (count == 0)
		return time;
	if (timestamp2tm(time, &offset, &tm, &fsec, NULL, zoned->zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	if (zoned->period.months > 0)
	{
		if (pg_mul_s64_overflow(count, zoned->period.months, &units)
			|| pg_add_s64_overflow(units, (int64) tm.tm_year * MONTHS_PER_YEAR + tm.tm_mon - 1, &units))
			return JN_TIME_NEVER;

		/* the last of a month that is shorter */
		day = Min(day_of_month(units) + tm.tm_mday, day_of_month(units + 1)) - 1;
	}
	else if (pg_mul_s64_overflow(count, zoned->period.days, &units)
			 || pg_add_s64_overflow(units, date2j(tm.tm_year, tm.tm_mon, tm.tm_mday), &day))
		return JN_TIME_NEVER;
	if (day >= DAY_AFTER)
		return JN_TIME_NEVER;
	j2date((int) day, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	offset = DetermineTimeZoneOffset(&tm, zoned->zone);
	if (tm2timestamp(&tm, fsec, &offset, &result) != 0)
		return JN_TIME_NEVER;
	return result;
}

/* Takes "Europe/Berlin, weeks from Sunday" apart; the second part may be missing. */
static void
read_zone(Zoned *zoned, const char *name)
{
	static const char *const weekday[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	static const char weeks[] = ", weeks from ";
	const char *tail = strstr(name, weeks);
	char	   *zone = tail == NULL ? pstrdup(name) : pnstrdup(name, tail - name);

	zoned->zone = pg_tzset(zone);
	if (zoned->zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", zone)));
	pfree(zone);
	zoned->first_day = FIRST_MONDAY;
	if (tail == NULL)
		return;
	tail += strlen(weeks);
	for (int i = 0; i < lengthof(weekday); i++)
		if (pg_strcasecmp(tail, weekday[i]) == 0)
		{
			zoned->first_day += i;
			return;
		}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is no day of the week", tail),
			 errhint("A zone may say on which day its weeks begin, as in 'America/New_York, weeks from Sunday'.")));
}

JnCalendar *
journey_calendar(const JnEnv *env, const JnPeriod *period, const char *zone)
{
	Zoned	   *zoned = jn_alloc(env, sizeof(Zoned));
	JnCalendar *calendar = &zoned->calendar;

	zoned->period = *period;
	read_zone(zoned, zone);
	*calendar = (JnCalendar) {.ctx = zoned};
	if (period->us > 0)
	{
		calendar->origin = start_of_day(zoned->zone, zoned->first_day);
		calendar->length = period->us;
	}
	else
	{
		calendar->start = zoned_start;
		calendar->later = zoned_later;
		calendar->origin = zoned_start(zoned, 0);
		calendar->length = period->months > 0 ? period->months * (DAYS_PER_YEAR / MONTHS_PER_YEAR) * USECS_PER_DAY
			: period->days * USECS_PER_DAY;
	}
	jn_calendar_init(env, calendar);
	return calendar;
}
