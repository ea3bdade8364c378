/*
 * Orders as CSV; see orderrow.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "digest.h"
#include "fold.h"
#include "orderrow.h"
#include "when.h"

enum column {
	COL_ORDER,
	COL_PHONE,
	COL_EMAIL,
	COL_NAME,
	COL_STATUS,
	COL_ORDERED,
	COL_PROMISED,
	COL_SHIPPED,
	COL_DELIVERED,
	COL_UPDATED,
	COL_CARRIER,
	COL_TRACKING,
	COL_AMOUNT,
	COL_CURRENCY,
	COL_PAYMENT,
	COLUMNS
};

/* Folded: as a person may write them. */
static const struct {
	const char *name;
	enum column column;
} names[] = {
	{ "order", COL_ORDER },
	{ "order no", COL_ORDER },
	{ "order number", COL_ORDER },
	{ "ma don", COL_ORDER },
	{ "ma don hang", COL_ORDER },
	{ "so don hang", COL_ORDER },
	{ "phone", COL_PHONE },
	{ "sdt", COL_PHONE },
	{ "dien thoai", COL_PHONE },
	{ "so dien thoai", COL_PHONE },
	{ "email", COL_EMAIL },
	{ "name", COL_NAME },
	{ "customer", COL_NAME },
	{ "ten", COL_NAME },
	{ "khach hang", COL_NAME },
	{ "ten khach hang", COL_NAME },
	{ "status", COL_STATUS },
	{ "trang thai", COL_STATUS },
	{ "ordered at", COL_ORDERED },
	{ "ngay dat", COL_ORDERED },
	{ "ngay dat hang", COL_ORDERED },
	{ "promised at", COL_PROMISED },
	{ "hen giao", COL_PROMISED },
	{ "ngay hen giao", COL_PROMISED },
	{ "shipped at", COL_SHIPPED },
	{ "ngay gui", COL_SHIPPED },
	{ "ngay gui hang", COL_SHIPPED },
	{ "delivered at", COL_DELIVERED },
	{ "ngay giao", COL_DELIVERED },
	{ "ngay giao hang", COL_DELIVERED },
	{ "updated at", COL_UPDATED },
	{ "cap nhat", COL_UPDATED },
	{ "ngay cap nhat", COL_UPDATED },
	{ "carrier", COL_CARRIER },
	{ "van chuyen", COL_CARRIER },
	{ "don vi van chuyen", COL_CARRIER },
	{ "tracking", COL_TRACKING },
	{ "ma van don", COL_TRACKING },
	{ "amount", COL_AMOUNT },
	{ "total", COL_AMOUNT },
	{ "tong tien", COL_AMOUNT },
	{ "so tien", COL_AMOUNT },
	{ "currency", COL_CURRENCY },
	{ "tien te", COL_CURRENCY },
	{ "payment", COL_PAYMENT },
	{ "thanh toan", COL_PAYMENT },
};

/* A row's values: NULL where the column is not there or empty. */
struct row {
	const char *value[COLUMNS];
	char	    times[COLUMNS][WHEN_MAX];
	char	    amount[32];
};

void
orderrow_init(struct orderrow *o, int offset)
{
	*o = (struct orderrow){ .offset = offset };
	csv_init(&o->csv);
}

static enum csv_got PRINTFLIKE(2, 3)
    orderrow_fault(struct orderrow *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(o->wrong, sizeof o->wrong, fmt, ap);
	va_end(ap);
	return (CSV_FAULT);
}

static int
column_named(const char *s)
{
	char   folded[FOLD_ROOM(64)];
	size_t i;
	char  *p;

	if (strlen(s) > 64)
		return (-1);
	fold_text(folded, sizeof folded, s, strlen(s));
	for (p = folded; *p != '\0'; p++)
		if (*p == '_' || *p == '-')
			*p = ' ';
	for (i = 0; i < nitems(names); i++)
		if (strcmp(names[i].name, folded) == 0)
			return ((int)names[i].column);
	return (-1);
}

/* The column's own name in meta, which may not be another's as well. */
static void
other_name(struct orderrow *o, size_t i, const char *name)
{
	size_t k, n = utf8_cut(name, strlen(name), OTHER_MAX - 8);

	snprintf(o->others[i], sizeof o->others[i], "%.*s", (int)n, name);
	for (k = 0; k < i; k++)
		if (strcmp(o->others[k], o->others[i]) == 0) {
			snprintf(o->others[i] + n, sizeof o->others[i] - n,
			    " (%zu)", i + 1);
			return;
		}
}

