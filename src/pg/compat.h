/*
 * compat.h
 *	  All differences between the supported servers, 15 to 19.
 *
 * Each entry gives old servers the newer spelling and names the server commit
 * that made it, so that dropping a version is deleting lines.
 */
#ifndef JOURNEY_COMPAT_H
#define JOURNEY_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "journey needs PostgreSQL 15 or newer"
#endif

/* 16 moved the varlena macros out of postgres.h (d952373a987b) */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#endif							/* JOURNEY_COMPAT_H */
