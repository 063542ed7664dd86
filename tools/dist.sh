#!/bin/bash
# The release as PGXN wants it: build/journey-VERSION.zip of the committed tree.
. "$(dirname "$0")/lib.sh"
cd "$ROOT"
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" journey.control)
grep -q "\"version\": \"$version\"" META.json || die "META.json is not about $version"
[ -z "$(git status --porcelain)" ] || say "uncommitted changes are not part of it"
mkdir -p "$BUILD"
git archive --format=zip --prefix="journey-$version/" -o "$BUILD/journey-$version.zip" HEAD
say "build/journey-$version.zip"
