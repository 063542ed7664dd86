# journey - PostgreSQL extension for journey analytics
#
# Two makefiles in one.  Goals of the house (check, demo, unit, ...: see `make
# help`) bring a server of their own below build/ and are in tools/house.mk.
# Everything else (all, install, uninstall, ...) is PGXS as packagers expect
# it, for the server of PG_CONFIG.  `installcheck` and `clean` belong to the
# house unless PG_CONFIG is given.

TOP := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

HOUSE_GOALS := help setup build check unit fuzz pgtap prove isolation tap doctest demotest \
	lint format matrix upgrade-test drivers asan valgrind coverage bench demo dist
ifeq ($(origin PG_CONFIG),undefined)
HOUSE_GOALS += installcheck clean
endif

ifneq ($(filter $(HOUSE_GOALS),$(MAKECMDGOALS)),)

include $(TOP)tools/house.mk

else

# The version stands in journey.control and nowhere else.
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(TOP)journey.control)
SOURCES := $(wildcard $(TOP)src/core/*.c $(TOP)src/core/*/*.c $(TOP)src/pg/*.c)
HDRS := $(wildcard $(TOP)src/core/*.h $(TOP)src/core/*/*.h $(TOP)src/pg/*.h)
SQL_MODULES := $(sort $(wildcard $(TOP)sql/modules/*.sql))
INSTALL_SQL := sql/journey--$(EXTVERSION).sql

EXTENSION = journey
MODULE_big = journey
OBJS := $(patsubst $(TOP)%.c,%.o,$(SOURCES))
DATA := $(patsubst $(TOP)%,%,$(wildcard $(TOP)sql/upgrade/*.sql $(TOP)sql/frozen/*.sql))
DATA_built := $(INSTALL_SQL)
REGRESS := $(sort $(patsubst $(TOP)test/sql/%.sql,%,$(wildcard $(TOP)test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=journey

# Added to the server's own flags, never instead of them.  WERROR=1 makes
# warnings errors, ASSERT=1 turns assertions on.
PG_CPPFLAGS = -I$(TOP)src -DJOURNEY_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -std=gnu11 -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare
# functions of the server are called where they are, not by way of a jump; loading binds them all in any case
PG_CFLAGS += -fno-plt
ifdef WERROR
PG_CFLAGS += -Werror
endif
ifdef ASSERT
PG_CPPFLAGS += -DUSE_ASSERT_CHECKING=1
else
PG_CPPFLAGS += -DNDEBUG
endif
SHLIB_LINK = -lsodium

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
# some packages bring pgxs.mk without the headers
ifeq ($(wildcard $(PGXS) $(shell $(PG_CONFIG) --includedir-server)/postgres.h),$(PGXS))
$(error $(PG_CONFIG) knows no server headers: install those of your server, or \
	try `make help` for goals that bring a server of their own)
endif
include $(PGXS)

# A build elsewhere takes the sources from here and nothing else: what a build
# in this folder left behind may be for another server.
ifdef VPATH
VPATH :=
vpath %.c $(TOP)
vpath %.control $(TOP)
endif

# Packaged servers have dependency tracking off.  In a VPATH build the folders
# do not exist yet; named in full, make does not look for them in VPATH.
$(OBJS): $(HDRS) $(TOP)Makefile $(TOP)journey.control | $(sort $(dir $(OBJS:%=$(CURDIR)/%)))
$(filter src/core/%,$(OBJS)): override CFLAGS += -Wno-declaration-after-statement

$(INSTALL_SQL): $(SQL_MODULES) $(TOP)journey.control $(TOP)Makefile | $(CURDIR)/sql/
	{ printf '%s\n' '\echo Use "CREATE EXTENSION journey" to load this file. \quit'; \
	  cat $(SQL_MODULES); } > $@.tmp && mv $@.tmp $@

$(sort $(dir $(OBJS:%=$(CURDIR)/%)) $(CURDIR)/sql/):
	mkdir -p $@

endif
