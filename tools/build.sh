#!/bin/bash
# Compiles the extension and installs it into the server below build/.
. "$(dirname "$0")/lib.sh"
setup build
say "building for $("$PG_CONFIG" --version)"
build_extension
