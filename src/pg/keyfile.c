/*
 * keyfile.c
 *	  The root key of this backend, see keyfile.h.
 *
 * The file is opened first and judged by its open descriptor, so that nobody
 * can swap it between the look and the read; a symbolic link as the last part
 * of the path is refused for the same reason.  What we trust: a regular file
 * of the server's user or of root that nobody else may read or write.
 *
 * lstat() once a statement tells whether the file is still the one we read:
 * its inode, size and both times, and so also its mode and owner, whose change
 * touches the change time.  A file that becomes bad takes the key with it.
 *
 * A key may come from a command instead, such as one that asks a key server.
 * It is run once a session, and again if the setting changes or it failed.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/parallel.h"
#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/crypto.h"
#include "glue.h"
#include "keyfile.h"

PG_FUNCTION_INFO_V1(journey_key_check);
PG_FUNCTION_INFO_V1(journey_signing_key);

/* What can be wrong, in the order of the checks. */
typedef enum KeyProblem
{
	KEY_FINE = 0,
	KEY_NOT_SET,
	KEY_NOT_OPENED,				/* found = errno */
	KEY_NOT_REGULAR,
	KEY_OWNER,					/* found = uid */
	KEY_MODE,					/* found = permission bits */
	KEY_NOT_READ,				/* found = errno */
	KEY_COMMAND_FAILED,			/* found = what ClosePipeStream() said */
	KEY_SYNTAX,					/* error = where */
	KEY_CRYPTO
} KeyProblem;

/* The settings journey.key_file and journey.key_command, which counts if there is no file. */
static char *key_file_setting = NULL;
static char *key_command_setting = NULL;

/* What we know, and of which file. */
typedef struct RootKey
{
	TimestampTz looked_at;		/* start of the statement that looked; 0: never */
	char	   *path;			/* or command, in TopMemoryContext; NULL if nothing was read yet */
	bool		is_command;
	struct stat file;			/* as it was when it was read */
	KeyProblem	problem;
	int			found;
	JnError		error;
	JnGuarded  *key;			/* not NULL if and only if problem is KEY_FINE */
} RootKey;

static RootKey root;

static void
forget_key(int code, Datum arg)
{
	jn_guarded_free(root.key);
	root.key = NULL;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
		a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
		a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Takes the key from what was read, which is wiped. */
static KeyProblem
take_key(char *text, size_t size)
{
	static bool registered = false;
	uint8_t		key[JN_KEY_SIZE];
	JnStatus	status;

	/* here and not at load: children of a postmaster that preloads us lose its callbacks */
	if (!registered)
	{
		on_proc_exit(forget_key, (Datum) 0);
		registered = true;
	}

	status = jn_crypto_init(&root.error);
	if (status == JN_OK)
		status = jn_key_parse(text, size, key, &root.error);
	jn_wipe(text, size);
	if (status == JN_OK)
		status = jn_guarded_new(&root.key, key, &root.error);
	jn_wipe(key, sizeof(key));

	return status == JN_OK ? KEY_FINE : status == JN_KEY_FORMAT ? KEY_SYNTAX : KEY_CRYPTO;
}

/* Judges and reads the open file into root. */
static KeyProblem
read_key(int fd)
{
	char		text[JN_KEY_DIGITS + 2];	/* one more than allowed, to notice */
	ssize_t		size;

	if (fstat(fd, &root.file) != 0)
	{
		root.found = errno;
		return KEY_NOT_READ;
	}
	if (!S_ISREG(root.file.st_mode))
		return KEY_NOT_REGULAR;
	if (root.file.st_uid != geteuid() && root.file.st_uid != 0)
	{
		root.found = (int) root.file.st_uid;
		return KEY_OWNER;
	}
	if ((root.file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
	{
		root.found = (int) (root.file.st_mode & 07777);
		return KEY_MODE;
	}

	size = read(fd, text, sizeof(text));
	if (size < 0)
	{
		root.found = errno;
		return KEY_NOT_READ;
	}
	return take_key(text, (size_t) size);
}

/* Runs the command and reads the key that it prints into root. */
static KeyProblem
run_command(const char *command)
{
	char		text[JN_KEY_DIGITS + 2];
	size_t		size;
	FILE	   *pipe;

	pipe = OpenPipeStream(command, PG_BINARY_R);
	if (pipe == NULL)
	{
		root.found = errno;
		return KEY_NOT_READ;
	}
	/* no copy of the key in a buffer of the library */
	setvbuf(pipe, NULL, _IONBF, 0);
	size = fread(text, 1, sizeof(text), pipe);
	root.found = ClosePipeStream(pipe);
	if (root.found != 0)
	{
		jn_wipe(text, sizeof(text));
		return KEY_COMMAND_FAILED;
	}
	return take_key(text, size);
}

/* Looks at the file, unless this statement has done so; fills root. */
static KeyProblem
look_at_key(void)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();
	bool		is_command = *key_file_setting == '\0' && *key_command_setting != '\0';
	const char *path = is_command ? key_command_setting : key_file_setting;
	bool		same = root.path != NULL && root.is_command == is_command && strcmp(root.path, path) == 0;
	struct stat file;
	int			fd;

	if (root.looked_at == now && same)
		return root.problem;

	if (root.key != NULL && same &&
		(is_command || (lstat(path, &file) == 0 && same_file(&file, &root.file))))
	{
		root.looked_at = now;
		return KEY_FINE;
	}

	/* From here on there is no key until we have read one, also if an error takes us out of here. */
	forget_key(0, (Datum) 0);
	root.looked_at = 0;
	root.found = 0;
	if (root.path != NULL)
		pfree(root.path);
	root.path = NULL;
	root.path = MemoryContextStrdup(TopMemoryContext, path);
	root.is_command = is_command;

	if (*path == '\0')
		root.problem = KEY_NOT_SET;
	else if (is_command)
		root.problem = run_command(path);
	else
	{
		/*
		 * O_NONBLOCK: a named pipe must not hang the backend. A relative path
		 * begins at the data directory, which is where the server runs.
		 */
		fd = OpenTransientFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | PG_BINARY);
		if (fd < 0)
		{
			root.found = errno;
			root.problem = KEY_NOT_OPENED;
		}
		else
		{
			root.problem = read_key(fd);
			CloseTransientFile(fd);
		}
	}
	root.looked_at = now;
	return root.problem;
}

const unsigned char *
journey_root_key(void)
{
	static TimestampTz warned_at = 0;

	if (look_at_key() == KEY_FINE)
		return jn_guarded_key(root.key);

	if (warned_at != GetCurrentStatementStartTimestamp() && !IsParallelWorker())
	{
		warned_at = GetCurrentStatementStartTimestamp();
		ereport(WARNING,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("columns whose mask needs a key are shown as NULL"),
				 errdetail("The server has no usable key."),
				 errhint("An administrator can run SELECT journey.key_check() to see why.")));
	}
	return NULL;
}

