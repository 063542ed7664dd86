/*
 * mask_encrypt.c
 *	  Encrypted cells, and the data keys of subjects that they are made with.
 *
 * The key of a subject is looked up, unwrapped and kept in guarded memory until
 * a cell of another subject comes.  Rows that are sorted by subject are cheap;
 * each change costs a probe of an index and some microseconds.
 *
 * A subject without a key, and one whose key was destroyed, is NULL.  Keys are
 * made for whole relations, so whether there is one says nothing about what
 * the subject said.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/instrument.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/base64url.h"
#include "core/cell_cipher.h"
#include "glue.h"
#include "keyfile.h"
#include "masks.h"
#include "own_tables.h"
#include "probe.h"

PG_FUNCTION_INFO_V1(journey__new_subject_key);
PG_FUNCTION_INFO_V1(journey__decrypt);
PG_FUNCTION_INFO_V1(journey__decrypt_text);

/* One encrypted column. */
typedef struct Encrypt
{
	char	   *label;
	uint32		epoch;

	/* the subject whose key is here */
	char	   *subject;		/* NULL: nobody's; in the context of the mask */
	int			subject_size;
	int			subject_room;
	JnGuarded  *key;			/* NULL: the subject has none */
} Encrypt;

/* Runs when the memory of the mask goes away, also after an error. */
static void
wipe_encrypt(void *arg)
{
	Encrypt    *encrypt = arg;

	jn_guarded_free(encrypt->key);
	encrypt->key = NULL;
}

/* The wrapped key of a subject and an epoch, in the newest committed state. */
static bool
find_wrapped(const char *subject, int size, uint32 epoch, uint8 wrapped[JN_WRAPPED_SIZE])
{
	JourneyTable tables[JOURNEY_OWN_TABLES];
	BufferUsage buffers = pgBufferUsage;
	text	   *name;
	JourneyProbe probe;
	bool		found = false;

	if (!journey_find_own_tables(tables))
		return false;
	name = cstring_to_text_with_len(subject, size);
	journey_probe_begin(&probe, &tables[JOURNEY_SUBJECT_KEY], NULL, F_TEXTEQ, PointerGetDatum(name));
	while (!found && journey_probe_next(&probe))
	{
		Datum		value;

		if ((uint32) DatumGetInt32(journey_probe_column(&probe, JOURNEY_SUBJECT_KEY_EPOCH)) != epoch)
			continue;
		value = journey_probe_column(&probe, JOURNEY_SUBJECT_KEY_WRAPPED);
		if (!probe.has_null)
		{
			bytea	   *bytes = DatumGetByteaPP(value);

			found = VARSIZE_ANY_EXHDR(bytes) == JN_WRAPPED_SIZE;
			if (found)
				memcpy(wrapped, VARDATA_ANY(bytes), JN_WRAPPED_SIZE);
		}
	}
	journey_probe_end(&probe);
	pfree(name);
	pgBufferUsage = buffers;
	return found;
}

/* The data key of a subject, in guarded memory; NULL if there is none that opens. */
static JnGuarded *
get_data_key(const char *subject, int size, uint32 epoch)
{
	uint8		wrapped[JN_WRAPPED_SIZE];
	uint8		bytes[JN_KEY_SIZE];
	const uint8 *root;
	JnGuarded  *key = NULL;
	JnError		error;

	if (!find_wrapped(subject, size, epoch, wrapped))
		return NULL;
	root = journey_root_key();
	if (root != NULL &&
		jn_data_key_open(bytes, root, (JnBytes) {subject, size}, epoch, wrapped, &error) == JN_OK &&
		jn_guarded_new(&key, bytes, &error) != JN_OK)
		key = NULL;
	jn_wipe(bytes, sizeof(bytes));
	return key;
}

/* Makes the key of the cell's subject ready; false if there is none. */
static bool
prepare_subject(Encrypt *encrypt, const JourneyMask *mask, const JourneyCell *cell)
{
	if (cell->subject == NULL)
		return false;
	if (encrypt->subject != NULL && encrypt->subject_size == cell->subject_size &&
		memcmp(encrypt->subject, cell->subject, cell->subject_size) == 0)
		return encrypt->key != NULL;

	/* nobody's until all is known, also if an error takes us out of here */
	wipe_encrypt(encrypt);
	encrypt->subject_size = -1;
	if (encrypt->subject == NULL || encrypt->subject_room < cell->subject_size)
	{
		encrypt->subject_room = cell->subject_size + 64;
		encrypt->subject = MemoryContextAlloc(mask->context, encrypt->subject_room);
	}
	encrypt->key = get_data_key(cell->subject, cell->subject_size, encrypt->epoch);
	memcpy(encrypt->subject, cell->subject, cell->subject_size);
	encrypt->subject_size = cell->subject_size;
	return encrypt->key != NULL;
}

