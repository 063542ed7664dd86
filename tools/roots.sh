# Slim roots of other Debian releases, for servers that this one does not have.
# Source it after lib.sh; needs root and mmdebstrap.
#
#	make_root 17		once; below build/cache/roots or $JOURNEY_CACHE/roots
#	copy_tree 17		the tree as it is now, and the real data
#	in_root 17 installcheck	runs tools/installcheck.sh there
#
# A root has what `setup.sh build tap` installs, and no mount.

ROOTS=$CACHE/roots

# The Debian release that has a major.
suite_of()
{
	case $1 in
		15) echo bookworm ;;
		17) echo trixie ;;
		18) echo forky ;;
		*) die "matrix: which Debian release has PostgreSQL $1?" ;;
	esac
}

# The address of the machine's own apt source for a suite.
mirror()
{
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $1" 'Component: main' | head -n 1
}

# Takes away what an attempt that was broken off left, and what it had mounted.
remove_root()
{
	local mount

	while read -r mount; do
		umount "$mount"
	done < <(findmnt --raw --noheadings --output TARGET | awk -v root="$1/" 'index($0, root) == 1' | sort -r)
	rm -rf --one-file-system "$1"
}

# Makes the root of a major, unless it is there in full.
make_root()
{
	local root=$ROOTS/$1 suite here main security options=(--aptopt='Acquire::Languages "none"') proxy

	[ -e "$root/.complete" ] && return
	remove_root "$root"
	mkdir -p "$ROOTS"
	suite=$(suite_of "$1")
	here=$(. /etc/os-release; echo "$VERSION_CODENAME")
	main=$(mirror "$here")
	security=$(mirror "$here-security")
	[ -n "$main" ] && [ -n "$security" ] || die "matrix: apt on this machine has no source for $here and $here-security"
	for proxy in Acquire::http::Proxy Acquire::https::Proxy; do
		eval "$(apt-config shell value $proxy)"
		[ -z "${value-}" ] || options+=(--aptopt="$proxy \"$value\"")
		value=
	done
	# the release files of testing can be out of date
	[ "$suite" != forky ] || options+=(--aptopt='Acquire::Check-Valid-Until "false"')
	timeout 900 mmdebstrap --mode=root --variant=apt --quiet "${options[@]}" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$(bash "$ROOT/tools/setup.sh" --list build tap | tr ' ' ',')" \
		--customize-hook="mkdir -p \"\$1/journey\" && cp -r '$ROOT/tools' \"\$1/journey/\"" \
		--customize-hook='chroot "$1" env -i PATH="$PATH" bash /journey/tools/setup.sh build tap' \
		"$suite" "$root" "deb $main $suite main" "deb $security $suite-security main"
	chmod 1777 "$root/dev/shm"
	touch "$root/.complete"
}

# Puts the tree as it is now, committed or not, and the real data into a root.
copy_tree()
{
	local root=$ROOTS/$1

	find "$root/journey" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	rm -f "$root/journey/build/results"
	tar --create --directory "$ROOT" --exclude-vcs --exclude=./build --exclude='*.o' --exclude='*.so' \
		--exclude='./sql/journey--*' . | tar --extract --directory "$root/journey"
	if [ -d "$ROOT/../shared" ]; then
		rm -rf "$root/shared"
		cp -rL "$ROOT/../shared" "$root/shared"
	fi
}

# Runs one of our scripts in a root; settings for it follow as NAME=VALUE.
in_root()
{
	local major=$1 script=$2

	shift 2
	timeout 1800 chroot "$ROOTS/$major" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin WERROR="${WERROR-}" \
		JOURNEY_RESULTS=/journey/build/results "$@" bash "/journey/tools/$script.sh"
}
