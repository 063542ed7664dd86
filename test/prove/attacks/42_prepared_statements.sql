-- prepared statements and generic plans across purposes and roles
-- as: carol
-- may: MARKETING
SET plan_cache_mode = force_generic_plan;
PREPARE q AS SELECT id, ssn FROM people WHERE id IN (1, 2, 9, 10, 12) ORDER BY id;
EXECUTE q;
SET journey.purpose = 'marketing';
EXECUTE q;
SET journey.purpose = 'fraud';
EXECUTE q;
RESET journey.purpose;
EXECUTE q;
SET journey.purpose = 'analytics';
EXECUTE q;
SET plan_cache_mode = force_custom_plan;
EXECUTE q;
SET journey.purpose = 'marketing';
EXECUTE q;
PREPARE r(text) AS SELECT id FROM people WHERE ssn = $1;
EXECUTE r('x'); EXECUTE r('x'); EXECUTE r('x'); EXECUTE r('x'); EXECUTE r('x'); EXECUTE r('x'); EXECUTE r('x');
\connect - dave
SET ROLE analysts;
SET journey.purpose = 'analytics';
PREPARE q AS SELECT journey.consented('yes-1', 'analytics'), journey.consented('refused', 'analytics');
EXECUTE q;
RESET ROLE;
EXECUTE q;
