/*
 * chain.c
 *	  Leaves and links of the consent ledger.
 */
#include "chain.h"

#include "bytes.h"

/* The first byte of what is hashed. */
enum
{
	DOMAIN_LEAF = 0,
	DOMAIN_LINK = 1
};

/* The first byte of a field, with room for its length. */
enum
{
	FIELD_MISSING = 0,
	FIELD_PRESENT = 1,
	FIELD_HEAD = 5
};

JnStatus
jn_chain_leaf(uint8_t leaf[JN_CHAIN_HASH], const JnBytes *fields, int nfields,
			  JnError *err)
{
	uint8_t		head[6] = {DOMAIN_LEAF, JN_CHAIN_VERSION};
	uint8_t		heads[JN_CHAIN_FIELDS][FIELD_HEAD];
	JnBytes		parts[1 + 2 * JN_CHAIN_FIELDS];
	int			nparts = 0;

	if (nfields < 0 || nfields > JN_CHAIN_FIELDS)
		return jn_fail(err, JN_ARGUMENT, 0, nfields, JN_CHAIN_FIELDS);

	jn_store32(head + 2, (uint32_t) nfields);
	parts[nparts++] = (JnBytes) {head, sizeof(head)};

	for (int i = 0; i < nfields; i++)
	{
		if (fields[i].data == NULL)
		{
			heads[i][0] = FIELD_MISSING;
			parts[nparts++] = (JnBytes) {heads[i], 1};
			continue;
		}
		if (fields[i].size > UINT32_MAX)
			return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) fields[i].size, UINT32_MAX);

		heads[i][0] = FIELD_PRESENT;
		jn_store32(heads[i] + 1, (uint32_t) fields[i].size);
		parts[nparts++] = (JnBytes) {heads[i], FIELD_HEAD};
		parts[nparts++] = fields[i];
	}

	return jn_hash(leaf, JN_CHAIN_HASH, NULL, 0, parts, nparts, err);
}

JnStatus
jn_chain_link(uint8_t link[JN_CHAIN_HASH], int64_t place, const uint8_t *before,
			  const uint8_t leaf[JN_CHAIN_HASH], JnError *err)
{
	static const uint8_t none[JN_CHAIN_HASH] = {0};
	uint8_t		head[10] = {DOMAIN_LINK, JN_CHAIN_VERSION};
	JnBytes		parts[] = {
		{head, sizeof(head)},
		{before != NULL ? before : none, JN_CHAIN_HASH},
		{leaf, JN_CHAIN_HASH}
	};

	jn_store64(head + 2, (uint64_t) place);
	return jn_hash(link, JN_CHAIN_HASH, NULL, 0, parts, 3, err);
}
