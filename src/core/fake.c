/*
 * fake.c
 *	  Made-up names, places and addresses, see fake.h.
 */
#include "fake.h"

#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "noise.h"

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

size_t
jn_fake(JnFakeKind kind, uint64_t bits, char out[JN_FAKE_SIZE])
{
	char		text[JN_FAKE_SIZE + 1] = "";
	const char *a;
	const char *b;
	unsigned	area;
	size_t		size;

	switch (kind)
	{
		case JN_FAKE_FIRST_NAME:
			snprintf(text, sizeof(text), "%s", PICK(first_names));
			break;
		case JN_FAKE_LAST_NAME:
			snprintf(text, sizeof(text), "%s", PICK(last_names));
			break;
		case JN_FAKE_FULL_NAME:
			a = PICK(first_names);
			b = PICK(last_names);
			snprintf(text, sizeof(text), "%s %s", a, b);
			break;
		case JN_FAKE_CITY:
			snprintf(text, sizeof(text), "%s", PICK(cities));
			break;
		case JN_FAKE_STREET:
			a = PICK(streets);
			b = PICK(street_kinds);
			snprintf(text, sizeof(text), "%u %s %s", 1 + choose(&bits, 199), a, b);
			break;
		case JN_FAKE_COMPANY:
			a = PICK(companies);
			b = PICK(company_kinds);
			snprintf(text, sizeof(text), "%s %s", a, b);
			break;
		case JN_FAKE_EMAIL:
			a = PICK(first_names);
			b = PICK(last_names);
			snprintf(text, sizeof(text), "%s.%s%u@example.org", a, b, 10 + choose(&bits, 90));
			for (char *p = text; *p; p++)
				if (*p >= 'A' && *p <= 'Z')
					*p = (char) (*p - 'A' + 'a');
			break;
		case JN_FAKE_PHONE:
			area = 200 + 100 * choose(&bits, 8);
			area += 1 + choose(&bits, 9);
			snprintf(text, sizeof(text), "+1-%u-555-01%02u", area, choose(&bits, 100));
			break;
		case JN_FAKE_KINDS:
			break;
	}
	size = strlen(text);
	memcpy(out, text, size);
	return size;
}
