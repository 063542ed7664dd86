# Programs made of the core alone: unit tests and fuzzers, no server.
#
#	make -f core.mk TOP=checkout/ OUT=folder KIND=unit|fuzz CC=... FLAGS=...
#
# OUT holds one set of flags; a program is OUT/test_NAME or OUT/fuzz_NAME.

CORE := $(wildcard $(TOP)src/core/*.c $(TOP)src/core/*/*.c)
OBJS := $(patsubst $(TOP)src/core/%.c,$(OUT)/core/%.o,$(CORE))
HDRS := $(wildcard $(TOP)src/core/*.h $(TOP)src/core/*/*.h $(TOP)test/$(KIND)/*.h)
PREFIX_unit := test_
PREFIX_fuzz := fuzz_
PROGRAMS := $(patsubst $(TOP)test/$(KIND)/%.c,$(OUT)/%,$(wildcard $(TOP)test/$(KIND)/$(PREFIX_$(KIND))*.c))
CFLAGS := -std=c11 -g -Wall -Wextra -Werror -I$(TOP)src/core -I$(TOP)test/$(KIND) $(FLAGS)

all: $(PROGRAMS)

.SECONDARY: $(OBJS)

$(OUT)/core/%.o: $(TOP)src/core/%.c $(HDRS)
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) -c -o $@ $<

$(OUT)/%: $(TOP)test/$(KIND)/%.c $(OBJS) $(HDRS)
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) $(LINKFLAGS) -o $@ $< $(OBJS) -lsodium -lm
