/*
 * fake.c
 *	  Made-up names, places and addresses, see fake.h.
 */
#include "fake.h"

#include <string.h>

#include "bytes.h"
#include "noise.h"
#include "pen.h"

static const char *const first_names[] = {
	"Ada", "Alma", "Amir", "Anouk", "Arne", "Aylin", "Bela", "Birgit", "Bruno", "Carla", "Cedric",
	"Chiara", "Dana", "Dario", "Edda", "Elio", "Emre", "Esra", "Fabio", "Farah", "Felix", "Freya",
	"Gael", "Greta", "Hana", "Hugo", "Ida", "Ilan", "Imke", "Ines", "Jana", "Jonas", "Juno",
	"Kaya", "Keno", "Lale", "Lea", "Leon", "Lina", "Luca", "Maja", "Malik", "Mara", "Milo",
	"Nadia", "Nico", "Nora", "Odin", "Olga", "Oskar", "Pia", "Quentin", "Rana", "Remo", "Rosa",
	"Samir", "Selma", "Soren", "Tara", "Timo", "Uma", "Vera", "Yara", "Zeno",
};

static const char *const last_names[] = {
	"Abend", "Achter", "Alder", "Amsel", "Anker", "Barden", "Birk", "Bohmer", "Brenn", "Brook",
	"Calder", "Dahl", "Dorn", "Eber", "Eiben", "Elster", "Fabel", "Falke", "Farn", "Feder", "Fink",
	"Fjord", "Garten", "Glocke", "Graf", "Hafen", "Halm", "Harte", "Hasel", "Heide", "Iris",
	"Jager", "Kamp", "Kastan", "Kiesel", "Klee", "Korn", "Lamm", "Lerche", "Linden", "Lorbeer",
	"Marder", "Merz", "Mohn", "Nebel", "Nelke", "Ostwind", "Pappel", "Quell", "Rabe", "Regen",
	"Rohr", "Salbei", "Schilf", "Specht", "Stein", "Tanne", "Ulme", "Varga", "Wald", "Weide",
	"Winter", "Ziegel", "Zander",
};

static const char *const cities[] = {
	"Altbruck", "Amberfeld", "Ashwick", "Birkenau", "Blauhafen", "Brookmere", "Calden", "Dornbach",
	"Eastholm", "Eichental", "Fernley", "Fuchsberg", "Glenmoor", "Goldau", "Grauwasser",
	"Hafenrode", "Heathcote", "Hohenlind", "Inselried", "Juniper", "Kaltenried", "Kornhagen",
	"Lakefield", "Lindenau", "Marwick", "Moosburg", "Nebelheim", "Norderoog", "Oakhurst",
	"Osterwald", "Pinegrove", "Quellstadt", "Rabenau", "Redhaven", "Rosental", "Sandwick",
	"Seeheim", "Silberau", "Steinfurt", "Stillwater", "Tannhof", "Thornbury", "Uferstadt",
	"Valmere", "Westerby", "Wiesental", "Winterton", "Zellbach",
};

static const char *const streets[] = {
	"Acorn", "Apple", "Barley", "Beech", "Bell", "Bridge", "Canal", "Castle", "Cedar", "Chapel",
	"Cherry", "Clover", "Copper", "Dove", "Elm", "Falcon", "Fern", "Field", "Forge", "Garden",
	"Harbour", "Hazel", "Heron", "Hill", "Ivy", "Lantern", "Larch", "Lilac", "Maple", "Meadow",
	"Mill", "Moss", "Orchard", "Owl", "Pebble", "Pine", "Pond", "Quarry", "River", "Rose",
	"Sparrow", "Spring", "Thistle", "Tower", "Valley", "Walnut", "Willow", "Wren",
};

static const char *const street_kinds[] = {
	"Lane", "Road", "Street", "Way", "Square", "Walk", "Court", "Row",
};

static const char *const companies[] = {
	"Amberline", "Bluewater", "Brightleaf", "Cloudberry", "Copperfield", "Daybreak", "Evergreen",
	"Fairwind", "Firstlight", "Goldfinch", "Greenlane", "Halfmoon", "Highfield", "Ironbridge",
	"Junebug", "Kingfisher", "Larkspur", "Lighthouse", "Longshore", "Midsummer", "Milestone",
	"Moonrise", "Northgate", "Oakleaf", "Openfield", "Paperboat", "Quickstep", "Redwood",
	"Riverbank", "Rockrose", "Seabright", "Silverline", "Snowdrop", "Southwind", "Starling",
	"Stonebridge", "Sunfield", "Swiftwater", "Thornfield", "Tidewater", "Underwood", "Waypoint",
	"Westwind", "Whitecap", "Wildflower", "Windmill", "Woodlark", "Yellowstone",
};

