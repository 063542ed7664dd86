-- guess.sql: which columns of a stranger's file say when, who and what.
--
-- Before it, `csv look` has filled csv_column (number, name) and csv_sample
-- (line, number, value).  The psql variables at, subject, event, topic and seq
-- are the names that the user gave, or empty.  It fills csv_choice.  The rules
-- in words: doc/demo.md.

\ir read_time.sql

-- What the sample says about each column.
CREATE TABLE csv_fact AS
WITH rows AS (SELECT count(DISTINCT line)::float8 AS n FROM csv_sample)
SELECT c.number, c.name, plain_name(c.name) AS plain,
       count(s.value) / rows.n AS filled,                       -- share of the rows
       count(DISTINCT s.value) AS different,                    -- values
       count(DISTINCT s.value) / greatest(count(s.value), 1)::float8 AS spread,
       coalesce(avg((length(s.value) BETWEEN 6 AND 80
                     AND coalesce(read_time(s.value, true), read_time(s.value, false)) IS NOT NULL)::int), 0) AS times,
       coalesce(avg((s.value ~ '^\s*\d{1,2}:\d\d(:\d\d([.,]\d+)?)?\s*([AaPp][Mm])?\s*$')::int), 0) AS clocks,
       coalesce(avg((s.value ~ '^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\s*$')::int), 0) AS days,
       coalesce(avg((s.value ~ '^\s*[-+]?\d+([.]\d+)?\s*$')::int), 0) AS numbers,
       coalesce(bool_and(s.value ~ '^\s*\d{10}(\d{3}|\d{6}|\d{9})?([.]\d+)?\s*$'
                         AND left(btrim(s.value), 10) BETWEEN '0631152000' AND '4102444800'), false) AS clock_counts
FROM csv_column c CROSS JOIN rows LEFT JOIN csv_sample s USING (number)
GROUP BY c.number, c.name, rows.n;

-- Names that speak for themselves, the best first; % as in LIKE.
CREATE TABLE known_name AS
SELECT role, pattern, rank
FROM (VALUES
  ('at', 'ts timestamp event_time event_timestamp event_ts time_timestamp event_datetime event_date occurred_at '
         'happened_at at time datetime date_time date_and_time complete_timestamp start_timestamp timestamp_% '
         'when created_at created started_at start_time startdate start_date received_at server_time epoch epoch_% date day '
         '%_timestamp %_datetime %_ts %_at %_time %_date %timestamp% %datetime% %date% %time%'),
  ('subject', 'subject_id user_id userid user customer_id customerid customer cust_id client_id clientid client '
         'visitor_id visitorid visitor household_id household person_id person patient_id patient member_id member '
         'account_id account employee_id employee student_id student player_id player contact_id contact '
         'passenger_id passenger guest_id guest requester_id requester reporter_id reporter '
         'user_pseudo_id anonymous_id distinct_id case_concept_name case_id caseid case caseconcept_name trace_id '
         'device_id device cookie_id cookie uid uuid user_% %_user_id %_user customer_% %customer_id %user_id '
         '%client_id session_id sessionid session user_session visit_id order_id ticket_id email e_mail phone '
         'host hostname ip ip_address client_ip remote_addr remote_host '
         'subject zip zipcode zip_code postcode postal_code address location location_id store_id store station_id '
         'station city'),
  ('event', 'event event_name eventname event_type eventtype activity activity_name concept_name action action_name '
         'action_type actiontype behavior behavior_type behaviour operation step step_name page page_name page_title '
         'screen screen_name touchpoint interaction complaint_type page_url url path request endpoint section '
         'state stage status type kind category category_name topic channel name title label method '
         '%event% %activity% %action% %_type %_name %_category'),
  ('topic', 'topic complaint_type reason issue problem category category_name product_category subject tag label '
         'theme %_topic %_category %_reason'),
  ('seq', 'seq sequence sequence_number seq_no event_index event_number row_number rownum line line_no pos position '
         'step_no step_number idx index nr no number')) v(role, patterns)
CROSS JOIN LATERAL string_to_table(v.patterns, ' ') WITH ORDINALITY p(pattern, rank);

CREATE FUNCTION name_rank(wanted_role text, plain text) RETURNS bigint
LANGUAGE sql STABLE
AS $$
  SELECT min(rank) FROM known_name WHERE role = wanted_role AND plain LIKE replace(pattern, '_', '\_')
$$;

CREATE TABLE csv_choice
(
  role   text PRIMARY KEY,          -- at, subject, event, topic, seq
  number int NOT NULL,              -- of the column
  second int                        -- at: column of the clock, where that of the day has none
);

-- The column that the user means: by its name, its name in another case, or its number.
CREATE FUNCTION named_column(wanted text) RETURNS int
LANGUAGE sql STABLE STRICT
AS $$
  SELECT number FROM csv_fact
  WHERE name = btrim(wanted) OR plain = plain_name(wanted) OR number::text = btrim(wanted)
  ORDER BY name = btrim(wanted) DESC, lower(name) = lower(btrim(wanted)) DESC, plain = plain_name(wanted) DESC, number
  LIMIT 1
$$;

CREATE FUNCTION column_list() RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT string_agg(name, ', ' ORDER BY number) FILTER (WHERE number <= 40)
         || CASE WHEN count(*) > 40 THEN format(' and %s more', count(*) - 40) ELSE '' END
  FROM csv_fact
$$;

CREATE FUNCTION choose(role text, wanted text, guessed int) RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
  setting text := upper(role);
  found   int := CASE WHEN wanted = '' THEN guessed ELSE named_column(wanted) END;
