# The goals of the house.  Nothing but make is needed to read this file: what
# a goal misses it installs (as root) or names (as anybody else).
#
# Each goal is a script of the same name; its settings reach it through the
# environment.

export T TARGET REGRESS MAJORS DATA AT SUBJECT EVENT TOPIC SEQ LOOK FUZZ_SECONDS WERROR N SEED

SCRIPT_GOALS := build check unit fuzz installcheck pgtap prove isolation tap doctest demotest \
	lint format matrix upgrade-test drivers asan valgrind coverage dist clean demo
.PHONY: help setup bench $(SCRIPT_GOALS)

help:
	@sed -n 's/^#? \?//p' $(TOP)tools/house.mk

setup:
	@bash $(TOP)tools/setup.sh --for-owner build lint fuzz tap

bench:
	@bash $(TOP)test/bench/run.sh

$(SCRIPT_GOALS):
	@bash $(TOP)tools/$@.sh

#? make demo [DATA=file.csv[.gz]]  build, load a sample shop (or your file), show what journey does
#? make check                      all tests; ends with `N passed, N failed`
#?
#? Each brings a server of its own below build/ and leaves nothing running.  As root it installs
#? the packages it misses; otherwise it prints the command that an administrator must run.
#?
#? make build                      compile, and install into the server below build/
#? make unit [T=journey]           the core without a server, under ASan and UBSan
#? make fuzz [TARGET=text]         replay the corpus, then FUZZ_SECONDS=20 of fuzzing per reader
#? make installcheck [REGRESS=x]   regression tests (with PG_CONFIG: against your running server)
#? make pgtap [T=consent]          behaviour and privileges
#? make prove [T='22 71'] [N=5000] [SEED=1] [WAY=packed]  attacks on masking: two databases must answer alike
#? make isolation [T=withdraw]     concurrency
#? make tap [T=crash]              restart, replica, dump and restore, upgrade
#? make doctest [T=README]         the examples of README.md and doc/
#? make demotest                   `make demo`: its figures on real data, and bad files
#? make lint                       format, layers, exported symbols, SQL labels, versions
#? make format                     put the C sources into that format
#? make matrix [MAJORS="15 17 18"] build, regression, pgTAP and attacks on each major
#? make upgrade-test [MAJORS="17 18"] pg_upgrade, dump and restore to newer majors
#? make drivers [DRIVERS=jdbc]      psycopg, node-postgres, JDBC, psqlODBC: those that are installed
#? make asan                       the suite on PostgreSQL 17 under ASan and UBSan
#? make valgrind [REGRESS=x]       the regression suite under valgrind
#? make coverage                   line coverage of the suite
#? make bench                      plain SQL and ours in turn, with ratios
#? make dist                       the release archive
#? make setup                      only what the above would install
#? make clean                      remove all that was built
#?
#? make && make install            the usual, into the server of PG_CONFIG
