/*
 * json_path.h
 *	  Which part of a JSON document a policy is about: profile->'home'->0->>'street'.
 *
 *		path	=  column step { step }
 *		column	=  plain name, up to the first "->", or '"' { character, '"' doubled } '"'
 *		step	=  ( "->" | "->>" ) ( "'" { character, "'" doubled } "'" | [ "-" ] digits )
 *
 * with white space around names, arrows and keys.  Only the last arrow may be
 * "->>", which says that the part is a text.  A number counts the elements of an
 * array from 0, or from the end if it is negative; a key in quotes names a
 * member of an object.
 */
#ifndef JN_JSON_PATH_H
#define JN_JSON_PATH_H

#include "jn.h"
#include "labels.h"

/* Most steps of a path, and most bytes of its text. */
#define JN_JSON_PATH_MAX_STEPS	32
#define JN_JSON_PATH_MAX_TEXT	4096

typedef struct JnJsonStep
{
	bool		is_index;
	int32_t		index;			/* if it is one */
	JnName		key;			/* else; in the memory of the path */
} JnJsonStep;

typedef struct JnJsonPath
{
	JnName		column;			/* empty if the text begins with an arrow */
	int			nsteps;			/* 1 to JN_JSON_PATH_MAX_STEPS */
	bool		is_text;		/* the last arrow is "->>" */
	JnJsonStep	step[JN_JSON_PATH_MAX_STEPS];
	char		names[JN_JSON_PATH_MAX_TEXT];	/* the column and the keys, unquoted */
} JnJsonPath;

/* Whether a text is meant as a path: it has an arrow behind the name, if that is quoted. */
extern bool jn_is_json_path(const char *text, size_t size);

/*
 * Reads a path.  Errors: JN_PATH_SYNTAX, at = where; JN_PATH_LONG, more steps
 * or bytes than there may be.
 */
extern JnStatus jn_json_path_read(const char *text, size_t size, JnJsonPath *path, JnError *err);

/*
 * Writes the steps, without the column, in their one form, which reads back;
 * returns the number of bytes, at most twice those of the text that was read
 * and 2 for each step.  out may be NULL: it only measures.
 */
extern size_t jn_json_path_write(const JnJsonPath *path, char *out);

/* Whether two paths meet: one is the other or leads to it.  An index may meet a key: arrays are passed through. */
extern bool jn_json_paths_meet(const JnJsonPath *a, const JnJsonPath *b);

#endif							/* JN_JSON_PATH_H */
