/*
 * words.c
 *	  Names bare or in double quotes, see words.h.
 */
#include "words.h"

/* Bytes of a name in quotes. */
static uint32_t
quoted_size(JnName name)
{
	uint32_t	size = name.size + 2;

	for (uint32_t i = 0; i < name.size; i++)
		size += name.data[i] == '"';
	return size;
}

void
jn_words_open(const JnEnv *env, JnWords *words, const JnJourney *j, bool (*bare) (JnName name))
{
	JnNames		names;

	words->word = words->few;
	if (j->event.names > JN_FEW_WORDS)
		words->word = jn_alloc(env, j->event.names * sizeof(JnWord));
	jn_names_open(&names, &j->event);
	for (uint32_t i = 0; i < j->event.names; i++)
	{
		JnName		name = jn_names_next(&names);

		words->word[i] = (JnWord) {name, bare(name) ? name.size : quoted_size(name)};
		if (i % 64 == 63)
			jn_tick(env);
	}
}

void
jn_words_close(const JnEnv *env, JnWords *words)
{
	if (words->word != words->few)
		jn_release(env, words->word);
}

char *
jn_word_write(const JnWord *word, char *out)
{
	if (word->size == word->name.size)
	{
		memcpy(out, word->name.data, word->size);
		return out + word->size;
	}
	*out++ = '"';
	for (uint32_t i = 0; i < word->name.size; i++)
	{
		if (word->name.data[i] == '"')
			*out++ = '"';
		*out++ = word->name.data[i];
	}
	*out++ = '"';
	return out;
}