/* Reads the header; CSV_MORE when it will do. */
static enum csv_got
orderrow_header(struct orderrow *o, const struct csv_record *r)
{
	bool   seen[COLUMNS] = { false };
	size_t i;
	int    c;

	for (i = 0; i < r->n; i++) {
		c = o->columns[i] = column_named(r->field[i]);
		if (c == -1)
			other_name(o, i, r->field[i]);
		else if (seen[c])
			return (orderrow_fault(
			    o, "Two columns are \"%s\".", r->field[i]));
		else
			seen[c] = true;
	}
	if (!seen[COL_ORDER] || (!seen[COL_PHONE] && !seen[COL_EMAIL]))
		return (orderrow_fault(o,
		    "The first line must name the columns: at least order, "
		    "and phone or email."));
	o->ncolumns = r->n;
	return (CSV_MORE);
}

/*
 * "2026-11-21 08:15", "21/11/2026", … as RFC 3339; end: a day alone is meant
 * until its end.
 */
static bool
time_read(char out[WHEN_MAX], const char *s, int offset, bool end)
{
	char	 iso[40];
	unsigned y, m, d, hour, min, sec = 0;
	int	 n = -1;

	if (when_valid(s, strlen(s)) && strlen(s) < WHEN_MAX) {
		strcpy(out, s);
		return (true);
	}
	if (sscanf(s, "%4u-%2u-%2u%n", &y, &m, &d, &n) != 3 &&
	    sscanf(s, "%2u/%2u/%4u%n", &d, &m, &y, &n) != 3)
		return (false);
	s += n;
	if (*s == '\0') {
		hour = end ? 23 : 0;
		min = sec = end ? 59 : 0;
	} else {
		n = -1;
		if (sscanf(s, " %2u:%2u%n", &hour, &min, &n) != 2)
			return (false);
		s += n;
		n = 0;
		if (*s == ':' && sscanf(s, ":%2u%n", &sec, &n) != 1)
			return (false);
		if (s[n] != '\0')
			return (false);
	}
	snprintf(iso, sizeof iso, "%04u-%02u-%02u %02u:%02u:%02u", y, m, d,
	    hour, min, sec);
	return (when_local(out, iso, strlen(iso), offset));
}

/* "125.000đ" is 125000, "12.50" stays: three digits make a group. */
static bool
amount_read(char *out, size_t size, const char *s)
{
	size_t n = 0, digits, all = strspn(s, "0123456789., ");
	bool   group;

	if (strspn(s, "0123456789") == 0 ||
	    (s[all] != '\0' && strcmp(s + all, "đ") != 0 &&
		strcmp(s + all, "VND") != 0 && strcmp(s + all, "₫") != 0))
		return (false);
	for (;;) {
		digits = strspn(s, "0123456789");
		if (digits == 0 || n + digits + 2 > size)
			return (false);
		memcpy(out + n, s, digits);
		n += digits;
		s += digits;
		if (*s != '.' && *s != ',')
			break;
		digits = strspn(s + 1, "0123456789");
		group = digits == 3;
		if (!group && (digits > 2 || strspn(s + 1 + digits, ".,") > 0))
			return (false);
		if (!group)
			out[n++] = '.';
		s++;
	}
	out[n] = '\0';
	return (true);
}

