-- read_time.sql: times and names as files have them.  Needs timezone UTC and datestyle ISO, YMD.

-- A name without its case and punctuation: "case:concept:name" and CaseConceptName are case_concept_name.
CREATE FUNCTION plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT trim('_' FROM regexp_replace(lower(regexp_replace(name, '([a-z0-9])([A-Z])', '\1_\2', 'g')),
                                      '[^[:alnum:]]+', '_', 'g'))
$$;

-- A time in one of the forms that files have; NULL if it is none.  Without a zone it is UTC.
-- Parallel unsafe, for it catches errors, which takes a subtransaction.
CREATE FUNCTION read_time(value text, day_first boolean) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE
AS $$
DECLARE
  v    text := btrim(value, E' \t\r\n[]');
  part text[];
  t    timestamptz;
BEGIN
  IF v ~ '^\d{4}[-/.]\d\d?[-/.]\d\d?' THEN                      -- 2026-03-09T17:30:00.5+01:00
    t := replace(v, ',', '.')::timestamptz;
  ELSIF v ~ '^(19|20)\d{6}(T?\d{6}(Z|[-+]\d\d:?\d\d)?)?$' THEN  -- 20260309, 20260309173000, 20260309T173000Z
    t := regexp_replace(v, '^(\d{8})(\d)', '\1T\2')::timestamptz;
  ELSIF v ~ '^\d{9,10}([.]\d+)?$' THEN                          -- seconds since 1970
    t := to_timestamp(v::float8);
  ELSIF v ~ '^\d{12,13}([.]\d+)?$' THEN                         -- milliseconds
    t := timestamptz 'epoch' + v::float8 * interval '1 millisecond';
  ELSIF v ~ '^\d{15,16}$' THEN                                  -- microseconds
    t := timestamptz 'epoch' + v::float8 * interval '1 microsecond';
  ELSIF v ~ '^\d{18,19}$' THEN                                  -- nanoseconds
    t := timestamptz 'epoch' + left(v, -3)::float8 * interval '1 microsecond';
  ELSIF v ~ '^\d\d?/[A-Za-z]{3}/\d{4}:' THEN                    -- 09/Mar/2026:17:30:00 +0100
    t := regexp_replace(v, ':', ' ')::timestamptz;
  ELSIF v ~* '^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(\d\d?[- ])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)' THEN
    -- 09-MAR-26 17:30, which the server would take for 2009
    part := regexp_match(v, '^(\d\d?[- ][A-Za-z]{3,9}[- ])(\d\d)(\D.*)?$');
    v := coalesce(part[1] || CASE WHEN part[2] < '70' THEN '20' ELSE '19' END || part[2] || coalesce(part[3], ''), v);
    -- Mon, 9 Mar 2026 17:30:00 GMT; in "GMT+0100 (CET)" the server would take the sign the other way round
    t := regexp_replace(v, '(GMT|UTC)([-+]\d{4})( \(.*\))?$', '\2')::timestamptz;
  ELSE                                                          -- 3/9/26 5:30 PM, 09.03.2026 17:30
    part := regexp_match(v, '^(\d\d?)([-/.])(\d\d?)[-/.](\d{4}|\d\d)(\D.*)?$');
    IF length(part[4]) = 2 THEN
      part[4] := CASE WHEN part[4] < '70' THEN '20' ELSE '19' END || part[4];
    END IF;
    t := part[4] || '-'
         || CASE WHEN day_first OR part[2] = '.' THEN part[3] || '-' || part[1] ELSE part[1] || '-' || part[3] END
         || ' ' || ltrim(coalesce(part[5], ''), ', T');
  END IF;
  RETURN CASE WHEN isfinite(t) THEN t END;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END
$$;
