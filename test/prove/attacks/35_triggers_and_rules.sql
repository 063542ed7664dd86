-- triggers, rules and policies by somebody who is not the owner
-- as: wanda
-- shows: permission denied
CREATE FUNCTION lab.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', NEW; RETURN NEW; END';
CREATE TRIGGER t INSTEAD OF INSERT ON people FOR EACH ROW EXECUTE FUNCTION lab.spy();
CREATE TRIGGER t BEFORE UPDATE ON journey_base.people FOR EACH ROW EXECUTE FUNCTION lab.spy();
CREATE TRIGGER t AFTER INSERT ON journey_base.notes REFERENCING NEW TABLE AS n EXECUTE FUNCTION lab.spy();
CREATE RULE r AS ON UPDATE TO people DO INSTEAD SELECT * FROM journey_base.people;
CREATE RULE "_RETURN" AS ON SELECT TO people DO INSTEAD SELECT * FROM journey_base.people;
CREATE RULE r AS ON INSERT TO journey_base.people DO ALSO NOTIFY x;
CREATE POLICY p ON journey_base.people USING (true);
ALTER TABLE journey_base.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE journey_base.people REPLICA IDENTITY FULL;
SELECT count(*) FROM people;
