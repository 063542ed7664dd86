#!/bin/bash
# Removes all that was built, also outside of build/ (see lib.sh on $WORK).
. "$(dirname "$0")/lib.sh"
if [ -f "$WORK/cluster/postmaster.pid" ]; then
	as_server "$(dirname "$(cat "$PG/pg_config")")/pg_ctl" -D "$WORK/cluster" -m immediate stop || true
fi
rm -rf "$WORK" "$BUILD" "$ROOT"/results "$ROOT"/output_iso "$ROOT"/regression.* "$ROOT"/tmp_check
find "$ROOT/src" '(' -name '*.o' -o -name '*.bc' ')' -delete
rm -f "$ROOT"/*.so "$ROOT"/sql/journey--*.sql
