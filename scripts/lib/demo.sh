# Sample traffic of all channels, as customers of a small shop send it.
# To be sourced after common.sh, with the variables of var/demo.env set.
# shellcheck shell=bash

# Channel | from | to or page | subject | text.  The texts are as people type
# them: with and without diacritics, short, sometimes wrong.
demo_lines() {
	cat <<'END'
mail|Nguyễn Thị Lan <lan.nguyen@example.com>|sales@shop.example|Hỏi giá nồi cơm điện|Shop ơi cho mình hỏi nồi cơm điện 1.8 lít giá bao nhiêu, mua 2 cái có giảm không ạ?
mail|tran van minh <minh.tran@example.net>|shipping@shop.example|don hang DH10482 giao tre|Don hang cua toi dat tu thu 2 den gio van chua thay giao, shop kiem tra giup
chat|Hoa|https://shop.example/san-pham/12||Còn size M màu xanh không shop?
call|0912345678|19001234||missed
mail|Phạm Quốc Anh <anh.pham@example.org>|warehouse@shop.example|Phiếu nhập kho PN-221 thiếu 3 thùng|Kho nhận thiếu 3 thùng so với phiếu nhập, nhờ kiểm lại tồn kho giúp em.
mail|Le Thi Hong <hong.le@example.com>|technical@shop.example|May xay khong len nguon|May moi mua 1 tuan cam dien khong len, bao hanh the nao a?
order|0987654321|DH10490||Đơn hàng mới: 2 bình giữ nhiệt, giao Đà Nẵng
chat|Tuấn|https://shop.example/don-hang||ship toi Can Tho mat may ngay vay ad
mail|David Miller <david@example.co>|hello@shop.example|Wrong colour delivered|Hi, order DH10355 arrived today but the lamp is white, I ordered black. How do I return it?
mail|Vũ Thanh Hà <ha.vu@example.com>|hello@shop.example|Báo giá số lượng lớn|Công ty mình cần 50 bộ quà tặng cuối năm, xin báo giá và chiết khấu.
call|0356781234|19001234||ended
chat|Mai|https://shop.example/bao-hanh||tủ lạnh kêu to quá, cho em số kỹ thuật với ạ
mail|Đỗ Văn Bình <binh.do@example.net>|shipping@shop.example|Đổi địa chỉ nhận hàng|Cho mình đổi địa chỉ đơn DH10501 sang 25 Lê Lợi, Huế nhé.
mail|bui thi thao <thao.bui@example.org>|hello@shop.example|hoan tien|minh huy don DH10377 hom qua roi, bao gio hoan tien vao the?
order|0903111222|DH10502||Khách đổi 1 áo khoác size L sang XL
call|02839101112|19001234||missed
mail|Hoàng Gia Bảo <bao.hoang@example.com>|technical@shop.example|Không kết nối được wifi|Camera của shop báo lỗi E21, mình đã khởi động lại 2 lần vẫn không vào wifi được.
chat|Linh|https://shop.example/khuyen-mai||mã giảm giá TET không dùng được ạ
mail|Kho Bình Dương <kho.bd@example.net>|warehouse@shop.example|Kiểm kê cuối tháng|Số tồn mã SP-0931 trên máy là 40, đếm thực tế 37. Nhờ đối chiếu giúp.
mail|Emma Clark <emma.clark@example.org>|shipping@shop.example|Where is my parcel?|Tracking has not moved for 5 days (order DH10410). Could you check with the courier?
END
}

demo_number=0

# demo_send LINE: one event, over the channel that it names.
demo_send() {
	local channel from to subject text id

	IFS='|' read -r channel from to subject text <<<"$1"
	demo_number=$((demo_number + 1))
	id=$(demo_uuid)
	case $channel in
	mail) demo_mail "$from" "$to" "$subject" "$text" "$id" ;;
	chat) demo_chat "$from" "$to" "$text" "$id" ;;
	call) demo_call "$from" "$to" "$text" "$id" ;;
	order) demo_order "$from" "$to" "$text" "$id" ;;
	esac || warn "demo: a $channel event was not taken"
}

demo_uuid() { cat /proc/sys/kernel/random/uuid; }

# As base64 in a header, when it is not plain ASCII.
demo_word() {
	if [[ $1 = *[![:ascii:]]* ]]; then
		printf '=?UTF-8?B?%s?=' "$(printf '%s' "$1" | base64 -w 0)"
	else
		printf '%s' "$1"
	fi
}