static const char *
row_read(const struct orderrow *o, struct row *row, const struct csv_record *r)
{
	static const enum column times[] = { COL_ORDERED, COL_PROMISED,
		COL_SHIPPED, COL_DELIVERED, COL_UPDATED };
	const char		*s;
	size_t			 i;
	enum column		 c;

	*row = (struct row){ 0 };
	if (r->n != o->ncolumns)
		return ("It has not as many fields as the first line.");
	for (i = 0; i < r->n; i++)
		if (o->columns[i] != -1 && *r->field[i] != '\0')
			row->value[o->columns[i]] = r->field[i];
	if (row->value[COL_ORDER] == NULL)
		return ("The order's number is empty.");
	if (row->value[COL_PHONE] == NULL && row->value[COL_EMAIL] == NULL)
		return ("There is neither phone nor email.");
	for (i = 0; i < nitems(times); i++) {
		c = times[i];
		if ((s = row->value[c]) == NULL)
			continue;
		if (!time_read(row->times[c], s, o->offset, c == COL_PROMISED))
			return ("A time is none: write 2026-11-21 08:15 or "
				"21/11/2026.");
		row->value[c] = row->times[c];
	}
	if ((s = row->value[COL_AMOUNT]) != NULL) {
		if (!amount_read(row->amount, sizeof row->amount, s))
			return ("The amount is none: write 125000 or 125.000.");
		row->value[COL_AMOUNT] = row->amount;
	}
	return (NULL);
}

static void
put(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	if (b->p[b->n - 1] != '{')
		buf_char(b, ',');
	buf_json_str(b, name);
	buf_char(b, ':');
	buf_json_str(b, value);
}

/* When the row's newest word was said, as far as it tells. */
static const char *
row_at(const struct row *row)
{
	static const enum column newest[] = { COL_UPDATED, COL_DELIVERED,
		COL_SHIPPED, COL_ORDERED };
	size_t			 i;

	for (i = 0; i < nitems(newest); i++)
		if (row->value[newest[i]] != NULL)
			return (row->value[newest[i]]);
	return (NULL);
}

static void
row_write(struct buf *b, const struct orderrow *o, const struct row *row,
    const struct csv_record *r)
{
	static const struct {
		const char *name;
		enum column column;
	} facts[] = { { "no", COL_ORDER }, { "status", COL_STATUS },
		{ "promised_at", COL_PROMISED }, { "shipped_at", COL_SHIPPED },
		{ "delivered_at", COL_DELIVERED }, { "carrier", COL_CARRIER },
		{ "tracking", COL_TRACKING }, { "amount", COL_AMOUNT },
		{ "currency", COL_CURRENCY }, { "payment", COL_PAYMENT } };
	char   hex[DIGEST_HEX];
	bool   phone = row->value[COL_PHONE] != NULL;
	size_t i;

	digest_hex(hex, r->bytes, r->nbytes);
	buf_str(b, "{\"channel\":\"order\",\"id\":\"row:");
	buf_str(b, hex);
	buf_char(b, '"');
	put(b, "at", row_at(row));
	buf_str(b, ",\"from\":{");
	put(b, "kind", phone ? "phone" : "email");
	put(b, "address", row->value[phone ? COL_PHONE : COL_EMAIL]);
	put(b, "name", row->value[COL_NAME]);
	buf_str(b, "},\"order\":{");
	for (i = 0; i < nitems(facts); i++)
		put(b, facts[i].name, row->value[facts[i].column]);
	buf_str(b, "},\"meta\":{");
	put(b, "ordered_at", row->value[COL_ORDERED]);
	if (phone)
		put(b, "email", row->value[COL_EMAIL]);
	for (i = 0; i < r->n; i++)
		if (o->columns[i] == -1 && *o->others[i] != '\0' &&
		    *r->field[i] != '\0')
			put(b, o->others[i], r->field[i]);
	buf_str(b, "}}");
}

enum csv_got
orderrow_next(struct orderrow *o, const char *s, size_t n, bool last,
    size_t *used, struct buf *json)
{
	struct csv_record r;
	struct row	  row;
	const char	 *wrong;
	enum csv_got	  got;
	size_t		  one;

	/* The header's line is here whole, or it is not looked at yet. */
	if (o->ncolumns == 0 && n > 0)
		o->csv.comma = csv_guess(s, n);
	for (*used = 0;;) {
		got = csv_next(&o->csv, s + *used, n - *used, last, &one, &r);
		*used += one;
		if (got == CSV_FAULT)
			return (orderrow_fault(o, "%s", o->csv.wrong));
		if (got != CSV_RECORD)
			return (got);
		if (o->ncolumns == 0) {
			if (orderrow_header(o, &r) == CSV_FAULT)
				return (CSV_FAULT);
			continue;
		}
		if ((wrong = row_read(o, &row, &r)) != NULL)
			return (orderrow_fault(o, "%s", wrong));
		row_write(json, o, &row, &r);
		return (CSV_RECORD);
	}
}
