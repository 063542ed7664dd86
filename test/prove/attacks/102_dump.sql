-- pg_dump by a reader
-- shows: permission denied
\setenv PGUSER ana
\setenv PGOPTIONS '-c journey.purpose=analytics'
\! pg_dump -t people -t visits -t orders 2>&1 | grep -v '^--' | sed 's/restrict .*/restrict/' | tail -n 5
\! pg_dump -n journey_base 2>&1 | tail -n 3
\! pg_dump -t journey.subject 2>&1 | tail -n 3
