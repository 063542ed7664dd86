/*
 * mask_key.c
 *	  Keys of masks: derived when needed, kept in guarded memory, wiped.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "compat.h"
#include "core/mask.h"
#include "keyfile.h"
#include "masks.h"

/* Runs when the memory of the mask goes away, also after an error. */
static void
wipe_key(void *arg)
{
	JourneyMaskKey *key = arg;

	jn_guarded_free(key->guarded);
	key->guarded = NULL;
}

bool
journey_mask_key_open(JourneyMaskKey *key, JourneyMask *mask, const JourneyOptions *options,
					  JnKeyUse use, const char *name)
{
	MemoryContextCallback *callback;
	int32		epoch;

	key->use = use;
	key->name = journey_option_text(options, name);
	key->purpose = NULL;
	key->guarded = NULL;
	if (key->name == NULL || !journey_option_int(options, "epoch", 0, PG_INT32_MAX, &epoch) ||
		journey_root_key() == NULL)
		return false;
	key->epoch = (uint32) epoch;

	callback = MemoryContextAlloc(mask->context, sizeof(MemoryContextCallback));
	callback->func = wipe_key;
	callback->arg = key;
	MemoryContextRegisterResetCallback(mask->context, callback);
	return true;
}

const uint8 *
journey_mask_key(JourneyMaskKey *key, const JourneyMask *mask, const char *purpose)
{
	uint8		bytes[JN_KEY_SIZE];
	const uint8 *root;
	JnStatus	status;
	JnError		error;

	if (key->purpose != NULL && strcmp(key->purpose, purpose) == 0)
		return jn_guarded_key(key->guarded);

	wipe_key(key);
	key->purpose = NULL;
	root = journey_root_key();
	if (root == NULL)
		return NULL;

	status = jn_mask_key(bytes, root, key->use, purpose, key->name, key->epoch, &error);
	if (status == JN_OK)
		status = jn_guarded_new(&key->guarded, bytes, &error);
	jn_wipe(bytes, sizeof(bytes));
	if (status != JN_OK)
		return NULL;
	key->purpose = MemoryContextStrdup(mask->context, purpose);
	return jn_guarded_key(key->guarded);
}
