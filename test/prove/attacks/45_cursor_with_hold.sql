-- a cursor WITH HOLD reads when it is declared: what it holds are masks
-- A copy that a reader made while the subject consented stays his: documented.
DECLARE h CURSOR WITH HOLD FOR SELECT id, user_id, ssn FROM people WHERE id < 20 ORDER BY id;
FETCH 3 FROM h;
SET journey.purpose = 'fraud';
FETCH ALL FROM h;
CLOSE h;
DECLARE h CURSOR WITH HOLD FOR SELECT id, user_id, ssn FROM people WHERE id < 20 ORDER BY id;
SET journey.purpose = 'analytics';
FETCH ALL FROM h;
CLOSE h;
