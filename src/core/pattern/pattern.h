/*
 * pattern.h
 *	  Patterns of steps: the language, and what reading a pattern gives.
 *
 *	 pattern      =  alternatives [ "within" interval ]
 *	 alternatives =  sequence { "|" sequence }
 *	 sequence     =  item { [ link ] item }
 *	 link         =  ">>" | "->" | "…" | "..." | "-[" bound { "," bound } "]->"
 *	 bound        =  "no" atom | ( "<" | "<=" | ">" | ">=" ) interval
 *	 item         =  primary [ quantifier [ "?" ] ]
 *	 quantifier   =  "?" | "*" | "+" | "{" n "}" | "{" [ n ] "," [ m ] "}"
 *	 primary      =  atom | "^" | "$" | "(" [ alternatives ] ")"
 *					 | "PERMUTE" "(" alternatives { "," alternatives } ")"
 *	 atom         =  "!" atom | option | "[" [ "^" ] option { "," option } "]"
 *	 option       =  ( "." | name ) [ "@" name ] [ tests ] | "@" name [ tests ] | tests
 *	 tests        =  "{" test { "," test } "}"
 *	 test         =  track ( "=" | "!=" | "<>" ) name
 *					 | "value" ( "=" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) number
 *	 track        =  "channel" | "decision" | "action" | "persona" | "sense"
 *	 name         =  plain | '"' { any character, '"' doubled } '"'
 *	 plain        =  as in text.h, but "." and "-" do not end it, "…" and arrows such
 *					 as "→" are not in it, a "$" right before a letter is, and it is
 *					 neither "within" nor "PERMUTE"
 *	 interval     =  part { part } | "'" part { part } "'"
 *	 part         =  number [ unit ] | HH ":" MM [ ":" SS [ "." fraction ] ]
 *
 * and number as in number.h; words may be written in capitals, too.  Items side by side or joined by ">>" match
 * neighbouring steps.  A link "->" may pass over steps in between, as few as
 * will do; its bounds say what none of these may be, and how long it may be
 * from the step that an atom matched before the link to the one that an atom
 * matches after it.  Where nothing stands between two links, because it was
 * optional, both hold for the whole way.
 *
 * Reading keeps its open parentheses on a stack of its own, and gives a tree
 * whose nodes come after their children, so that nobody needs recursion to
 * walk it.
 */
#ifndef JN_PATTERN_H
#define JN_PATTERN_H

#include "atom.h"

typedef enum JnNodeKind
{
	JN_NODE_EMPTY,				/* () */
	JN_NODE_ATOM,				/* atom[left] */
	JN_NODE_BEGIN,				/* ^ */
	JN_NODE_END,				/* $ */
	JN_NODE_SEQUENCE,			/* node[left], link[link] or JN_DIRECT, node[right] */
	JN_NODE_CHOICE,				/* node[left] or node[right], the first preferred */
	JN_NODE_REPEAT,				/* node[left], least to most times */
	JN_NODE_PERMUTE				/* node[item[left]] to node[item[right - 1]], in every order */
} JnNodeKind;

/* In place of a link: directly followed by. */
#define JN_DIRECT		UINT32_MAX

/* In place of a number of times: any number. */
#define JN_ANY_TIMES	UINT32_MAX

/* No time bound. */
#define JN_NO_BOUND		INT64_MAX

typedef struct JnNode
{
	JnNodeKind	kind;
	bool		reluctant;		/* of a repeat: as few as will do */
	uint32_t	left;
	uint32_t	right;
	uint32_t	link;			/* of a sequence */
	uint32_t	least;			/* of a repeat */
	uint32_t	most;			/* likewise, may be JN_ANY_TIMES */
} JnNode;

/* A time bound in microseconds, as it was written. */
typedef struct JnBound
{
	bool		given;
	bool		open;			/* < or >, not <= or >= */
	int64_t		us;				/* at least 0 */
} JnBound;

/* What holds on the way over an eventual link. */
typedef struct JnLink
{
	uint32_t	first;			/* atom[first] to atom[first + forbidden - 1] match no step on the way */
	uint32_t	forbidden;
	JnBound		above;			/* > or >= */
	JnBound		below;			/* < or <= */
} JnLink;

/* Least and most microseconds that a link may take; most is JN_NO_BOUND without a bound. */
static inline int64_t
jn_link_least(const JnLink *link)
{
	return link->above.given ? link->above.us + link->above.open : 0;
}

static inline int64_t
jn_link_most(const JnLink *link)
{
	return link->below.given ? link->below.us - link->below.open : JN_NO_BOUND;
}

/* A pattern.  Lives in env's memory and points into the text that it was read from. */
typedef struct JnPattern
{
	JnNode	   *node;			/* children before parents; the last is the whole */
	uint32_t	nodes;
	JnAtom	   *atom;			/* of nodes and links */
	uint32_t	atoms;
	JnLink	   *link;
	uint32_t	links;
	uint32_t   *item;			/* of permutations */
	uint32_t	items;
	int64_t		within;			/* microseconds from first to last step, or JN_NO_BOUND */
} JnPattern;

/* Whether the ellipsis stands here, which is a link. */
static inline bool
jn_is_ellipsis(const char *p, size_t size)
{
	return size >= 3 && memcmp(p, "\xe2\x80\xa6", 3) == 0;
}

/*
 * Whether an arrow stands here, of U+2190 to U+21FF, U+27F0 to U+27FF or U+2900
 * to U+297F.  Who writes one means a link, which it is not.
 */
static inline bool
jn_is_arrow(const char *p, size_t size)
{
	unsigned	second = size >= 3 && (uint8_t) p[0] == 0xe2 ? (uint8_t) p[1] : 0;
	unsigned	third = second != 0 ? (uint8_t) p[2] : 0;

	return (second == 0x86 && third >= 0x90) || second == 0x87 || (second == 0x9f && third >= 0xb0)
		|| second == 0xa4 || second == 0xa5;
}

/*
 * Reads a pattern.  Linear.
 * Errors: JN_PATTERN_*, with "at" a character, from 1; JN_NAME_LONG,
 * JN_NAME_UTF8, JN_SENSE_EMPTY, with "at" a byte, from 0.
 */
extern JnStatus jn_pattern_read(const JnEnv *env, const char *text, size_t size, JnPattern *p, JnError *err);

/*
 * The canonical text: writes it at "out", or only measures if that is NULL;
 * returns its bytes, without a terminator.  It reads back as a pattern of the
 * same text and meaning.
 */
extern size_t jn_pattern_write(const JnEnv *env, const JnPattern *p, char *out);

/* The text of an atom, and of an interval in microseconds, likewise. */
extern size_t jn_atom_write(const JnAtom *atom, char *out);
extern size_t jn_interval_write(int64_t us, char *out);

/* The atom, if the pattern is exactly one step atom; else NULL. */
extern const JnAtom *jn_pattern_atom(const JnPattern *p);

/*
 * The binary form of a pattern, on disk and on the wire: one byte of version,
 * JN_PATTERN_VERSION, and the canonical text.  Equal patterns are equal bytes.
 */
#define JN_PATTERN_VERSION	1

/*
 * Reads and proves a binary form from anywhere.  Errors: those of
 * jn_pattern_read(), JN_BYTES_SHORT, JN_BYTES_VERSION, JN_BYTES_CORRUPT.
 */
extern JnStatus jn_pattern_validate(const JnEnv *env, const uint8_t *p, size_t size, JnPattern *pattern,
									JnError *err);

#endif							/* JN_PATTERN_H */
