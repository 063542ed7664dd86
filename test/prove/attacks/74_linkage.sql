-- tokens of two purposes, and of colluding readers, do not meet
-- as: carol
-- may: MARKETING
-- shows: in common \| +0
CREATE TEMP TABLE kept AS SELECT id, email FROM people WHERE user_id IN ('refused', 'unknown', 'silent');
SET journey.purpose = 'marketing';
SELECT 'in common' AS tokens, count(*) FROM kept JOIN people USING (email);
SELECT id, email FROM people WHERE id IN (1, 13);
SET journey.purpose = 'fraud';
SELECT 'in common' AS tokens, count(*) FROM kept JOIN people USING (email);
RESET journey.purpose;
SELECT 'in common' AS tokens, count(*) FROM kept JOIN people USING (email);
SET journey.purpose = 'analytics';
SELECT count(*) > 0 AS same_purpose FROM kept JOIN people USING (email);
SELECT ssn FROM people WHERE id = 12;
