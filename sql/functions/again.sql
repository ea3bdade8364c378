-- How customers say that they said it before, in words as desk.heard() has them (no
-- marks, no signs), each a phrase as data: <me>, <say>, <send>, <info>, <done>,
-- <times> stand for any of a list, * for up to four words, a word in brackets may
-- be absent, (a|b) is either.  tests/unit/data/again says how well they do.
CREATE OR REPLACE FUNCTION desk.again_phrases()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT ARRAY[
	    '<me> [da] [vua] [moi] [co] <say> * <done>',
	    '(<say>|<send>) <done> (ma|do|day|sao|roi)',
	    'da <say> * <done>',
	    '<me> [da] [vua] [moi] [co] <send> [cho] [shop] [ban] <info> <done>',
	    '<me> (<say>|<send>) (thong tin|roi) [o] (tren|truoc|truoc do)',
	    '<me> [da] (<say>|<send>) [o] (tren|luc nay|hom truoc|truoc do)',
	    '(vua|moi) (<say>|<send>) [xong] (do|xong|ma)',
	    'nhu <before> [<me>] [da] <say>', 'nhu (da|<me>) [da] (<say>|<send>)',
	    'nhu tren (<tail>|<end>)',
	    '(doc|xem|coi|keo) [lai] [giup] * (len tren|o tren|<message> (tren|truoc|dau))',
	    '(o|trong) <message> (tren|truoc|dau)',
	    '(sao|cu|lai) hoi [<me>] [lai] * (hoai|mai|nua|the|vay|a|ha|u)',
	    '(noi|bao|gui|nhan|goi|hoi) di (noi|bao|gui|nhan|goi|hoi) lai',
	    '(noi|bao|gui|nhan|goi|hoi) lai (lan nua|nua|tu dau|mai|hoai)',
	    '(phai|lai) [phai] (ke|noi|khai|trinh bay|giai thich|nhap) lai',
	    '(khong|ko|k|hong|chang) [chiu] doc [ky] (<message>|a|ha|sao|gi)',
	    '(da|<me>) (<say>|<send>) <times> lan', '(noi|bao|hoi) (hoai|mai) (ma|van)',
	    'lan thu (hai|ba|bon|nam|\d+) (roi|[<me>] [phai] (lien he|goi|nhan tin|hoi|gui|bao|noi|viet))',
	    '(as|like) i [have] [already] (said|told|wrote|mentioned|explained)',
	    'as (said|stated|mentioned|explained|written|described)',
	    '(already|just) (told|said|gave|sent|explained|mentioned)',
	    '(told|explained|asked|sent|written|contacted) * (before|again|twice|already)',
	    'i [have] [ve] (told|explained|gave|given|sent) * (colleague|colleagues|yesterday|last week|several|three people)',
	    'you [have] (already|just) asked', 'how many times (do|must|have|should|will)',
	    '(second|third|fourth|fifth) time (i|we|that|asking|writing|calling)',
	    '(see|read|check) [again] (above|my <earlier> <mail>)',
	    'in my <earlier> <mail>', '(told|asked) (u|you) (before|already)',
	    '(have to|need to|must i) * (again|repeat)', 'start [all] over again',
	    '(repeat|repeating) (myself|ourselves|this again)']
$$;

-- Words of which each of those phrases has one: most of what is said has none of
-- them, and need not be compared with the phrases, which is dear.
-- tests/sql/friction.sql goes through the phrases.
CREATE OR REPLACE FUNCTION desk.again_words()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT '{roi,r,xong,tren,truoc,luc,hom,vua,moi,nhu,dau,hoi,lai,doc,lan,
	    hoai,mai,said,told,wrote,mentioned,explained,stated,written,
	    described,already,just,before,again,twice,colleague,colleagues,
	    yesterday,week,several,people,times,time,above,first,last,previous,
	    earlier,other,original,repeat,over,repeating}'::text[]
$$;

-- The same as one regular expression.
CREATE OR REPLACE FUNCTION desk.again_pattern()
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
	said	text := array_to_string(desk.again_phrases(), '|');
	w	record;
BEGIN
	-- A word that may be absent takes its space with it.
	said := regexp_replace(said, '\[([^]]+)\] ', '(?:\1 )?', 'g');
	said := replace(said, '* ', '(?:\S+ ){0,4}?');
	FOR w IN SELECT * FROM (VALUES
	    ('<me>', '(?:em|e|minh|toi|tui|t|anh|chi|c|chau|con)'),
	    ('<say>', '(?:noi|ns|bao|trinh bay|giai thich|ke|khai|ghi|viet|tra loi|phan anh)'),
	    ('<send>', '(?:gui|cung cap|nhan tin|dua)'),
	    ('<info>', '(?:thong tin|dia chi|hinh|anh|video|ma|ma don|so dien thoai|sdt|so|mail)'),
	    ('<done>', '(?:roi|r|xong)'),
	    ('<times>', '(?:may|nhieu|hai|ba|bao nhieu|chuc)'),
	    ('<before>', '(?:hom truoc|hom qua|hom bua|luc nay|ban nay|tren)'),
	    ('<message>', '(?:tin|tin nhan|mail|email|thu)'),
	    ('<tail>', '(?:a|nhe|nha|do|ma|ban|shop|em)'), ('<end>', '$'),
	    ('<earlier>', '(?:first|last|previous|earlier|other|original)'),
	    ('<mail>', '(?:message|messages|mail|mails|email|emails)'))
	    v(name, means) LOOP
		said := replace(said, w.name, w.means);
	END LOOP;
	said := regexp_replace(said, '\((?!\?)', '(?:', 'g');
	RETURN ' (?:' || said || ')(?: |$)';
END;
$$;

-- Does a message say that its writer said that before?  What somebody else said
-- (and how long, how much, bao gio, bao nhieu) is taken out first: to look around
-- a word costs ten times as much.
CREATE OR REPLACE FUNCTION desk.says_again(words text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN NOT string_to_array(words, ' ') && desk.again_words()
		THEN false
	    ELSE regexp_replace(words, ' (?:bao (?:gio|nhieu|lau|hanh)'
		|| '|(?:shop|ben|ho|ban|vien|shipper|hang) (?:da )?'
		|| '(?:noi|ns|bao|ghi|viet|tra loi|gui|dua)) ', ' … ', 'g')
		~ desk.again_pattern() END
$$;
