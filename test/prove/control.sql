-- a planted leak is seen
-- shows: this text is nowhere
SELECT * FROM control.naive WHERE id < 4;
SELECT count(*) FROM control.naive;
