/*
 * whole.h
 *	  The whole journey of every subject, read from sets.
 *
 * Most questions about a subject need all of its journey: whether it matches a
 * pattern, how far it got in a funnel.  Most subjects lie whole in one set, and
 * these are shown where they are: nothing is built, nothing copied.  A journey
 * that is too long for one set stands in several (set_format.h), and the sets
 * come in any order, perhaps each in another process.  Its parts are held back
 * until all of them are there, and then shown as one journey.
 *
 * An object with these operations:
 *
 *	 set		shows the subjects that are whole, and holds back the other parts
 *	 merge		adds what another one holds back
 *	 rest		shows what is still held back, each subject once
 *
 * A part is complete with others when it follows from one that begins a journey
 * to one that ends it; that the steps where they meet are the same ones is what
 * tells that they belong together.  What is shown in the end is the same whatever
 * the order in which sets came or objects were merged.  Rest shows parts whose
 * companions never came, say because a query has left sets out.
 *
 * Memory: of each subject whose parts are not all there yet some 100 bytes and
 * its key; 120 bytes for each of these parts; and a copy of the sets in which
 * they stand, until the last one of them has been shown.  Nothing of a set whose
 * subjects are whole.  Joining takes the bytes of the journey once more.
 *
 * The parts that are held back as bytes, for partial aggregates on their way
 * between processes and machines; little-endian and unaligned:
 *
 *	 u32 s, the number of sets; then for each, in the order of jn_set_compare(),
 *	 u32 size; the bytes of the set; a bit for each of its parts, the first in
 *	 the lowest bit of the first byte, unused bits 0: whether it is held back.
 *	 These are parts that go on from another one or in another one, and each set
 *	 has one at least
 *
 * Equal parts in equal sets are equal bytes, whatever the order in which they
 * came.
 */
#ifndef JN_WHOLE_H
#define JN_WHOLE_H

#include "columns.h"
#include "set.h"

/* Who is shown the subjects. */
typedef struct JnVisitor
{
	/*
	 * The subjects to come stand in these columns: the place to look up names.
	 * Called before the first subject() and whenever the columns change.
	 */
	JnStatus	(*columns) (const JnEnv *env, void *context, const JnColumns *columns, JnError *err);

	/* A subject.  May read its times, or not; whatever it returns but JN_OK ends the visit. */
	JnStatus	(*subject) (const JnEnv *env, void *context, const JnSubject *subject, JnError *err);

	void	   *context;
} JnVisitor;

/* A subject of which parts are held back, and a set in which such parts stand. */
typedef struct JnHeldSubject JnHeldSubject;
typedef struct JnHeldSet JnHeldSet;

/* Use the functions below; all zero, but for "tracks" and "salt", is one that holds nothing. */
typedef struct JnWhole
{
	unsigned	tracks;			/* bits of those that joined journeys have; the others are not looked at */
	uint64_t	salt;			/* as in jn_lexicon_init() */
	JnHeldSubject *subject;		/* in no order */
	uint32_t	subjects;
	uint32_t	room;
	uint32_t   *slot;			/* 1 << bits of them: number of a subject + 1; 0 = free */
	unsigned	bits;
	JnHeldSet  *set;			/* the last one that came; they are linked */
	uint32_t	sets;
} JnWhole;

/* Shows a journey, as a subject of its own. */
extern JnStatus jn_visit_journey(const JnEnv *env, const JnVisitor *visitor, const JnJourney *j, JnError *err);

/*
 * Shows the subjects that are whole in a set, in order, and holds back the parts
 * of the others; shows those that become whole by that, behind the first.
 * Errors: what the visitor returns; JN_TOO_MANY_STEPS if a journey cannot be
 * made whole.  Then *w can only be thrown away.
 */
extern JnStatus jn_whole_set(const JnEnv *env, JnWhole *w, const JnSet *s, const JnVisitor *visitor, JnError *err);

/* The second half of it: for those who go through the others by themselves. */
extern JnStatus jn_whole_hold(const JnEnv *env, JnWhole *w, const JnSet *s, const JnVisitor *visitor, JnError *err);

/* The same for those who know where the parts of the others stand, see jn_set_ends(). */
extern JnStatus jn_whole_hold_these(const JnEnv *env, JnWhole *w, const JnSet *s, const JnSetCounts *other,
									uint32_t others, const JnVisitor *visitor, JnError *err);

/*
 * Adds the parts that "from" holds back, which stays as it is, and shows the
 * subjects that become whole.  Errors as above.
 */
extern JnStatus jn_whole_merge(const JnEnv *env, JnWhole *w, const JnWhole *from, const JnVisitor *visitor,
							   JnError *err);

/*
 * Shows what is held back, in no order: all parts of a subject as one journey,
 * but those apart that overlap in time, for they come from sets that did not
 * know of each other.  *w stays as it is.  Errors as above.
 */
extern JnStatus jn_whole_rest(const JnEnv *env, const JnWhole *w, const JnVisitor *visitor, JnError *err);

/* Bytes of the form above where nothing is held back: who leaves that out refuses to read it. */
#define JN_WHOLE_EMPTY	4

/* Bytes of the form above, and their writing; returns what follows. */
extern uint64_t jn_whole_size(const JnWhole *w);
extern uint8_t *jn_whole_write(const JnEnv *env, const JnWhole *w, uint8_t *out);

/*
 * Reads them and proves every rule; adds them to *w, which holds nothing yet,
 * unless that is NULL, and tells how many bytes they were.  Linear in size.
 * Errors: JN_BYTES_*, JN_NAME_*, JN_TIME_RANGE, JN_SUBJECT_*, with offsets from p.
 */
extern JnStatus jn_whole_read(const JnEnv *env, JnWhole *w, const uint8_t *p, size_t size, size_t *took,
							  JnError *err);

/* Forgets all parts and their memory. */
extern void jn_whole_release(const JnEnv *env, JnWhole *w);

#endif							/* JN_WHOLE_H */
