#!/bin/bash
# Formats the C sources in place, see indent.pl.
. "$(dirname "$0")/lib.sh"
setup build lint
cd "$ROOT"
# shellcheck disable=SC2046
perl tools/indent.pl "$("$PG_CONFIG" --includedir-server)" $(find src test -name '*.[ch]' | sort)
