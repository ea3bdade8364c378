/*
 * deskctl simulate: a day played over in virtual time, by the very library that
 * decides in deskd, for one configuration or for two; see deskctl(1).
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/play.h"
#include "operation.h"
#include "simulate.h"

#define RUNS_USUAL  5
#define LEVEL_USUAL 80

/* What the command line says. */
struct asked {
	const char *config, *against, *pattern, *shifts, *day, *queue, *save;
	bool	    staff;
};

/* Configurations ----------------------------------------------------------- */

static char *
config_in_force(struct ctl *ctl, enum ctl_exit *status)
{
	const struct resp_arg words[] = { { "CONFIG.SHOW", 11 } };
	json_t		     *answer;
	char		     *json;

	*status = ctl_ask(ctl, words, nitems(words), &answer);
	if (*status != CTL_OK)
		return (NULL);
	json = json_dumps(json_object_get(answer, "config"), JSON_COMPACT);
	json_decref(answer);
	if (json == NULL) {
		*status = CTL_REFUSED;
		ctl_say("the desk has no configuration yet: --config FILE");
	}
	return (json);
}

static enum ctl_exit
side_load(struct sim *sim, const char *name, const char *file)
{
	struct sim_side *side = &sim->sides[sim->nsides];
	enum ctl_exit	 status = CTL_REFUSED;
	char		*json;

	json = file != NULL ? ctl_read_config(file)
			    : config_in_force(sim->ctl, &status);
	if (json == NULL)
		return (status);
	side->name = name;
	side->file = file;
	side->shifts = &sim->pattern;
	company_make(&side->company, json);
	free(json);
	sim->nsides++;
	return (CTL_OK);
}

/* Days --------------------------------------------------------------------- */

static bool
pattern_take(struct pattern *p, const char *text, size_t n, const char *file)
{
	char wrong[400];

	if (pattern_read(p, text, n, wrong, sizeof wrong))
		return (true);
	if (strncmp(wrong, "0:", 2) == 0) /* of no line */
		ctl_say("%s:%s", file, wrong + 2);
	else
		ctl_say("%s:%s", file, wrong);
	return (false);
}

static bool
pattern_file(struct pattern *p, const char *path)
{
	size_t n;
	char  *text = ctl_read_file(path, PATTERN_MAX, &n);
	bool   good = text != NULL && pattern_take(p, text, n, path);

	free(text);
	return (good);
}

static bool
text_save(const char *path, const char *text, size_t n)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	bool  good;

	if (f == NULL) {
		ctl_say("%s: cannot be written", path);
		return (false);
	}
	good = fwrite(text, 1, n, f) == n;
	good = (f == stdout ? fflush(f) : fclose(f)) == 0 && good;
	if (!good)
		ctl_say("%s: cannot be written", path);
	return (good);
}

static enum ctl_exit
pattern_recorded(struct sim *sim, const struct asked *a)
{
	enum ctl_exit status = CTL_REFUSED;
	size_t	      n;
	char	     *text = sim_day_text(sim, a->day, a->queue, &n, &status);

	if (text == NULL)
		return (status);
	if ((a->save != NULL && !text_save(a->save, text, n)) ||
	    !pattern_take(&sim->pattern, text, n, a->day))
		status = CTL_REFUSED;
	free(text);
	return (status);
}

/*
 * A name that nobody has is a slip; on a recorded day somebody has left since,
 * or serves no queue any more.
 */
static bool
names_known(const struct sim *sim, bool recorded)
{
	const struct pattern *p;
	const char	     *name;
	bool		      is_queue;
	size_t		      i, k, found;

	for (i = 0; i < 2 * sim->nsides; i++) {
		p = i % 2 == 0 ? &sim->pattern : sim->sides[i / 2].shifts;
		name = play_unknown(&sim->sides[i / 2].company, p, &is_queue);
		if (name == NULL)
			continue;
		/* An agent who serves queues on one side only is known. */
		for (k = found = 0; !is_queue && k < sim->nsides; k++)
			found +=
			    company_agent(&sim->sides[k].company, name) >= 0;
		if (found > 0 || (recorded && !is_queue))
			continue;
		ctl_say("%s: there is no %s \"%s\" in %s",
		    sim->sides[i / 2].name,
		    is_queue ? "queue" : "agent with a queue", name,
		    sim->sides[i / 2].file != NULL ? sim->sides[i / 2].file
						   : "the configuration");
		return (false);
	}
	return (true);
}

