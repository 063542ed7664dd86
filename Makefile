# journey - PostgreSQL extension for journey analytics
EXTENSION = journey
MODULE_big = journey
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" journey.control)
OBJS = $(patsubst %.c,%.o,$(wildcard src/core/*.c src/pg/*.c))
HDRS = $(wildcard src/core/*.h src/pg/*.h)
INSTALL_SQL = sql/journey--$(EXTVERSION).sql
DATA_built = $(INSTALL_SQL)
PG_CPPFLAGS = -I$(CURDIR)/src
PG_CFLAGS = -std=gnu11 -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare
SHLIB_LINK = -lsodium
PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
$(OBJS): $(HDRS)
$(INSTALL_SQL): $(sort $(wildcard sql/modules/*.sql))
	cat $^ > $@
