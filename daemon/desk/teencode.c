/*
 * What people type for whole Vietnamese words; see teencode.h.
 */
#include <stdlib.h>

#include "base/def.h"
#include "fold.h"
#include "teencode.h"

/* Sorted: bsearch() looks there. */
static const struct teencode {
	const char *typed;
	const char *meant;
} teencodes[] = {
	{ "b", "ban" },
	{ "bgio", "bao gio" },
	{ "bh", "bao hanh" },
	{ "bhanh", "bao hanh" },
	{ "bik", "biet" },
	{ "bit", "biet" },
	{ "bjo", "bay gio" },
	{ "bn", "bao nhieu" },
	{ "bnh", "bao nhieu" },
	{ "bnhieu", "bao nhieu" },
	{ "bnhiu", "bao nhieu" },
	{ "ch", "chua" },
	{ "chx", "chua" },
	{ "ck", "chuyen khoan" },
	{ "cty", "cong ty" },
	{ "cx", "cung" },
	{ "dag", "dang" },
	{ "dc", "duoc" },
	{ "dchi", "dia chi" },
	{ "dh", "don hang" },
	{ "dhang", "don hang" },
	{ "dj", "di" },
	{ "dk", "duoc" },
	{ "dt", "dien thoai" },
	{ "dv", "dich vu" },
	{ "dvvc", "don vi van chuyen" },
	{ "fs", "freeship" },
	{ "gd", "giao dich" },
	{ "gg", "giam gia" },
	{ "gh", "giao hang" },
	{ "ghang", "giao hang" },
	{ "h", "gio" },
	{ "hag", "hang" },
	{ "hd", "hoa don" },
	{ "hdsd", "huong dan su dung" },
	{ "hem", "khong" },
	{ "hk", "khong" },
	{ "hnay", "hom nay" },
	{ "hog", "khong" },
	{ "hok", "khong" },
	{ "hong", "khong" },
	{ "hqua", "hom qua" },
	{ "hsd", "han su dung" },
	{ "hum", "hom" },
	{ "ib", "inbox" },
	{ "iu", "yeu" },
	{ "j", "gi" },
	{ "k", "khong" },
	{ "kg", "khong" },
	{ "kh", "khong" },
	{ "khg", "khong" },
	{ "khog", "khong" },
	{ "khum", "khong" },
	{ "km", "khuyen mai" },
	{ "ko", "khong" },
	{ "kt", "kiem tra" },
	{ "ktra", "kiem tra" },
	{ "lem", "lam" },
	{ "lh", "lien he" },
	{ "lhe", "lien he" },
	{ "lm", "lam" },
	{ "lun", "luon" },
	{ "mih", "minh" },
	{ "mik", "minh" },
	{ "mk", "minh" },
	{ "mn", "moi nguoi" },
	{ "ms", "moi" },
	{ "mun", "muon" },
	{ "ng", "nguoi" },
	{ "nh", "nhieu" },
	{ "nhg", "nhung" },
	{ "nhiu", "nhieu" },
	{ "ns", "noi" },
	{ "nt", "nhan tin" },
	{ "ntn", "nhu the nao" },
	{ "nv", "nhan vien" },
	{ "qa", "qua" },
	{ "r", "roi" },
	{ "rep", "tra loi" },
	{ "rui", "roi" },
	{ "s", "sao" },
	{ "sd", "su dung" },
	{ "sdt", "so dien thoai" },
	{ "sl", "so luong" },
	{ "sp", "san pham" },
	{ "sz", "size" },
	{ "t", "toi" },
	{ "tg", "thoi gian" },
	{ "tgian", "thoi gian" },
	{ "thik", "thich" },
	{ "thui", "thoi" },
	{ "tk", "tai khoan" },
	{ "tks", "cam on" },
	{ "trc", "truoc" },
	{ "tt", "thanh toan" },
	{ "ttoan", "thanh toan" },
	{ "v", "vay" },
	{ "vc", "van chuyen" },
	{ "vchuyen", "van chuyen" },
	{ "vd", "van de" },
	{ "vs", "voi" },
	{ "wa", "qua" },
	{ "wen", "quen" },
	{ "xog", "xong" },
	{ "z", "vay" },
	{ "zay", "vay" },
	{ "zi", "vi" },
	{ "zo", "vao" },
};

struct typed {
	const char *p;
	size_t	    n;
};

static int
teencode_order(const void *a, const void *b)
{
	const struct typed    *typed = a;
	const struct teencode *t = b;

	return (fold_order(typed->p, typed->n, t->typed));
}

const char *
teencode_find(const char *s, size_t n)
{
	const struct typed     typed = { s, n };
	const struct teencode *t;

	t = bsearch(
	    &typed, teencodes, nitems(teencodes), sizeof *t, teencode_order);
	return (t != NULL ? t->meant : NULL);
}