demo_mail() {
	local address=${1##*<} name=${1%% <*} reply
	local -a talk

	address=${address%>}
	exec 7<>"/dev/tcp/127.0.0.1/$DESKD_LMTP_PORT" || return 1
	demo_expect 220 || return 1
	talk=("LHLO demo.example" "MAIL FROM:<$address>" "RCPT TO:<$2>" DATA)
	for reply in 0 1 2 3; do
		printf '%s\r\n' "${talk[reply]}" >&7
		if ((reply < 3)); then
			demo_expect 250 || return 1
		else
			demo_expect 354 || return 1
		fi
	done
	{
		printf 'From: %s <%s>\r\n' "$(demo_word "$name")" "$address"
		printf 'To: <%s>\r\n' "$2"
		printf 'Subject: %s\r\n' "$(demo_word "$3")"
		printf 'Date: %s\r\n' "$(date -R)"
		printf 'Message-ID: <%s@demo.example>\r\n' "$5"
		printf 'MIME-Version: 1.0\r\n'
		printf 'Content-Type: text/plain; charset=utf-8\r\n'
		printf 'Content-Transfer-Encoding: base64\r\n\r\n'
		printf '%s\n' "$4" | base64 | sed 's/$/\r/'
		printf '.\r\n'
	} >&7
	demo_expect 250 || return 1
	printf 'QUIT\r\n' >&7
	exec 7>&-
}

# A reply's last line must begin with CODE.
demo_expect() {
	local line

	while IFS= read -r -t 20 -u 7 line; do
		[[ $line = ???-* ]] || break
	done
	[[ ${line-} = "$1"* ]] || {
		exec 7>&-
		return 1
	}
}

# json_text STRING: as a JSON string; the samples hold no control characters.
json_text() {
	local s=${1//\\/\\\\}

	printf '"%s"' "${s//\"/\\\"}"
}

demo_post() {
	curl -fsS -m 20 -H 'Content-Type: application/json' "${@:3}" \
	    --data-binary "$2" "$DESKD_HTTP$1"
}

demo_chat() {
	local opened conversation token

	opened=$(demo_post /chat/v1/conversations \
	    "{\"name\":$(json_text "$1"),\"page\":$(json_text "$2"),\"lang\":\"vi\"}") ||
	    return 1
	conversation=$(demo_member conversation "$opened")
	token=$(demo_member token "$opened")
	demo_post "/chat/v1/conversations/$conversation/messages" \
	    "{\"id\":\"$4\",\"text\":$(json_text "$3")}" \
	    -H "Authorization: Bearer $token" >/dev/null
}

# demo_member NAME JSON: a member that is a plain string.
demo_member() {
	sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$2"
}

# As a telephone exchange's script posts it.  Services may post to any hook;
# an exchange itself would show the hook's own secret.
demo_call() {
	local now

	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	demo_post /hooks/pbx "{\"call\":\"$4\",\"state\":\"$3\",\"from\":\"$1\",\"to\":\"$2\",\"at\":\"$now\"}" \
	    -H "Authorization: Bearer $DESKD_API_KEY" >/dev/null
}

demo_order() {
	local now answer

	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	answer=$(REDISCLI_AUTH=$DESKD_API_KEY redis-cli -e \
	    -p "$DESKD_RESP_PORT" EVENT.ADD \
	    "{\"channel\":\"order\",\"id\":\"demo-$4\",\"at\":\"$now\",\"from\":{\"kind\":\"phone\",\"address\":\"$1\"},\"order\":\"$2\",\"text\":$(json_text "$3"),\"lang\":\"vi\"}" \
	    2>&1) || {
		warn "demo: $answer"
		return 1
	}
}

# demo_play [EVENTS]: a first bunch at once, then one every few seconds.
demo_play() {
	local events=${1:-40} line sent=0

	set +e
	while ((sent < events)); do
		while IFS= read -r line <&8 && ((sent < events)); do
			demo_send "$line"
			sent=$((sent + 1))
		done 8< <(demo_lines)
	done
	say "demo: $sent events sent; one more every 5 seconds"
	while :; do
		while IFS= read -r line <&8; do
			sleep 5
			demo_send "$line"
		done 8< <(demo_lines)
	done
}
