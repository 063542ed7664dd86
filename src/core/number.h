/*
 * number.h
 *	  The text form of a value: a float8 in decimal digits and back, exactly.
 *
 *	 number   =  [ "-" ] digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ]
 *				 | "NaN" | "Infinity" | "-Infinity"
 *
 * with at most JN_MAX_NAME characters.  Uses strtod() and snprintf(), whose
 * decimal point is that of LC_NUMERIC: it must be "C", as the server keeps it.
 */
#ifndef JN_NUMBER_H
#define JN_NUMBER_H

#include "jn.h"

/* Longest number that jn_number_write() makes, and some room. */
#define JN_NUMBER_TEXT	40

/*
 * Writes a number, without a terminator, with as few digits as are needed to
 * read the same one back; returns the number of bytes, below JN_NUMBER_TEXT.
 */
extern size_t jn_number_write(double value, char *out);

/*
 * Reads the number at *p, below end, and moves *p past it.  -0 is 0.
 * Errors, with "at" = 0 and *p as it was: JN_TEXT_NUMBER; JN_NUMBER_RANGE if
 * it is too large for a double, or too small to differ from 0 but not 0.
 */
extern JnStatus jn_number_read(const char **p, const char *end, double *value, JnError *err);

#endif							/* JN_NUMBER_H */
