/*
 * paths.c
 *	  Which ways lead from a step, or to it.
 *
 * Edges and beginnings of paths are both found by a number of 64 bits in one
 * hash table.  Paths are a tree: a row knows the row that it goes on from and
 * the event that it adds, so a path of five steps is found in five looks, and
 * what many paths have in common is kept once.  Of view > cart > purchase, view
 * > cart > view and view > search:
 *
 *	 row	goes on from	adds		n
 *	   0	-				view		0
 *	   1	0				cart		0
 *	   2	1				purchase	1
 *	   3	1				view		1
 *	   4	0				search		1
 *
 * For results and bytes the rows are put in an order that does not depend on
 * how they came: names by their bytes, and a tree from its root down, left to
 * right.
 */
#include "paths.h"

#include <assert.h>

#include "bytes.h"
#include "pen.h"
#include "utf8.h"
#include "words.h"

#define BITS_MIN	8
#define ROOM_MIN	64

/* Names that the key of an edge has bits for, and one for nothing. */
#define NAME_BITS	28
#define NAMES_MAX	((UINT32_C(1) << NAME_BITS) - 2)
#define NAME_MASK	((UINT64_C(1) << NAME_BITS) - 1)

#define AT_KIND		1
#define AT_FLAGS	2
#define AT_DEPTH	3
#define AT_TOP		4
#define AT_ANCHOR	8
#define AT_NAMES	12
#define AT_ROWS		16

/* Bytes of a row. */
#define EDGE_SIZE	(1 + 4 + 4 + 16)
#define WHOLE_SIZE	(4 + 4 + 16)

#define NO_ROW		UINT32_MAX

/* ---- rows ---- */

static void
alloc_slots(const JnEnv *env, JnPaths *p, unsigned bits)
{
	p->bits = bits;
	p->slot = jn_alloc(env, jn_array_size((size_t) 1 << bits, sizeof(uint32_t)));
	memset(p->slot, 0, sizeof(uint32_t) << bits);
}

/* A copy of what was asked. */
static JnPathsAsk
copy_ask(const JnEnv *env, const JnPathsAsk *ask)
{
	JnPathsAsk	copy = *ask;
	char	   *anchor = jn_alloc(env, (size_t) ask->anchor.size + 1);

	memcpy(anchor, ask->anchor.data, ask->anchor.size);
	anchor[ask->anchor.size] = 0;
	copy.anchor.data = anchor;
	return copy;
}

void
jn_paths_init(const JnEnv *env, JnPaths *p, const JnPathsAsk *ask, uint64_t salt)
{
	*p = (JnPaths) {.ask = copy_ask(env, ask),.whole.salt = salt};
	jn_lexicon_init(env, &p->names, salt);
	alloc_slots(env, p, BITS_MIN);
	p->room = ROOM_MIN;
	p->row = jn_alloc(env, ROOM_MIN * sizeof(JnPathsRow));
}

static inline uint64_t
edge_key(uint32_t distance, uint32_t near, uint32_t far)
{
	return (uint64_t) distance << 2 * NAME_BITS | ((uint64_t) near + 1) << NAME_BITS
		| (far == JN_PATHS_NOTHING ? 0 : far + 1);
}

static inline uint64_t
whole_key(uint32_t before, uint32_t name)
{
	return (uint64_t) (before == NO_ROW ? 0 : before + 1) << 32 | name;
}

/* The row that a whole path goes on from, or NO_ROW. */
static inline uint32_t
row_before(const JnPaths *p, uint32_t row)
{
	return (uint32_t) (p->row[row].key >> 32) - 1;
}

static inline uint32_t *
find_slot(const JnPaths *p, uint64_t key)
{
	size_t		mask = ((size_t) 1 << p->bits) - 1;
	size_t		at = (size_t) jn_mix64(key ^ p->names.salt) & mask;

	while (p->slot[at] != 0 && p->row[p->slot[at] - 1].key != key)
		at = (at + 1) & mask;
	return &p->slot[at];
}