BEGIN
  IF found IS NULL AND wanted <> '' THEN
    RAISE EXCEPTION 'there is no column "%", named by %=', wanted, setting
      USING HINT = format('The columns are: %s', column_list());
  ELSIF found IS NULL THEN
    RAISE EXCEPTION 'no column says %',
        CASE role WHEN 'at' THEN 'when: none has a telling name and values that read as times'
                  WHEN 'subject' THEN 'who: none has a telling name, and none has values that come back'
                  ELSE 'what happened: none has a telling name or a few values that come back' END
      USING HINT = format(E'Name one with %s=. The columns are: %s', setting, column_list());
  END IF;
  RETURN found;
END
$$;

CREATE FUNCTION check_times(wanted int) RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
  fact csv_fact;
BEGIN
  SELECT * INTO fact FROM csv_fact WHERE number = wanted;
  IF length(fact.name) >= 8 AND coalesce(read_time(fact.name, true), read_time(fact.name, false)) IS NOT NULL THEN
    RAISE EXCEPTION 'the first line holds data, not names of columns: %', column_list()
      USING HINT = 'Put a line of names before it, for example: ts,user,event';
  END IF;
  IF fact.times = 0 THEN
    RAISE EXCEPTION 'nothing in column "%" reads as a time', fact.name
      USING HINT = format('Its first value is %s. Forms that are understood: 2026-03-09 17:30, 09.03.2026, 3/9/2026 5:30 PM, '
                          'seconds or milliseconds since 1970, and more in doc/demo.md.',
                          coalesce('"' || (SELECT left(value, 60) FROM csv_sample s WHERE s.number = wanted
                                           ORDER BY line LIMIT 1) || '"', 'empty'));
  END IF;
  RETURN wanted;
END
$$;

-- When: a telling name whose values read as times; else any column of dates with punctuation;
-- else one of numbers that all count seconds (or finer) since 1970 and fall into 1990 to 2099.
-- AT=day+clock names two columns; without AT= a column of days looks for one of clocks.
WITH wanted AS (SELECT split_part(:'at', '+', 1) AS day, split_part(:'at', '+', 2) AS clock,
                       named_column(:'at') IS NOT NULL AS whole),
     best AS (
       SELECT number, days FROM csv_fact
       WHERE times >= 0.5 AND filled >= 0.5 AND (name_rank('at', plain) IS NOT NULL OR numbers < 0.5 AND times >= 0.8 OR clock_counts)
       ORDER BY name_rank('at', plain) NULLS LAST, clock_counts, number LIMIT 1)
INSERT INTO csv_choice
SELECT 'at', check_times(choose('at', CASE WHEN whole THEN :'at' ELSE day END, (SELECT number FROM best))),
       CASE WHEN whole THEN NULL
            WHEN clock <> '' THEN choose('at', clock, NULL)
            WHEN :'at' = '' AND (SELECT days FROM best) > 0.8
            THEN (SELECT number FROM csv_fact WHERE clocks > 0.9 AND filled >= 0.5
                  ORDER BY name_rank('at', plain) NULLS LAST, number LIMIT 1) END
FROM wanted;

-- Who: a telling name; else an id, then any column, whose values come back.
INSERT INTO csv_choice
SELECT 'subject', choose('subject', :'subject', (
  SELECT number FROM csv_fact
  WHERE filled >= 0.5 AND clocks < 0.5 AND (times < 0.5 OR numbers > 0.5)
        AND number NOT IN (SELECT unnest(ARRAY[number, coalesce(second, number)]) FROM csv_choice)
        AND (name_rank('subject', plain) IS NOT NULL
             OR spread < 0.7 AND (plain = 'id' OR plain LIKE '%\_id' OR different > 1 AND numbers < 0.5))
  ORDER BY name_rank('subject', plain) NULLS LAST, (plain = 'id' OR plain LIKE '%\_id') DESC, different DESC, number
  LIMIT 1));

-- What: a telling name, rather one of 2 to 300 different values; else the column with fewest values.
INSERT INTO csv_choice
SELECT 'event', choose('event', :'event', (
  SELECT number FROM csv_fact
  WHERE filled >= 0.5 AND times < 0.5 AND clocks < 0.5
        AND number NOT IN (SELECT unnest(ARRAY[number, coalesce(second, number)]) FROM csv_choice)
        AND (name_rank('event', plain) IS NOT NULL OR different BETWEEN 2 AND 300 AND spread < 0.5)
  ORDER BY different > 300, name_rank('event', plain) IS NULL, different < 2, name_rank('event', plain),
           numbers > 0.5, different, number
  LIMIT 1));

-- About what: a telling name with values that come back; else the event itself.
INSERT INTO csv_choice
SELECT 'topic', choose('topic', :'topic', coalesce((
  SELECT number FROM csv_fact
  WHERE name_rank('topic', plain) IS NOT NULL AND different BETWEEN 2 AND 300
        AND number NOT IN (SELECT number FROM csv_choice WHERE role IN ('at', 'subject'))
  ORDER BY name_rank('topic', plain), number
  LIMIT 1), (SELECT number FROM csv_choice WHERE role = 'event')));

-- In which order, where times are equal: a column of numbers with a telling name; else the lines.
INSERT INTO csv_choice
SELECT 'seq', number
FROM (SELECT CASE WHEN :'seq' <> '' THEN choose('seq', :'seq', NULL)
                  ELSE (SELECT number FROM csv_fact WHERE name_rank('seq', plain) IS NOT NULL AND numbers = 1
                        ORDER BY name_rank('seq', plain), number LIMIT 1) END AS number) s
WHERE number IS NOT NULL;
