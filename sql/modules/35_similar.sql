--| # similar_group
--|
--| Which data points belong together. Equal labels are a matter of `GROUP BY`;
--| `similar_group` is for what is nearly equal: numbers, times, texts, vectors.
--| It numbers the groups of a partition, and the rows stay rows.
--|
--| Links are transitive: what is within the tolerance of any member belongs to
--| the group, so a chain of small steps can be long.

--| `similar_group(value, tolerance)` on numbers chains neighbours that are no
--| further apart than the tolerance. For whole numbers too; `bigint` has a
--| version of its own, as not all of them are float8.
CREATE FUNCTION journey.similar_group(value pg_catalog.float8, tolerance pg_catalog.float8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_float8'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.float8, pg_catalog.float8) IS
'Number of the row''s group of similar numbers within the partition, from 1 in the order in which the groups appear: two numbers are linked if they differ by at most tolerance, inclusive, and a group is all that is connected by links. NULL values get NULL and link nobody. NaN is similar to NaN alone, an infinity to itself, unless the tolerance is infinite. Differences are computed in float8; take numeric for decimal fractions. Groups that appear on peers of the window''s order are numbered by their least value there, so the numbers never depend on the sequence in which rows were read. The frame does not matter. Errors: tolerance null, negative, NaN, or not the same on all rows of a partition; more than 2147483647 rows in one. Cost: O(n log n) and 36 bytes a row of the partition.';

--| The same for `bigint`, exactly.
CREATE FUNCTION journey.similar_group(value pg_catalog.int8, tolerance pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_int8'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.int8, pg_catalog.int8) IS
'Number of the row''s group of similar whole numbers within the partition, as similar_group(float8, float8), exact for every bigint.';

--| The same for decimal numbers, exactly: 0.3 and 0.2 are 0.1 apart.
CREATE FUNCTION journey.similar_group(value pg_catalog.numeric, tolerance pg_catalog.numeric) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_numeric'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.numeric, pg_catalog.numeric) IS
'Number of the row''s group of similar numbers within the partition, as similar_group(float8, float8), exact in decimals of any length. Cost: O(n log n), and the values are copied.';

--| Times chain like the steps of a session; unlike `sessionize` it takes rows
--| in any order.
CREATE FUNCTION journey.similar_group(value pg_catalog.timestamptz, tolerance pg_catalog.interval) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_timestamptz'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.timestamptz, pg_catalog.interval) IS
'Number of the row''s group of times within the partition, as similar_group(float8, float8): neighbours that are at most tolerance apart are linked. An infinity is similar to itself alone. Errors: a tolerance that is null, negative, infinite or has months. Cost: O(n log n) and 36 bytes a row of the partition.';

--| Lengths of time, such as how long somebody waited.
CREATE FUNCTION journey.similar_group(value pg_catalog.interval, tolerance pg_catalog.interval) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_interval'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.interval, pg_catalog.interval) IS
'Number of the row''s group of lengths of time within the partition, as similar_group(float8, float8). Intervals are as long as the server says when it compares them: a month is 30 days, a day 24 hours. An infinite one is similar to itself alone. Errors: a tolerance that is null, negative, infinite or has months. Cost: O(n log n) and 36 bytes a row of the partition.';

--| Texts are alike if they share enough of their trigrams; the tolerance is a
--| distance from 0 to 1:
--|
--|     SELECT text, journey.similar_group(text, 0.4) OVER (ORDER BY at) FROM complaints;
CREATE FUNCTION journey.similar_group(value pg_catalog.text, tolerance pg_catalog.float8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_text'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.text, pg_catalog.float8) IS
'Number of the row''s group of similar texts within the partition, from 1 in the order in which the groups appear: two texts are linked if the Jaccard distance of their sets of trigrams, 1 - shared / all, is at most tolerance, and a group is all that is connected by links. Trigrams are of Unicode characters after NFKC and case folding, white space at the ends dropped and inside made one blank, with two blanks before and one behind. With tolerance 0 only equal texts are linked, byte for byte, as GROUP BY does. NULL gets NULL and links nobody; empty texts are similar to each other alone. For a least similarity s give 1 - s. Groups that appear on peers of the window''s order are numbered by their least text there, by bytes. The frame does not matter. Errors: tolerance null, negative, NaN, above 1, or not the same on all rows of a partition. Cost: exact, but not all pairs are compared: 100 000 short texts take seconds with tolerances up to 0.5; near 1 it is O(n^2). Memory: the texts, and some 4 bytes for each of their trigrams.';

--| Vectors, such as embeddings, are alike if they point in nearly the same
--| direction; the tolerance is a cosine distance from 0 to 2.
CREATE FUNCTION journey.similar_group(value pg_catalog.float8[], tolerance pg_catalog.float8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_vector'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.float8[], pg_catalog.float8) IS
'Number of the row''s group of similar vectors within the partition, from 1 in the order in which the groups appear: two vectors are linked if their cosine distance, 1 - a.b / (|a| |b|), is at most tolerance, and a group is all that is connected by links. Distances are exact to 28 digits, so multiples of a vector are at distance 0. NULL gets NULL and links nobody; a vector of zeros has no direction and is similar to its like alone. Groups that appear on peers of the window''s order are numbered by their least vector there, number by number. The frame does not matter. Errors: vectors that are empty, of unequal length, of several dimensions, or hold NULL, NaN or infinity; tolerance null, negative, NaN, above 2, or not the same on all rows of a partition. Cost: O(n^2 length), 20 000 vectors of 64 numbers in seconds; 24 bytes a number.';

--| The same for `real[]`.
CREATE FUNCTION journey.similar_group(value pg_catalog.float4[], tolerance pg_catalog.float8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_similar_group_vector'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.similar_group(pg_catalog.float4[], pg_catalog.float8) IS
'Number of the row''s group of similar vectors within the partition, as similar_group(float8[], float8).';
