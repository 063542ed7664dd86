/*
 * keyfile.h
 *	  The root key: from the file that journey.key_file names, or the command of
 *	  journey.key_command, into guarded memory of this backend.
 *
 * The key itself is never in a setting, a message, a plan or a result.
 */
#ifndef JOURNEY_KEYFILE_H
#define JOURNEY_KEYFILE_H

#include "core/crypto.h"

/* Defines journey.key_file and journey.key_command.  Called once, by _PG_init(). */
extern void journey_keyfile_define_settings(void);

/*
 * The root key, JN_KEY_SIZE bytes, or NULL if there is none that we trust;
 * then readers get one WARNING a statement, from the leader, that names
 * neither the file nor the reason.  The file is looked at once a statement and
 * read again only if it changed.  The bytes stay where they are until the
 * next statement.
 */
extern const unsigned char *journey_root_key(void);

/*
 * The same for administrators: what is wrong with the file is an error with
 * its path and how to put it right.  Never NULL.
 */
extern const unsigned char *journey_require_root_key(void);

/*
 * Signs with the key of this server, which follows from the root key; an error,
 * as above, if there is none.
 */
extern void journey_sign(const void *message, Size size, uint8 signature[JN_SIGNATURE_SIZE]);

#endif							/* JOURNEY_KEYFILE_H */
