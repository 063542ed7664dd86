-- consent for one purpose says nothing about those above it, and about those below only if it was given so
-- may: PRODUCT
SELECT id, ssn FROM people WHERE id IN (1, 10, 12);
SET journey.purpose = 'analytics.product';
SELECT id, ssn FROM people WHERE id IN (1, 2, 3, 10, 12);
SELECT user_id, count(ssn) FROM people GROUP BY 1 ORDER BY 1;
SELECT journey.consented('child-only', 'analytics.product'), journey.consented('child-only', 'analytics'), journey.consented('yes-1', 'analytics.product');
SET journey.purpose = 'analytics';
SELECT left(ssn, 7) FROM people WHERE id IN (10, 12);