static Datum
show_encrypted(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	Encrypt    *encrypt = mask->state;
	JnCellPlace place;
	JnTokenKind kind = JN_TOKEN_NULL;
	const char *data = NULL;
	int			size = 0;
	size_t		sealed_size;
	bool		as_text = mask->base != BYTEAOID;
	bytea	   *sealed;
	text	   *letters;
	JnError		error;

	*isnull = true;
	if (!prepare_subject(encrypt, mask, cell))
		return (Datum) 0;
	if (!cell->isnull)
	{
		kind = as_text ? JN_TOKEN_TEXT : JN_TOKEN_BYTES;
		data = journey_mask_text(cell->raw, mask->base, &size);
	}
	/* a message of the next size would be too large for a value */
	if ((size_t) size > JN_CELL_MAX_DATA)
		return (Datum) 0;

	place.column = (JnBytes) {encrypt->label, strlen(encrypt->label)};
	place.subject = (JnBytes) {cell->subject, cell->subject_size};
	place.epoch = encrypt->epoch;
	sealed_size = jn_cell_cipher_size(size);
	sealed = palloc(VARHDRSZ + sealed_size);
	SET_VARSIZE(sealed, VARHDRSZ + sealed_size);
	if (jn_cell_encrypt((uint8 *) VARDATA(sealed), jn_guarded_key(encrypt->key), &place, kind, data, size, &error) != JN_OK)
		return (Datum) 0;
	*isnull = false;
	if (!as_text)
		return PointerGetDatum(sealed);

	letters = palloc(VARHDRSZ + jn_base64url_size(sealed_size));
	SET_VARSIZE(letters, VARHDRSZ + jn_base64url_size(sealed_size));
	jn_base64url_write((uint8 *) VARDATA(sealed), sealed_size, VARDATA(letters));
	pfree(sealed);
	return PointerGetDatum(letters);
}

void
journey_mask_open_encrypt(JourneyMask *mask, const JourneyOptions *options)
{
	Encrypt    *encrypt = palloc0(sizeof(Encrypt));
	MemoryContextCallback *callback;
	int32		epoch;

	mask->state = encrypt;
	encrypt->subject_size = -1;
	encrypt->label = journey_option_text(options, "label");
	if (encrypt->label == NULL || !journey_option_int(options, "epoch", 0, PG_INT32_MAX, &epoch) ||
		(mask->base != TEXTOID && mask->base != VARCHAROID && mask->base != BYTEAOID) || journey_root_key() == NULL)
		return;
	encrypt->epoch = (uint32) epoch;
	callback = MemoryContextAlloc(mask->context, sizeof(MemoryContextCallback));
	callback->func = wipe_encrypt;
	callback->arg = encrypt;
	MemoryContextRegisterResetCallback(mask->context, callback);
	mask->show = show_encrypted;
}

/* ----- for who may ----- */

/* _new_subject_key(subject text, epoch int) */
Datum
journey__new_subject_key(PG_FUNCTION_ARGS)
{
	text	   *subject = PG_GETARG_TEXT_PP(0);
	bytea	   *result = palloc(VARHDRSZ + JN_WRAPPED_SIZE);
	JnError		error;

	if (jn_data_key_new((uint8 *) VARDATA(result), journey_require_root_key(),
						(JnBytes) {VARDATA_ANY(subject), VARSIZE_ANY_EXHDR(subject)},
						(uint32) PG_GETARG_INT32(1), &error) != JN_OK)
		journey_report(&error, "data key");
	SET_VARSIZE(result, VARHDRSZ + JN_WRAPPED_SIZE);
	PG_RETURN_BYTEA_P(result);
}

/* One error, whatever is wrong. */
pg_noreturn static void
cannot_decrypt(void)
{
	JnError		error = {.status = JN_UNSEAL};

	journey_report(&error, "cell");
	pg_unreachable();
}

/* The raw value of a message, which is "size" bytes, as a varlena; NULL if it was missing. */
static struct varlena *
decrypt(const uint8 *message, size_t size, text * label, text * subject, JnTokenKind wanted)
{
	const char *name = VARDATA_ANY(subject);
	int			name_size = VARSIZE_ANY_EXHDR(subject);
	JnCellPlace place = {{VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)}, {name, name_size}, 0};
	JnGuarded  *key;
	uint8	   *plain;
	const uint8_t *data;
	size_t		data_size;
	JnTokenKind kind;
	JnStatus	status;
	JnError		error;
	struct varlena *result = NULL;

	if (jn_crypto_init(&error) != JN_OK || jn_cell_epoch(message, size, &place.epoch, &error) != JN_OK)
		cannot_decrypt();
	plain = palloc(size);
	key = get_data_key(name, name_size, place.epoch);
	if (key == NULL)
		cannot_decrypt();
	status = jn_cell_decrypt(plain, jn_guarded_key(key), &place, message, size, &kind, &data, &data_size, &error);
	jn_guarded_free(key);
	if (status != JN_OK || (kind != wanted && kind != JN_TOKEN_NULL))
		cannot_decrypt();
	if (kind == wanted)
		result = (struct varlena *) cstring_to_text_with_len((const char *) data, data_size);
	jn_wipe(plain, size);
	return result;
}

/* _decrypt(sealed bytea, label text, subject text) */
Datum
journey__decrypt(PG_FUNCTION_ARGS)
{
	bytea	   *sealed = PG_GETARG_BYTEA_PP(0);
	struct varlena *result = decrypt((const uint8 *) VARDATA_ANY(sealed), VARSIZE_ANY_EXHDR(sealed),
									 PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2), JN_TOKEN_BYTES);

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(result);
}

/* _decrypt(sealed text, label text, subject text) */
Datum
journey__decrypt_text(PG_FUNCTION_ARGS)
{
	text	   *letters = PG_GETARG_TEXT_PP(0);
	uint8	   *sealed = palloc(VARSIZE_ANY_EXHDR(letters) + 1);
	size_t		size;
	struct varlena *result;

	if (!jn_base64url_read(VARDATA_ANY(letters), VARSIZE_ANY_EXHDR(letters), sealed, &size))
		cannot_decrypt();
	result = decrypt(sealed, size, PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2), JN_TOKEN_TEXT);
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}
