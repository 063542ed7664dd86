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

JnWord
jn_word(JnName name, bool (*bare) (JnName name))
{
	return (JnWord) {name, bare(name) ? name.size : quoted_size(name)};
}

void
jn_words_open(const JnEnv *env, JnWords *words, const JnLabels *labels, bool (*bare) (JnName name))
{
	JnNames		names;

	words->word = words->few;
	if (labels->names > JN_FEW_WORDS)
		words->word = jn_alloc(env, labels->names * sizeof(JnWord));
	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		words->word[i] = jn_word(jn_names_next(&names), bare);
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