static const char *const company_kinds[] = {
	"Works", "Group", "Partners", "Trading", "Supply", "Labs", "Services", "Foods",
};

static const char *const kind_names[JN_FAKE_KINDS] = {
	[JN_FAKE_FIRST_NAME] = "first_name",
	[JN_FAKE_LAST_NAME] = "last_name",
	[JN_FAKE_FULL_NAME] = "full_name",
	[JN_FAKE_CITY] = "city",
	[JN_FAKE_STREET] = "street",
	[JN_FAKE_COMPANY] = "company",
	[JN_FAKE_EMAIL] = "email",
	[JN_FAKE_PHONE] = "phone",
};

JnFakeKind
jn_fake_kind(const char *name)
{
	int			kind = 0;

	while (kind < JN_FAKE_KINDS && strcmp(kind_names[kind], name) != 0)
		kind++;
	return (JnFakeKind) kind;
}

/* One of 0 .. n-1; bits for the next choice come to *bits. */
static unsigned
choose(uint64_t *bits, size_t n)
{
	unsigned	choice = (unsigned) jn_choose(*bits, n);

	*bits = jn_mix64(*bits);
	return choice;
}

#define PICK(list)	(list)[choose(&bits, sizeof(list) / sizeof((list)[0]))]

/* A number with at least "digits" digits, below 1000. */
static void
say_number(JnPen *pen, unsigned number, int digits)
{
	char		text[3] = {(char) ('0' + number / 100), (char) ('0' + number / 10 % 10), (char) ('0' + number % 10)};
	int			skip = 0;

	while (skip < 3 - digits && text[skip] == '0')
		skip++;
	jn_pen_put(pen, text + skip, (size_t) (3 - skip));
}

size_t
jn_fake(JnFakeKind kind, uint64_t bits, char out[JN_FAKE_SIZE])
{
	JnPen		pen = {out, 0};
	unsigned	number;

	switch (kind)
	{
		case JN_FAKE_FIRST_NAME:
			jn_pen_say(&pen, PICK(first_names));
			break;
		case JN_FAKE_LAST_NAME:
			jn_pen_say(&pen, PICK(last_names));
			break;
		case JN_FAKE_FULL_NAME:
			jn_pen_say(&pen, PICK(first_names));
			jn_pen_say(&pen, " ");
			jn_pen_say(&pen, PICK(last_names));
			break;
		case JN_FAKE_CITY:
			jn_pen_say(&pen, PICK(cities));
			break;
		case JN_FAKE_STREET:
			say_number(&pen, 1 + choose(&bits, 199), 1);
			jn_pen_say(&pen, " ");
			jn_pen_say(&pen, PICK(streets));
			jn_pen_say(&pen, " ");
			jn_pen_say(&pen, PICK(street_kinds));
			break;
		case JN_FAKE_COMPANY:
			jn_pen_say(&pen, PICK(companies));
			jn_pen_say(&pen, " ");
			jn_pen_say(&pen, PICK(company_kinds));
			break;
		case JN_FAKE_EMAIL:
			jn_pen_say(&pen, PICK(first_names));
			jn_pen_say(&pen, ".");
			jn_pen_say(&pen, PICK(last_names));
			say_number(&pen, 10 + choose(&bits, 90), 2);
			jn_pen_say(&pen, "@example.org");
			for (size_t i = 0; i < pen.size; i++)
				if (out[i] >= 'A' && out[i] <= 'Z')
					out[i] = (char) (out[i] - 'A' + 'a');
			break;
		case JN_FAKE_PHONE:
			/* an area such as 203 */
			number = 201 + 100 * choose(&bits, 8);
			number += choose(&bits, 9);
			jn_pen_say(&pen, "+1-");
			say_number(&pen, number, 3);
			jn_pen_say(&pen, "-555-01");
			say_number(&pen, choose(&bits, 100), 2);
			break;
		case JN_FAKE_KINDS:
			break;
	}
	return (size_t) pen.size;
}
