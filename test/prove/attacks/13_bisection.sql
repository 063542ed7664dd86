-- bisection by comparing
-- shows: found VISIBLE-120
DO $$
DECLARE
	who int; guess text; letter text; n bigint; lo bigint; hi bigint; mid bigint;
BEGIN
	FOREACH who IN ARRAY ARRAY[1, 7, 120] LOOP
		guess := '';
		FOR i IN 1 .. 11 LOOP
			letter := NULL;
			FOR k IN 45 .. 90 LOOP
				EXECUTE format('SELECT count(*) FROM people WHERE id = %s AND ssn COLLATE "C" >= %L', who, guess || chr(k)) INTO n;
				EXIT WHEN n = 0;
				letter := chr(k);
			END LOOP;
			EXIT WHEN letter IS NULL;
			guess := guess || letter;
		END LOOP;
		RAISE NOTICE 'person %: found %', who, rtrim(guess);
		lo := 0; hi := 100000000;
		WHILE lo < hi LOOP
			mid := (lo + hi) / 2;
			SELECT count(*) INTO n FROM people WHERE id = who AND amount > mid;
			IF n > 0 THEN lo := mid + 1; ELSE hi := mid; END IF;
		END LOOP;
		RAISE NOTICE 'person %: amount at most %', who, lo;
	END LOOP;
END $$;
SELECT id FROM people WHERE name < 'm' AND id < 40 ORDER BY 1;
SELECT id FROM people WHERE born BETWEEN '1979-01-01' AND '1979-12-31' ORDER BY 1;
SELECT id FROM people WHERE ip << '79.0.0.0/8' OR key > '01000000-0000-0000-0000-000000000000' OR path OPERATOR(journey.>) '[a 1979-01-01T00:00:00Z]' ORDER BY 1;
SELECT id FROM people WHERE mood < 'happy' OR flag OR NOT flag OR raw > '\x43' OR doc @> '{}' OR tags && '{x}' OR score > 1000 OR price = 'NaN' ORDER BY 1;
