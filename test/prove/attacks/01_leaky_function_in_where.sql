-- leaky function in WHERE
-- shows: seen VISIBLE-1-?2?
CREATE FUNCTION leak(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
	AS 'BEGIN RAISE NOTICE ''seen %'', x; RETURN true; END';
SELECT count(*) FROM people WHERE leak(ssn);
SELECT count(*) FROM people WHERE id < 30 AND leak(code) AND leak(blank) AND leak(name) AND leak(email);
SELECT count(*) FROM people WHERE leak(people::text) AND user_id = 'refused';
SELECT count(*) FROM visits WHERE leak(page);
SELECT count(*) FROM notes WHERE leak(note);
SELECT count(*) FROM secrets WHERE leak(user_id) AND leak(secret);
SELECT id FROM people p WHERE user_id = 'refused' AND id < 60 AND EXISTS (SELECT FROM visits v WHERE v.id = p.id AND leak(p.ssn || v.page));
-- an operator of one's own, with the estimators of =, called at planning time
CREATE FUNCTION peek(x text, y text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
	AS 'BEGIN RAISE NOTICE ''compared % %'', left(x, 40), left(y, 40); RETURN x = y; END';
CREATE OPERATOR ==== (LEFTARG = text, RIGHTARG = text, FUNCTION = peek, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
EXPLAIN SELECT * FROM people WHERE ssn ==== 'x';
EXPLAIN SELECT * FROM people WHERE user_id ==== 'x';
EXPLAIN SELECT * FROM people p JOIN secrets s ON p.ssn ==== s.secret;
SELECT id, grp FROM people WHERE ssn ==== 'x';
CREATE OPERATOR <<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = peek, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
EXPLAIN SELECT * FROM facts WHERE user_id <<<< 'x';
EXPLAIN SELECT * FROM secrets WHERE user_id <<<< 'x' AND secret <<<< 'y';
