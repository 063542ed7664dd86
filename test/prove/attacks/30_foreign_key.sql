-- the foreign key as an oracle
-- as: wanda
-- shows: permission denied
CREATE TABLE lab.probe (x int REFERENCES people (id));
CREATE TABLE lab.probe (x int REFERENCES journey_base.people (id));
CREATE TABLE lab.probe (x text REFERENCES journey_base.people (ssn));
CREATE TABLE lab.probe (x text);
ALTER TABLE lab.probe ADD FOREIGN KEY (x) REFERENCES journey_base.people (ssn) NOT VALID;
-- an older one on a public column, which she may use, tells about that column alone
INSERT INTO orders VALUES (9001, 9999, 'nobody');
INSERT INTO orders VALUES (9002, 1, 'somebody');
UPDATE orders SET person = 7 WHERE id = 9002;
DELETE FROM orders WHERE id = 9002;
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'orders'::regclass;