/* Makes a row that is not there. */
static uint32_t
add_row(const JnEnv *env, JnPaths *p, uint64_t key)
{
	if (p->rows == p->room)
	{
		p->row = jn_resize(env, p->row, jn_array_size(2 * (uint64_t) p->room, sizeof(JnPathsRow)));
		p->room *= 2;
	}
	if (2 * ((size_t) p->rows + 1) > (size_t) 1 << p->bits)
	{
		jn_release(env, p->slot);
		alloc_slots(env, p, p->bits + 1);
		for (uint32_t i = 0; i < p->rows; i++)
		{
			*find_slot(p, p->row[i].key) = i + 1;
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
	}
	p->row[p->rows] = (JnPathsRow) {.key = key};
	*find_slot(p, key) = ++p->rows;
	return p->rows - 1;
}

static inline uint32_t
row_of(const JnEnv *env, JnPaths *p, uint64_t key)
{
	uint32_t	found = *find_slot(p, key);

	return found != 0 ? found - 1 : add_row(env, p, key);
}

static inline void
count_row(JnPaths *p, uint32_t row)
{
	JnPathsRow *r = &p->row[row];

	r->n++;
	r->subjects += r->seen != p->subject;
	r->seen = p->subject;
}

/* ---- adding ---- */

/* The path that begins at step i of n. */
static void
add_path(const JnEnv *env, JnPaths *p, const uint32_t *event, uint32_t i, uint32_t n)
{
	bool		edges = p->ask.kind == JN_PATHS_EDGES;
	uint32_t	near = event[i];
	uint32_t	path = edges ? NO_ROW : row_of(env, p, whole_key(NO_ROW, near));

	for (uint32_t distance = 1; distance <= p->ask.depth; distance++)
	{
		bool		ends = (p->ask.flags & JN_PATHS_BACKWARD) ? i < distance : n - i <= distance;
		uint32_t	far = ends ? JN_PATHS_NOTHING : event[(p->ask.flags & JN_PATHS_BACKWARD) ? i - distance : i + distance];

		if (edges)
			count_row(p, row_of(env, p, edge_key(distance, near, far)));
		if (ends)
			break;
		if (!edges)
			path = row_of(env, p, whole_key(path, far));
		near = far;
	}
	if (!edges)
		count_row(p, path);
}

/* Makes room for n steps. */
static void
make_room(JnPathsLook *look, uint32_t n)
{
	if (n <= look->room)
		return;
	if (look->room > 0)
	{
		look->room = 0;
		jn_release(&look->env, look->event);
		jn_release(&look->env, look->anchor);
	}
	look->event = jn_alloc(&look->env, jn_array_size(n, sizeof(uint32_t)));
	look->anchor = jn_alloc(&look->env, jn_array_size(n, sizeof(uint32_t)));
	look->room = n;
}

static JnStatus
visit_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	JnPathsLook *look = context;
	JnPaths    *p = look->into;

	if (look->bound)
		jn_atoms_unbind(&look->env, &look->binding);
	jn_atoms_bind(&look->env, &look->atoms, columns, &look->binding);
	look->bound = true;
	look->number = jn_lexicon_map(env, &p->names, columns->event, columns->rows);
	if (p->names.names > NAMES_MAX)
		return jn_fail(err, JN_TOO_LARGE, 0, p->names.names, NAMES_MAX);
	return JN_OK;
}

