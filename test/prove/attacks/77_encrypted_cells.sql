-- encrypted cells: the same again and again, told apart, opened, swapped
-- shows: VISIBLE
SELECT id, diary FROM profiles WHERE id < 13 ORDER BY 1;
SELECT id, count(*) FROM (SELECT id, diary FROM profiles UNION SELECT id, diary FROM profiles) x WHERE id < 13 GROUP BY 1 ORDER BY 1;
SELECT count(*), count(DISTINCT diary), min(length(diary)), max(length(diary)) FROM profiles WHERE user_id <> 'yes-1';
SELECT p.id, q.id FROM profiles p JOIN profiles q ON p.diary = q.diary AND p.id < q.id WHERE q.id < 30 AND p.user_id = 'refused' ORDER BY 1, 2;
SELECT count(*) FROM profiles p JOIN profiles q ON p.diary = q.diary AND p.user_id <> q.user_id;
SELECT convert_from(decode(translate(split_part(diary, '_', 2), '-_', '+/'), 'base64'), 'UTF8') FROM profiles WHERE id = 1;
SELECT journey._decrypt(diary, 'public.profiles.diary', user_id) FROM profiles WHERE id = 1;
SELECT * FROM journey.subject_key;
SELECT journey.make_subject_keys('profiles');
SELECT journey.subject_erase('refused');
SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'journey'::regnamespace AND p.proname ~ 'crypt|key|erase' AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1;