/* Playing ------------------------------------------------------------------ */

static bool
side_play(struct sim *sim, struct sim_side *side, const struct day *day,
    uint64_t seed)
{
	const struct play p = { .server = sim->server,
		.company = &side->company,
		.pattern = &sim->pattern,
		.shifts = side->shifts,
		.day = day,
		.seed = seed };
	struct tally	  tally;
	bool		  good;

	if ((good = play_day(&p, &tally)))
		outcome_add(&side->outcome, &tally);
	else
		ctl_say("%s", server_wrong(sim->server));
	stream_add_day(side->work, &side->company, &sim->pattern, day);
	tally_free(&tally);
	return (good);
}

/* One day, for each side. */
static bool
day_play(struct sim *sim, uint64_t seed)
{
	struct day day;
	size_t	   i;
	bool	   good = day_make(&day, &sim->pattern, seed);

	if (!good)
		ctl_say("more than %d cases come: say a shorter day, or lower "
			"rates",
		    DAY_CASES);
	for (i = 0; good && i < sim->nsides; i++)
		good = side_play(sim, &sim->sides[i], &day, seed);
	day_free(&day);
	return (good);
}

bool
sim_play(struct sim *sim)
{
	struct sim_side *side;
	char		 wrong[300];
	size_t		 i, run;

	if (sim->server == NULL &&
	    (sim->server = server_start(wrong, sizeof wrong)) == NULL) {
		ctl_say("%s", wrong);
		return (false);
	}
	for (i = 0; i < sim->nsides; i++) {
		side = &sim->sides[i];
		outcome_make(&side->outcome, &side->company, sim->runs);
		side->work =
		    xcalloc(side->company.nqueues + 1, sizeof *side->work);
	}
	for (run = 0; run < sim->runs; run++)
		if (!day_play(sim, sim->seed + run))
			return (false);
	return (true);
}

static enum ctl_exit
sim_run(struct sim *sim, const struct asked *a)
{
	enum ctl_exit status;
	json_t	     *outcome;

	if (a->day != NULL)
		status = pattern_recorded(sim, a);
	else
		status = pattern_file(&sim->pattern, a->pattern) ? CTL_OK
								 : CTL_REFUSED;
	if (status != CTL_OK)
		return (status);
	if ((status = side_load(sim, "config", a->config)) != CTL_OK)
		return (status);
	if ((a->against != NULL || a->shifts != NULL) &&
	    (status = side_load(sim, "against",
		 a->against != NULL ? a->against : a->config)) != CTL_OK)
		return (status);
	if (a->shifts != NULL) {
		if (!pattern_file(&sim->shifts, a->shifts))
			return (CTL_REFUSED);
		sim->sides[1].shifts = &sim->shifts;
	}
	if (!names_known(sim, a->day != NULL))
		return (CTL_REFUSED);
	if (a->staff)
		return (sim_staff(sim) ? CTL_OK : CTL_REFUSED);
	if (!sim_play(sim))
		return (CTL_REFUSED);
	outcome = sim_outcome(sim);
	sim_show(sim, outcome);
	json_decref(outcome);
	return (CTL_OK);
}

static void
sim_free(struct sim *sim)
{
	size_t i;

	server_stop(sim->server);
	for (i = 0; i < sim->nsides; i++) {
		outcome_free(&sim->sides[i].outcome);
		free(sim->sides[i].work);
		company_free(&sim->sides[i].company);
	}
	pattern_free(&sim->pattern);
	pattern_free(&sim->shifts);
}

/* The command -------------------------------------------------------------- */

