BEGIN; SELECT plan(2); SELECT ok(true); SELECT ok(true); SELECT finish(); ROLLBACK;
