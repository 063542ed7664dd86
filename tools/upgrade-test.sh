#!/bin/bash
# pg_upgrade, and dump and restore, from the server here to newer ones,
# MAJORS="17 18": test/t/pg_upgrade.pl with servers out of the roots of
# `make matrix`.  pg_upgrade wants both servers on one system, so a newer one
# runs here with the C library of its own root.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || die "upgrade-test makes roots of other Debian releases; as an administrator run: make upgrade-test"
setup build tap matrix
. "$ROOT/tools/roots.sh"

own=$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')

# Puts the server of a root into $WORK/newer, as programs that run here.
borrow_server()
{
	local major=$1 root=$ROOTS/$1 dir=$WORK/newer/$1 bin program file

	rm -rf "$dir"
	mkdir -p "$dir/so"
	cp -r "$root/journey/build/work/pg/usr" "$dir/"
	bin=$dir/usr/lib/postgresql/$major/bin
	# ldd finds fault with scripts
	(cd "$root/journey/build/work/pg" && find usr/lib/postgresql -type f \( -path '*/bin/*' -o -name '*.so' \)) |
		sed 's|^|/journey/build/work/pg/|' | { xargs chroot "$root" ldd 2>/dev/null || true; } |
		sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | sort -u |
		while read -r file; do
			cp -L "$root$file" "$dir/so/"
		done
	# its LLVM stays behind, so it has no JIT
	rm -f "$dir/usr/lib/postgresql/$major/lib/llvmjit.so"
	mv "$bin" "$bin.real"
	mkdir "$bin"
	for program in "$bin.real"/*; do
		printf '#!/bin/sh\nexec %s --library-path %s --argv0 "$0" %s "$@"\n' "$(echo "$dir"/so/ld-linux*)" "$dir/so" "$program" >"$bin/${program##*/}"
	done
	chmod -R a+rX "$dir"
	chmod 755 "$bin"/*
}

newer=
for major in ${MAJORS:=17 18}; do
	[ "$major" -gt "$own" ] || continue
	make_root "$major"
	copy_tree "$major"
	in_root "$major" build >"$BUILD/upgrade-$major.log" 2>&1 || { tail -n 30 "$BUILD/upgrade-$major.log"; die "cannot build for PostgreSQL $major"; }
	borrow_server "$major"
	newer="$newer $WORK/newer/$major/usr/lib/postgresql/$major"
done
JOURNEY_NEWER=$newer T=pg_upgrade bash "$ROOT/tools/tap.sh"
