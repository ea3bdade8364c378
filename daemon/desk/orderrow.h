/*
 * A shop's list of orders as CSV (csv.h), each row as the JSON that EVENT.ADD
 * takes.  The first row names the columns, in English or Vietnamese, in any
 * order, letter case and with or without diacritics: order (mã đơn), phone
 * (số điện thoại), email, name (khách hàng), status (trạng thái), ordered_at
 * (ngày đặt), promised_at (hẹn giao), shipped_at (ngày gửi), delivered_at
 * (ngày giao), updated_at (cập nhật), carrier (vận chuyển), tracking (mã vận
 * đơn), amount (tổng tiền), currency, payment (thanh toán).  Order and phone
 * or email must be there; columns of other names are kept in meta.
 *
 * Times are RFC 3339, or local: 2026-11-21 08:15, 21/11/2026 08:15, or the
 * day alone (a promise holds until its end).  Amounts may have thousands
 * marked: 125.000đ, 1,250,000.  Between the fields stands a comma, a semicolon
 * or a tab, as the first line has it.
 *
 * A row's event id is the digest of what it says, so that a list imported
 * again adds only what changed.
 */
#ifndef DESK_ORDERROW_H
#define DESK_ORDERROW_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "csv.h"

#define OTHER_MAX 64 /* bytes of another column's name */

struct orderrow {
	struct csv csv;
	int	   offset;			  /* of local times, minutes */
	int	   columns[CSV_FIELDS];		  /* what each is; -1: other */
	char	   others[CSV_FIELDS][OTHER_MAX]; /* names of those */
	size_t	   ncolumns;			  /* 0: the header is to come */
	char	   wrong[160];
};

void orderrow_init(struct orderrow *, int offset);
/*
 * As csv_next(); on CSV_RECORD the event is added to json.  A header that
 * will not do is a fault, after which every row is one.
 */
enum csv_got orderrow_next(struct orderrow *, const char *, size_t n, bool last,
    size_t *used, struct buf *json) MUSTCHECK;

#endif
