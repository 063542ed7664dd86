/*
 * prepared_arg.h
 *	  Arguments that are taken apart once for all rows of a query.
 *
 * Names to look for, patterns of steps and the like are constants nearly
 * always, but nothing promises it.  So what was made of an argument is kept
 * with a copy of its bytes: comparing these costs less than making it again,
 * and is right for arguments that change, too.
 */
#ifndef JOURNEY_PREPARED_ARG_H
#define JOURNEY_PREPARED_ARG_H

#include "fmgr.h"

#include "compat.h"
#include "core/name_set.h"

/*
 * What make() makes of argument number "arg", a varlena, which it gets with a
 * plain header in memory that lives as long as its result: it may point into
 * it, and allocates in the current context.  A function can have one such
 * argument: it takes fn_extra.
 */
extern void *journey_prepared_arg(FunctionCallInfo fcinfo, int arg, void *(*make) (struct varlena *value));

/*
 * The names in argument number "arg", a text[] of any shape, as a set, made
 * ready once.  NULL elements are left out.
 */
extern const JnNameSet *journey_name_set_arg(FunctionCallInfo fcinfo, int arg);

/* The elements of a text[] of any shape in their order, NULL ones left out; points into the array. */
extern JnName *journey_array_names(struct varlena *array, int *count);

#endif							/* JOURNEY_PREPARED_ARG_H */