#define HOW_TO_MAKE_A_KEY \
	"Run \"openssl rand -hex 32 > FILE\" and \"chmod 600 FILE\" as the user of the server, " \
	"then ALTER SYSTEM SET journey.key_file = 'FILE' and SELECT pg_reload_conf()."

const unsigned char *
journey_require_root_key(void)
{
	KeyProblem	problem = look_at_key();
	const char *path = root.path;

	if (root.is_command && problem == KEY_SYNTAX)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the key command did not print a key"),
				 errdetail("A key is %d hexadecimal digits and at most one newline.", JN_KEY_DIGITS)));
	if (root.is_command && problem == KEY_NOT_READ)
	{
		errno = root.found;
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not run the key command: %m")));
	}

	switch (problem)
	{
		case KEY_FINE:
			break;
		case KEY_NOT_SET:
			ereport(ERROR,
					(errcode(ERRCODE_CONFIG_FILE_ERROR),
					 errmsg("there is no root key"),
					 errdetail("The setting \"%s\" is empty.", "journey.key_file"),
					 errhint(HOW_TO_MAKE_A_KEY)));
			break;
		case KEY_NOT_OPENED:
			errno = root.found;
			if (root.found == ELOOP)
				ereport(ERROR,
						(errcode(ERRCODE_CONFIG_FILE_ERROR),
						 errmsg("key file \"%s\" is a symbolic link", path),
						 errhint("Name the file itself in journey.key_file.")));
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not open key file \"%s\": %m", path),
					 errhint(HOW_TO_MAKE_A_KEY)));
			break;
		case KEY_NOT_REGULAR:
			ereport(ERROR,
					(errcode(ERRCODE_CONFIG_FILE_ERROR),
					 errmsg("key file \"%s\" is not a regular file", path),
					 errhint(HOW_TO_MAKE_A_KEY)));
			break;
		case KEY_OWNER:
			ereport(ERROR,
					(errcode(ERRCODE_CONFIG_FILE_ERROR),
					 errmsg("key file \"%s\" belongs to somebody else", path),
					 errdetail("Its owner is the user with number %d; it must be the user of the server or root.",
							   root.found),
					 errhint("Change its owner with chown.")));
			break;
		case KEY_MODE:
			ereport(ERROR,
					(errcode(ERRCODE_CONFIG_FILE_ERROR),
					 errmsg("key file \"%s\" can be used by others", path),
					 errdetail("Its permissions are %04o; group and others must have none.", root.found),
					 errhint("Run \"chmod 600\" on it. If others may have read the key, make a new one.")));
			break;
		case KEY_NOT_READ:
			errno = root.found;
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not read key file \"%s\": %m", path)));
			break;
		case KEY_COMMAND_FAILED:
			ereport(ERROR,
					(errcode(ERRCODE_CONFIG_FILE_ERROR),
					 errmsg("the key command failed"),
					 errdetail_internal("%s", wait_result_to_str(root.found)),
					 errhint("Run the command of journey.key_command as the user of the server.")));
			break;
		case KEY_SYNTAX:
			ereport(ERROR,
					(errcode(ERRCODE_CONFIG_FILE_ERROR),
					 errmsg("key file \"%s\" does not hold a key", path),
					 errdetail("A key is %d hexadecimal digits and at most one newline; byte %zu does not belong there or is missing.",
							   JN_KEY_DIGITS, root.error.at + 1),
					 errhint(HOW_TO_MAKE_A_KEY)));
			break;
		case KEY_CRYPTO:
			ereport(ERROR,
					(errcode(ERRCODE_SYSTEM_ERROR),
					 errmsg("the system gave no protected memory or no randomness for the key")));
			break;
	}
	return jn_guarded_key(root.key);
}