enum {
	LONG_CONFIG = 256,
	LONG_AGAINST,
	LONG_SHIFTS,
	LONG_PATTERN,
	LONG_DAY,
	LONG_QUEUE,
	LONG_SAVE,
	LONG_SEED,
	LONG_RUNS,
	LONG_LEVEL,
	LONG_STAFF,
	LONG_CSV,
	LONG_JSON
};

static const struct option longs[] = {
	{ "config", required_argument, NULL, LONG_CONFIG },
	{ "against", required_argument, NULL, LONG_AGAINST },
	{ "shifts", required_argument, NULL, LONG_SHIFTS },
	{ "pattern", required_argument, NULL, LONG_PATTERN },
	{ "day", required_argument, NULL, LONG_DAY },
	{ "queue", required_argument, NULL, LONG_QUEUE },
	{ "save", required_argument, NULL, LONG_SAVE },
	{ "seed", required_argument, NULL, LONG_SEED },
	{ "runs", required_argument, NULL, LONG_RUNS },
	{ "level", required_argument, NULL, LONG_LEVEL },
	{ "staff", no_argument, NULL, LONG_STAFF },
	{ "csv", no_argument, NULL, LONG_CSV },
	{ "json", no_argument, NULL, LONG_JSON },
	{ 0 },
};

/* A whole number from least to most, else false, and said. */
static bool
number_take(const char *name, const char *s, uint64_t least, uint64_t most,
    uint64_t *to)
{
	size_t n = strspn(s, "0123456789");

	if (n > 0 && n <= 18 && s[n] == '\0') {
		*to = strtoull(s, NULL, 10);
		if (*to >= least && *to <= most)
			return (true);
	}
	ctl_say("--%s is a whole number from %llu to %llu", name,
	    (unsigned long long)least, (unsigned long long)most);
	return (false);
}

static bool
option_take(struct sim *sim, struct asked *a, int c)
{
	uint64_t v;

	switch (c) {
	case LONG_CONFIG:
		a->config = optarg;
		return (true);
	case LONG_AGAINST:
		a->against = optarg;
		return (true);
	case LONG_SHIFTS:
		a->shifts = optarg;
		return (true);
	case LONG_PATTERN:
		a->pattern = optarg;
		return (true);
	case LONG_DAY:
		a->day = optarg;
		return (true);
	case LONG_QUEUE:
		a->queue = optarg;
		return (true);
	case LONG_SAVE:
		a->save = optarg;
		return (true);
	case LONG_SEED:
		return (number_take(
		    "seed", optarg, 0, 999999999999999999, &sim->seed));
	case LONG_RUNS:
		if (!number_take("runs", optarg, 1, SIM_RUNS_MAX, &v))
			return (false);
		sim->runs = (size_t)v;
		return (true);
	case LONG_LEVEL:
		if (!number_take("level", optarg, 1, 99, &v))
			return (false);
		sim->level = (double)v;
		return (true);
	case LONG_STAFF:
		return (a->staff = true);
	case LONG_CSV:
		return (sim->csv = true);
	case LONG_JSON:
		return (sim->ctl->json = true);
	default:
		return (false);
	}
}

enum ctl_exit
ctl_simulate(struct ctl *ctl, int argc, char **argv)
{
	struct sim sim = {
		.ctl = ctl, .seed = 1, .runs = RUNS_USUAL, .level = LEVEL_USUAL
	};
	struct asked  a = { 0 };
	enum ctl_exit status;
	int	      c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!option_take(&sim, &a, c))
			return (ctl_usage("simulate"));
	if (optind != argc || (a.pattern == NULL) == (a.day == NULL) ||
	    (a.staff && a.day != NULL) ||
	    (a.day == NULL && (a.save != NULL || a.queue != NULL)))
		return (ctl_usage("simulate"));
	if (a.staff && (a.against != NULL || a.shifts != NULL))
		return (ctl_usage("simulate"));
	status = sim_run(&sim, &a);
	sim_free(&sim);
	return (status);
}
