--| # Consent: what subjects say
--|
--|     SELECT journey.consent_give('u1', 'analytics.product');
--|     SELECT journey.consent_withdraw('u1', 'analytics.product');
--|
--| Each call adds one event to the ledger and returns its position. The later
--| recorded event wins. Events of one subject are recorded one after the other:
--| a second transaction waits until the first one has ended, so their order in
--| the ledger is the order in which they took effect.
--|
--| Who may record what is who was granted EXECUTE on which function. Give them
--| to the programs that talk to people, and to nobody who reads.
--|
--| A program that hears of an event later than it was said, or twice, says so:
--| `said_at` and `event_key`. A consent that is older than what was known already
--| is kept in the ledger, as one that does not count; an event whose key is known
--| is not recorded again. What closes a consent always counts.

CREATE FUNCTION journey.consent_give(subject text, purpose text, valid_until timestamptz DEFAULT NULL,
                                     covers_descendants boolean DEFAULT false, notice text DEFAULT NULL,
                                     source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                     valid_from timestamptz DEFAULT NULL, explicit boolean DEFAULT false,
                                     parental boolean DEFAULT false, said_at timestamptz DEFAULT NULL,
                                     event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_consent_give'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.consent_give(text, text, timestamptz, boolean, text, text, jsonb, timestamptz, boolean, boolean, timestamptz, text) IS
'Records that a subject consents to a purpose, from valid_from until just before valid_until (NULL: no limit), and to those below only if covers_descendants. Replaces the subject''s earlier consent for the same purpose. explicit: in so many words, as special categories ask for; parental: given or authorised by who holds parental responsibility; notice is the version of the text shown, source the channel, evidence what proves it. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_give(text, text, timestamptz, boolean, text, text, jsonb, timestamptz, boolean, boolean, timestamptz, text) FROM PUBLIC;

CREATE FUNCTION journey.consent_renew(subject text, purpose text, valid_until timestamptz DEFAULT NULL,
                                      notice text DEFAULT NULL, source text DEFAULT NULL,
                                      evidence jsonb DEFAULT NULL, valid_from timestamptz DEFAULT NULL,
                                      said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_consent_renew'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.consent_renew(text, text, timestamptz, text, text, jsonb, timestamptz, timestamptz, text) IS
'Records that a subject consents again: as the last consent for this purpose in what it reaches and whether it was explicit or by a parent, with a new range of time and notice. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. An error if no consent for this purpose was given, or it was refused, withdrawn or objected to since. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_renew(text, text, timestamptz, text, text, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

--| Withdrawing takes what giving took: the subject and the purpose.
CREATE FUNCTION journey.consent_withdraw(subject text, purpose text, notice text DEFAULT NULL,
                                         source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                         said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_consent_withdraw'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.consent_withdraw(text, text, text, text, jsonb, timestamptz, text) IS
'Records that a subject withdraws consent to a purpose and all below it, whether or not there was one. Takes effect with the next statement of any reader. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_withdraw(text, text, text, text, jsonb, timestamptz, text) FROM PUBLIC;

--| A refusal has the effect of a withdrawal, and says that there was a question.
CREATE FUNCTION journey.consent_refuse(subject text, purpose text, notice text DEFAULT NULL,
                                       source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                       said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_consent_refuse'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.consent_refuse(text, text, text, text, jsonb, timestamptz, text) IS
'Records that a subject was asked and refused a purpose and all below it; has the effect of consent_withdraw. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_refuse(text, text, text, text, jsonb, timestamptz, text) FROM PUBLIC;

--| An objection is also against uses that need no consent.
CREATE FUNCTION journey.consent_object(subject text, purpose text, notice text DEFAULT NULL,
                                       source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                       said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_consent_object'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.consent_object(text, text, text, text, jsonb, timestamptz, text) IS
'Records that a subject objects to a purpose and all below it: ends consent as consent_withdraw does, and other bases that yield to an objection (legitimate interests, public task, regimes of opting out). said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_object(text, text, text, text, jsonb, timestamptz, text) FROM PUBLIC;

CREATE FUNCTION journey.consent_expire(subject text, purpose text, notice text DEFAULT NULL,
                                       source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                       said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_consent_expire'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.consent_expire(text, text, text, text, jsonb, timestamptz, text) IS
'Records that consent to a purpose and all below it has come to its end, for reasons of the controller and not by a word of the subject. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_expire(text, text, text, text, jsonb, timestamptz, text) FROM PUBLIC;

--| A consent that has ended counts no longer, whether or not the ledger says so.
--| This says so, for reports and for the subject's own record; run it every day.
--|
--| An expiry closes consent to the purpose and all below it. So one that has run
--| out is left alone as long as the subject has another below it, which has not.

CREATE VIEW journey._due AS
  SELECT t.subject, t.purpose
    FROM journey.state t
   WHERE t.valid_until <= pg_catalog.statement_timestamp()
     AND t.given > GREATEST(t.refused, t.withdrawn, t.objected, t.expired)
     AND NOT EXISTS (SELECT FROM journey.state b
                       JOIN journey.purpose below ON below.number = b.purpose
                       JOIN journey.purpose p ON p.number = t.purpose
                      WHERE b.subject = t.subject AND pg_catalog.starts_with(below.name, p.name || '.')
                        AND b.valid_until > pg_catalog.statement_timestamp()
                        AND b.given > GREATEST(b.refused, b.withdrawn, b.objected, b.expired,
                                               t.refused, t.withdrawn, t.objected, t.expired));
COMMENT ON VIEW journey._due IS
'Consents whose range of time is over and that nothing else has closed, but for those whose expiry would close another, for a purpose below.';

CREATE FUNCTION journey.consent_expire_due(at_most int DEFAULT 10000) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 100000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  who bigint[];
  recorded bigint;
BEGIN
  IF at_most < 0 THEN
    RAISE EXCEPTION 'at_most is %', at_most
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must be 0 or more subjects, or NULL for all.';
  END IF;
  who := ARRAY(SELECT DISTINCT d.subject FROM journey._due d ORDER BY d.subject LIMIT at_most);
  PERFORM FROM journey.subject s WHERE s.number = ANY (who) ORDER BY s.name FOR NO KEY UPDATE;
  -- looked at again under the locks: it may have been renewed
  INSERT INTO journey.ledger (subject, purpose, action, source)
  SELECT d.subject, d.purpose, 'expire', 'consent_expire_due'
    FROM journey._due d
   WHERE d.subject = ANY (who)
   ORDER BY d.subject, d.purpose;
  GET DIAGNOSTICS recorded = ROW_COUNT;
  RETURN recorded;
END
$$;
COMMENT ON FUNCTION journey.consent_expire_due(int) IS
'Records that consents have expired whose range of time is over and that nothing else has closed, for at_most so many subjects (NULL: all; below 0: an error); returns how many events. Nothing else changes: they counted no longer; one above a consent of the subject that still counts, or will, waits until that ends. Reads the whole state.';
REVOKE EXECUTE ON FUNCTION journey.consent_expire_due(int) FROM PUBLIC;

--| ## All data of a subject
--|
--| A restriction masks everything about a subject, for every purpose, until it
--| is lifted.

CREATE FUNCTION journey.subject_restrict(subject text, source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                         said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_subject_restrict'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.subject_restrict(text, text, jsonb, timestamptz, text) IS
'Records that the use of a subject''s data is restricted: all of it is masked, for every purpose, from the next statement of any reader on. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.subject_restrict(text, text, jsonb, timestamptz, text) FROM PUBLIC;

CREATE FUNCTION journey.subject_lift(subject text, source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                     said_at timestamptz DEFAULT NULL, event_key text DEFAULT NULL) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey_subject_lift'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION journey.subject_lift(text, text, jsonb, timestamptz, text) IS
'Records that a restriction is lifted; what the subject said about purposes holds again. said_at is when it was said, if that was before now; event_key a name of the event where it comes from: a second event of the subject with the same one is not recorded, and an error if its action or purpose is another one. Returns the position in the ledger. NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.subject_lift(text, text, jsonb, timestamptz, text) FROM PUBLIC;

--| ## Many events
--|
--|     SELECT journey.consent_record('[
--|       {"action": "give", "subject": "u1", "purpose": "analytics", "valid_until": "2027-12-31"},
--|       {"action": "withdraw", "subject": "u2", "purpose": "analytics", "event_key": "4711"}]');
--|
--| All or none are recorded, in the order of the list. The subjects are locked
--| beforehand, in the order of their names, so two such lists never wait for
--| each other in a circle.

CREATE FUNCTION journey._consent_record(number bigint, action text, subject text, purpose text,
                                        covers_descendants boolean, explicit boolean, parental boolean,
                                        valid_from timestamptz, valid_until timestamptz, said_at timestamptz,
                                        notice text, source text, event_key text, evidence jsonb) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey__consent_record'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION journey._consent_record(bigint, text, text, text, boolean, boolean, boolean, timestamptz, timestamptz, timestamptz, text, text, text, jsonb) IS
'Adds one event of any action to the ledger under the lock of its subject, which is created if it is new; returns the position. Errors tell its number in a list, if it has one.';
REVOKE EXECUTE ON FUNCTION journey._consent_record(bigint, text, text, text, boolean, boolean, boolean, timestamptz, timestamptz, timestamptz, text, text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION journey.consent_record(events jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 100000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  fields CONSTANT text[] := '{action,subject,purpose,covers_descendants,explicit,parental,valid_from,valid_until,said_at,notice,source,event_key,evidence}';
  wrong    record;
  numbers  bigint[];
  names    text[];
  together boolean;
  result   bigint;
  before   bigint;
BEGIN
  IF jsonb_typeof(events) IS DISTINCT FROM 'array' THEN
    RAISE EXCEPTION 'events must be an array of objects' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT e.number INTO wrong
    FROM jsonb_array_elements(events) WITH ORDINALITY e (event, number) WHERE jsonb_typeof(e.event) <> 'object' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'events must be an array of objects'
      USING ERRCODE = 'invalid_parameter_value', HINT = format('Look at event %s of the list.', wrong.number);
  END IF;
  SELECT e.number, k.name INTO wrong
    FROM jsonb_array_elements(events) WITH ORDINALITY e (event, number), LATERAL jsonb_object_keys(e.event) k (name)
   WHERE e.event - fields <> '{}' AND k.name <> ALL (fields) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'an event has no field "%"', wrong.name
      USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Its fields are %s.', array_to_string(fields, ', ')),
            HINT = format('Look at event %s of the list.', wrong.number);
  END IF;
  -- A list here would be the name of somebody who does not exist, and record nothing about those in it.
  SELECT e.number, k.name INTO wrong
    FROM jsonb_array_elements(events) WITH ORDINALITY e (event, number),
         unnest('{action,subject,purpose,notice,source,event_key}'::text[]) k (name)
   WHERE jsonb_typeof(e.event -> k.name) IN ('array', 'object', 'boolean') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'field "%" of an event must be a text', wrong.name
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'What several subjects said is several events.',
            HINT = format('Look at event %s of the list.', wrong.number);
  END IF;
  BEGIN
    PERFORM (e ->> 'covers_descendants')::boolean, (e ->> 'explicit')::boolean, (e ->> 'parental')::boolean,
            (e ->> 'valid_from')::timestamptz, (e ->> 'valid_until')::timestamptz, (e ->> 'said_at')::timestamptz
       FROM jsonb_array_elements(events) e;
  EXCEPTION WHEN data_exception THEN
    FOR wrong IN SELECT e.event, e.number FROM jsonb_array_elements(events) WITH ORDINALITY e (event, number) LOOP
      BEGIN
        PERFORM (wrong.event ->> 'covers_descendants')::boolean, (wrong.event ->> 'explicit')::boolean, (wrong.event ->> 'parental')::boolean,
                (wrong.event ->> 'valid_from')::timestamptz, (wrong.event ->> 'valid_until')::timestamptz, (wrong.event ->> 'said_at')::timestamptz;
      EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM, HINT = format('Look at event %s of the list.', wrong.number);
      END;
    END LOOP;
  END;
  IF jsonb_path_exists(events, '$[*] ? (@.action == "erase")') THEN
    RAISE EXCEPTION 'an erasure is not recorded by itself'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Use journey.subject_erase().';
  END IF;

  -- What is new is created first, then all are locked, both in the order of names.
  INSERT INTO journey.subject (name)
  SELECT DISTINCT n.name COLLATE "C" FROM jsonb_array_elements(events) e, LATERAL (SELECT e->>'subject') n (name)
   WHERE octet_length(n.name) BETWEEN 1 AND 1024
     AND NOT EXISTS (SELECT FROM journey.subject s WHERE s.name = n.name COLLATE "C")
   ORDER BY 1
  ON CONFLICT (name) DO NOTHING;
  SELECT array_agg(l.number), array_agg(l.name) INTO numbers, names
    FROM (SELECT s.number, s.name FROM journey.subject s
           WHERE s.name = ANY (ARRAY(SELECT e->>'subject' COLLATE "C" FROM jsonb_array_elements(events) e))
           ORDER BY s.name FOR NO KEY UPDATE) l;

  -- What needs no look at what was said before goes in as a whole.
  WITH e AS MATERIALIZED (
    SELECT r.*, p.number AS purpose_number
      FROM ROWS FROM (jsonb_to_recordset(events) AS
             (action text, subject text, purpose text, covers_descendants boolean, explicit boolean, parental boolean,
              valid_from timestamptz, valid_until timestamptz, said_at timestamptz, notice text, source text,
              event_key text, evidence jsonb)) WITH ORDINALITY
           AS r (action, subject, purpose, covers_descendants, explicit, parental, valid_from, valid_until,
                 said_at, notice, source, event_key, evidence, number)
      LEFT JOIN journey.purpose p ON p.name = r.purpose COLLATE "C"
  ), plain AS MATERIALIZED (
    SELECT coalesce(bool_and(coalesce(
             octet_length(e.subject) BETWEEN 1 AND 1024
             AND CASE e.action
                   WHEN 'give' THEN e.purpose_number IS NOT NULL AND e.said_at IS NULL
                                    AND (e.valid_from < e.valid_until) IS NOT FALSE
                   ELSE e.valid_from IS NULL AND e.valid_until IS NULL AND e.covers_descendants IS NOT TRUE
                        AND e.explicit IS NOT TRUE AND e.parental IS NOT TRUE
                        AND CASE WHEN e.action IN ('restrict', 'lift') THEN e.purpose IS NULL
                                 ELSE e.action IN ('withdraw', 'refuse', 'object', 'expire') AND e.purpose_number IS NOT NULL
                            END
                 END, false)), true)
           AND count(e.event_key) = count(DISTINCT (e.subject, e.event_key)) FILTER (WHERE e.event_key IS NOT NULL) AS yes
      FROM e
  ), recorded AS (
    INSERT INTO journey.ledger (subject, purpose, action, covers_descendants, explicit, parental, valid_from, valid_until,
                                said_at, notice, source, event_key, evidence)
    SELECT s.number, e.purpose_number, e.action, coalesce(e.covers_descendants, false), coalesce(e.explicit, false),
           coalesce(e.parental, false), e.valid_from, e.valid_until, e.said_at, e.notice, e.source, e.event_key, e.evidence
      FROM e JOIN unnest(numbers, names) s (number, name) ON s.name = e.subject COLLATE "C"
     WHERE (SELECT plain.yes FROM plain)
       AND (e.event_key IS NULL
            OR NOT EXISTS (SELECT FROM journey.ledger l WHERE l.subject = s.number AND l.event_key = e.event_key COLLATE "C"))
     ORDER BY e.number
    RETURNING 1
  )
  SELECT plain.yes, (SELECT count(*) FROM recorded) INTO together, result FROM plain;
  IF together THEN
    IF result < jsonb_array_length(events) THEN
      SELECT e.number INTO wrong
        FROM jsonb_array_elements(events) WITH ORDINALITY e (event, number)
        JOIN unnest(numbers, names) s (number, name) ON s.name = (e.event ->> 'subject') COLLATE "C"
        JOIN journey.ledger l ON l.subject = s.number AND l.event_key = (e.event ->> 'event_key') COLLATE "C"
        LEFT JOIN journey.purpose p ON p.name = (e.event ->> 'purpose') COLLATE "C"
       WHERE l.action <> e.event ->> 'action' OR l.purpose IS DISTINCT FROM p.number
       ORDER BY e.number LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'another event of the subject has this event_key'
          USING ERRCODE = 'unique_violation', DETAIL = 'Its action or purpose is another one.',
                HINT = format('Give each event a key of its own. Look at event %s of the list.', wrong.number);
      END IF;
    END IF;
    RETURN result;
  END IF;

  -- Otherwise one after the other; this is also who finds what is wrong.
  SELECT q.last_value INTO before FROM journey.ledger_seq_seq q;
  SELECT count(DISTINCT r.seq) INTO result
    FROM (SELECT journey._consent_record(e.number, e.action, e.subject, e.purpose, e.covers_descendants, e.explicit,
                   e.parental, e.valid_from, e.valid_until, e.said_at, e.notice, e.source, e.event_key, e.evidence) AS seq
            FROM ROWS FROM (jsonb_to_recordset(events) AS
                   (action text, subject text, purpose text, covers_descendants boolean, explicit boolean, parental boolean,
                    valid_from timestamptz, valid_until timestamptz, said_at timestamptz, notice text, source text,
                    event_key text, evidence jsonb)) WITH ORDINALITY
                 AS e (action, subject, purpose, covers_descendants, explicit, parental, valid_from, valid_until,
                       said_at, notice, source, event_key, evidence, number)
          OFFSET 0) r
   WHERE r.seq > before;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.consent_record(jsonb) IS
'Records many events: an array of objects with action (give, renew, withdraw, refuse, object, expire; without a purpose also restrict, lift) and what the function of that name takes. All or none, in the order given; returns how many were recorded, which are those whose event_key was not known; a key of an event with another action or purpose is an error. An error names the event by its number. Some 40 microseconds an event.';
REVOKE EXECUTE ON FUNCTION journey.consent_record(jsonb) FROM PUBLIC;
