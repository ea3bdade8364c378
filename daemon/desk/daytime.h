/*
 * Moments as people write them in Vietnamese and English: "15h30", "3 giờ
 * chiều", "sáng mai", "thứ 2 tuần sau", "21/11", "2-3 ngày", "by Friday",
 * "in 2 hours".  What is meant is the end of what was said: of "2-3 ngày" the
 * third, of "chiều nay" 18:00, of a day its last minute.
 */
#ifndef DESK_DAYTIME_H
#define DESK_DAYTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "talk.h"

/* When it was written, and where. */
struct daytime_now {
	int64_t at;	/* seconds since 1970 */
	int32_t offset; /* seconds east of UTC; taken for what is meant, too */
};

/* How exactly it was said. */
enum daytime_grain {
	DAYTIME_MINUTE, /* a time of day, or so many minutes or hours */
	DAYTIME_PART,	/* of a day: "chiều nay" */
	DAYTIME_DAY	/* a day, or so many days */
};

struct daytime {
	size_t		   from; /* words, the last not counted */
	size_t		   to;
	int64_t		   due; /* seconds since 1970; 0: none to count on: it
				   is past, or too vague */
	enum daytime_grain grain;
	unsigned business; /* so many working days; 0: it was not said.
					due then passes over Saturdays and Sundays;
					holidays are desk.promise_find()'s */
	bool	 lasts;	   /* only "3 ngày": how long, said of anything */
};

/*
 * Whether a moment begins with word i; the words before it that belong to it
 * ("trước", "vào lúc", "within") too.  None reaches to word `end' or past a
 * sentence's end.
 */
bool daytime_read(const struct talk *, size_t i, size_t end,
    const struct daytime_now *, struct daytime *);

#endif