static JnStatus
visit_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	JnPathsLook *look = context;
	JnPaths    *p = look->into;
	const JnLabels *column = subject->columns->event;
	bool		collapse = p->ask.flags & JN_PATHS_COLLAPSE;
	uint32_t	kept = 0;
	uint32_t	anchors = 0;
	uint64_t	work = 0;

	(void) err;
	p->subject++;
	make_room(look, subject->to - subject->from);
	for (uint32_t row = subject->from; row < subject->to; row++)
	{
		uint32_t	code = jn_code_load(column->codes, column->width, row);
		uint32_t	event = look->number[code < column->names ? code : 0];

		if (!collapse || kept == 0 || look->event[kept - 1] != event)
			look->event[kept++] = event;
		if (jn_atoms_first(&look->env, &look->binding, row)
			&& (anchors == 0 || look->anchor[anchors - 1] != kept - 1))
			look->anchor[anchors++] = kept - 1;
		if (row % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (p->ask.flags & JN_PATHS_FIRST && anchors > 1)
		anchors = 1;
	for (uint32_t a = 0; a < anchors; a++)
	{
		add_path(env, p, look->event, look->anchor[a], kept);
		work += p->ask.depth;
		if (work >= JN_TICK_EVERY)
		{
			jn_tick(env);
			work = 0;
		}
	}
	return JN_OK;
}

JnStatus
jn_paths_look_init(const JnEnv *env, JnPathsLook *look, const JnPathsAsk *ask, JnError *err)
{
	JnAtom	   *anchor = jn_alloc(env, sizeof(JnAtom));
	JnStatus	status;

	*look = (JnPathsLook) {.env = *env,.ask = copy_ask(env, ask)};
	status = jn_atom_read(env, look->ask.anchor, anchor, err);
	if (status != JN_OK)
		return status;
	jn_atoms_make(env, anchor, 1, &look->atoms);
	look->visitor = (JnVisitor) {visit_columns, visit_subject, look};
	return JN_OK;
}

/* Begins to look at subjects for a state. */
static const JnVisitor *
look_for(JnPathsLook *look, JnPaths *p)
{
	/* where the last look was left in the middle, its columns may be gone */
	look->bound = false;
	look->into = p;
	p->whole.tracks = look->atoms.tracks;
	return &look->visitor;
}

/* Ends that. */
static JnStatus
looked(JnPathsLook *look, JnStatus status)
{
	if (look->bound)
		jn_atoms_unbind(&look->env, &look->binding);
	look->bound = false;
	return status;
}

JnStatus
jn_paths_journey(const JnEnv *env, JnPaths *p, JnPathsLook *look, const JnJourney *j, JnError *err)
{
	return looked(look, jn_visit_journey(env, look_for(look, p), j, err));
}

JnStatus
jn_paths_set(const JnEnv *env, JnPaths *p, JnPathsLook *look, const JnSet *s, JnError *err)
{
	return looked(look, jn_whole_set(env, &p->whole, s, look_for(look, p), err));
}

JnStatus
jn_paths_finish(const JnEnv *env, JnPaths *p, JnPathsLook *look, JnError *err)
{
	return looked(look, jn_whole_rest(env, &p->whole, look_for(look, p), err));
}

/* ---- merging ---- */

JnStatus
jn_paths_merge(const JnEnv *env, JnPaths *into, JnPathsLook *look, const JnPaths *from, JnError *err)
{
	uint32_t   *number = jn_alloc(env, jn_array_size((size_t) from->names.names + 1, sizeof(uint32_t)));
	uint32_t   *place = jn_alloc(env, jn_array_size((size_t) from->rows + 1, sizeof(uint32_t)));
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < from->names.names; i++)
	{
		number[i] = jn_lexicon_add(env, &into->names, from->names.name[i]);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (into->names.names > NAMES_MAX)
		status = jn_fail(err, JN_TOO_LARGE, 0, into->names.names, NAMES_MAX);
	for (uint32_t i = 0; i < from->rows && status == JN_OK; i++)
	{
		const JnPathsRow *row = &from->row[i];
		uint64_t	key = row->key;
		JnPathsRow *sum;

		if (into->ask.kind == JN_PATHS_EDGES)
		{
			uint32_t	near = (uint32_t) (key >> NAME_BITS & NAME_MASK) - 1;
			uint32_t	far = (uint32_t) (key & NAME_MASK) - 1;

			key = edge_key((uint32_t) (key >> 2 * NAME_BITS), number[near], far == JN_PATHS_NOTHING ? far : number[far]);
		}
		else
		{
			/* what a path goes on from came before it */
			uint32_t	before = row_before(from, i);

			key = whole_key(before == NO_ROW ? NO_ROW : place[before], number[(uint32_t) key]);
		}
		place[i] = row_of(env, into, key);
		sum = &into->row[place[i]];
		if (row->n > (uint64_t) INT64_MAX - sum->n)
			status = jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
		sum->n += row->n;
		sum->subjects += row->subjects;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	jn_release(env, number);
	jn_release(env, place);
	if (status == JN_OK)
		status = looked(look, jn_whole_merge(env, &into->whole, &from->whole, look_for(look, into), err));
	return status;
}

/* ---- order ---- */

/* A row, or a name, to be sorted. */
typedef struct Item
{
	uint64_t	high;
	uint64_t	low;
	uint32_t	number;
} Item;

#define JN_SORT_NAME			sort_items
#define JN_SORT_ITEM			Item
#define JN_SORT_LESS(a, b)		((a)->high != (b)->high ? (a)->high < (b)->high : (a)->low < (b)->low)
#include "count_sort.h"

typedef struct NameItem
{
	JnName		name;
	uint32_t	number;
} NameItem;

#define JN_SORT_NAME			sort_names
#define JN_SORT_ITEM			NameItem
#define JN_SORT_LESS(a, b)		(jn_name_compare((a)->name, (b)->name) < 0)
#include "count_sort.h"

/* Names and rows in the one order that they have. */
typedef struct Order
{
	uint32_t	names;			/* those that are in a row */
	uint32_t   *name;			/* their numbers, names ascending by bytes */
	uint32_t   *rank;			/* by number: the place in name[] */
	uint32_t   *row;			/* p->rows of them */
} Order;

static void
order_names(const JnEnv *env, const JnPaths *p, Order *o)
{
	uint32_t	count = p->names.names;
	NameItem   *item = jn_alloc(env, jn_array_size((size_t) count + 1, sizeof(NameItem)));
	NameItem   *spare = jn_alloc(env, jn_array_size((size_t) count + 1, sizeof(NameItem)));

	o->rank = jn_alloc(env, jn_array_size((size_t) count + 1, sizeof(uint32_t)));
	memset(o->rank, 0, ((size_t) count + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < p->rows; i++)
	{
		uint64_t	key = p->row[i].key;

		if (p->ask.kind == JN_PATHS_EDGES)
		{
			/* nothing has no rank: it is the last, which is not asked for */
			o->rank[(key >> NAME_BITS & NAME_MASK) - 1] = 1;
			o->rank[(key & NAME_MASK) == 0 ? count : (key & NAME_MASK) - 1] = 1;
		}
		else
			o->rank[(uint32_t) key] = 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	o->names = 0;
	for (uint32_t i = 0; i < count; i++)
		if (o->rank[i])
			item[o->names++] = (NameItem) {p->names.name[i], i};
	sort_names(env, item, spare, o->names);
	o->name = jn_alloc(env, jn_array_size((size_t) o->names + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < o->names; i++)
	{
		o->name[i] = item[i].number;
		o->rank[item[i].number] = i;
	}
	jn_release(env, item);
	jn_release(env, spare);
}

/*
 * Brings the rows of a tree, sorted by what they go on from and then by name,
 * into the order of their paths.
 */
static void
order_tree(const JnEnv *env, const JnPaths *p, const Item *item, uint32_t *row)
{
	uint32_t   *child = jn_alloc(env, jn_array_size((size_t) p->rows + 2, sizeof(uint32_t)));
	uint32_t	next[JN_MAX_DEPTH + 2];
	uint32_t	parent[JN_MAX_DEPTH + 2];
	unsigned	level = 0;
	uint32_t	at = 0;
	uint32_t	n = 0;

	/* child[r]: the place in item[] of the first row that goes on from row r - 1 */
	for (uint32_t r = 0; r <= p->rows + 1; r++)
	{
		while (at < p->rows && item[at].high < r)
			at++;
		child[r] = at;
		if (r % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	next[0] = parent[0] = 0;
	while (n < p->rows)
	{
		uint32_t	this = parent[level];

		if (next[level] == child[this + 1])
		{
			level--;
			continue;
		}
		row[n] = item[next[level]++].number;
		level++;
		assert(level < JN_MAX_DEPTH + 2);
		parent[level] = row[n] + 1;
		next[level] = child[row[n] + 1];
		if (++n % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	jn_release(env, child);
}

static Order
order_rows(const JnEnv *env, const JnPaths *p)
{
	Item	   *item = jn_alloc(env, jn_array_size((size_t) p->rows + 1, sizeof(Item)));
	Item	   *spare = jn_alloc(env, jn_array_size((size_t) p->rows + 1, sizeof(Item)));
	bool		edges = p->ask.kind == JN_PATHS_EDGES;
	Order		o;

	order_names(env, p, &o);
	for (uint32_t i = 0; i < p->rows; i++)
	{
		uint64_t	key = p->row[i].key;

		if (edges)
		{
			uint64_t	far = key & NAME_MASK;

			item[i] = (Item) {key >> 2 * NAME_BITS, (uint64_t) o.rank[(key >> NAME_BITS & NAME_MASK) - 1] << 32, i};
			item[i].low |= far == 0 ? o.names : o.rank[far - 1];
		}
		else
			item[i] = (Item) {key >> 32, o.rank[(uint32_t) key], i};
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sort_items(env, item, spare, p->rows);
	o.row = jn_alloc(env, jn_array_size((size_t) p->rows + 1, sizeof(uint32_t)));
	if (!edges)
		order_tree(env, p, item, o.row);
	else
		for (uint32_t i = 0; i < p->rows; i++)
			o.row[i] = item[i].number;
	jn_release(env, item);
	jn_release(env, spare);
	return o;
}

static void
free_order(const JnEnv *env, Order *o)
{
	jn_release(env, o->name);
	jn_release(env, o->rank);
	jn_release(env, o->row);
}

/* ---- results ---- */

JnPathsFacts
jn_paths_facts(const JnPaths *p, uint32_t row)
{
	const JnPathsRow *r = &p->row[row];
	JnPathsFacts facts = {.n = r->n,.subjects = r->subjects};

	if (p->ask.kind == JN_PATHS_EDGES)
	{
		facts.distance = (uint32_t) (r->key >> 2 * NAME_BITS);
		facts.near = (uint32_t) (r->key >> NAME_BITS & NAME_MASK) - 1;
		facts.far = (r->key & NAME_MASK) == 0 ? JN_PATHS_NOTHING : (uint32_t) (r->key & NAME_MASK) - 1;
	}
	else
		for (uint32_t at = row; at != NO_ROW; at = row_before(p, at))
			facts.length++;
	return facts;
}

void
jn_paths_steps(const JnPaths *p, uint32_t row, uint32_t length, JnName *name)
{
	for (uint32_t i = 0; i < length; i++)
	{
		name[(p->ask.flags & JN_PATHS_BACKWARD) ? i : length - 1 - i] = p->names.name[(uint32_t) p->row[row].key];
		row = row_before(p, row);
	}
}

size_t
jn_paths_text(const JnName *name, uint32_t length, char *out)
{
	JnPen		pen = {out, 0};

	for (uint32_t i = 0; i < length; i++)
	{
		JnWord		word = jn_word(name[i], jn_variant_bare);

		jn_pen_say(&pen, i > 0 ? " > " : "");
		if (pen.out != NULL)
			jn_word_write(&word, pen.out);
		jn_pen_advance(&pen, word.size);
	}
	return (size_t) pen.size;
}

uint32_t *
jn_paths_top(const JnEnv *env, JnPaths *p, uint32_t *n)
{
	Order		o = order_rows(env, p);
	Item	   *item = jn_alloc(env, jn_array_size((size_t) p->rows + 1, sizeof(Item)));
	Item	   *spare = jn_alloc(env, jn_array_size((size_t) p->rows + 1, sizeof(Item)));
	bool		edges = p->ask.kind == JN_PATHS_EDGES;
	uint32_t	first = 0;		/* of this distance */
	uint32_t	rows = 0;
	uint32_t	top = 0;
	uint32_t   *row = o.row;

	/* stable sorts, the last key first; beginnings that nobody ended with are no rows */
	for (uint32_t i = 0; i < p->rows; i++)
	{
		const JnPathsRow *r = &p->row[o.row[i]];

		if (r->n > 0)
			item[rows++] = (Item) {UINT64_MAX - r->n, UINT64_MAX - r->subjects, o.row[i]};
	}
	sort_items(env, item, spare, rows);
	if (edges)
	{
		for (uint32_t i = 0; i < rows; i++)
			item[i].high = p->row[item[i].number].key >> 2 * NAME_BITS, item[i].low = i;
		sort_items(env, item, spare, rows);
	}
	for (uint32_t i = 0; i < rows; i++)
	{
		if (edges && i > 0 && item[i].high != item[i - 1].high)
			first = i;
		if (p->ask.top == 0 || i - first < p->ask.top)
			row[top++] = item[i].number;
	}
	jn_release(env, item);
	jn_release(env, spare);
	jn_release(env, o.name);
	jn_release(env, o.rank);
	*n = top;
	return row;
}

/* ---- bytes ---- */

static size_t
row_size(JnPathsKind kind)
{
	return kind == JN_PATHS_EDGES ? EDGE_SIZE : WHOLE_SIZE;
}

static uint8_t *
write_edge(const JnPaths *p, const Order *o, uint32_t row, uint8_t *out)
{
	JnPathsFacts facts = jn_paths_facts(p, row);

	*out++ = (uint8_t) facts.distance;
	jn_store32(out, o->rank[facts.near]);
	jn_store32(out + 4, facts.far == JN_PATHS_NOTHING ? o->names : o->rank[facts.far]);
	return out + 8;
}

JnStatus
jn_paths_bytes(const JnEnv *env, JnPaths *p, uint8_t **bytes, size_t *size, JnError *err)
{
	Order		o = order_rows(env, p);
	uint64_t	need = JN_PATHS_HEADER_SIZE + (uint64_t) p->ask.anchor.size + (uint64_t) p->rows * row_size(p->ask.kind);
	uint32_t   *place = NULL;
	uint8_t    *out;

	for (uint32_t i = 0; i < o.names; i++)
		need += jn_varint_size(p->names.name[o.name[i]].size) + p->names.name[o.name[i]].size;
	if (p->whole.subjects > 0)
		need += jn_whole_size(&p->whole);
	if (need > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) need, (int64_t) JN_MAX_BYTES);
	*size = (size_t) need;
	*bytes = out = jn_alloc(env, *size);
	out[0] = JN_PATHS_VERSION;
	out[AT_KIND] = (uint8_t) p->ask.kind;
	out[AT_FLAGS] = (uint8_t) (p->ask.flags | (p->whole.subjects > 0 ? JN_PATHS_PARTS : 0));
	out[AT_DEPTH] = p->ask.depth;
	jn_store32(out + AT_TOP, p->ask.top);
	jn_store32(out + AT_ANCHOR, p->ask.anchor.size);
	jn_store32(out + AT_NAMES, o.names);
	jn_store32(out + AT_ROWS, p->rows);
	out += JN_PATHS_HEADER_SIZE;
	memcpy(out, p->ask.anchor.data, p->ask.anchor.size);
	out += p->ask.anchor.size;
	for (uint32_t i = 0; i < o.names; i++)
		out = jn_varint_put(out, p->names.name[o.name[i]].size);
	for (uint32_t i = 0; i < o.names; i++)
	{
		JnName		name = p->names.name[o.name[i]];

		if (name.size > 0)
			memcpy(out, name.data, name.size);
		out += name.size;
	}
	if (p->ask.kind == JN_PATHS_WHOLE)
		place = jn_alloc(env, jn_array_size((size_t) p->rows + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < p->rows; i++)
	{
		uint32_t	row = o.row[i];

		if (place == NULL)
			out = write_edge(p, &o, row, out);
		else
		{
			uint32_t	before = row_before(p, row);

			place[row] = i;
			jn_store32(out, before == NO_ROW ? i : place[before]);
			jn_store32(out + 4, o.rank[(uint32_t) p->row[row].key]);
			out += 8;
		}
		jn_store64(out, p->row[row].n);
		jn_store64(out + 8, p->row[row].subjects);
		out += 16;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (p->whole.subjects > 0)
		jn_whole_write(env, &p->whole, out);
	jn_release(env, place);
	free_order(env, &o);
	return JN_OK;
}

/* What has been read so far. */
typedef struct Reading
{
	JnPathsAsk	ask;
	JnPaths    *p;				/* or NULL */
	const uint8_t *bytes;
	size_t		size;
	size_t		at;
	uint32_t	names;
	uint32_t	rows;
	uint8_t    *used;			/* by number of a name */
	/* of whole paths: the row before and the rows that it goes on from */
	unsigned	level;			/* steps of the row before */
	uint32_t	path[JN_MAX_DEPTH + 1];
	uint32_t	step[JN_MAX_DEPTH + 1];
	bool		open;			/* the row before has a count of 0: it has to go on */
} Reading;

/* Reads and proves the names. */
static JnStatus
read_names(const JnEnv *env, Reading *r, JnError *err)
{
	const uint8_t *end = r->bytes + r->size;
	const uint8_t *length = r->bytes + r->at;
	const uint8_t *next = length;
	JnName		before = {0};
	JnStatus	status;

	/* a byte each at least: nothing is allocated for what is not there */
	if (r->size - r->at < r->names)
		return jn_too_short(r->size, r->at + (uint64_t) r->names, err);
	for (uint32_t i = 0; i < r->names; i++)
	{
		uint32_t	size;
		const uint8_t *after = jn_varint_get(next, end, &size);

		if (after == NULL)
			return jn_corrupt_at((size_t) (next - r->bytes), err);
		next = after;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	r->used = jn_alloc(env, (size_t) r->names + 1);
	memset(r->used, 0, (size_t) r->names + 1);
	r->at = (size_t) (next - r->bytes);
	for (uint32_t i = 0; i < r->names; i++)
	{
		JnName		name = {(const char *) r->bytes + r->at, 0};

		length = jn_varint_get(length, end, &name.size);
		if (r->size - r->at < name.size)
			return jn_too_short(r->size, r->at + (uint64_t) name.size, err);
		status = jn_label_check(name, JN_LABEL_EVENT, err);
		if (status != JN_OK)
			return jn_fail_behind(err, r->at);
		if (i > 0 && jn_name_compare(before, name) >= 0)
			return jn_corrupt_at(r->at, err);
		if (r->p != NULL)
			jn_lexicon_add(env, &r->p->names, name);
		before = name;
		r->at += name.size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return JN_OK;
}

/* Reads the edge, without its counts, whose key is *key, from behind the one before. */
static bool
read_edge(Reading *r, uint64_t *before, uint64_t *key)
{
	const uint8_t *in = r->bytes + r->at;
	uint32_t	distance = in[0];
	uint32_t	near = jn_load32(in + 1);
	uint32_t	far = jn_load32(in + 5);
	uint64_t	order;

	if (distance < 1 || distance > r->ask.depth || near >= r->names || far > r->names)
		return false;
	order = (uint64_t) distance << 2 * NAME_BITS | (uint64_t) near << NAME_BITS | far;
	if (order <= *before)
		return false;
	*before = order;
	r->used[near] = r->used[far] = 1;
	*key = edge_key(distance, near, far == r->names ? JN_PATHS_NOTHING : far);
	r->at += 9;
	return true;
}

/* The same of the beginning of a path, number i. */
static bool
read_whole(Reading *r, uint32_t i, uint64_t *key)
{
	uint32_t	from = jn_load32(r->bytes + r->at);
	uint32_t	name = jn_load32(r->bytes + r->at + 4);
	unsigned	level = r->level;

	if (name >= r->names)
		return false;
	if (from == i)
		level = 0;
	else
		while (level > 0 && r->path[level - 1] != from)
			level--;
	if ((from != i && level == 0) || level > r->ask.depth)
		return false;

	/* it goes on from the row before, or comes after another that goes on from the same */
	if (level < r->level && (r->open || name <= r->step[level]))
		return false;
	r->path[level] = i;
	r->step[level] = name;
	r->level = level + 1;
	r->used[name] = 1;
	*key = whole_key(from == i ? NO_ROW : from, name);
	r->at += 8;
	return true;
}

static JnStatus
read_rows(const JnEnv *env, Reading *r, JnError *err)
{
	uint64_t	need = r->at + (uint64_t) r->rows * row_size(r->ask.kind);
	bool		edges = r->ask.kind == JN_PATHS_EDGES;
	uint64_t	before = 0;

	if (r->size < need)
		return jn_too_short(r->size, need, err);
	for (uint32_t i = 0; i < r->rows; i++)
	{
		size_t		begin = r->at;
		uint64_t	key;
		uint64_t	n;
		uint64_t	subjects;

		if (!(edges ? read_edge(r, &before, &key) : read_whole(r, i, &key)))
			return jn_corrupt_at(begin, err);
		n = jn_load64(r->bytes + r->at);
		subjects = jn_load64(r->bytes + r->at + 8);
		r->open = n == 0;
		if (n > INT64_MAX || subjects > n || (subjects == 0) != (n == 0) || (edges && n == 0))
			return jn_corrupt_at(r->at, err);
		r->at += 16;
		if (r->p != NULL)
		{
			uint32_t	row = add_row(env, r->p, key);

			r->p->row[row].n = n;
			r->p->row[row].subjects = subjects;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (r->open)
		return jn_corrupt_at(r->at, err);
	for (uint32_t i = 0; i < r->names; i++)
		if (!r->used[i])
			return jn_corrupt_at(JN_PATHS_HEADER_SIZE, err);
	return JN_OK;
}

JnStatus
jn_paths_read(const JnEnv *env, JnPaths *p, uint64_t salt, const uint8_t *bytes, size_t size, JnError *err)
{
	Reading		r = {.p = p,.bytes = bytes,.size = size,.at = JN_PATHS_HEADER_SIZE};
	JnAtom		anchor;
	JnStatus	status;

	if (size < JN_PATHS_HEADER_SIZE)
		return jn_too_short(size, JN_PATHS_HEADER_SIZE, err);
	if (bytes[0] > JN_PATHS_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, bytes[0], JN_PATHS_VERSION);
	if (bytes[0] == 0)
		return jn_corrupt_at(0, err);
	if (bytes[AT_KIND] >= JN_PATHS_KINDS)
		return jn_corrupt_at(AT_KIND, err);
	if (bytes[AT_FLAGS] > 15)
		return jn_corrupt_at(AT_FLAGS, err);
	if (bytes[AT_DEPTH] < 1 || bytes[AT_DEPTH] > JN_MAX_DEPTH)
		return jn_corrupt_at(AT_DEPTH, err);
	r.ask = (JnPathsAsk)
	{
		.kind = (JnPathsKind) bytes[AT_KIND],.flags = bytes[AT_FLAGS] & ~(unsigned) JN_PATHS_PARTS,
			.depth = bytes[AT_DEPTH],.top = jn_load32(bytes + AT_TOP),
			.anchor =
		{
			(const char *) bytes + JN_PATHS_HEADER_SIZE, jn_load32(bytes + AT_ANCHOR)
		}
	};
	r.names = jn_load32(bytes + AT_NAMES);
	r.rows = jn_load32(bytes + AT_ROWS);
	if (r.names > NAMES_MAX)
		return jn_corrupt_at(AT_NAMES, err);
	if (r.ask.anchor.size == 0)
		return jn_corrupt_at(AT_ANCHOR, err);
	if (size - r.at < r.ask.anchor.size)
		return jn_too_short(size, r.at + (uint64_t) r.ask.anchor.size, err);
	if (jn_utf8_check(r.ask.anchor.data, r.ask.anchor.size) < r.ask.anchor.size)
		return jn_fail(err, JN_NAME_UTF8, r.at, 0, 0);
	if (jn_atom_read(env, r.ask.anchor, &anchor, err) != JN_OK)
		return jn_corrupt_at(r.at, err);
	r.at += r.ask.anchor.size;
	if (p != NULL)
		jn_paths_init(env, p, &r.ask, salt);
	status = read_names(env, &r, err);
	if (status == JN_OK)
		status = read_rows(env, &r, err);
	jn_release(env, r.used);
	if (status == JN_OK && bytes[AT_FLAGS] & JN_PATHS_PARTS)
	{
		size_t		took;

		status = jn_whole_read(env, p != NULL ? &p->whole : NULL, bytes + r.at, size - r.at, &took, err);
		if (status != JN_OK)
			return jn_fail_behind(err, r.at);
		if (took == JN_WHOLE_EMPTY)
			return jn_corrupt_at(r.at, err);
		r.at += took;
	}
	if (status == JN_OK && r.at != size)
		return jn_corrupt_at(r.at, err);
	return status;
}
