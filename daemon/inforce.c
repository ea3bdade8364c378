/*
 * The applied configuration as this process uses it; see inforce.h.
 */
#include "amiin.h"
#include "base/log.h"
#include "daemon.h"
#include "desk/rules.h"
#include "feed.h"
#include "inforce.h"
#include "presence.h"
#include "widget.h"

void
inforce_take(struct daemon *d, int64_t version, const char *json, size_t n)
{
	struct rules *rules;
	char	      wrong[400];

	if (version <= d->config)
		return;
	rules = rules_load(json, n, wrong, sizeof wrong);
	if (rules == NULL) {
		log_error("configuration %lld not taken: %s",
		    (long long)version, wrong);
		return;
	}
	rules_feel(rules, d->moods);
	rules_free(d->rules);
	d->rules = rules;
	d->config = version;
	d->people = true;
	feed_configure(d->feed, json, n);
	widget_configure(d->widget, json, n);
	presence_configure(d->presence, json, n);
	amiin_configure(d->amiin);
	log_info("configuration taken: version %lld", (long long)version);
}