/* The seed of the signing key; to be wiped. */
static void
get_seed(uint8 seed[JN_KEY_SIZE])
{
	JnError		error;

	if (jn_key_derive(seed, journey_require_root_key(), JN_KEY_SIGN, &error) != JN_OK)
		journey_report(&error, "signature");
}

void
journey_sign(const void *message, Size size, uint8 signature[JN_SIGNATURE_SIZE])
{
	uint8		seed[JN_KEY_SIZE];
	JnStatus	status;
	JnError		error;

	get_seed(seed);
	status = jn_sign(signature, seed, message, size, &error);
	jn_wipe(seed, sizeof(seed));
	if (status != JN_OK)
		journey_report(&error, "signature");
}

/* The key that others check these signatures with. */
static void
get_public_key(uint8 public_key[JN_PUBLIC_KEY_SIZE])
{
	uint8		seed[JN_KEY_SIZE];
	JnStatus	status;
	JnError		error;

	get_seed(seed);
	status = jn_sign_public_key(public_key, seed, &error);
	jn_wipe(seed, sizeof(seed));
	if (status != JN_OK)
		journey_report(&error, "signature");
}

static void
check_superuser(void)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to check the key file")));
}

static text *
hex_text(const uint8 *bytes, int size)
{
	static const char digits[] = "0123456789abcdef";
	text	   *result = palloc(VARHDRSZ + 2 * size);
	char	   *p = VARDATA(result);

	for (int i = 0; i < size; i++)
	{
		*p++ = digits[bytes[i] >> 4];
		*p++ = digits[bytes[i] & 15];
	}
	SET_VARSIZE(result, VARHDRSZ + 2 * size);
	return result;
}

/*
 * Which key is this?  The fingerprint comes from a key of its own, so it says
 * nothing about the root key or about tokens.
 */
Datum
journey_key_check(PG_FUNCTION_ARGS)
{
	uint8_t		use_key[JN_KEY_SIZE];
	uint8_t		hash[JN_HASH_MIN];
	JnError		error;
	JnStatus	status;

	check_superuser();
	status = jn_key_derive(use_key, journey_require_root_key(), JN_KEY_FINGERPRINT, &error);
	if (status == JN_OK)
		status = jn_hash(hash, sizeof(hash), use_key, sizeof(use_key), NULL, 0, &error);
	jn_wipe(use_key, sizeof(use_key));
	if (status != JN_OK)
		journey_report(&error, "fingerprint");
	PG_RETURN_TEXT_P(hex_text(hash, sizeof(hash)));
}

/* signing_key() */
Datum
journey_signing_key(PG_FUNCTION_ARGS)
{
	uint8		key[JN_PUBLIC_KEY_SIZE];

	check_superuser();
	get_public_key(key);
	PG_RETURN_TEXT_P(hex_text(key, sizeof(key)));
}

void
journey_keyfile_define_settings(void)
{
	DefineCustomStringVariable("journey.key_file",
							   "The file that holds the root key for masks.",
							   "64 hexadecimal digits; a relative path begins at the data directory. "
							   "The file must belong to the user of the server or to root, "
							   "and group and others must have no rights on it.",
							   &key_file_setting,
							   "",
							   PGC_SUSET,
							   GUC_SUPERUSER_ONLY,
							   NULL,
							   NULL,
							   NULL);
	DefineCustomStringVariable("journey.key_command",
							   "A command that prints the root key for masks, if journey.key_file is empty.",
							   "It runs as the user of the server, once a session, and prints 64 hexadecimal digits.",
							   &key_command_setting,
							   "",
							   PGC_SUSET,
							   GUC_SUPERUSER_ONLY,
							   NULL,
							   NULL,
							   NULL);
}
